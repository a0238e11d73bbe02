"""What people ask of the commitment in the tests, and what follows from a failed match."""

from datetime import date, timedelta

from msgspec.structs import replace
from services.disbursement.tests.people import (
    COMMITMENT,
    DALIA,
    DOCUMENT,
    FUNDING,
    HANA,
    INVOICE,
    ITEM,
    LINE,
    NOON,
    OVEN_AND_FLOUR,
    PLANNED,
    RECEIPT,
    SELECTED,
    TODAY,
    TOLERANCE,
    iqd,
    mandate,
    signed,
)

from disbursement.domain.commitment import (
    ApproveCommitment,
    CertifyCommitment,
    Condition,
    Funding,
    InvoicedLine,
    IssueOrder,
    MatchException,
    Method,
    OrderLine,
    PlannedItem,
    ReceivedLine,
    RecordDelivery,
    RecordInvoice,
    RequestCommitment,
    SelectedVendor,
    ThreeWayMatchFailed,
)
from disbursement.domain.delegation import Authority
from disbursement.domain.invoice_number import InvoiceNumber
from events.money import Money
from events.values import Code, InvoiceId, PersonId, ReceiptId

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def request(
    by: PersonId = HANA,
    *,
    plan: PlannedItem | None = PLANNED,
    selection: SelectedVendor | None = SELECTED,
    funding: Funding | None = FUNDING,
    amount: Money | None = None,
) -> RequestCommitment:
    return RequestCommitment(
        by=by,
        at=NOON,
        commitment=COMMITMENT,
        item=ITEM,
        budget_line=LINE,
        amount=iqd(1_400_000) if amount is None else amount,
        plan=plan,
        selection=selection,
        funding=funding,
        tolerance=TOLERANCE,
    )


def certify(by: PersonId) -> CertifyCommitment:
    return CertifyCommitment(by=by, at=NOON, mandate=mandate(by, Authority.CERTIFY))


def approve(by: PersonId) -> ApproveCommitment:
    return ApproveCommitment(by=by, at=NOON, mandate=mandate(by, Authority.APPROVE))


def issue(lines: tuple[OrderLine, ...] = OVEN_AND_FLOUR, by: PersonId = HANA) -> IssueOrder:
    return IssueOrder(
        by=by, at=NOON, number=Code("PO-118"), lines=lines, deliver_by=date(2026, 3, 20)
    )


def deliver(
    number: int,
    *,
    by: PersonId = DALIA,
    day: date = TODAY,
    method: Method = Method.SIGNATURE,
    witnesses: tuple[PersonId, ...] = (),
    condition: Condition = Condition.GOOD,
    receipt: ReceiptId = RECEIPT,
) -> RecordDelivery:
    return RecordDelivery(
        by=by,
        at=NOON,
        receipt=receipt,
        lines=(
            ReceivedLine(line=1, quantity=1, condition=Condition.GOOD),
            ReceivedLine(line=2, quantity=number, condition=condition),
        ),
        date=day,
        confirmation=replace(signed(receipt), method=method, witnesses=witnesses),
    )


def bill(
    number: int,
    *,
    price: Money | None = None,
    amount: Money | None = None,
    by: PersonId = HANA,
    day: date = TODAY,
    invoice: InvoiceId = INVOICE,
    replaces: InvoiceId | None = None,
    pro_forma: bool = False,
) -> RecordInvoice:
    """The oven, and that many sacks at that price."""
    price = price or iqd(40_000)
    oven = Money(iqd(1_000_000).minor, price.currency)
    return RecordInvoice(
        by=by,
        at=NOON,
        invoice=invoice,
        number=InvoiceNumber("INV-2231"),
        date=day,
        amount=amount or oven + price * number,
        lines=(
            InvoicedLine(line=1, quantity=1, unit_price=oven),
            InvoicedLine(line=2, quantity=number, unit_price=price),
        ),
        document=DOCUMENT,
        pro_forma=pro_forma,
        replaces=replaces,
    )


def failed(
    *exceptions: MatchException, invoice: InvoiceId = INVOICE, by: PersonId = HANA
) -> ThreeWayMatchFailed:
    return ThreeWayMatchFailed(
        by=by, at=NOON, commitment=COMMITMENT, invoice=invoice, exceptions=exceptions
    )
