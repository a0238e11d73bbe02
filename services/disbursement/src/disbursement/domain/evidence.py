"""What a payment rests on, as one digest: everybody who acts on it names what they saw."""

import hashlib

import msgspec

from disbursement.domain.commitment import Commitment, Invoice, InvoiceStage, Order, Receipt
from events.canonical import canonical
from events.money import Money
from events.values import AccountId, Code, Digest, ItemId, PlanId, VendorId

RECEIPT, AUTHORITY, INVOICE = Code("receipt"), Code("authority"), Code("invoice")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Plan item and its ceiling, order, deliveries, invoice, account, screening and amount."""

    plan: PlanId
    item: ItemId
    vendor: VendorId
    order: Order
    receipts: tuple[Receipt, ...]
    """Those that the match rests on."""
    invoice: Invoice
    account: AccountId | None
    """The one that would be paid to now."""
    amount: Money | None
    ceiling: Money | None
    """What the plan lets the item cost; None: no approved plan holds it any more."""
    clear: bool
    """What the last screening of the vendor came to."""

    @property
    def cited(self) -> tuple[tuple[Code, Digest], ...]:
        """The documents that it rests on: what each is, and which."""
        confirmed = [receipt.confirmation for receipt in self.receipts]
        named = [(RECEIPT, each.document) for each in confirmed]
        named += [(AUTHORITY, each.authority) for each in confirmed]
        named += [(INVOICE, self.invoice.document)]
        return tuple((paper, digest) for paper, digest in named if digest is not None)

    @property
    def digest(self) -> Digest:
        return Digest(hashlib.sha256(canonical(self)).hexdigest())


def evidence_of(
    commitment: Commitment,
    invoice: Invoice,
    *,
    account: AccountId | None,
    ceiling: Money | None,
    clear: bool,
) -> Evidence:
    """The evidence for paying this invoice, as it stands."""
    assert commitment.order is not None, "an invoice without an order"
    # How far the payment itself has come is no evidence for it.
    bare = msgspec.structs.replace(invoice, payment=None, stage=InvoiceStage.MATCHED)
    return Evidence(
        plan=commitment.plan,
        item=commitment.item,
        vendor=commitment.vendor,
        order=commitment.order,
        receipts=tuple(r for r in commitment.receipts if r.id in invoice.receipts),
        invoice=bare,
        account=account,
        amount=invoice.payable,
        ceiling=ceiling,
        clear=clear,
    )
