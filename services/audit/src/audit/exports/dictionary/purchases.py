"""From the choice of a vendor to the payment."""

from audit.exports.columns import Column, Kind, Source, Take
from audit.exports.dictionary.making import (
    D,
    V,
    conversion,
    entry,
    first,
    last,
    money,
    table,
    types,
)

_SELECTED = types(V, "vendor_selected")
AWARDS = table(
    "awards",
    "Searches for a vendor, and whom they chose",
    "sourcing",
    first("item", Kind.ID, "/data/item", types(V, "quotations_requested"), "For which item"),
    first("case", Kind.ID, "/data/case", types(V, "quotations_requested"), "For whom"),
    first("requested_by", Kind.ID, "/actorid", types(V, "quotations_requested"), "Who searched"),
    first("requested_at", Kind.TIME, "/time", types(V, "quotations_requested"), "Since when"),
    last("vendor", Kind.ID, "/data/vendor", _SELECTED, "Who was chosen"),
    *money("amount", "/data/amount", _SELECTED, "For how much", take=Take.LAST),
    last("quotations", Kind.INTEGER, "/data/quotations", _SELECTED, "Out of how many offers"),
    last("reason", Kind.CODE, "/data/reason", _SELECTED, "Why this one"),
    last("waived", Kind.CODE, "/data/waived", _SELECTED, "Why there were fewer offers"),
    last("selected_by", Kind.ID, "/actorid", _SELECTED, "Who chose"),
    key="/data/sourcing",
    also=types(V, "sourcing_cancelled", "award_taken_back"),
    dated=("requested_at",),
)

_ASKED = types(D, "commitment_requested")
_AMENDED = [*_ASKED, *types(D, "commitment_amended")]
_ORDER = types(D, "purchase_order_issued")
COMMITMENTS = table(
    "commitments",
    "Funds reserved for orders with vendors",
    "commitment",
    first("case", Kind.ID, "/data/case", _ASKED, "For whom: a case, or a project"),
    first("plan", Kind.ID, "/data/plan", _ASKED, "Under which plan, emergency or project"),
    first("item", Kind.ID, "/data/item", _ASKED, "Which item of it"),
    first("programme", Kind.ID, "/data/programme", _ASKED, "Under which programme"),
    first("vendor", Kind.ID, "/data/vendor", _ASKED, "With whom"),
    first("budget_line", Kind.ID, "/data/budget_line", _ASKED, "Out of which line"),
    *money("amount", "/data/amount", _AMENDED, "What it is for, as amended", take=Take.LAST),
    *money("reserved", "/data/reserved", _ASKED, "What was reserved when it was asked for"),
    first("requested_by", Kind.ID, "/actorid", _ASKED, "Who asked for it"),
    first("office", Kind.CODE, "/actoroffice", _ASKED, "Of which office"),
    first("requested_at", Kind.TIME, "/time", _ASKED, "When"),
    last("certified_by", Kind.ID, "/actorid", types(D, "commitment_certified"), "Who certified"),
    last("approved_by", Kind.ID, "/actorid", types(D, "commitment_approved"), "Who approved"),
    last("order_number", Kind.CODE, "/data/number", _ORDER, "The purchase order's number"),
    first("ordered_at", Kind.TIME, "/time", _ORDER, "When it was issued"),
    key="/data/commitment",
    also=types(
        D,
        *("commitment_cancelled", "commitment_expired", "commitment_liquidated"),
        "commitment_rejected",
    ),
    dated=("requested_at",),
)

_RECEIVED = types(D, "goods_received", "goods_received.v2")
_RESOLVED = types(D, "receipt_dispute_resolved")
DELIVERIES = table(
    "deliveries",
    "What returnees received",
    "receipt",
    first("commitment", Kind.ID, "/data/commitment", _RECEIVED, "Of which order"),
    first("date", Kind.DATE, "/data/date", _RECEIVED, "On which day it arrived"),
    first("recorded_by", Kind.ID, "/actorid", _RECEIVED, "Who wrote it down"),
    first("office", Kind.CODE, "/actoroffice", _RECEIVED, "Of which office"),
    first("recorded_at", Kind.TIME, "/recordedtime", _RECEIVED, "When it was known"),
    Column(
        "method",
        Kind.CODE,
        "How it was confirmed",
        (
            Source(_RECEIVED[0], "/data/method"),
            Source(_RECEIVED[1], "/data/confirmation/method"),
        ),
    ),
    Column(
        "document",
        Kind.DIGEST,
        "The signed paper, by its SHA-256",
        (
            Source(_RECEIVED[0], "/data/document"),
            Source(_RECEIVED[1], "/data/confirmation/document"),
        ),
    ),
    last("dispute", Kind.CODE, "/data/reason", types(D, "receipt_disputed"), "Why it was disputed"),
    last("outcome", Kind.CODE, "/data/outcome", _RESOLVED, "How that was settled"),
    key="/data/receipt",
    dated=("date",),
)

