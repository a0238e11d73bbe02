"""The grave findings: which of them nobody has reviewed, and what others were."""

from collections.abc import Sequence
from typing import Any

from disbursement.domain import heard as told
from disbursement.domain.payment import BEFORE_THE_FILE, Found, Reason
from events.service import Connection, Heard, View
from events.values import Code, FindingId, PaymentId

GRAVE = Code("high")
"""How grave a finding is for which a payment waits."""
EXPLAINED = Code("explained")
"""All was as it should be: nothing has to wait for it any more."""
IRREGULAR = frozenset({Code("irregularity"), Code("suspected_fraud")})
"""A rule was broken, or it goes to those who investigate: nothing is paid on it."""


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.FindingRaised(severity=severity, payment=payment) if severity == GRAVE:
                await tables.execute(
                    "insert into finding_fact (finding_id, payment_id) values ($1, $2)"
                    " on conflict do nothing",
                    fact.event.finding,
                    payment,
                )
            case told.FindingReviewed(finding=finding, outcome=outcome):
                await tables.execute(
                    "update finding_fact set outcome = $2 where finding_id = $1", finding, outcome
                )


async def against(view: Connection, payment: PaymentId) -> Found | None:
    """One about the payment of which no person has said yet what it was, or that it was wrong."""
    row = await view.fetchrow(
        "select finding_id, outcome from finding_fact where payment_id = $1"
        " and (outcome is null or outcome = any($2))"
        " order by outcome is null, finding_id limit 1",
        payment,
        list(IRREGULAR),
    )
    return Found(FindingId(row["finding_id"]), row["outcome"]) if row else None


async def standing(view: Connection, findings: Sequence[FindingId]) -> Found | None:
    """One of them of which no person has said yet what it was, or that it was wrong."""
    rows = await view.fetch(
        "select finding_id, outcome from finding_fact where finding_id = any($1)", list(findings)
    )
    outcomes = {row["finding_id"]: row["outcome"] for row in rows}
    stand = [Found(each, outcomes.get(each)) for each in findings]
    wrong = [each for each in stand if each.outcome is None or each.outcome in IRREGULAR]
    return min(wrong, key=lambda each: each.outcome is None, default=None)


async def explained(view: Connection) -> list[PaymentId]:
    """The payments that wait for findings of which each was explained."""
    rows = await view.fetch(
        "select payment_id from finding_fact join payment_view using (payment_id)"
        " where held and state::jsonb -> 'holds' ? $1"
        " group by payment_id having bool_and(coalesce(outcome, '') = $2) order by payment_id",
        Reason.FINDING,
        EXPLAINED,
    )
    return [PaymentId(row["payment_id"]) for row in rows]


async def not_held(view: Connection) -> list[PaymentId]:
    """The payments that a finding came about just as they were let go for another one."""
    rows = await view.fetch(
        "select distinct payment_id from finding_fact join payment_view using (payment_id)"
        " where outcome is null and stage = any($2)"
        " and not coalesce(state::jsonb -> 'holds' ? $1, false) order by payment_id",
        Reason.FINDING,
        list(BEFORE_THE_FILE),
    )
    return [PaymentId(row["payment_id"]) for row in rows]


view = View("finding", {"audit": told.of_findings}, _project, ("finding_fact",))
