"""When a grant ends: two people say so, earlier or later; what is ordered from it goes by that."""

from datetime import date, timedelta
from typing import Any

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.commitment_asks import YESTERDAY, failed
from services.disbursement.tests.people import (
    COMMITMENT,
    GRANT,
    MARIA,
    NOON,
    TODAY,
    TOMAS,
    invoiced,
    matched,
    on_order,
    sacks,
)
from services.disbursement.tests.test_ending import close, opened
from services.disbursement.tests.test_matching import shortened

from disbursement.domain.commitment import (
    FollowWindow,
    MatchException,
    WindowExtended,
    commitment,
)
from disbursement.domain.grant import (
    EndProposedByYou,
    ExtendGrant,
    GrantClosed,
    GrantEndProposed,
    GrantExtended,
    NoSuchGrant,
    NotExtended,
    WindowOutOfSight,
    grant,
)
from disbursement.expiring import Expirer
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, PersonId

LAST, LATER = opened.closes, date(2027, 6, 30)
proposed = GrantEndProposed(by=MARIA, at=NOON, grant=GRANT, until=LATER)
extended = GrantExtended(by=TOMAS, at=NOON, grant=GRANT, closes=LATER)
closed = GrantClosed(by=TOMAS, at=NOON, grant=GRANT, closes=TODAY)


def extend(by: PersonId = MARIA, closes: date = LATER) -> ExtendGrant:
    return ExtendGrant(by=by, at=NOON, closes=closes)


def test_a_grant_is_extended_when_two_say_the_same() -> None:
    story = scenario(grant).given(opened)
    story.when(extend()).then(proposed)
    waits = story.given(proposed)
    waits.when(extend()).then_rejected(EndProposedByYou(MARIA))
    waits.when(extend(TOMAS)).then(extended)
    other = date(2027, 3, 31)
    waits.when(extend(TOMAS, other)).then(
        GrantEndProposed(by=TOMAS, at=NOON, grant=GRANT, until=other)
    )
    scenario(grant).when(extend()).then_rejected(NoSuchGrant())


def test_a_grant_is_extended_to_a_day_after_its_last_one() -> None:
    story = scenario(grant).given(opened)
    for day in (LAST, YESTERDAY):
        story.when(extend(closes=day)).then_rejected(NotExtended(LAST, day))
    far = date(2050, 1, 1)
    story.when(extend(closes=far)).then_rejected(WindowOutOfSight(opened.opens, far))
    over = scenario(grant).given(opened, closed)
    over.when(extend(closes=TODAY)).then_rejected(NotExtended(TODAY, TODAY))


def test_who_agrees_to_an_extension_does_not_close_the_grant_by_it() -> None:
    to_close = GrantEndProposed(by=TOMAS, at=NOON, grant=GRANT, until=None)
    scenario(grant).given(opened, proposed).when(type(close)(by=TOMAS, at=NOON)).then(to_close)


def test_a_grant_that_was_closed_by_mistake_bears_costs_again() -> None:
    again = scenario(grant).given(opened, closed, proposed).when(extend(TOMAS)).then(extended)
    assert again.state
    assert (again.state.closes, again.state.closed, again.state.proposed) == (LATER, False, None)


def test_what_came_too_late_is_looked_at_again_when_its_grant_is_extended() -> None:
    delivered = scenario(commitment).given(*on_order, sacks(10))
    late = delivered.given(shortened(YESTERDAY), invoiced(10), failed(MatchException.BUDGET_CLOSED))
    follow = FollowWindow(by=SYSTEM, at=NOON, closes=LATER)
    longer = WindowExtended(by=SYSTEM, at=NOON, commitment=COMMITMENT, closes=LATER)
    late.when(follow).then(longer, matched(10, by=SYSTEM))
    late.given(longer).when(follow).then()


async def ends(till: Cashier, act: str, **body: Any) -> Any:
    [told] = ok(await till.maria.get("/v1/grants"))["items"]
    path = f"/v1/grants/{told['grant']}/{act}"
    first = await till.does(till.maria, path, body)
    assert first["closes"] == told["closes"], "one person alone ends and extends nothing"
    assert first["proposed"] == {"until": body.get("closes"), "by": "per_maria"}
    assert await till.tries(till.maria, path, body) == (422, "EndProposedByYou")
    return await till.does(till.tomas, path, body)


async def test_goods_come_and_orders_run_until_the_new_last_day(till: Cashier) -> None:
    path = await chain.ordered(till)
    await ends(till, "close")
    assert (await ends(till, "extend", closes=LATER.isoformat()))["closes"] == "2027-06-30"
    till.it_is(NOON + timedelta(days=1))
    expirer = Expirer(till.handler, till.tables)
    for _ in range(2):
        await expirer.follow()
        await expirer.expire()
        await till.settle()
    assert "commitment_expired" not in await till.told()
    assert (await till.told()).count("window_extended") == 1
    off = {"lines": chain.LINES, "amount": chain.MONEY, "deliver_by": "2027-05-31"}
    hana = till.sign_in("hana", Role.FINANCE_OFFICER)
    asked = await till.does(hana, f"{path}/amend", off | {"reason": "shipped_later"})
    assert asked["amendment"]["number"] == 1
    assert till.refusals() == []


async def test_from_a_grant_that_was_closed_and_extended_is_committed_again(till: Cashier) -> None:
    line = await chain.funded(till)
    await ends(till, "close")
    await ends(till, "extend", closes=LATER.isoformat())
    assert await chain.committed(till, line)
