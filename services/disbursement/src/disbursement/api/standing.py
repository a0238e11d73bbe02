"""How it stands with all that a payment may wait for (`domain/payment/waiting.py`), looked up."""

from datetime import datetime
from typing import Any

import msgspec

from disbursement.api.reach import Do
from disbursement.api.suspicion import suspicion
from disbursement.domain.commitment import commitment
from disbursement.domain.payment import Payment, Standing
from disbursement.domain.payment.account import usable
from disbursement.domain.payment.refusals import AccountChangePending
from disbursement.views import account_changes, conflicts, findings, holds, lookups
from events.handler import Act
from events.io.http import Load, View
from events.values import PersonId, VendorId


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
    with_a_part = {person for _, person in (*of.acts, *on.acts)} | set(of.recorders)
    stands = Standing(
        commitment=on,
        account=await lookups.vendor_account(view, of.vendor, of.amount.currency, of.account),
        account_to_be=await account_changes.pending(view, of.account),
        case_halted=await lookups.halted(view, of.case),
        asked_by_intake=await holds.asked(view, of.case),
        conflict=await conflicts.of_any(view, with_a_part, vendor=of.vendor, case=of.case),
        suspected=alike.is_open,
        finding=await findings.unreviewed(view, of.id),
    )
    return Looked(stands, alike.looks)


async def must_be_payable(
    vendor: VendorId, currency: str, *, at: datetime, do: Do, view: View
) -> None:
    """What goes to the vendor without a payment of its own needs what one would need now: no more
    goes to who is suspended, or whose account is frozen, cooling off or about to be replaced.
    """
    account = usable(await lookups.vendor_account(view, vendor, currency), vendor, currency, at)
    do.rests_on(account.account)
    to_be = await account_changes.pending(view, account.account)
    if to_be is not None:
        raise AccountChangePending(account.account, to_be)
