"""Who may receive, and what it takes that their word counts."""

from datetime import date, timedelta

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.commitment_asks import deliver
from services.disbursement.tests.people import (
    CASE,
    DALIA,
    DOCUMENT,
    HANA,
    LINA,
    NADIA,
    NOON,
    OTHER,
    RECEIPT,
    TODAY,
    on_order,
    sacks,
    signed,
)

from disbursement.domain import receiving
from disbursement.domain.commitment import (
    Condition,
    Confirmation,
    Method,
    Period,
    ReceivedLine,
    Receiver,
    Receivers,
    RecordDelivery,
    commitment,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at
from events.decider import Event
from events.registry import Registry
from events.scenario import scenario
from events.values import CaseId, Code, DeliveryCodeId, PersonId, ReceiptId

MOTHER = PersonId("per_mother")
BROTHER = PersonId("per_brother")
SECOND = ReceiptId("rec_2")
CHILD = Receivers(child=True, guardians=frozenset({MOTHER}))
COMMUNITY = Receivers(community=True)
order = scenario(commitment).given(*on_order)


def by(confirmation: Confirmation, may: Receivers | None = None) -> RecordDelivery:
    return replace(deliver(10), confirmation=confirmation, may_receive=may or Receivers())


def word_of(who: Receiver, **more: object) -> Confirmation:
    return replace(signed(), received_by=who, **more)


def test_a_guardian_receives_for_a_child() -> None:
    order.when(by(signed(), CHILD)).then_rejected(at.NotTheReceiver(Code("returnee")))
    mother = word_of(Receiver.GUARDIAN, receiver=MOTHER)
    assert order.when(by(mother, CHILD)).rejection is None
    stranger = word_of(Receiver.GUARDIAN, receiver=BROTHER)
    order.when(by(stranger, CHILD)).then_rejected(at.NotAGuardian(BROTHER))


def test_nobody_is_the_guardian_of_an_adult_who_has_none() -> None:
    refusal = at.NotTheReceiver(Code("guardian"))
    order.when(by(word_of(Receiver.GUARDIAN))).then_rejected(refusal)
    order.when(by(word_of(Receiver.GUARDIAN, receiver=MOTHER))).then_rejected(refusal)
    under_guardianship = Receivers(guardians=frozenset({MOTHER}))
    mother = word_of(Receiver.GUARDIAN, receiver=MOTHER)
    assert order.when(by(mother, under_guardianship)).rejection is None


def test_a_delegate_receives_by_a_paper_that_says_so() -> None:
    sent = word_of(Receiver.DELEGATE, receiver=BROTHER)
    order.when(by(sent)).then_rejected(at.AuthorityMissing(Code("delegate")))
    assert order.when(by(replace(sent, authority=DOCUMENT))).rejection is None


def test_nobody_receives_who_has_another_part_in_the_order() -> None:
    for person in (DALIA, LINA, NADIA, HANA):
        own = word_of(Receiver.DELEGATE, receiver=person, authority=DOCUMENT)
        order.when(by(own)).then_rejected(at.ReceiverHasAPart(person))


def test_a_committee_receives_for_its_community_and_for_nobody_else() -> None:
    signs = word_of(Receiver.COMMITTEE, authority=DOCUMENT, signatures=3)
    assert order.when(by(signs, COMMUNITY)).rejection is None
    order.when(by(signs)).then_rejected(at.NotTheReceiver(Code("committee")))
    order.when(by(signed(), COMMUNITY)).then_rejected(at.NotTheReceiver(Code("returnee")))
    alone = replace(signs, signatures=1)
    order.when(by(alone, COMMUNITY)).then_rejected(at.CommitteeIncomplete(2, 1))
    no_minutes = replace(signs, authority=None)
    order.when(by(no_minutes, COMMUNITY)).then_rejected(at.AuthorityMissing(Code("committee")))
    code = replace(signs, method=Method.CODE, code=DeliveryCodeId("dco_1"))
    order.when(by(code, COMMUNITY)).then_rejected(at.CodeNotGiven())


def test_a_signature_is_on_a_paper_and_a_code_is_given() -> None:
    order.when(by(replace(signed(), document=None))).then_rejected(
        at.SignatureMissing(Code("signature"))
    )
    coded = replace(signed(), method=Method.CODE, document=None)
    order.when(by(coded)).then_rejected(at.CodeNotGiven())
    assert order.when(by(replace(coded, code=DeliveryCodeId("dco_1")))).rejection is None


def test_a_counsellor_records_nothing_alone_not_even_with_the_returnees_code() -> None:
    coded = Confirmation(
        received_by=Receiver.RETURNEE, method=Method.CODE, code=DeliveryCodeId("dco_1")
    )
    alone = replace(by(coded), by=LINA)
    order.when(alone).then_rejected(no.CounsellorAlone(LINA))
    seen = replace(alone, confirmation=replace(coded, witnesses=(BROTHER,)))
    order.when(seen).then_rejected(at.WitnessSilent(BROTHER))


def test_what_was_signed_for_one_part_is_no_word_for_another() -> None:
    part = order.given(sacks(4))
    rest = replace(deliver(6), lines=(ReceivedLine(line=2, quantity=6, condition=Condition.GOOD),))
    part.when(rest).then_rejected(at.SignatureUsedBefore(Code(RECEIPT)))
    again = replace(rest, confirmation=replace(rest.confirmation, document=OTHER))
    assert part.when(again).rejection is None


# A service, by the days over which it was rendered

WEEK = Period(first=TODAY - timedelta(days=6), last=TODAY)


def rendered(period: Period, receipt: ReceiptId = RECEIPT) -> RecordDelivery:
    line = ReceivedLine(line=2, quantity=1, condition=Condition.GOOD)
    return replace(deliver(1, receipt=receipt), lines=(line,), period=period)


def test_a_service_is_confirmed_when_its_period_is_over() -> None:
    assert order.when(rendered(WEEK)).rejection is None
    longer = Period(first=WEEK.first, last=date(2026, 3, 3))
    order.when(rendered(longer)).then_rejected(at.PeriodNotOver(WEEK.first, longer.last, TODAY))
    backwards = Period(first=TODAY, last=WEEK.first)
    order.when(rendered(backwards)).then_rejected(at.PeriodNotOver(TODAY, WEEK.first, TODAY))


def test_no_day_of_a_service_is_confirmed_twice() -> None:
    outcome = order.when(rendered(WEEK))
    assert outcome.events is not None
    after = order.given(*outcome.events)
    overlapping = Period(first=TODAY, last=TODAY)
    after.when(rendered(overlapping, SECOND)).then_rejected(
        at.PeriodConfirmed(RECEIPT, WEEK.first, WEEK.last)
    )
    before = Period(first=WEEK.first - timedelta(days=7), last=WEEK.first - timedelta(days=1))
    assert after.when(rendered(before, SECOND)).rejection is None


# Over HTTP


class ChildRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId = CASE
    run_by: Code = Code("iom")
    organisation: Code = Code("iom")
    counsellor: PersonId = LINA
    is_child: bool = True


of_a_child = Registry.of("intake", [ChildRegistered], foreign=True)


async def test_intake_tells_whose_guardian_somebody_is(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.heard(of_a_child, ChildRegistered(by=LINA, at=NOON))
    guardian = receiving.GuardianAppointed(by=LINA, at=NOON, case=CASE, guardian=MOTHER)
    await till.heard(receiving.from_intake, guardian)
    body = chain.delivery(10)
    assert await till.tries(till.dalia, f"{path}/deliveries", body) == (422, "NotTheReceiver")
    other = body | {"received_by": "guardian", "receiver": BROTHER}
    assert await till.tries(till.dalia, f"{path}/deliveries", other) == (422, "NotAGuardian")
    told = await till.does(till.dalia, f"{path}/deliveries", other | {"receiver": MOTHER})
    assert (told["receipts"][0]["received_by"], told["receipts"][0]["receiver"]) == (
        "guardian",
        MOTHER,
    )


async def test_one_paper_is_not_the_signed_receipt_and_the_vendors_invoice(till: Cashier) -> None:
    """A match of an invoice with itself is none (R3), whichever of the two comes first."""
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    bill = chain.invoice(10, document=chain.DOCUMENT)
    assert await till.tries(till.hana, f"{path}/invoices", bill) == (422, "PaperSignedFor")


async def test_what_the_vendor_asked_for_is_signed_by_nobody(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    signed = chain.delivery(10) | {"document": chain.BILLED}
    refused = await till.tries(till.dalia, f"{path}/deliveries", signed)
    assert refused == (422, "SignatureUsedBefore")
