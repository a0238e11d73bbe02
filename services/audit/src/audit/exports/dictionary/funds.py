"""Where the money comes from, and what it is besides payments."""

from audit.exports.columns import Kind, Take
from audit.exports.dictionary.making import D, conversion, entry, first, last, money, table, types

_OPENED = types(D, "grant_opened")
GRANTS = table(
    "grants",
    "Funding agreements with donors",
    "grant",
    first("donor", Kind.CODE, "/data/donor", _OPENED, "Who gives the money"),
    first("reference", Kind.CODE, "/data/reference", _OPENED, "The donor's own number"),
    first("currency", Kind.CURRENCY, "/data/currency", _OPENED, "In which it is accounted for"),
    first("opens", Kind.DATE, "/data/opens", _OPENED, "First day of the window"),
    last(
        "closes",
        Kind.DATE,
        "/data/closes",
        [*_OPENED, *types(D, "grant_closed", "grant_extended")],
        "Last day of the window",
    ),
    first("conversion", Kind.CODE, "/data/conversion", _OPENED, "How other currencies convert"),
    first("opened_at", Kind.TIME, "/time", _OPENED, "When it was opened"),
    key="/data/grant",
    dated=("opened_at",),
)

_LINE = types(D, "budget_line_proposed", "budget_line_established")
_REVISED = types(D, "budget_line_established", "budget_revised")
BUDGET_LINES = table(
    "budget_lines",
    "Cost categories of grants, with their ceilings",
    "budget_line",
    first("grant", Kind.ID, "/data/grant", _LINE, "Of which grant"),
    first("category", Kind.CODE, "/data/category", _LINE, "The cost category"),
    *money("ceiling", "/data/ceiling", _REVISED, "Never above it", take=Take.LAST),
    first("established_at", Kind.TIME, "/time", _REVISED, "When it was established"),
    last("confirmed_by", Kind.ID, "/actorid", _REVISED, "Who confirmed, or lowered, the ceiling"),
    key="/data/line",
    also=types(D, "budget_raise_proposed", "ceiling_declined"),
    dated=("established_at",),
)

_GRANTED = types(D, "delegation_granted")
DELEGATIONS = table(
    "delegations",
    "Who may certify, approve or sign, up to what, until when",
    "delegation",
    first("person", Kind.ID, "/data/person", _GRANTED, "Who may"),
    first("authority", Kind.CODE, "/data/authority", _GRANTED, "What they may"),
    *money("limit", "/data/limit", _GRANTED, "Up to what"),
    first("starts", Kind.DATE, "/data/starts", _GRANTED, "First day"),
    first("ends", Kind.DATE, "/data/ends", _GRANTED, "Last day"),
    first("granted_by", Kind.ID, "/actorid", _GRANTED, "Who gave it"),
    first("granted_at", Kind.TIME, "/time", _GRANTED, "When"),
    first(
        "confirmed_by",
        Kind.ID,
        "/actorid",
        types(D, "delegation_confirmed"),
        "Who confirmed it: another person",
    ),
    first("revoked_at", Kind.TIME, "/time", types(D, "delegation_revoked"), "When it was ended"),
    key="/data/delegation",
    dated=("granted_at",),
)

_HANDED = types(D, "cash_requested")
CASH = table(
    "cash",
    "Cash handed over, where a programme plans any",
    "cash",
    first("case", Kind.ID, "/data/case", _HANDED, "For whom"),
    first("item", Kind.ID, "/data/item", _HANDED, "For which item"),
    first("budget_line", Kind.ID, "/data/budget_line", _HANDED, "Out of which line"),
    first("list_no", Kind.CODE, "/data/list_no", _HANDED, "On which list"),
    *money("amount", "/data/amount", _HANDED, "How much"),
    *money("reserved", "/data/reserved", _HANDED, "The same in the grant's currency"),
    first("requested_by", Kind.ID, "/actorid", _HANDED, "Who asked for it"),
    first("office", Kind.CODE, "/actoroffice", _HANDED, "Of which office"),
    first("requested_at", Kind.TIME, "/time", _HANDED, "When"),
    last("approved_by", Kind.ID, "/actorid", types(D, "cash_approved"), "Who approved"),
    last(
        "approved_again_by",
        Kind.ID,
        "/actorid",
        types(D, "cash_approved_again"),
        "Who approved as well, where it is large",
    ),
    last("handed_over_by", Kind.ID, "/actorid", types(D, "cash_handed_over"), "Who gave it"),
    last(
        "confirmed_by",
        Kind.ID,
        "/actorid",
        types(D, "cash_hand_over_confirmed"),
        "Who was there as well",
    ),
    entry(
        "handed_over_entry",
        types(D, "cash_hand_over_confirmed"),
        "Log index of the entry that says so",
    ),
    last(
        "confirmed_at",
        Kind.TIME,
        "/time",
        types(D, "cash_hand_over_confirmed"),
        "When that was said",
    ),
    *conversion("cash"),
    last(
        "document",
        Kind.DIGEST,
        "/data/document",
        types(D, "cash_handed_over"),
        "The signed list, by its SHA-256",
    ),
    key="/data/cash",
    also=types(
        D,
        "cash_cancelled",
        "cash_counsellors_named",
        "cash_hand_over_witnessed",
        "cash_hand_over_disputed",
    ),
    dated=("requested_at",),
)

_OWED = types(D, "recovery_initiated")
RECOVERIES = table(
    "recoveries",
    "What vendors owe back",
    "recovery",
    first("payment", Kind.ID, "/data/payment", _OWED, "Of which payment"),
    first("vendor", Kind.ID, "/data/vendor", _OWED, "Who owes it"),
    first("commitment", Kind.ID, "/data/commitment", _OWED, "Of which order"),
    *money("amount", "/data/amount", _OWED, "How much"),
    first("reason", Kind.CODE, "/data/reason", _OWED, "Why"),
    first("initiated_by", Kind.ID, "/actorid", _OWED, "Who asked for it"),
    first("initiated_at", Kind.TIME, "/time", _OWED, "When"),
    last("approved_by", Kind.ID, "/actorid", types(D, "recovery_approved"), "Who approved"),
    *money(
        "received",
        "/data/amount",
        types(D, "recovery_received"),
        "What has come back",
        take=Take.SUM,
    ),
    *money(
        "written_off",
        "/data/amount",
        types(D, "recovery_written_off"),
        "What was given up",
        take=Take.LAST,
    ),
    *money(
        "reversed",
        "/data/amount",
        types(D, "write_off_reversed"),
        "Of that, what is owed after all",
        take=Take.LAST,
    ),
    *money(
        "refunded",
        "/data/amount",
        types(D, "refund_paid"),
        "What went to the vendor again, because the bank had returned the payment as well",
        take=Take.LAST,
    ),
    key="/data/recovery",
    also=types(
        D,
        *("recovery_rejected", "recovery_stopped", "recovery_withdrawn"),
        *("write_off_proposed", "write_off_declined"),
        *("reversal_proposed", "reversal_declined"),
        *("refund_owed", "refund_terms_set", "refund_approved", "refund_approved_again"),
        *("refund_signed", "refund_paid_with_invoice"),
    ),
    dated=("initiated_at",),
)
