"""Vendors and their accounts, cases and plans, findings."""

from audit.exports.columns import Kind, Take
from audit.exports.dictionary.making import A, I, P, V, first, last, money, table, types

_PROPOSED = types(V, "vendor_proposed")
VENDORS = table(
    "vendors",
    "Payees; what they are called is in no entry",
    "vendor",
    first("kind", Kind.CODE, "/data/kind", _PROPOSED, "What it is"),
    first("country", Kind.CODE, "/data/country", _PROPOSED, "Where"),
    last(
        "tier",
        Kind.CODE,
        "/data/tier",
        [*_PROPOSED, *types(V, "vendor_tier_changed")],
        "How thoroughly it was examined",
    ),
    first("proposed_by", Kind.ID, "/actorid", _PROPOSED, "Who proposed it"),
    first("office", Kind.CODE, "/actoroffice", _PROPOSED, "Of which office"),
    first("proposed_at", Kind.TIME, "/time", _PROPOSED, "When"),
    last("approved_by", Kind.ID, "/actorid", types(V, "vendor_approved"), "Who approved"),
    last("approved_at", Kind.TIME, "/time", types(V, "vendor_approved"), "When"),
    last(
        "valid_until",
        Kind.DATE,
        "/data/valid_until",
        types(V, "vendor_approved", "vendor_approval_extended", "vendor_reinstated"),
        "Last day of the approval",
    ),
    last("screened_on", Kind.DATE, "/data/on", types(V, "vendor_screened"), "Last screened"),
    last("screening", Kind.CODE, "/data/result", types(V, "vendor_screened"), "With what result"),
    key="/data/vendor",
    also=types(V, "vendor_suspended", "vendor_debarred"),
    dated=("proposed_at",),
)

_ACCOUNT = types(V, "bank_account_proposed")
ACCOUNTS = table(
    "accounts",
    "Vendors' accounts; their numbers are in no entry but for the end",
    "account",
    first("vendor", Kind.ID, "/data/vendor", _ACCOUNT, "Whose"),
    first("scheme", Kind.CODE, "/data/scheme", _ACCOUNT, "IBAN or not"),
    first("country", Kind.CODE, "/data/country", _ACCOUNT, "Where it is kept"),
    first("currency", Kind.CURRENCY, "/data/currency", _ACCOUNT, "In which currency"),
    first("replaces", Kind.ID, "/data/replaces", _ACCOUNT, "Which one it takes the place of"),
    first("proposed_by", Kind.ID, "/actorid", _ACCOUNT, "Who proposed it"),
    first("proposed_at", Kind.TIME, "/time", _ACCOUNT, "When"),
    last(
        "called_by",
        Kind.ID,
        "/actorid",
        types(V, "bank_account_callback_verified"),
        "Who called the vendor back",
    ),
    last("approved_by", Kind.ID, "/actorid", types(V, "bank_account_approved"), "Who approved it"),
    last(
        "usable_from",
        Kind.TIME,
        "/data/usable_from",
        types(V, "bank_account_approved"),
        "From when on it may be paid",
    ),
    key="/data/account",
    also=types(
        V,
        *("bank_account_activated", "bank_account_frozen", "bank_account_replaced"),
        "bank_account_verification_failed",
    ),
    dated=("proposed_at",),
)

_DRAFTED = types(P, "plan_drafted")
_APPROVED = types(P, "plan_approved", "plan_amendment_approved")
PLANS = table(
    "plans",
    "Reintegration plans, as they are in force",
    "plan",
    first("case", Kind.ID, "/data/case", _DRAFTED, "For whom"),
    first("programme", Kind.ID, "/data/programme", _DRAFTED, "Under which programme"),
    first("drafted_by", Kind.ID, "/actorid", _DRAFTED, "Who made it"),
    first("drafted_at", Kind.TIME, "/time", _DRAFTED, "When"),
    *money("total", "/data/total", _APPROVED, "What was approved", take=Take.LAST),
    last("approvers", Kind.IDS, "/data/approvers", _APPROVED, "By whom"),
    last("approved_at", Kind.TIME, "/time", _APPROVED, "When"),
    key="/data/plan",
    also=types(
        P,
        *("plan_submitted", "plan_rejected", "plan_withdrawn", "plan_suspended", "plan_resumed"),
        *("plan_cancelled", "plan_completed"),
    ),
    dated=("drafted_at",),
)

_REGISTERED = types(I, "returnee_registered")
_ENTITLED = types(I, "entitlement_granted", "entitlement_adjusted")
CASES = table(
    "cases",
    "Cases, with nothing about the people in them",
    "case",
    first("programme", Kind.ID, "/data/programme", _REGISTERED, "Under which programme"),
    first("organisation", Kind.CODE, "/data/organisation", _REGISTERED, "Who registered it"),
    first("office", Kind.CODE, "/data/office", _REGISTERED, "At which office"),
    first("country", Kind.CODE, "/data/country_of_return", _REGISTERED, "Country of return"),
    first("registered_at", Kind.TIME, "/time", _REGISTERED, "When"),
    *money("entitlement", "/data/total", _ENTITLED, "The most it may receive", take=Take.LAST),
    first(
        "arrived_on",
        Kind.DATE,
        "/data/date",
        types(I, "arrival_confirmed"),
        "The day of arrival",
    ),
    last("closed_at", Kind.TIME, "/time", types(I, "case_closed"), "When it was closed"),
    key="/data/case",
    dated=("registered_at",),
)

_RAISED = types(A, "finding_raised")
_REVIEWED = types(A, "finding_reviewed")
FINDINGS = table(
    "findings",
    "What rules found in the log, and what a person said of it",
    "finding",
    first("rule", Kind.CODE, "/data/rule", _RAISED, "Which rule"),
    first("severity", Kind.CODE, "/data/severity", _RAISED, "How much hangs on it"),
    first("payment", Kind.ID, "/data/payment", _RAISED, "About which payment"),
    first("cash", Kind.ID, "/data/cash", types(A, "finding_named_cash"), "About which cash"),
    first("case", Kind.ID, "/data/case", _RAISED, "About which case"),
    first("vendor", Kind.ID, "/data/vendor", _RAISED, "About which vendor"),
    first("entries", Kind.INTEGERS, "/data/entries", _RAISED, "The evidence: log indices"),
    first("raised_at", Kind.TIME, "/time", _RAISED, "When"),
    first("review_by", Kind.TIME, "/data/review_by", _RAISED, "By when somebody is to look"),
    last("outcome", Kind.CODE, "/data/outcome", _REVIEWED, "What it was"),
    last("reviewed_by", Kind.ID, "/actorid", _REVIEWED, "Who said so"),
    last("reviewed_at", Kind.TIME, "/time", _REVIEWED, "When"),
    key="/data/finding",
    also=types(A, "finding_overdue"),
    dated=("raised_at",),
)
