"""The cases about which intake asks that payments wait; why is said in confidence, and not here."""

from typing import Any

from disbursement.domain import heard as told
from events.service import Connection, Heard, View
from events.values import CaseId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    """Several things may be looked into at once, each in a stream of its own."""
    for fact in batch:
        match fact.event:
            case told.PaymentHoldAsked(case=case):
                await tables.execute(
                    "insert into hold_fact (case_id, asked_in) values ($1, $2)"
                    " on conflict do nothing",
                    case,
                    fact.envelope.subject,
                )
            case told.PaymentHoldEnded(case=case):
                await tables.execute(
                    "delete from hold_fact where case_id = $1 and asked_in = $2",
                    case,
                    fact.envelope.subject,
                )


async def asked(view: Connection, case: CaseId) -> bool:
    """Whether intake asks it still."""
    found = await view.fetchval("select true from hold_fact where case_id = $1 limit 1", case)
    return found or False


view = View("hold", {"intake": told.of_holds}, _project, ("hold_fact",))
