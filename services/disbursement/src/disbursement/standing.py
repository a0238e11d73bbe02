"""How it stands with all that a payment may wait for, or that stops a refund or cash, looked up
(`domain/payment/waiting.py`); and with all that is asked before it leaves.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from disbursement.domain.commitment import Commitment, Invoice, commitment
from disbursement.domain.evidence import Evidence, evidence_of
from disbursement.domain.payment import (
    AboutCase,
    MayStop,
    Payment,
    PutPaymentInFile,
    Standing,
    VendorAccount,
)
from disbursement.domain.recovery import Recovery
from disbursement.streams import Load
from disbursement.suspicion import suspicion
from disbursement.views import account_changes, conflicts, findings, holds, lookups, screened
from events.handler import Act
from events.service import Connection
from events.values import BankFileId, CaseId, PersonId, VendorId


class Looked(msgspec.Struct, frozen=True):
    standing: Standing
    binds: tuple[Act[Any, Any, Any], ...]
    """What looks alike and comes at the same instant is known: they go into the same append."""


async def standing(
    of: Payment, *, by: PersonId, at: datetime, load: Load, view: Connection
) -> Looked:
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


async def evidence(
    of: Commitment, invoice: Invoice, account: VendorAccount | None, view: Connection
) -> Evidence:
    """The evidence as it stands, with the account that would be paid to now."""
    payable = account is not None and None not in (account.usable_from, account.approved_until)
    planned = await lookups.planned_item(view, of.item)
    return evidence_of(
        of,
        invoice,
        account=account.account if account and payable else None,
        ceiling=planned.ceiling if planned else None,
        clear=account is not None and account.clear,
    )


async def put_in(
    of: Payment, file: BankFileId, *, by: PersonId, at: datetime, load: Load, view: Connection
) -> PutPaymentInFile:
    """That it goes into that file, on what it rests on now."""
    on, _ = await load.state(commitment, of.commitment)
    invoice = on.invoice(of.invoice) if on else None
    assert on is not None, "the payment was requested on it"
    assert invoice is not None, "the payment was requested for it"
    account = await lookups.vendor_account(view, of.vendor, of.amount.currency)
    return PutPaymentInFile(
        by=by,
        at=at,
        file=file,
        standing=(await standing(of, by=by, at=at, load=load, view=view)).standing,
        stands=(await evidence(on, invoice, account, view)).digest,
        search=await screened.search(view, of.vendor, of.item),
    )


async def may_stop_refund(of: Payment, owed: Recovery, *, load: Load, view: Connection) -> MayStop:
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
    view: Connection,
) -> MayStop:
    """`besides`: who else had a part in it."""
    with_a_part = {person for _, person in (*of.acts, *on.acts)} | {*of.recorders, *besides}
    about = await may_stop_given(of.case, with_a_part, view, vendor=of.vendor)
    return MayStop(
        account=account,
        account_to_be=await account_changes.pending(view, account.account) if account else None,
        found=await findings.against(view, of.id),
        **msgspec.structs.asdict(about),
    )


async def may_stop_given(
    case: CaseId,
    with_a_part: Collection[PersonId],
    view: Connection,
    *,
    vendor: VendorId | None = None,
) -> AboutCase:
    """Of whatever is given for the case: cash, which goes to no vendor, as well."""
    return AboutCase(
        case_halted=await lookups.halted(view, case),
        asked_by_intake=await holds.asked(view, case),
        conflict=await conflicts.of_any(view, with_a_part, vendor=vendor, case=case),
    )
