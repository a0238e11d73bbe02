"""What is given up of what vendors owe back, over HTTP; and that it is owed after all."""

from fastapi import Response

from disbursement.api.limits import mandate_for
from disbursement.api.reach import Do
from disbursement.api.recoveries import RecoveryAnswer, counts_of, does, known, paid
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.domain.commitment import ClaimAdvanceAgain, commitment
from disbursement.domain.cumulative import Kind
from disbursement.domain.recovery import (
    DeclineReversal,
    DeclineWriteOff,
    ProposeReversal,
    ProposeWriteOff,
    RecoveryId,
    ReverseWriteOff,
    WriteOff,
)
from events.handler import Act
from events.io.http import Load, Now, View, Who
from events.roles import Role


@api.command(
    "/v1/recoveries/{recovery_id}/propose-write-off",
    answers=RecoveryAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_write_off(
    recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Propose to give up what is still owed."""
    return await does(do, recovery_id, ProposeWriteOff(by=me.id, at=now, reason=body.reason))


@api.command(
    "/v1/recoveries/{recovery_id}/decline-write-off",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_write_off(
    recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say that it stays owed."""
    return await does(do, recovery_id, DeclineWriteOff(by=me.id, at=now, reason=body.reason))


@api.command(
    "/v1/recoveries/{recovery_id}/write-off",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def write_off(
    *, recovery_id: RecoveryId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Give up what is still owed."""
    counts = await counts_of(recovery_id, Kind.WRITTEN_OFF, load)
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    of = await paid(await known(recovery_id, load), do, load)
    given_up = WriteOff(by=me.id, at=now, mandate=mandate, of=of)
    return await does(do, recovery_id, given_up, *counts.counted(mandate, now), under=mandate)


@api.command(
    "/v1/recoveries/{recovery_id}/propose-reversal",
    answers=RecoveryAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_reversal(
    *, recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Propose that what was given up is owed again: the vendor delivers, or pays, after all."""
    state = await known(recovery_id, load)
    of = await paid(state, do, load)
    asked = ProposeReversal(by=me.id, at=now, reason=body.reason, of=of)
    return await does(do, recovery_id, asked)


@api.command(
    "/v1/recoveries/{recovery_id}/decline-reversal",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_reversal(
    recovery_id: RecoveryId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say that it stays given up."""
    return await does(do, recovery_id, DeclineReversal(by=me.id, at=now, reason=body.reason))


@api.command(
    "/v1/recoveries/{recovery_id}/reverse-write-off",
    answers=RecoveryAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reverse_write_off(
    *, recovery_id: RecoveryId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say that what was given up is owed again. It is then received; or withdrawn, where the vendor
    delivers what was paid in advance: that is set off against its invoice.
    """
    counts = await counts_of(recovery_id, Kind.WRITTEN_OFF, load)
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    state = await known(recovery_id, load)
    of = await paid(state, do, load)
    reverse = ReverseWriteOff(by=me.id, at=now, mandate=mandate, of=of)
    again = ClaimAdvanceAgain(by=me.id, at=now, payment=state.payment, amount=state.owed)
    claim = Act(commitment, state.commitment, again)
    return await does(do, recovery_id, reverse, claim, under=mandate)
