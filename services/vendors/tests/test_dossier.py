"""A vendor's papers, numbers and tier: what it needs to be approved, and what it may sell."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NADIA, NO_PAPERS, NOON, OVENS, STRICT, eur
from services.vendors.tests.test_vendor import approved_by_karim as approved
from services.vendors.tests.test_vendor import clear
from services.vendors.tests.test_vendor import proposed_by_nadia as proposed

from events.documents import CitedNotOnFile
from events.scenario import scenario
from events.values import SYSTEM, Code, Digest
from vendors.domain.dossier import (
    DocumentExpired,
    DocumentsMissing,
    IdentifyVendor,
    Paper,
    ReceiveDocuments,
    VendorDocumentsReceived,
    VendorIdentified,
)
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.identifiers import IdentifierWrong, Numbered, PhoneWrong, called, identified
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorSuspended, VendorTierChanged
from vendors.domain.vendor.kinds import Kind, Stage, Tier
from vendors.domain.vendor.refusals import VendorIsAt
from vendors.domain.vendor.requests import (
    ApproveVendor,
    ChangeTier,
    ReinstateVendor,
    SuspendForPapers,
)
from vendors.domain.vendor_rules import AboveTier, VendorKind, VendorRules, VendorTier

REGISTRATION, TAX, AUDITED = Code("certificate_of_registration"), Code("tax"), Code("accounts")
RULES = VendorRules(
    kinds=(VendorKind(Code("company"), (REGISTRATION,)),),
    tiers=(
        VendorTier(Code("basic"), eur(1500), ()),
        VendorTier(Code("standard"), eur(15_000), (TAX,)),
        VendorTier(Code("enhanced"), None, (TAX, AUDITED)),
    ),
)
ASKED = replace(STRICT, vendor_rules=(RULES,))
YESTERDAY, TODAY = date(2026, 3, 1), date(2026, 3, 2)


def paper(kind: Code, valid_until: date | None = None) -> Paper:
    return Paper(kind, Digest("a" * 64), valid_until)


def brought(*papers: Paper) -> VendorDocumentsReceived:
    return VendorDocumentsReceived(by=NADIA, at=NOON, vendor=OVENS, papers=papers)


approve = ApproveVendor(by=KARIM, at=NOON, diligence=ASKED)


def test_a_vendor_without_its_papers_is_not_approved() -> None:
    """A company of the standard tier brings what companies bring and what the tier asks for."""
    facts = (proposed, clear, brought(paper(TAX)))
    refusal = DocumentsMissing((REGISTRATION,))
    scenario(vendor).given(*facts).when(approve).then_rejected(refusal)


def test_with_them_it_is() -> None:
    facts = (proposed, clear, brought(paper(TAX), paper(REGISTRATION)))
    scenario(vendor).given(*facts).when(approve).then(approved)


def test_a_paper_that_nobody_can_read_is_no_ground_to_approve() -> None:
    """Named by its digest, and sent by nobody; another of the same kind that is there is enough."""
    unseen, there = Digest("b" * 64), paper(REGISTRATION)
    named = Paper(REGISTRATION, unseen)
    asked = replace(approve, wanting=(unseen,))
    facts = (proposed, clear, brought(paper(TAX), named))
    scenario(vendor).given(*facts).when(asked).then_rejected(CitedNotOnFile((unseen,)))
    scenario(vendor).given(*facts, brought(there)).when(asked).then(approved)
    scenario(vendor).given(*facts).when(approve).then(approved)


def test_a_paper_counts_until_its_last_day() -> None:
    over = replace(approve, at=NOON.replace(day=3))
    facts = (proposed, clear, brought(paper(TAX), paper(REGISTRATION, TODAY)))
    scenario(vendor).given(*facts).when(approve).then(approved)
    scenario(vendor).given(*facts).when(over).then_rejected(DocumentsMissing((REGISTRATION,)))


SUSPEND = SuspendForPapers(by=SYSTEM, at=NOON.replace(day=3), diligence=ASKED)
suspended = VendorSuspended(by=SYSTEM, at=SUSPEND.at, vendor=OVENS, reason=Code("document_expired"))


def test_when_a_paper_is_over_the_platform_suspends_the_vendor_once() -> None:
    facts = (proposed, clear, brought(paper(TAX), paper(REGISTRATION, TODAY)), approved)
    scenario(vendor).given(*facts).when(replace(SUSPEND, at=NOON)).then()
    scenario(vendor).given(*facts).when(SUSPEND).then(suspended)
    scenario(vendor).given(*facts, suspended).when(SUSPEND).then()
    reinstate = ReinstateVendor(
        by=KARIM,
        at=SUSPEND.at,
        reason=Code("renewed"),
        reasoning="The register shows it as it was.",
        diligence=ASKED,
    )
    refusal = DocumentsMissing((REGISTRATION,))
    scenario(vendor).given(*facts, suspended).when(reinstate).then_rejected(refusal)


def test_a_paper_that_was_renewed_or_that_nobody_needs_suspends_nobody() -> None:
    renewed = (brought(paper(TAX), paper(REGISTRATION, TODAY)), brought(paper(REGISTRATION)))
    scenario(vendor).given(proposed, clear, *renewed, approved).when(SUSPEND).then()
    unneeded = brought(paper(TAX), paper(REGISTRATION), paper(AUDITED, TODAY))
    scenario(vendor).given(proposed, clear, unneeded, approved).when(SUSPEND).then()
    never_asked = brought(paper(TAX))
    scenario(vendor).given(proposed, clear, never_asked, approved).when(SUSPEND).then()


def test_a_paper_that_is_over_is_not_taken() -> None:
    receive = ReceiveDocuments(by=NADIA, at=NOON, papers=(paper(TAX, YESTERDAY),))
    refusal = DocumentExpired(TAX, YESTERDAY)
    scenario(vendor).given(proposed).when(receive).then_rejected(refusal)


def test_any_programme_s_papers_are_asked_for() -> None:
    lenient = replace(ASKED, vendor_rules=(VendorRules(), RULES))
    assert lenient.documents("company", "enhanced") == (AUDITED, REGISTRATION, TAX)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_that_no_programme_names_brings_what_the_platform_asks(kind: Kind) -> None:
    """Nobody is approved with no paper at all because the pages forgot their kind."""
    silent = replace(ASKED, vendor_rules=())
    assert silent.documents(kind, "basic")
    named = replace(ASKED, vendor_rules=(RULES, VendorRules(NO_PAPERS)))
    assert named.documents(kind, "basic") == ((REGISTRATION,) if kind is Kind.COMPANY else ())


def test_a_lender_without_its_licence_is_not_approved() -> None:
    lender = replace(proposed, kind=Kind.LENDER, tier=Tier.BASIC)
    licence = Code("lending_licence")
    facts = (lender, clear)
    scenario(vendor).given(*facts).when(approve).then_rejected(DocumentsMissing((licence,)))
    scenario(vendor).given(*facts, brought(paper(licence))).when(approve).then(approved)


def test_another_than_the_proposer_raises_the_tier_by_papers() -> None:
    raised = ChangeTier(by=KARIM, at=NOON, tier=Tier.ENHANCED, diligence=ASKED)
    papers = brought(paper(TAX), paper(REGISTRATION))
    facts = (proposed, clear, papers, approved)
    scenario(vendor).given(*facts).when(raised).then_rejected(DocumentsMissing((AUDITED,)))
    changed = VendorTierChanged(by=KARIM, at=NOON, vendor=OVENS, tier=Tier.ENHANCED)
    scenario(vendor).given(*facts, brought(paper(AUDITED))).when(raised).then(changed)
    unseen = Paper(AUDITED, Digest("0" * 64))
    unread = scenario(vendor).given(*facts, brought(unseen))
    unread.when(replace(raised, wanting=(unseen.document,))).then_rejected(
        CitedNotOnFile((unseen.document,))
    )
    same = replace(raised, by=NADIA)
    refusal = ActedAlready(NADIA, Duty.PROPOSED)
    scenario(vendor).given(*facts).when(same).then_rejected(refusal)


def test_the_tier_of_a_vendor_that_is_not_approved_is_the_proposal_s() -> None:
    raised = ChangeTier(by=KARIM, at=NOON, tier=Tier.ENHANCED, diligence=ASKED)
    refusal = VendorIsAt(stage=Stage.PROPOSED, needed=Stage.APPROVED)
    scenario(vendor).given(proposed).when(raised).then_rejected(refusal)


def test_a_tier_sells_up_to_its_limit() -> None:
    RULES.within_tier("basic", eur(1500))
    RULES.within_tier("enhanced", eur(1_000_000))
    VendorRules().within_tier("basic", eur(1_000_000))
    with pytest.raises(AboveTier):
        RULES.within_tier("basic", eur(1501))


def test_a_number_is_put_on_file_as_it_is_written_everywhere() -> None:
    identify = IdentifyVendor(
        by=NADIA, at=NOON, numbered=Numbered.TAX, country=Code("VN"), number="01002334-80"
    )
    refusal = IdentifierWrong(Numbered.TAX, Code("VN"))
    scenario(vendor).given(proposed).when(identify).then_rejected(refusal)
    right = replace(identify, number="01002334-88")
    fact = VendorIdentified(
        by=NADIA,
        at=NOON,
        vendor=OVENS,
        numbered=Numbered.TAX,
        country=Code("VN"),
        number="0100233488",
    )
    scenario(vendor).given(proposed).when(right).then(fact)


@pytest.mark.parametrize(
    ("numbered", "country", "right", "wrong"),
    [
        ("tax", "VN", "0100233488", "0100233480"),
        ("tax", "SK", "SK2022749619", "SK2022749618"),
        ("tax", "UA", "32855961", "32855968"),
        ("tax", "TR", "4540536920", "4540536921"),
        ("tax", "PK", "34201-0891231-8", "34201-0891231-0"),
        ("lei", "DE", "213800KUD8LAJWSQ9D15", "213800KUD8LXJWSQ9D15"),
        ("tax", "IQ", "900123456", "9!"),
        ("registration", "IQ", "BG/2019/4417", "?"),
    ],
)
def test_numbers_are_checked_as_their_country_checks_them(
    numbered: str, country: str, right: str, wrong: str
) -> None:
    assert identified(Numbered(numbered), Code(country), right)
    with pytest.raises(IdentifierWrong):
        identified(Numbered(numbered), Code(country), wrong)


def test_a_telephone_is_one_number_however_it_is_written() -> None:
    assert called("+964 790 000 0101") == called("+٩٦٤ ٧٩٠ ٠٠٠ ٠١٠١") == "+9647900000101"
    for wrong in ("+964 1", "0790 000 0101", "+999 790 000 0101"):
        with pytest.raises(PhoneWrong):
            called(wrong)
