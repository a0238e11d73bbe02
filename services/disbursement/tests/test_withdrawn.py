"""Who no longer agrees to be assisted is not: nothing new, but what was delivered is paid."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, arrived, ok, refused
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON, OVENS

from disbursement.domain import heard
from events.values import Code

gave = heard.ConsentGiven(by=LINA, at=NOON, case=CASE, scopes=(Code("assistance"), Code("vendors")))
withdrew = heard.ConsentWithdrawn(by=LINA, at=NOON, case=CASE, scopes=(Code("assistance"),))
ORDER = {"lines": chain.LINES, "deliver_by": "2026-03-20"}


async def withdrawn(till: Cashier) -> None:
    for event in (gave, withdrew):
        await till.heard(heard.from_intake, event)


async def test_nothing_new_is_committed(till: Cashier) -> None:
    line = await chain.funded(till)
    await withdrawn(till)
    before = await till.told()
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    said = await till.hana.post("/v1/commitments", asked)
    assert refused(said) == (422, "AssistanceWithdrawn")
    assert said.json()["facts"] == {"case": CASE}
    assert await till.told() == before


async def test_what_was_committed_is_not_ordered(till: Cashier) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    await till.does(till.jozef, f"{path}/certify")
    await till.does(till.eva, f"{path}/approve")
    await withdrawn(till)
    said = await till.hana.post(f"{path}/issue-order", ORDER, if_match=3)
    assert refused(said) == (422, "AssistanceWithdrawn")
    await till.heard(heard.from_intake, gave)
    assert ok(await till.hana.post(f"{path}/issue-order", ORDER, if_match=3))


async def test_what_was_delivered_is_paid_all_the_same(till: Cashier) -> None:
    commitment = await chain.matched(till)
    await withdrawn(till)
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, commitment))
    )
    assert ok(await till.hana.get(payment))["stage"] == "instructed"


@pytest.mark.parametrize("scope", ["vendors", "monitoring", "pooling"])
async def test_another_scope_stops_no_order(till: Cashier, scope: str) -> None:
    line = await chain.funded(till)
    other = replace(withdrew, scopes=(Code(scope),))
    for event in (gave, other):
        await till.heard(heard.from_intake, event)
    assert await chain.committed(till, line)


async def test_more_time_is_more_time_here_too(till: Cashier) -> None:
    line = await chain.funded(till)
    over = replace(arrived, use_by=NOON.date().replace(day=1))
    await till.heard(heard.from_intake, over)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    said = await till.hana.post("/v1/commitments", asked)
    assert refused(said) == (422, "EntitlementExpired")
    more = heard.EntitlementExtended(by=LINA, at=NOON, case=CASE, use_by=NOON.date())
    await till.heard(heard.from_intake, more)
    assert await chain.committed(till, line)


async def test_nothing_is_bought_on_an_award_that_was_taken_back(till: Cashier) -> None:
    """Not even by a commitment that was asked for before it was heard of."""
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    taken_back = heard.AwardTakenBack(by=LINA, at=NOON, item=ITEM, vendor=OVENS)
    await till.heard(heard.from_vendors, taken_back)
    certified = await till.tries(till.jozef, f"{path}/certify", {})
    assert certified == (409, "CommitmentIsAt")  # it was cancelled by itself
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    assert refused(await till.hana.post("/v1/commitments", asked)) == (422, "VendorNotSelected")
