"""A commitment: funds reserved for one order with one vendor, and what becomes of the order.

    requested -> certified -> approved -> issued -> liquidated
    (anywhere before that: cancelled, which gives back what is left)

Order, deliveries and invoices belong to it, because they are matched with one another in one
decision: nothing is payable on which the three do not agree.
"""

from disbursement.domain.commitment.facts import (
    CommitmentApproved,
    CommitmentCancelled,
    CommitmentCertified,
    CommitmentEvent,
    CommitmentLiquidated,
    CommitmentRequested,
    Condition,
    GoodsReceived,
    InvoicedLine,
    InvoicePaidAgain,
    InvoiceReceived,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    MatchException,
    Method,
    OrderLine,
    PurchaseOrderIssued,
    ReceivedLine,
    Receiver,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
    Tolerance,
    Window,
)
from disbursement.domain.commitment.invoicing import open_invoice
from disbursement.domain.commitment.match import invoice_number
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    ApproveCommitment,
    CancelCommitment,
    CertifyCommitment,
    CommitmentCommand,
    Funding,
    IssueOrder,
    PlannedItem,
    RecordDelivery,
    RecordInvoice,
    ReopenInvoice,
    RequestCommitment,
    SelectedVendor,
    SettleInvoice,
    SubmitInvoice,
)
from disbursement.domain.commitment.rules import commitment
from disbursement.domain.commitment.state import (
    Commitment,
    Invoice,
    InvoiceStage,
    Order,
    Receipt,
)

__all__ = [
    "ApproveCommitment",
    "CancelCommitment",
    "CertifyCommitment",
    "Commitment",
    "CommitmentApproved",
    "CommitmentCancelled",
    "CommitmentCertified",
    "CommitmentCommand",
    "CommitmentEvent",
    "CommitmentLiquidated",
    "CommitmentRequested",
    "Condition",
    "Funding",
    "GoodsReceived",
    "Invoice",
    "InvoicePaidAgain",
    "InvoiceReceived",
    "InvoiceReopened",
    "InvoiceSettled",
    "InvoiceStage",
    "InvoiceSubmitted",
    "InvoicedLine",
    "IssueOrder",
    "MatchException",
    "Method",
    "Order",
    "OrderLine",
    "PlannedItem",
    "PurchaseOrderIssued",
    "Receipt",
    "ReceivedLine",
    "Receiver",
    "RecordDelivery",
    "RecordInvoice",
    "ReopenInvoice",
    "RequestCommitment",
    "SelectedVendor",
    "SettleInvoice",
    "Stage",
    "SubmitInvoice",
    "ThreeWayMatchFailed",
    "ThreeWayMatchPassed",
    "Tolerance",
    "Window",
    "commitment",
    "invoice_number",
    "open_invoice",
]
