"""What waits for a decision of a person: each kind of it is declared, with the acts on it.

A kind is shown to whom its service shows it. The acts themselves are in `deciding.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.pages import ANSWERS_FOR_MONEY
from console.shapes import words

Told = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One thing that waits."""

    about: Mapping[str, object]
    """By label, what is to be known of it: codes, ids, amounts, days."""
    ids: Mapping[str, str]
    acts: tuple[str, ...] = ()
    version: int | None = None
    carried: Mapping[str, str] | None = None
    only: str | None = None
    """The one person who may; None: whoever has the role."""
    not_by: tuple[str, ...] = ()
    """Whose own doing it is: another person decides on it."""


@dataclass(frozen=True)
class Kind:
    """One kind of what waits."""

    name: str
    title: str
    empty: str
    service: str
    path: str
    sees: frozenset[str]
    rows: Callable[[Told], Iterator[Row]]
    query: tuple[tuple[str, str], ...] = ()


ENDED = frozenset({"rejected", "replaced", "settled"})
"""Stages of an invoice in which nobody decides on it any more."""
NEVER_WAIVED = frozenset({"pro_forma", "currency", "no_receipt", "budget_closed"})
"""The service refuses it whoever asks: there is no button, and the row says so."""


def held(each: Told) -> Iterator[Row]:
    about = {
        "Payment": each["payment"],
        "Amount": each["amount"],
        "Held because": words(each["held"]),
    }
    yield Row(about, {"payment": each["payment"]}, ("lift",), each["version"])


def invoices(each: Told) -> Iterator[Row]:
    """Of a commitment: invoices that do not match, or look like another; deliveries in dispute."""
    ids = {"commitment": each["commitment"]}
    for bill in each["invoices"]:
        about = {"Invoice": bill["number"], "Amount": bill["amount"], "Vendor": each["vendor"]}
        of = ids | {"invoice": bill["invoice"]}
        if bill["stage"] in ENDED:
            continue
        if bill["alike"]:
            by = dict.fromkeys(words(one) for other in bill["alike"] for one in other["by"])
            told = {"Why": f"looks like another, by {', '.join(by)}"}
            yield Row(about | told, of, ("different", "reject-invoice"), each["version"])
        if bill["exceptions"]:
            yield _unmatched(bill, about, of, each["version"])
    for receipt in each["receipts"]:
        if receipt["dispute"]:
            yield _disputed(receipt, each)


def _unmatched(bill: Told, about: Told, ids: dict[str, str], version: int) -> Row:
    why = ", ".join(words(one) for one in bill["exceptions"])
    never = NEVER_WAIVED & set(bill["exceptions"])
    told = {
        "Why": f"does not match: {why}",
        "Waived until": bill["waiver"]["expires"] if bill["waiver"] else None,
        "Nobody may waive": ", ".join(words(one) for one in sorted(never)) or None,
    }
    return Row(about | told, ids, () if never else ("waive",), version)


def _disputed(receipt: Told, of: Told) -> Row:
    about = {
        "Order": of["order"]["number"] if of["order"] else of["commitment"],
        "Vendor": of["vendor"],
        "Delivered": receipt["date"],
        "Recorded by": receipt["recorded_by"],
        "Why": f"in dispute: {words(receipt['dispute'])}",
    }
    ids = {"commitment": of["commitment"], "vendor": of["vendor"]}
    if of["case"]:
        ids |= {"case": of["case"]}
    carried = {"receipt": receipt["receipt"]}
    return Row(about, ids, ("settle-dispute",), of["version"], carried)


NEXT_OF_REFUND = {
    "refund_owed": ("approve-refund",),
    "refund_approved_once": ("approve-refund",),
    "refund_approved": ("sign-refund",),
    "refund_signed": ("sign-refund",),
    "refund_released": (),
}


def refunds(each: Told) -> Iterator[Row]:
    """Ours to pay: the vendor paid it back, and the bank returned the payment as well."""
    acts = NEXT_OF_REFUND[each["stage"]]
    did = [f"{words(one['act'])} by {one['person']}" for one in each["refund_acts"]]
    about = {
        "Vendor": each["vendor"],
        "Payment": each["payment"],
        "Amount": each["refund"],
        "Why": "the vendor paid it back, and the bank returned the payment as well",
        "So far": ", ".join(did) or None,
        "Due": each["refund_due"],
        "Waits for": None if acts else "the bank's line on which it goes out",
    }
    not_by = tuple(one["person"] for one in each["refund_acts"])
    ids = {"recovery": each["recovery"]}
    yield Row(about, ids, acts, each["version"], not_by=not_by)


def rates(each: Told) -> Iterator[Row]:
    """New ones; and what is to be corrected or withdrawn, and why."""
    far = each["far_from"]
    about = {
        "Rate": _told(each, each["value"]),
        "Instead of": _told(each, each["instead_of"]),
        "Which is wrong": each["reason"] and words(each["reason"]),
        "Far from": far and f"{_told(far, far['value'])} of {far['date']}",
        "Right all the same": each["far_because"] and words(each["far_because"]),
        "Of": each["source"],
        "For": each["date"],
        "Proposed by": each["proposed_by"],
    }
    withdrawn = each["value"] is None
    acts = ("withdraw-rate", "keep-rate") if withdrawn else ("confirm-rate", "decline-rate")
    not_by = (each["proposed_by"],)
    yield Row(about, {"rate": each["rate"]}, acts, carried=each, not_by=not_by)


def _told(rate: Told, value: str | None) -> str | None:
    return value and f"1 {rate['base']} = {value} {rate['quote']}"


