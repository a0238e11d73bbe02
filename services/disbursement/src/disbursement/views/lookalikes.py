"""The open payments of invoices that another one looks like."""

import msgspec

from disbursement.domain.commitment import InvoiceStage
from disbursement.domain.payment import BEFORE_THE_FILE, Reason
from events.service import Connection
from events.values import Digest, InvoiceId, PaymentId

OVER = (InvoiceStage.REJECTED, InvoiceStage.REPLACED)


class Like(msgspec.Struct, frozen=True):
    """What other invoices may have in common with a new one."""

    new: InvoiceId
    invoices: tuple[InvoiceId, ...] = ()
    """Those that it looks like."""
    document: Digest | None = None


async def open_payments(view: Connection, like: Like) -> list[PaymentId]:
    """Those for such invoices, or on the same paper, that can still be held."""
    rows = await view.fetch(
        "select distinct payment_id from payment_view p join commitment_view c"
        " using (commitment_id), jsonb_array_elements(c.state::jsonb -> 'invoices') i"
        " where p.stage = any($1) and i ->> 'id' = p.state::jsonb ->> 'invoice'"
        " and i ->> 'id' <> $4 and (i ->> 'id' = any($2) or i ->> 'document' = $3)"
        " order by payment_id",
        list(BEFORE_THE_FILE),
        list(like.invoices),
        like.document,
        like.new,
    )
    return [PaymentId(row["payment_id"]) for row in rows]


async def no_longer(view: Connection) -> list[PaymentId]:
    """Those that wait for a look-alike alone that somebody has decided on by now."""
    rows = await view.fetch(
        "select payment_id from payment_view p join commitment_view c using (commitment_id),"
        " jsonb_array_elements(c.state::jsonb -> 'invoices') i"
        " where p.held and p.stage = any($1) and p.state::jsonb -> 'holds' ? $2"
        " and i ->> 'id' = p.state::jsonb ->> 'invoice' and not exists ("
        " select from commitment_view o, jsonb_array_elements(o.state::jsonb -> 'invoices') later,"
        " jsonb_array_elements(later -> 'alike') a where later ->> 'stage' <> all($3)"
        " and later ->> 'id' <> i ->> 'id' and (a ->> 'invoice' = i ->> 'id'"
        " or (a ->> 'invoice' is null and later ->> 'document' = i ->> 'document')))"
        " order by payment_id",
        list(BEFORE_THE_FILE),
        Reason.LOOKS_ALIKE,
        list(OVER),
    )
    return [PaymentId(row["payment_id"]) for row in rows]