_CLAIMED = types(D, "invoice_received")
_MATCHED = types(D, "three_way_match_passed")
INVOICES = table(
    "invoices",
    "What vendors claimed",
    "invoice",
    first("commitment", Kind.ID, "/data/commitment", _CLAIMED, "For which order"),
    first("vendor", Kind.ID, "/data/vendor", _CLAIMED, "Who claims"),
    first("number", Kind.CODE, "/data/number", _CLAIMED, "The number that is printed on it"),
    first("date", Kind.DATE, "/data/date", _CLAIMED, "Its date"),
    *money("amount", "/data/amount", _CLAIMED, "What is claimed"),
    first("pro_forma", Kind.BOOLEAN, "/data/pro_forma", _CLAIMED, "Whether it is an offer"),
    first("replaces", Kind.ID, "/data/replaces", _CLAIMED, "Which one it corrects"),
    first("document", Kind.DIGEST, "/data/document", _CLAIMED, "The paper, by its SHA-256"),
    first("recorded_by", Kind.ID, "/actorid", _CLAIMED, "Who recorded it"),
    first("office", Kind.CODE, "/actoroffice", _CLAIMED, "Of which office"),
    first("recorded_at", Kind.TIME, "/time", _CLAIMED, "When"),
    *money("payable", "/data/payable", _MATCHED, "What order and receipt bear out", take=Take.LAST),
    last("receipts", Kind.IDS, "/data/receipts", _MATCHED, "By which receipts"),
    key="/data/invoice",
    also=types(
        D,
        *("three_way_match_failed", "three_way_match_failed.v2", "duplicate_invoice_suspected"),
        *("duplicate_invoice_cleared", "match_exception_waived", "invoice_rejected"),
        *("invoice_settled", "invoice_reopened"),
    ),
    dated=("date",),
)

_REQUESTED = types(D, "payment_requested")
_PAID = types(D, "vendor_paid")
_SIGNED = types(D, "payment_signed")[0]
_BOOKED = types(D, "payment_reconciled")
PAYMENTS = table(
    "payments",
    "What vendors are paid, from the request to the bank's statement",
    "payment",
    first("case", Kind.ID, "/data/case", _REQUESTED, "For whom: a case, or a project"),
    first("item", Kind.ID, "/data/item", _REQUESTED, "For which item"),
    first("commitment", Kind.ID, "/data/commitment", _REQUESTED, "For which order"),
    first("invoice", Kind.ID, "/data/invoice", _REQUESTED, "On which invoice"),
    first("vendor", Kind.ID, "/data/vendor", _REQUESTED, "Who is paid"),
    first("account", Kind.ID, "/data/account", _REQUESTED, "On which account"),
    first("budget_line", Kind.ID, "/data/budget_line", _REQUESTED, "Out of which line"),
    *money("amount", "/data/amount", _REQUESTED, "What was asked for"),
    *money("reserved", "/data/reserved", _REQUESTED, "The same in the grant's currency"),
    first("requested_by", Kind.ID, "/actorid", _REQUESTED, "Who asked for it"),
    first("office", Kind.CODE, "/actoroffice", _REQUESTED, "Of which office"),
    first("requested_at", Kind.TIME, "/time", _REQUESTED, "When"),
    last("certified_by", Kind.ID, "/actorid", types(D, "payment_certified"), "Who certified"),
    last("approved_by", Kind.ID, "/actorid", types(D, "payment_approved"), "Who approved"),
    last(
        "approved_again_by",
        Kind.ID,
        "/actorid",
        types(D, "payment_approved_again"),
        "Who approved as well, where it is large",
    ),
    *(
        Column(
            f"signed_by_{number}",
            Kind.ID,
            f"Signatory {number}",
            (Source(_SIGNED, "/actorid", ("/data/signatory_no", number)),),
            take=Take.LAST,
        )
        for number in (1, 2)
    ),
    last("end_to_end", Kind.CODE, "/data/end_to_end_id", _PAID, "Its reference at the bank"),
    last("bank_ref", Kind.CODE, "/data/bank_ref", _PAID, "The bank's own reference"),
    last("paid_on", Kind.DATE, "/data/value_date", _PAID, "The day of value"),
    entry("paid_entry", _PAID, "Log index of the entry that says so"),
    *money("paid", "/data/amount", _PAID, "What the bank paid", take=Take.LAST),
    *money(
        "functional",
        "/data/functional_amount",
        _PAID,
        "The same in the grant's currency, at the rate of the payment",
        take=Take.LAST,
    ),
    *conversion("payment"),
    last("statement", Kind.CODE, "/data/statement", _BOOKED, "On which statement it was found"),
    last("statement_line", Kind.INTEGER, "/data/line", _BOOKED, "On which line of it"),
    key="/data/payment",
    also=types(
        D,
        *("payment_held", "payment_released_from_hold", "payment_cancelled"),
        *("payment_put_in_file", "payment_taken_out_of_file", "payment_instructed"),
        *("payment_accepted_by_bank", "payment_rejected_by_bank", "payment_returned"),
    ),
    dated=("paid_on", "requested_at"),
)
