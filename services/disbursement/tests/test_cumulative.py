"""A limit is held against all that a vendor has in a case within 90 days, without a gap (D8)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    EVA,
    HANA,
    NOON,
    OTHER_COMMITMENT,
    OVENS,
    PAYMENT,
    RATE,
    eur,
    iqd,
)
from services.disbursement.tests.test_cash import body, planned

from disbursement.domain.cumulative import (
    ApprovalCounted,
    ApprovalNotCounted,
    CountApproval,
    CountedUnderLimit,
    CountUnderLimit,
    CountUnderLimitAfterAll,
    GiveBackApproval,
    GiveBackLimit,
    Kind,
    LimitGivenBack,
    cumulative,
    cumulative_of,
)
from disbursement.domain.delegation import AboveLimit, Authority
from disbursement.domain.exchange_rate import NoRate
from events.io.http.trial import Caller
from events.scenario import scenario
from events.values import Code

LIMIT = eur(1500)
count = CountUnderLimit(
    by=EVA,
    at=NOON,
    vendor=OVENS,
    case=CASE,
    commitment=OTHER_COMMITMENT,
    payment=None,
    authority=Authority.APPROVE,
    amount=eur(1000),
    limit=LIMIT,
)
first = CountedUnderLimit(
    by=EVA,
    at=NOON,
    vendor=OVENS,
    case=CASE,
    commitment=COMMITMENT,
    payment=None,
    authority=Authority.APPROVE,
    amount=eur(1000),
)
second = replace(first, commitment=OTHER_COMMITMENT)


def test_two_parts_stay_below_the_limit_together() -> None:
    scenario(cumulative).when(count).then(second)
    both = scenario(cumulative).given(first)
    both.when(count).then_rejected(AboveLimit(LIMIT, eur(1000), eur(1000)))
    both.when(replace(count, amount=eur(500))).then(replace(second, amount=eur(500)))


def test_what_is_amended_counts_once_and_each_authority_for_itself() -> None:
    story = scenario(cumulative).given(first)
    more = replace(count, commitment=COMMITMENT, amount=LIMIT)
    story.when(more).then(replace(first, amount=LIMIT))
    certifies = replace(count, authority=Authority.CERTIFY)
    story.when(certifies).then(replace(second, authority=Authority.CERTIFY))


def test_what_was_of_another_grant_counts_at_the_days_rate() -> None:
    """840,000 dinars are 600 euros."""
    dinars = scenario(cumulative).given(replace(first, amount=iqd(840_000)))
    at_the_rate = replace(count, rates=(RATE,))
    dinars.when(at_the_rate).then_rejected(AboveLimit(LIMIT, eur(600), eur(1000)))
    dinars.when(replace(at_the_rate, amount=eur(900))).then(replace(second, amount=eur(900)))
    dinars.when(count).then_rejected(NoRate("IQD", "EUR"))


def test_what_came_to_nothing_or_is_long_ago_counts_no_more() -> None:
    back = GiveBackLimit(by=HANA, at=NOON, commitment=COMMITMENT, payment=None)
    given_back = LimitGivenBack(by=HANA, at=NOON, commitment=COMMITMENT, payment=None)
    scenario(cumulative).given(first).when(back).then(given_back)
    scenario(cumulative).given(first, given_back).when(back).then()
    scenario(cumulative).given(first).when(replace(back, payment=PAYMENT)).then()
    scenario(cumulative).given(first, given_back).when(count).then(second)
    later = NOON + timedelta(days=90)
    scenario(cumulative).given(first).when(replace(count, at=later)).then(replace(second, at=later))


def test_what_the_bank_carried_out_after_all_counts_again_with_each_authority() -> None:
    of_payment = replace(first, payment=PAYMENT)
    signed = replace(of_payment, authority=Authority.SIGN)
    gone = LimitGivenBack(by=HANA, at=NOON, commitment=COMMITMENT, payment=PAYMENT)
    after_all = CountUnderLimitAfterAll(
        by=EVA, at=NOON, vendor=OVENS, case=CASE, commitment=COMMITMENT, payment=PAYMENT
    )
    scenario(cumulative).given(of_payment).when(after_all).then()
    story = scenario(cumulative).given(of_payment, signed, gone)
    story.when(after_all).then(of_payment, signed)
    again = story.given(of_payment, signed)
    again.when(after_all).then()
    again.when(count).then_rejected(AboveLimit(LIMIT, eur(1000), eur(1000)))


approval = CountApproval(
    by=EVA,
    at=NOON,
    kind=Kind.WAIVED,
    vendor=OVENS,
    case=CASE,
    of=Code("inv_2"),
    amount=eur(1000),
    limit=LIMIT,
)
counted_first = ApprovalCounted(
    by=EVA, at=NOON, kind=Kind.WAIVED, vendor=OVENS, case=CASE, of=Code("inv_1"), amount=eur(1000)
)


def test_what_else_is_approved_stays_below_the_limit_together() -> None:
    """Advances, waivers, cash, recoveries and write-offs: what else of the kind is in the case."""
    before = scenario(cumulative).given(counted_first)
    before.when(approval).then_rejected(AboveLimit(LIMIT, eur(1000), eur(1000)))
    enough = replace(approval, amount=eur(500))
    before.when(enough).then(replace(counted_first, of=Code("inv_2"), amount=eur(500)))
    back = GiveBackApproval(by=HANA, at=NOON, of=Code("inv_1"))
    not_counted = ApprovalNotCounted(by=HANA, at=NOON, of=Code("inv_1"))
    before.when(back).then(not_counted)
    free = before.given(not_counted)
    free.when(back).then()
    free.when(approval).then(replace(counted_first, of=Code("inv_2")))


def test_each_kind_counts_for_itself() -> None:
    streams = {cumulative_of(kind, OVENS, CASE) for kind in Kind}
    assert len(streams) == len(Kind)
    assert cumulative_of(Kind.CASH, None, CASE) not in streams


# On the real store


@pytest.fixture
def till(at_once: Cashier) -> Cashier:
    return at_once


async def test_cash_approved_at_the_same_instant_stays_below_the_limit_together(
    till: Cashier,
) -> None:
    line = await planned(till)
    alma = await approver(till, limit=150)
    asked = [await till.does(till.hana, "/v1/cash", body(line), status=201) for _ in range(2)]
    paths = [f"/v1/cash/{each['cash']}" for each in asked]
    passed, waits = await at_once(alma, dict.fromkeys(paths))
    await till.settle()
    assert await till.tries(alma, f"{waits}/approve") == (422, "AboveLimit")
    await till.does(till.hana, f"{passed}/cancel", {"reason": "did_not_come"})
    assert (await till.does(alma, f"{waits}/approve"))["stage"] == "approved"


async def test_two_waivers_stay_below_the_limit_together(till: Cashier) -> None:
    line = await chain.funded(till)
    alma = await approver(till)
    said = []
    for number in (1, 2):
        path = await chain.ordered(till, await chain.committed(till, line))
        await chain.delivered(till, path, 8)
        bill = chain.invoice(10, f"INV-{number}", document=f"{number}" * 64)
        told = await till.does(till.hana, f"{path}/invoices", bill)
        until = {"reason": "rest_given_up", "expires": "2026-03-09"}
        waive = f"{path}/invoices/{told['invoices'][0]['invoice']}/waive"
        said.append(await alma.post(waive, until, if_match=told["version"]))
    ok(said[0])
    assert refused(said[1]) == (422, "AboveLimit")


async def approver(till: Cashier, limit: int = 1500) -> Caller:
    """Alma may approve up to so many EUR."""
    return await chain.empowered(till, "alma", "approve", limit)


async def at_once(who: Caller, acts: dict[str, Any]) -> tuple[str, str]:
    """All are approved at the same instant: the path that passed, and the one that did not."""
    tags = {path: (await who.get(path)).headers["etag"] for path in acts}
    answers = await asyncio.gather(
        *(who.post(f"{path}/approve", body, if_match=tags[path]) for path, body in acts.items())
    )
    outcome = {answer.status_code: path for path, answer in zip(acts, answers, strict=True)}
    assert sorted(outcome) == [200, 422]
    assert {refused(answer)[1] for answer in answers if answer.is_error} == {"AboveLimit"}
    return outcome[200], outcome[422]


async def test_two_commitments_approved_at_the_same_instant_stay_below_the_limit_together(
    till: Cashier,
) -> None:
    line = await chain.funded(till)
    alma = await approver(till)
    paths = [f"/v1/commitments/{await chain.committed(till, line)}" for _ in range(2)]
    for path in paths:
        await till.does(till.jozef, f"{path}/certify")
    passed, waits = await at_once(alma, dict.fromkeys(paths))
    await till.settle()
    assert await till.tries(alma, f"{waits}/approve") == (422, "AboveLimit")
    await till.does(till.hana, f"{passed}/cancel", {"reason": "mistaken"})
    assert (await till.does(alma, f"{waits}/approve"))["stage"] == "approved"


async def test_two_payments_approved_at_the_same_instant_stay_below_the_limit_together(
    till: Cashier,
) -> None:
    line = await chain.funded(till)
    alma = await approver(till)
    acts: dict[str, dict[str, str]] = {}
    for number in ("INV-1", "INV-2"):
        path = await chain.ordered(till, await chain.committed(till, line))
        await chain.delivered(till, path, 10)
        bill = chain.invoice(10, number)
        told = await till.does(till.hana, f"{path}/invoices", bill)
        if told["invoices"][-1]["alike"]:
            mine = f"{path}/invoices/{told['invoices'][-1]['invoice']}/clear-suspicion"
            answer = await till.eva.post(mine, {"reason": "two_ovens"}, if_match=told["version"])
            ok(answer)
            await till.settle()
        paid = await chain.requested(till, path)
        acts[paid] = await chain.seen(till, paid)
        await till.does(till.jozef, f"{paid}/certify", acts[paid])
    passed, waits = await at_once(alma, acts)
    await till.settle()
    assert await till.tries(alma, f"{waits}/approve", acts[waits]) == (422, "AboveLimit")
    await till.does(till.hana, f"{passed}/cancel", {"reason": "mistaken"})
    assert (await till.does(alma, f"{waits}/approve", acts[waits]))["stage"] == "approved"
