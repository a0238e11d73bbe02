"""What can still be stopped: payments that the bank does not have, orders that were not placed."""

import msgspec

from disbursement.domain.commitment import Commitment, Stage
from disbursement.domain.payment import BEFORE_THE_FILE, Payment
from disbursement.domain.payment import Stage as Paying
from disbursement.views.rows import read
from events.money import Money
from events.service import Connection
from events.values import (
    AccountId,
    BankFileId,
    CaseId,
    CommitmentId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)

NOT_ORDERED = (Stage.REQUESTED, Stage.CERTIFIED, Stage.APPROVED)


class OpenPayment(msgspec.Struct, frozen=True):
    """It can still be held."""

    payment: PaymentId
    file: BankFileId | None
    """The file that it was put in, and that may not be sealed yet."""


class OpenCommitment(msgspec.Struct, frozen=True):
    """It can still be stopped."""

    commitment: CommitmentId
    vendor: VendorId
    case: CaseId


async def payments(
    view: Connection,
    *,
    vendor: VendorId | None = None,
    account: AccountId | None = None,
    case: CaseId | None = None,
    payment: PaymentId | None = None,
    by: PersonId | None = None,
) -> list[OpenPayment]:
    """Those to this vendor or account, for this case, or this one; `by`: in which the person has a
    part.
    """
    rows = await view.fetch(
        "select payment_id, p.state::jsonb ->> 'file' as file from payment_view p"
        " join commitment_view c using (commitment_id)"
        " where (p.vendor_id = $1 or p.account_id = $2 or p.case_id = $3 or p.payment_id = $6)"
        " and p.stage = any($4)"
        " and ($5::text is null or p.state::jsonb -> 'recorders' ? $5 or exists (select from"
        " jsonb_array_elements((p.state::jsonb -> 'acts') || (c.state::jsonb -> 'acts')) act"
        " where act ->> 1 = $5)) order by payment_id",
        vendor,
        account,
        case,
        [*BEFORE_THE_FILE, Paying.IN_FILE],
        by,
        payment,
    )
    return [
        OpenPayment(PaymentId(row["payment_id"]), row["file"] and BankFileId(row["file"]))
        for row in rows
    ]


async def without_award(view: Connection, item: ItemId) -> list[OpenCommitment]:
    """Commitments for the item with a vendor that is not selected for it, or no longer."""
    rows = await view.fetch(
        "select commitment_id, c.vendor_id, c.case_id from commitment_view c"
        " left join selection_fact s using (item_id)"
        " where c.item_id = $1 and c.stage = any($2) and s.vendor_id is distinct from c.vendor_id"
        " order by commitment_id",
        item,
        [*NOT_ORDERED, Stage.ISSUED],
    )
    return [_commitment(row) for row in rows]


async def not_ordered_by(
    view: Connection, person: PersonId, *, vendor: VendorId | None, case: CaseId | None
) -> list[OpenCommitment]:
    """What the person asked for, certified or approved of that vendor or case."""
    rows = await view.fetch(
        "select commitment_id, vendor_id, case_id from commitment_view c"
        " where (vendor_id = $1 or case_id = $2) and stage = any($3)"
        " and exists (select from jsonb_array_elements(c.state::jsonb -> 'acts') act"
        " where act ->> 1 = $4) order by commitment_id",
        vendor,
        case,
        list(NOT_ORDERED),
        person,
    )
    return [_commitment(row) for row in rows]


async def commitment(view: Connection, which: CommitmentId) -> OpenCommitment:
    """With whom it is, and for which case."""
    return _commitment(
        await view.fetchrow(
            "select commitment_id, vendor_id, case_id from commitment_view"
            " where commitment_id = $1",
            which,
        )
    )


class PaidForNothing(msgspec.Struct, frozen=True):
    payment: Payment
    """The last one of the order that was executed."""
    amount: Money
    """At the order's prices; no more than the payment."""
    took: Money
    """What it took of the reservation."""


async def paid_for_nothing(view: Connection, which: CommitmentId) -> PaidForNothing | None:
    """None: what was paid of the order is there."""
    text = await view.fetchval("select state from commitment_view where commitment_id = $1", which)
    of: Commitment = read(text, Commitment)
    amount = of.paid_and_gone
    if not amount:
        return None
    text = await view.fetchval(
        "select state from payment_view where commitment_id = $1 and stage = any($2)"
        " order by payment_id desc limit 1",
        which,
        [Paying.PAID, Paying.RECONCILED],
    )
    if text is None:
        return None
    last: Payment = read(text, Payment)
    return PaidForNothing(last, min(amount, last.amount), of.took(last.id, last.reserved))


async def paid_again(view: Connection, which: PaymentId) -> PaidForNothing | None:
    """None: it is the one that settles its invoice, or did not stand long."""
    row = await view.fetchrow(
        "select p.state, c.state as of from payment_view p join commitment_view c"
        " using (commitment_id) where payment_id = $1 and p.stage = any($2)",
        which,
        [Paying.PAID, Paying.RECONCILED],
    )
    if row is None:
        return None
    paid: Payment = read(row["state"], Payment)
    of: Commitment = read(row["of"], Commitment)
    executed = of.executions.of(which)
    if executed is None or not executed.again:
        return None
    return PaidForNothing(paid, paid.amount, executed.took)


def _commitment(row: dict[str, str]) -> OpenCommitment:
    return OpenCommitment(
        CommitmentId(row["commitment_id"]), VendorId(row["vendor_id"]), CaseId(row["case_id"])
    )
