"""A grave finding about cash holds it until it was reviewed, and a person lets it go on."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import LINA, NOON, TOMAS
from services.disbursement.tests.test_cash import (
    CASH,
    approve,
    approved,
    body,
    cancelled,
    confirm,
    confirmed,
    hand_over,
    handed_over,
    planned,
    requested,
    witness,
)
from services.disbursement.tests.test_holding import reviewed

from disbursement.domain import heard
from disbursement.domain.cash import (
    ActedOnCash,
    ApproveCash,
    CancelCash,
    CashEvent,
    CashHeld,
    CashIsHeld,
    CashNotHeld,
    CashReleasedFromHold,
    HandOverCash,
    HoldCash,
    ReleaseCashFromHold,
    cash,
)
from disbursement.domain.payment import Found
from disbursement.domain.payment.refusals import FindingNotReviewed, FoundIrregular
from events.scenario import scenario
from events.values import SYSTEM, CashId, Code, FindingId, PersonId

FOUND, LATER = FindingId("fnd_1"), FindingId("fnd_2")
hold = HoldCash(by=SYSTEM, at=NOON, finding=FOUND)
held = CashHeld(by=SYSTEM, at=NOON, cash=CASH, finding=FOUND)
release = ReleaseCashFromHold(by=TOMAS, at=NOON, reason=Code("seen"), found=None)
released = CashReleasedFromHold(by=TOMAS, at=NOON, cash=CASH, reason=Code("seen"))


def test_what_is_not_handed_over_is_held_once_by_each_finding() -> None:
    later = replace(hold, finding=LATER)
    scenario(cash).given(requested, approved).when(hold).then(held)
    scenario(cash).given(requested, held).when(hold).then()
    scenario(cash).given(requested, held).when(later).then(replace(held, finding=LATER))
    scenario(cash).given(requested, held, released).when(hold).then()
    scenario(cash).given(requested, approved, handed_over).when(hold).then()


@pytest.mark.parametrize(
    ("history", "act"),
    [((requested,), approve), ((requested, approved), hand_over)],
    ids=["approved", "handed over"],
)
def test_held_cash_is_neither_approved_nor_handed_over(
    history: tuple[CashEvent, ...], act: ApproveCash | HandOverCash
) -> None:
    scenario(cash).given(*history, held).when(act).then_rejected(CashIsHeld(FOUND))
    assert scenario(cash).given(*history, held, released).when(act).events


def test_held_cash_is_given_up() -> None:
    back = CancelCash(by=cancelled.by, at=NOON, reason=cancelled.reason)
    scenario(cash).given(requested, held).when(back).then(cancelled)


def test_what_was_handed_over_before_is_confirmed() -> None:
    scenario(cash).given(requested, approved, handed_over).when(confirm).then(confirmed)


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (Found(FOUND), FindingNotReviewed(FOUND)),
        (Found(FOUND, Code("irregularity")), FoundIrregular(FOUND, Code("irregularity"))),
    ],
)
def test_it_is_let_go_once_what_was_found_was_reviewed(found: Found, rule: Exception) -> None:
    stands = replace(release, found=found)
    scenario(cash).given(requested, held).when(stands).then_rejected(rule)  # type: ignore[arg-type]
    scenario(cash).given(requested, held).when(release).then(released)
    scenario(cash).given(requested).when(release).then_rejected(CashNotHeld())


@pytest.mark.parametrize("person", [requested.by, LINA])
def test_nobody_with_a_part_in_it_lets_it_go(person: PersonId) -> None:
    own = replace(release, by=person)
    scenario(cash).given(requested, held).when(own).then_rejected(ActedOnCash(person))


# The same over HTTP


def about(path: str, severity: str = "high", name: FindingId = FOUND) -> heard.FindingNamedCash:
    named = CashId(path.rpartition("/")[2])
    return heard.FindingNamedCash(
        by=SYSTEM, at=NOON, finding=name, cash=named, severity=Code(severity)
    )


def raised(name: FindingId = FOUND) -> heard.FindingRaised:
    return heard.FindingRaised(
        by=SYSTEM, at=NOON, finding=name, severity=Code("high"), payment=None
    )


async def approved_cash(till: Cashier) -> str:
    stands = await till.does(till.hana, "/v1/cash", body(await planned(till)), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    return path


SIGNED = {"proof": "signature", "document": chain.DOCUMENT}
SEEN = {"reason": "seen"}


async def test_a_grave_finding_holds_the_cash_until_a_person_has_reviewed_it(
    till: Cashier,
) -> None:
    path = await approved_cash(till)
    await till.heard(heard.from_audit, about(path, "medium", LATER))
    assert not ok(await till.hana.get(path))["held"]
    await till.heard(heard.of_findings, raised())
    await till.heard(heard.from_audit, about(path))
    assert ok(await till.hana.get(path))["held"]
    olga = witness(till, "olga")
    assert await till.tries(olga, f"{path}/hand-over", SIGNED) == (409, "CashIsHeld")
    early = await till.tries(till.tomas, f"{path}/release-from-hold", SEEN)
    assert early == (422, "FindingNotReviewed")
    await till.heard(heard.of_findings, reviewed("mistake"))
    own = await till.tries(till.eva, f"{path}/release-from-hold", SEEN)
    assert own == (422, "ActedOnCash")
    await till.does(till.tomas, f"{path}/release-from-hold", SEEN)
    await till.does(olga, f"{path}/hand-over", SIGNED)
    assert till.refusals() == []


async def test_cash_that_was_found_irregular_is_given_up(till: Cashier) -> None:
    path = await approved_cash(till)
    await till.heard(heard.of_findings, raised())
    await till.heard(heard.from_audit, about(path))
    await till.heard(heard.of_findings, reviewed("suspected_fraud"))
    never = await till.tries(till.tomas, f"{path}/release-from-hold", SEEN)
    assert never == (422, "FoundIrregular")
    assert (await till.does(till.hana, f"{path}/cancel", SEEN))["stage"] == "cancelled"


async def test_what_was_found_later_is_reviewed_as_well(till: Cashier) -> None:
    """Before its finding is known here, and reviewed, it is not let go on."""
    path = await approved_cash(till)
    await till.heard(heard.of_findings, raised())
    await till.heard(heard.from_audit, about(path))
    await till.heard(heard.of_findings, reviewed("explained"))
    await till.heard(heard.from_audit, about(path, name=LATER))
    early = await till.tries(till.tomas, f"{path}/release-from-hold", SEEN)
    assert early == (422, "FindingNotReviewed")
    await till.heard(heard.of_findings, raised(LATER))
    await till.heard(heard.of_findings, reviewed("explained", LATER))
    await till.does(till.tomas, f"{path}/release-from-hold", SEEN)
