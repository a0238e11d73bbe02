"""Who may be paid: proposed by one, screened, approved by another, suspended when in doubt."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NADIA, NOON, OVENS, SAMIR, STRICT

from events.scenario import scenario
from events.values import Code, PersonId
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.identifiers import CountryUnknown
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import (
    ReinstatementExplained,
    VendorApproved,
    VendorProposed,
    VendorReinstated,
    VendorScreened,
    VendorSuspended,
)
from vendors.domain.vendor.kinds import Kind, Result, Source, Stage, Tier
from vendors.domain.vendor.refusals import (
    NoSuchVendor,
    NotScreened,
    RegisteredOnce,
    ScreeningInTheFuture,
    ScreeningNotClear,
    ScreeningTooOld,
    VendorIsAt,
)
from vendors.domain.vendor.requests import (
    ApproveVendor,
    ProposeVendor,
    RecordScreening,
    RecordVendorContact,
    ReinstateVendor,
    SuspendVendor,
)

TODAY = NOON.date()
UNTIL = TODAY + timedelta(days=90)
WHY = "The register of companies shows another owner since May."

proposed_by_nadia = VendorProposed(
    by=NADIA,
    at=NOON,
    vendor=OVENS,
    kind=Kind.COMPANY,
    country=Code("IQ"),
    tier=Tier.STANDARD,
    name="شركة النور للأفران",
    latin_name="Al-Noor Ovens",
    town="Baghdad",
    phone="+964 790 000 0101",
)
propose = ProposeVendor(
    by=NADIA,
    at=NOON,
    vendor=OVENS,
    kind=Kind.COMPANY,
    country=Code("IQ"),
    tier=Tier.STANDARD,
    name="شركة النور للأفران",
    latin_name="Al-Noor Ovens",
    town="Baghdad",
    phone="+964 790 000 0101",
)


def screened(result: Result, on: date = TODAY, by: PersonId = SAMIR) -> VendorScreened:
    return VendorScreened(
        by=by,
        at=NOON,
        vendor=OVENS,
        list_set=Code("UN"),
        list_version=Code("2026-02-27"),
        on=on,
        result=result,
    )


def screening(result: Result, on: date = TODAY) -> RecordScreening:
    return RecordScreening(
        by=SAMIR,
        at=NOON,
        list_set=Code("UN"),
        list_version=Code("2026-02-27"),
        on=on,
        result=result,
    )


clear = screened(Result.CLEAR)
approve = ApproveVendor(by=KARIM, at=NOON, diligence=STRICT)
approved_by_karim = VendorApproved(by=KARIM, at=NOON, vendor=OVENS, valid_until=UNTIL)
suspended = VendorSuspended(by=KARIM, at=NOON, vendor=OVENS, reason=Code("complaint"))


def test_a_vendor_is_proposed() -> None:
    scenario(vendor).when(propose).then(proposed_by_nadia)


@pytest.mark.parametrize("country", ["XX", "QZ"])
def test_a_vendor_is_of_a_country_that_there_is(country: str) -> None:
    nowhere = replace(propose, country=Code(country))
    scenario(vendor).when(nowhere).then_rejected(CountryUnknown(Code(country)))


def test_what_a_vendor_was_registered_with_stands() -> None:
    """The call-back goes there: a later number says where it comes from."""
    again = RecordVendorContact(
        by=NADIA, at=NOON, source=Source.REGISTRATION, phone="+964 790 000 0102"
    )
    scenario(vendor).given(proposed_by_nadia).when(again).then_rejected(RegisteredOnce())


def test_a_vendor_is_proposed_once() -> None:
    (
        scenario(vendor)
        .given(proposed_by_nadia)
        .when(propose)
        .then_rejected(VendorIsAt(Stage.PROPOSED, None))
    )


def test_another_person_approves_a_vendor_that_was_found_clear() -> None:
    scenario(vendor).given(proposed_by_nadia, clear).when(approve).then(approved_by_karim)


def test_the_proposer_cannot_approve() -> None:
    (
        scenario(vendor)
        .given(proposed_by_nadia, clear)
        .when(ApproveVendor(by=NADIA, at=NOON, diligence=STRICT))
        .then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    )


def test_nobody_approves_a_vendor_that_was_not_screened() -> None:
    scenario(vendor).given(proposed_by_nadia).when(approve).then_rejected(NotScreened())


def test_a_possible_match_waits() -> None:
    (
        scenario(vendor)
        .given(proposed_by_nadia, clear, screened(Result.POSSIBLE_MATCH))
        .when(approve)
        .then_rejected(ScreeningNotClear(Code("UN"), Code("2026-02-27")))
    )


def test_a_clear_screening_counts_for_ninety_days() -> None:
    last_day = TODAY - timedelta(days=90)
    (
        scenario(vendor)
        .given(proposed_by_nadia, screened(Result.CLEAR, on=last_day))
        .when(approve)
        .then(VendorApproved(by=KARIM, at=NOON, vendor=OVENS, valid_until=TODAY))
    )


def test_a_screening_of_ninety_one_days_is_too_old() -> None:
    too_old = TODAY - timedelta(days=91)
    (
        scenario(vendor)
        .given(proposed_by_nadia, screened(Result.CLEAR, on=too_old))
        .when(approve)
        .then_rejected(ScreeningTooOld(on=too_old, held_until=TODAY - timedelta(days=1)))
    )


def test_a_screening_is_not_recorded_before_it_is_made() -> None:
    tomorrow = TODAY + timedelta(days=1)
    (
        scenario(vendor)
        .given(proposed_by_nadia)
        .when(screening(Result.CLEAR, on=tomorrow))
        .then_rejected(ScreeningInTheFuture(tomorrow))
    )


def test_a_suspension_is_lifted_only_after_a_clear_screening() -> None:
    matched = screened(Result.POSSIBLE_MATCH)
    reinstate = ReinstateVendor(
        by=KARIM, at=NOON, reason=Code("cleared"), reasoning=WHY, diligence=STRICT
    )
    story = scenario(vendor).given(proposed_by_nadia, clear, approved_by_karim, matched, suspended)
    story.when(reinstate).then_rejected(ScreeningNotClear(Code("UN"), Code("2026-02-27")))
    story.given(clear).when(reinstate).then(
        VendorReinstated(
            by=KARIM, at=NOON, vendor=OVENS, reason=Code("cleared"), valid_until=UNTIL
        ),
        ReinstatementExplained(by=KARIM, at=NOON, vendor=OVENS, reasoning=WHY),
    )


def test_the_proposer_cannot_reinstate() -> None:
    (
        scenario(vendor)
        .given(proposed_by_nadia, clear, approved_by_karim, suspended)
        .when(
            ReinstateVendor(
                by=NADIA, at=NOON, reason=Code("cleared"), reasoning=WHY, diligence=STRICT
            )
        )
        .then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    )


def test_only_an_approved_vendor_is_suspended() -> None:
    suspend = SuspendVendor(by=KARIM, at=NOON, reason=Code("complaint"))
    story = scenario(vendor).given(proposed_by_nadia, clear)
    story.when(suspend).then_rejected(VendorIsAt(Stage.PROPOSED, Stage.APPROVED))
    story.given(approved_by_karim).when(suspend).then(suspended)


def test_nothing_is_done_to_a_vendor_that_nobody_proposed() -> None:
    for command in (approve, screening(Result.CLEAR)):
        scenario(vendor).when(command).then_rejected(NoSuchVendor())


def test_an_approval_ends_with_its_screening() -> None:
    state = vendor.fold([proposed_by_nadia, clear, approved_by_karim])
    assert state is not None
    assert state.may_be_paid(UNTIL)
    assert not state.may_be_paid(UNTIL + timedelta(days=1))
    after = vendor.fold([suspended], state)
    assert after is not None
    assert not after.may_be_paid(TODAY)
