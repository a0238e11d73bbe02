"""What stops any money for a case stops its cash, at each act until it is handed over."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.people import CASE, LINA, NOON
from services.disbursement.tests.test_cash import (
    approve,
    approved,
    ask,
    body,
    hand_over,
    planned,
    requested,
    witness,
)
from services.disbursement.tests.test_conflicts import CONFLICT, too_near

from disbursement.domain import heard
from disbursement.domain.cash import CashCommand, CashEvent, cash
from disbursement.domain.conflict import ConflictOfInterestCleared, from_vendors
from disbursement.domain.payment import AboutCase
from disbursement.domain.payment.refusals import (
    CaseStillHalted,
    ConflictStillDeclared,
    StillAskedByIntake,
)
from disbursement.domain.payment.waiting import SUSPENDED
from events.decider import Rejected
from events.io.http.trial import Caller
from events.scenario import scenario

each_act = pytest.mark.parametrize(
    ("history", "act"),
    [
        ((), ask),
        ((requested,), approve),
        ((requested, approved), hand_over),
    ],
    ids=["asked for", "approved", "handed over"],
)
stopped = pytest.mark.parametrize(
    ("stops", "rule"),
    [
        (AboutCase(case_halted=SUSPENDED), CaseStillHalted(SUSPENDED)),
        (AboutCase(asked_by_intake=True), StillAskedByIntake()),
        (AboutCase(conflict=CONFLICT), ConflictStillDeclared(CONFLICT)),
    ],
    ids=["the case rests", "asked by intake", "conflict of interest"],
)


@each_act
@stopped
def test_what_stops_any_money_stops_cash(
    history: tuple[CashEvent, ...], act: CashCommand, stops: AboutCase, rule: Rejected
) -> None:
    now = replace(act, stops=stops)
    scenario(cash).given(*history).when(now).then_rejected(rule)


# The same over HTTP

SIGNED = {"proof": "signature", "document": chain.DOCUMENT}
SEEN = {"document": chain.DOCUMENT}
STILL_ASKED = (422, "StillAskedByIntake")
hold = heard.PaymentHoldAsked(by=LINA, at=NOON, case=CASE)
hold_ended = heard.PaymentHoldEnded(by=LINA, at=NOON, case=CASE)


async def test_none_is_given_while_intake_looks_into_the_case(till: Cashier) -> None:
    line = await planned(till)
    olga, petra = witness(till, "olga"), witness(till, "petra")

    async def held_until_it_was_looked_at(caller: Caller, path: str, sent: object) -> str:
        await till.heard(heard.of_holds, hold)
        assert await till.tries(caller, path, sent) == STILL_ASKED
        await till.heard(heard.of_holds, hold_ended)
        status = 201 if path == "/v1/cash" else 200
        return f"/v1/cash/{(await till.does(caller, path, sent, status=status))['cash']}"

    path = await held_until_it_was_looked_at(till.hana, "/v1/cash", body(line))
    await held_until_it_was_looked_at(till.eva, f"{path}/approve", None)
    await held_until_it_was_looked_at(olga, f"{path}/hand-over", SIGNED)
    await till.heard(heard.of_holds, hold)
    assert (await till.does(petra, f"{path}/confirm", SEEN))["stage"] == "confirmed"


async def test_who_approved_it_and_is_too_near_stops_it_until_that_is_cleared(
    till: Cashier,
) -> None:
    stands = await till.does(till.hana, "/v1/cash", body(await planned(till)), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    await too_near(till, "per_eva", case=CASE)
    olga = witness(till, "olga")
    refusal = await till.tries(olga, f"{path}/hand-over", SIGNED)
    assert refusal == (422, "ConflictStillDeclared")
    cleared = ConflictOfInterestCleared(by=LINA, at=NOON, conflict=CONFLICT)
    await till.heard(from_vendors, cleared)
    await till.does(olga, f"{path}/hand-over", SIGNED)


@pytest.mark.parametrize("told", [heard.CaseSuspended, heard.CaseClosed])
async def test_what_was_handed_over_is_told_as_it_was_though_the_case_rests_or_has_ended(
    till: Cashier, told: type[heard.CaseSuspended | heard.CaseClosed]
) -> None:
    stands = await till.does(till.hana, "/v1/cash", body(await planned(till)), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    await till.does(witness(till, "olga"), f"{path}/hand-over", SIGNED)
    await till.heard(heard.from_intake, told(by=LINA, at=NOON, case=CASE))
    given = await till.does(witness(till, "petra"), f"{path}/confirm", SEEN)
    assert given["stage"] == "confirmed"


async def test_once_the_case_has_ended_none_is_handed_over_and_it_is_given_up(
    till: Cashier,
) -> None:
    """As long as it is neither confirmed nor given up, intake closes no case over it (S11)."""
    stands = await till.does(till.hana, "/v1/cash", body(await planned(till)), status=201)
    path = f"/v1/cash/{stands['cash']}"
    await till.does(till.eva, f"{path}/approve")
    await till.heard(heard.from_intake, heard.CaseClosed(by=LINA, at=NOON, case=CASE))
    refusal = await till.tries(witness(till, "olga"), f"{path}/hand-over", SIGNED)
    assert refusal == (422, "ItemStopped")
    given_up = await till.does(till.hana, f"{path}/cancel", {"reason": "case_closed"})
    assert given_up["stage"] == "cancelled"
