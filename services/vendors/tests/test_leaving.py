"""How a vendor goes: another than its proposer says so, and two debar it."""

import pytest
from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NADIA, NOON, OVENS, SAMIR, STRICT, YUSUF
from services.vendors.tests.test_searching import ONE, cleared, decide, search, searched, suspected
from services.vendors.tests.test_vendor import (
    approve,
    approved_by_karim,
    clear,
    proposed_by_nadia,
    screening,
    suspended,
)

from events.scenario import scenario
from events.values import Code, PersonId
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.leaving import (
    DeactivateVendor,
    Debarment,
    DebarmentUndecided,
    DecideDebarment,
    NoDebarmentProposed,
    ProposeDebarment,
    RejectVendor,
    VendorDeactivated,
    VendorDebarmentDecided,
    VendorDebarmentProposed,
    VendorRejected,
)
from vendors.domain.searching import Debarred, VendorDebarred
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorSuspended
from vendors.domain.vendor.kinds import Result, Stage
from vendors.domain.vendor.refusals import VendorIsAt
from vendors.domain.vendor.requests import ReinstateVendor, VendorCommand

WHY = "It took money from three returnees for its signature."
FRAUD = Code("fraud")

proposed = scenario(vendor).given(proposed_by_nadia)
approved = proposed.given(clear, approved_by_karim)
reject = RejectVendor(by=KARIM, at=NOON, reason=FRAUD)
deactivate = DeactivateVendor(by=KARIM, at=NOON, reason=Code("closed_down"))
ask = ProposeDebarment(by=NADIA, at=NOON, reason=FRAUD, reasoning=WHY)
rejected = VendorRejected(by=KARIM, at=NOON, vendor=OVENS, reason=FRAUD)
deactivated = VendorDeactivated(by=KARIM, at=NOON, vendor=OVENS, reason=Code("closed_down"))
asked = VendorDebarmentProposed(by=NADIA, at=NOON, vendor=OVENS, reason=FRAUD, reasoning=WHY)
debarred = VendorDebarred(by=KARIM, at=NOON, vendor=OVENS, reason=FRAUD)


def stopped(by: PersonId, why: str) -> VendorSuspended:
    return VendorSuspended(by=by, at=NOON, vendor=OVENS, reason=Code(why))


def decision(verdict: Debarment, by: PersonId = KARIM) -> DecideDebarment:
    return DecideDebarment(by=by, at=NOON, verdict=verdict, reason=FRAUD, reasoning=WHY)


def decided(verdict: Debarment) -> VendorDebarmentDecided:
    return VendorDebarmentDecided(
        by=KARIM, at=NOON, vendor=OVENS, verdict=verdict, reason=FRAUD, reasoning=WHY
    )


def test_another_than_its_proposer_rejects_a_proposed_vendor() -> None:
    proposed.when(replace(reject, by=NADIA)).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    proposed.when(reject).then(rejected)
    approved.when(reject).then_rejected(VendorIsAt(Stage.APPROVED, Stage.PROPOSED))


def test_another_than_its_proposer_deactivates_it_and_its_payments_are_held_first() -> None:
    approved.when(replace(deactivate, by=NADIA)).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    approved.when(deactivate).then(stopped(KARIM, "deactivated"), deactivated)
    approved.given(suspended).when(deactivate).then(deactivated)
    proposed.when(deactivate).then_rejected(VendorIsAt(Stage.PROPOSED, Stage.APPROVED))


def test_two_persons_debar_a_vendor_that_is_on_no_list() -> None:
    approved.when(ask).then(asked, stopped(NADIA, "debarment_proposed"))
    waits = approved.given(asked, stopped(NADIA, "debarment_proposed"))
    by_nadia = decision(Debarment.DEBARRED, by=NADIA)
    waits.when(by_nadia).then_rejected(ActedAlready(NADIA, Duty.PROPOSED_DEBARMENT))
    waits.when(decision(Debarment.DEBARRED)).then(decided(Debarment.DEBARRED), debarred)


def test_nobody_reinstates_it_before_that_is_decided() -> None:
    waits = approved.given(asked, stopped(NADIA, "debarment_proposed"))
    reinstate = ReinstateVendor(
        by=YUSUF, at=NOON, reason=Code("seen"), reasoning=WHY, diligence=STRICT
    )
    waits.when(reinstate).then_rejected(DebarmentUndecided(NADIA))
    waits.when(replace(ask, by=SAMIR)).then_rejected(DebarmentUndecided(NADIA))
    declined = decided(Debarment.DECLINED)
    waits.when(decision(Debarment.DECLINED)).then(declined)
    assert waits.given(declined).when(reinstate).rejection is None


def test_what_nobody_proposed_is_not_decided() -> None:
    approved.when(decision(Debarment.DEBARRED)).then_rejected(NoDebarmentProposed())


@pytest.mark.parametrize("gone", [(rejected,), (clear, approved_by_karim, suspended, deactivated)])
def test_who_is_gone_may_still_be_debarred(
    gone: tuple[VendorRejected | VendorSuspended | VendorDeactivated, ...],
) -> None:
    left = proposed.given(*gone)
    left.when(ask).then(asked)
    left.given(asked).when(decision(Debarment.DEBARRED)).then(decided(Debarment.DEBARRED), debarred)


@pytest.mark.parametrize(
    "command", [approve, reject, deactivate, screening(Result.CLEAR), search(ONE)]
)
def test_nothing_else_is_done_about_it(command: VendorCommand) -> None:
    inactive = approved.given(suspended, deactivated)
    over = approved.given(asked, decided(Debarment.DEBARRED), debarred)
    if command == search(ONE):
        inactive.when(command).then()
        over.when(command).then()
    else:
        inactive.when(command).then_rejected(VendorIsAt(Stage.INACTIVE, Stage.APPROVED))
        over.when(command).then_rejected(Debarred())


def test_an_open_match_of_who_is_gone_is_still_decided() -> None:
    waits = proposed.given(searched(ONE), suspected(ONE), rejected)
    waits.when(decide(ONE)).then(cleared(ONE))