def uploads(each: Told) -> Iterator[Row]:
    about = {
        "File of the bank": each["answer"],
        "Uploaded by": each["uploaded_by"],
        "Lines that tell something new": str(each["outcome"]["taken"]),
        "Lines that fit nothing": str(each["outcome"]["left_open"]),
    }
    yield Row(about, {"answer": each["answer"]}, ("look-at-upload",))


def delegations(each: Told) -> Iterator[Row]:
    act = {"granted": "accept-delegation", "accepted": "confirm-delegation"}.get(each["stage"])
    if act is None:
        return
    about = {
        "Who": each["person"],
        "May": words(each["authority"]),
        "Up to": each["limit"],
        "From": each["starts"],
        "Until": each["ends"],
        "Given by": each["given_by"],
    }
    ids = {"delegation": each["delegation"]}
    given = act == "accept-delegation"
    about |= {"Waits for": each["person"] if given else None}
    only = each["person"] if given else None
    not_by = () if given else (each["given_by"], each["person"])
    yield Row(about, ids, (act,), each["version"], only=only, not_by=not_by)


def lines(each: Told) -> Iterator[Row]:
    about = {
        "Budget line": words(each["category"]),
        "Ceiling": each["ceiling"],
        "Kept for plans": each["earmarked"],
        "Committed": each["reserved"],
        "Spent": each["spent"],
        "Available": each["available"],
    }
    waits, before, ids = each["proposed"], each["declined"], {"line": each["line"]}
    if before:
        about |= {"Declined": before["ceiling"], "By": before["by"], "Why": words(before["reason"])}
    if waits is None:
        yield Row(about, ids)
        return
    about |= {"To be": waits["ceiling"], "Proposed by": waits["by"]}
    carried = {"ceiling": f"{waits['ceiling']['amount']}:{waits['ceiling']['currency']}"}
    acts = ("confirm-ceiling", "decline-ceiling")
    yield Row(about, ids, acts, carried=carried, not_by=(waits["by"],))


def screening(told: Told) -> Iterator[Row]:
    """What is searched waits for people in three ways."""
    for each in told["lists"]:
        proposed = each["proposed"]
        if proposed:
            listed = proposed["list"]
            about = {
                "List": f"{each['source'].upper()}, {listed['entries']} entries",
                "Dated": listed["dated"],
                "Leaves out": proposed["dropped"],
                "Loaded by": proposed["loaded_by"],
            }
            ids = {"source": each["source"]}
            acts, loader = ("confirm-list", "decline-list"), (proposed["loaded_by"],)
            yield Row(about, ids, acts, carried=listed, not_by=loader)
    for each in told["undecided"]:
        about = {"Vendor": each["vendor"], "Why": "a possible match waits for a decision"}
        ids = {"vendor": each["vendor"]}
        yield Row(about | {"Since": each["waiting_since"]}, ids, ("look-at-matches",))
    for each in told["overdue"]:
        about = {"Vendor": each["vendor"], "Why": "not screened in time"}
        yield Row(about | {"Screened": each["screened_on"]}, {})


def plans(each: Told) -> Iterator[Row]:
    """One row for each item whose money is lacking."""
    for short in (each["funds"] or {}).get("short", ()):
        about = {
            "Plan": each["plan"],
            "Budget line": words(short["category"]),
            "Asked for": short["asked"],
            "Why": f"the money for it is not there: {words(short['because'])}",
        }
        yield Row(about, {"plan": each["plan"]})


KINDS = (
    Kind(
        "held",
        "Payments on hold",
        "No payment is held.",
        "disbursement",
        "/v1/payments",
        ANSWERS_FOR_MONEY,
        held,
        (("held", "true"),),
    ),
    Kind(
        "invoices",
        "Invoices that do not match or look like another, deliveries in dispute",
        "Every invoice matches its order and delivery.",
        "disbursement",
        "/v1/commitments",
        ANSWERS_FOR_MONEY | {"receiving_officer"},
        invoices,
    ),
    Kind(
        "uploads",
        "Files of the bank that a person uploaded",
        "No file waits for a second person.",
        "disbursement",
        "/v1/bank-answers",
        ANSWERS_FOR_MONEY,
        uploads,
        (("stage", "uploaded"),),
    ),
    Kind(
        "refunds",
        "What we owe vendors of returned payments",
        "No vendor paid back what the bank returned too.",
        "disbursement",
        "/v1/recoveries",
        ANSWERS_FOR_MONEY,
        refunds,
        (("refund", "true"),),
    ),
    Kind(
        "rates",
        "Exchange rates proposed by hand",
        "No rate waits for a second person.",
        "disbursement",
        "/v1/proposed-rates",
        ANSWERS_FOR_MONEY,
        rates,
    ),
    Kind(
        "delegations",
        "Delegations that nobody confirmed",
        "Every delegation is confirmed.",
        "disbursement",
        "/v1/delegations",
        ANSWERS_FOR_MONEY,
        delegations,
    ),
    Kind(
        "screening",
        "Sanctions lists and possible matches",
        "No list and no match waits.",
        "vendors",
        "/v1/screening",
        frozenset({"vendor_officer", "vendor_approver", "auditor"}),
        screening,
    ),
    Kind(
        "plans",
        "Plans whose money is not there",
        "The money for every plan that you approved is there.",
        "plans",
        "/v1/committee/held",
        frozenset({"committee_member"}),
        plans,
    ),
    Kind(
        "lines",
        "Budget lines: available is the ceiling less what is kept, committed and spent",
        "No budget line is established.",
        "disbursement",
        "/v1/budget-lines",
        ANSWERS_FOR_MONEY,
        lines,
    ),
)
SEES = frozenset[str]().union(*(kind.sees for kind in KINDS))
