"""The open payments of invoices that another one looks like."""

import msgspec

from disbursement.domain.commitment import InvoiceStage
from disbursement.domain.payment import BEFORE_THE_FILE
from events.service import Connection
from events.values import Code, Digest, InvoiceId, PaymentId, VendorId

SUSPECTED = Code("another_invoice_looks_like_it")
OVER = (InvoiceStage.REJECTED, InvoiceStage.REPLACED)


class Like(msgspec.Struct, frozen=True):
    """What other invoices may have in common with a new one."""

    new: InvoiceId
    invoices: tuple[InvoiceId, ...] = ()
    """Those that it looks like."""
    document: Digest | None = None


async def waits(view: Connection, vendor: VendorId, invoice: InvoiceId) -> Code | None:
    """Why its payment waits: a later invoice looks like it, and nobody has decided on that."""
    asked = await view.fetchval(
        "select true from commitment_view c, jsonb_array_elements(c.state::jsonb -> 'invoices') i,"
        " jsonb_array_elements(i -> 'alike') a where vendor_id = $1 and a ->> 'invoice' = $2"
        " and i ->> 'stage' <> all($3) limit 1",
        vendor,
        invoice,
        list(OVER),
    )
    return SUSPECTED if asked else None


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
