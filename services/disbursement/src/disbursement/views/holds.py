"""The cases about which intake asks that payments wait; why is said in confidence, and not here."""

from typing import Any

from disbursement.domain import heard as told
from disbursement.views import lookups
from events.service import Connection, Heard, View
from events.values import CaseId, Code

ASKED_BY_INTAKE = Code("asked_by_intake")


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


async def waits(view: Connection, case: CaseId) -> Code | None:
    """Why a payment for the case waits for an officer from its first day. None: it does not."""
    halted = await lookups.halted(view, case)
    if halted is not None:
        return Code(f"case_{halted}")
    asked = await view.fetchval("select true from hold_fact where case_id = $1 limit 1", case)
    return ASKED_BY_INTAKE if asked else None


view = View("hold", {"intake": told.of_holds}, _project, ("hold_fact",))
