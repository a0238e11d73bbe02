"""How it stands with all that a payment may wait for, or that stops a refund, looked up
(`domain/payment/waiting.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from disbursement.api.suspicion import suspicion
from disbursement.domain.commitment import Commitment, commitment
from disbursement.domain.payment import MayStop, Payment, Standing, VendorAccount
from disbursement.domain.recovery import Recovery
from disbursement.views import account_changes, conflicts, findings, holds, lookups
from events.handler import Act
from events.io.http import Load, View
from events.values import PersonId


class Looked(msgspec.Struct, frozen=True):
    standing: Standing
    binds: tuple[Act[Any, Any, Any], ...]
    """What looks alike and comes at the same instant is known: they go into the same append."""


async def standing(of: Payment, *, by: PersonId, at: datetime, load: Load, view: View) -> Looked:
    """Of streams where they are this service's own, else of what the others told."""
    on, _ = await load.state(commitment, of.commitment)
    assert on is not None, "the payment was requested on it"
    invoice = on.invoice(of.invoice)
    assert invoice is not None, "the payment was requested for it"
    alike = await suspicion(on, invoice, by=by, at=at, load=load)
    account = await lookups.vendor_account(view, of.vendor, of.amount.currency, of.account)
    stops = await _may_stop(of, on, account, (), view)
    stands = Standing(commitment=on, suspected=alike.is_open, **msgspec.structs.asdict(stops))
    return Looked(stands, alike.looks)


async def may_stop_refund(of: Payment, owed: Recovery, *, load: Load, view: View) -> MayStop:
    """Of what is the vendor's of a payment that was returned: on the account of theirs that would
    be paid to now.
    """
    on, _ = await load.state(commitment, of.commitment)
    assert on is not None, "the payment was requested on it"
    account = await lookups.vendor_account(view, of.vendor, of.amount.currency)
    return await _may_stop(of, on, account, owed.asked_by, view)


async def _may_stop(
    of: Payment,
    on: Commitment,
    account: VendorAccount | None,
    besides: Sequence[PersonId],
    view: View,
) -> MayStop:
    """`besides`: who else had a part in it."""
    with_a_part = {person for _, person in (*of.acts, *on.acts)} | {*of.recorders, *besides}
    return MayStop(
        account=account,
        account_to_be=await account_changes.pending(view, account.account) if account else None,
        case_halted=await lookups.halted(view, of.case),
        asked_by_intake=await holds.asked(view, of.case),
        conflict=await conflicts.of_any(view, with_a_part, vendor=of.vendor, case=of.case),
        finding=await findings.unreviewed(view, of.id),
    )
