"""A case that rests or has ended: nothing new, and what is not at the bank waits (S10, S14)."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON

from disbursement.domain import heard
from events.decider import Event
from events.roles import Role
from events.values import CaseId, Code

suspended = heard.CaseSuspended(by=LINA, at=NOON, case=CASE)
resumed = heard.CaseResumed(by=LINA, at=NOON, case=CASE)
closed = heard.CaseClosed(by=LINA, at=NOON, case=CASE)
reopened = heard.CaseReopened(by=LINA, at=NOON, case=CASE)
transferred = heard.CaseTransferred(
    by=LINA,
    at=NOON,
    case=CASE,
    to_organisation=Code("ngo_tirana"),
    counsellor=LINA,
    outside=False,
)
HALTS = pytest.mark.parametrize(
    ("halt", "goes_on", "because"),
    [(suspended, resumed, "suspended"), (closed, reopened, "closed")],
)
ORDER = {"lines": chain.LINES, "deliver_by": "2026-03-20"}


@HALTS
async def test_nothing_new_is_committed_until_it_goes_on(
    till: Cashier, halt: Event, goes_on: Event, because: str
) -> None:
    line = await chain.funded(till)
    await till.heard(heard.from_intake, halt)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    said = await till.hana.post("/v1/commitments", asked)
    assert refused(said) == (422, "CaseHalted")
    assert said.json()["facts"] == {"case": CASE, "because": because}
    await till.heard(heard.from_intake, goes_on)
    assert await chain.committed(till, line)


@HALTS
async def test_what_was_committed_is_not_ordered(
    till: Cashier, halt: Event, goes_on: Event, because: str
) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    await till.does(till.jozef, f"{path}/certify")
    await till.does(till.eva, f"{path}/approve")
    await till.heard(heard.from_intake, halt)
    said = await till.hana.post(f"{path}/issue-order", ORDER, if_match=3)
    assert refused(said) == (422, "CaseHalted")
    assert said.json()["facts"]["because"] == because
    await till.heard(heard.from_intake, goes_on)
    assert ok(await till.hana.post(f"{path}/issue-order", ORDER, if_match=3))


async def test_a_case_that_was_closed_while_it_rested_rests_when_it_is_opened_again(
    till: Cashier,
) -> None:
    line = await chain.funded(till)
    for event in (suspended, closed, reopened):
        await till.heard(heard.from_intake, event)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    said = await till.hana.post("/v1/commitments", asked)
    assert said.json()["facts"]["because"] == "suspended"


@pytest.mark.parametrize(
    ("halt", "reason"), [(suspended, "case_suspended"), (closed, "case_closed")]
)
async def test_its_open_payments_are_held(till: Cashier, halt: Event, reason: str) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_intake, halt)
    assert ok(await till.eva.get(payment))["held"] == reason


@pytest.mark.parametrize(
    ("halt", "goes_on", "reason"),
    [(suspended, resumed, "case_suspended"), (closed, reopened, "case_closed")],
)
async def test_what_was_delivered_is_asked_for_and_waits_from_the_first(
    till: Cashier, halt: Event, goes_on: Event, reason: str
) -> None:
    commitment = await chain.matched(till)
    await till.heard(heard.from_intake, halt)
    payment = await chain.requested(till, commitment)
    page = ok(await till.eva.get(payment))
    assert (page["held"], page["stage"]) == (reason, "requested")
    certify = {"evidence": page["evidence"]}
    said = await till.jozef.post(f"{payment}/certify", certify, if_match=3)
    assert refused(said) == (409, "PaymentIsHeld")
    release = f"{payment}/release-from-hold"
    if halt is suspended:
        early = await till.tries(till.tomas, release, {"reason": "seen"})
        assert early == (422, "CaseStillHalted")
        await till.heard(heard.from_intake, goes_on)
        assert ok(await till.eva.get(payment))["held"] == reason
    await till.does(till.tomas, release, {"reason": "goes_on"})
    await chain.instructed(till, await chain.released(till, payment))


async def test_once_it_goes_on_a_payment_is_not_held(till: Cashier) -> None:
    commitment = await chain.matched(till)
    for event in (suspended, resumed):
        await till.heard(heard.from_intake, event)
    assert ok(await till.eva.get(await chain.requested(till, commitment)))["held"] is None


async def test_another_cases_payments_are_not(till: Cashier) -> None:
    payment = await chain.released(till)
    other = heard.CaseSuspended(by=LINA, at=NOON, case=CaseId("cas_other"))
    await till.heard(heard.from_intake, other)
    assert ok(await till.eva.get(payment))["held"] is None


@pytest.mark.parametrize("outside", [False, True])
async def test_whoever_took_the_case_over_reads_what_is_bought_for_it(
    till: Cashier, *, outside: bool
) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    arben = till.sign_in("arben", Role.COUNSELLOR, organisation="ngo_tirana")
    assert (await arben.get(path)).status_code == 404
    await till.heard(heard.from_intake, replace(transferred, outside=outside))
    assert (await arben.get(path)).status_code == (404 if outside else 200)
