"""How values are shown: money, times, ids and people, each so that it reads the same both ways."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

STAGES = {
    "requested": ("waits for a certifying officer", "warn"),
    "certified": ("waits for an approving officer", "warn"),
    "approved_once": ("waits for a second approving officer", "warn"),
    "approved": ("waits for the first signature", "warn"),
    "signed": ("waits for the second signature", "warn"),
    "released": ("signed, goes into a bank file", "plain"),
    "in_file": ("in a bank file", "plain"),
    "instructed": ("with the bank", "plain"),
    "accepted": ("accepted by the bank", "plain"),
    "paid": ("paid", "good"),
    "reconciled": ("paid and reconciled", "good"),
    "rejected": ("rejected by the bank", "bad"),
    "returned": ("returned by the bank", "bad"),
    "cancelled": ("cancelled", "plain"),
    "held": ("on hold", "bad"),
}
"""A stage in words, and its colour."""
FLAGS = {"delivered_short": "delivered short", "corrected": "invoice corrected"}
"""What makes a payment stand out, in words."""
CONFIRMED = {"signature": "signed", "code": "gave the code", "thumbprint": "gave a thumbprint"}
"""What the receiver of a delivery did, by the method."""
OPEN = {
    "no_reference": "it names no payment",
    "unknown_reference": "it names no payment of ours",
    "unknown_status": "a status that we do not know",
    "no_amount": "it tells no amount",
    "other_amount": "another amount than was instructed",
    "contradicts": "it cannot have happened to a payment that stands where this one does",
    "booked_twice": "the payment left a second time",
    "other_account": "of an account that is none of ours",
    "not_readable": "the file as a whole could not be read",
    "does_not_add_up": "opening balance and movements do not come to the closing balance",
    "told_otherwise": "another statement was told under this reference before",
}
"""Why a line of the bank's answer waits for a person."""
BREAKS = {
    "not_on_statement": "paid, and not on a statement yet",
    "return_not_on_statement": "came back, and not on a statement yet",
    "not_by_events": "on a statement more often than it was paid",
    "of_no_payment": "a movement that is none of our payments",
    "converted_by_bank": "booked in another currency than it was paid in",
    "ledger_behind": "the ledger has not come to it yet",
    "ledger_differs": "the ledger has another amount",
}
"""Why facts, ledger and statements differ."""
FILE_STAGES = {
    "prepared": ("about to be written", "warn"),
    "sealed": ("written, not handed over yet", "warn"),
    "leaving": ("being handed over", "warn"),
    "sent": ("handed over to the bank", "good"),
    "refused": ("not handed over: no bank would take it, or a payment in it waits", "bad"),
}
READ_STAGES = {
    "uploaded": ("waits for a second person", "warn"),
    "read": ("read", "good"),
    "declined": ("declined: it counts for nothing", "bad"),
}
KEY_KINDS = {1: "Ed25519", 6: "ML-DSA-44"}
"""A verifier key's algorithm, by its first byte."""
FINGERPRINT = 24
SHORT = 14
CODES = re.compile(r"\b(?![a-z]{3}_[0-9a-z_]*[0-9])[a-z]+(?:_[a-z]+)+\b")
"""A role, a stage, a reason, as programs write it; not an id."""
IN_TEXT = re.compile(
    r"\b[a-z]{3}_[0-9a-z_]{1,48}\b|-?\d[\d,]*(?:\.\d+)? [A-Z]{3}\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b"
)
"""Ids, amounts and days inside a sentence."""


def ltr(text: object) -> Markup:
    """Text that is read left to right wherever it stands."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def money(amount: Any) -> Markup:
    """`{"amount": "2423500.500", "currency": "IQD"}` as 2,423,500.500 IQD."""
    if not amount:
        return escape("–")
    return Markup('<bdi dir="ltr" class="num">{}</bdi>').format(plain_money(amount))


def plain_money(amount: Any) -> str:
    """The same for where no markup can stand."""
    minus, text = (
        ("−", amount["amount"][1:]) if amount["amount"][0] == "-" else ("", amount["amount"])
    )
    whole, dot, rest = text.partition(".")
    return f"{minus}{int(whole):,}{dot}{rest} {amount['currency']}"


def short(name: str | None) -> Markup:
    """An id, in the middle shortened when it is long; the whole of it when pointed at."""
    if not name:
        return escape("–")
    if len(name) <= SHORT + 6:
        return ltr(name)
    shown = f"{name[:8]}…{name[-6:]}"
    return Markup('<bdi dir="ltr" title="{}">{}</bdi>').format(name, shown)


def said(sentence: str) -> Markup:
    """A sentence of a service: each id, amount and day in it reads the same both ways."""
    parts, at = [], 0
    for found in IN_TEXT.finditer(sentence):
        text = found[0]
        parts += [escape(sentence[at : found.start()]), short(text) if "_" in text else ltr(text)]
        at = found.end()
    return Markup("").join([*parts, escape(sentence[at:])])


def readable(sentence: str) -> Markup:
    """What a service refused with: its codes as words, its ids as ids."""
    return said(CODES.sub(lambda found: words(found[0]), sentence))


def programme(name: str | None) -> str:
    return words((name or "–").removeprefix("prg_"))


def cell(value: Any) -> Markup:
    """A value by its shape: an amount, an id, a person, a day, an instant, or words."""
    match value:
        case {"amount": _}:
            return money(value)
        case str(text) if text.startswith("per_"):
            return escape(person(text))
        case str(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return day(text)
        case str(text) if re.match(r"\d{4}-\d{2}-\d{2}T", text):
            return when(text)
        case _:
            return said(str(value))


def words(code: str | None) -> str:
    """A code as one would say it."""
    return (code or "–").replace("_", " ")


def list_date(text: str) -> Markup:
    """A list's version: mostly the day on which it was published."""
    return day(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else ltr(text)


def total(amounts: Sequence[dict[str, str]]) -> dict[str, str]:
    """The sum of amounts of one currency, of as many digits as they have."""
    digits = max(len(each["amount"].partition(".")[2]) for each in amounts)
    whole = sum((Decimal(each["amount"]) for each in amounts), Decimal(0))
    return {"amount": f"{whole:.{digits}f}", "currency": amounts[0]["currency"]}


def person(name: str | None) -> str:
    """A person's id as one would say it."""
    if name == "per_system":
        return "the platform"
    return (name or "nobody").removeprefix("per_").replace("_", " ").title()


def when(text: str | None) -> Markup:
    """An instant in UTC, to the minute."""
    if not text:
        return escape("–")
    at = datetime.fromisoformat(text).astimezone(UTC)
    return Markup('<time datetime="{}"><bdi dir="ltr">{}</bdi></time>').format(
        text, f"{at.day} {at:%b %Y %H:%M} UTC"
    )


def day(text: str | None) -> Markup:
    """A day of the calendar."""
    if not text:
        return escape("–")
    at = date.fromisoformat(text)
    return Markup('<time datetime="{}"><bdi dir="ltr">{}</bdi></time>').format(
        text, f"{at.day} {at:%b %Y}"
    )


def age(text: str, now: datetime) -> Markup:
    """How long ago, in the one unit that matters; the instant itself when pointed at."""
    minutes = max(0, int((now - datetime.fromisoformat(text)).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    shown = f"{days} d" if days else f"{hours} h" if hours else f"{minutes} min"
    return Markup('<time datetime="{}" title="{}"><bdi dir="ltr">{}</bdi></time>').format(
        text, text, shown
    )


def flag(name: str) -> Markup:
    said = FLAGS.get(name, name.replace("_", " "))
    return Markup('<span class="chip warn">{}</span>').format(said)


def confirmed(method: str) -> str:
    """How somebody confirmed a delivery."""
    return CONFIRMED.get(method, "confirmed")


@dataclass(frozen=True)
class Key:
    """One of the log's verifier keys (c2sp.org/signed-note), as a page shows it."""

    kind: str
    fingerprint: str
    line: str


def keys(vkey: str) -> list[Key]:
    """The log's keys, one a line: by their algorithm, with the beginning of each line's SHA-256."""
    return [_key(line) for line in vkey.splitlines()]


def _key(line: str) -> Key:
    kind = KEY_KINDS.get(base64.b64decode(line.split("+", 2)[2])[0], "Other")
    digest = hashlib.sha256(line.encode()).hexdigest()[:FINGERPRINT]
    return Key(kind, " ".join(digest[at : at + 4] for at in range(0, FINGERPRINT, 4)), line)


def why_open(why: str) -> str:
    """Why a line waits for a person."""
    return OPEN.get(why, words(why))


def why_differs(kind: str) -> str:
    """Why facts, ledger and statements differ."""
    return BREAKS.get(kind, words(kind))


def read_stage(name: str) -> Markup:
    """How a file of the bank stands."""
    said, colour = READ_STAGES.get(name, (words(name), "plain"))
    return Markup('<span class="chip {}">{}</span>').format(colour, said)


def file_stage(name: str) -> Markup:
    said, colour = FILE_STAGES.get(name, (words(name), "plain"))
    return Markup('<span class="chip {}">{}</span>').format(colour, said)


def stage(name: str) -> Markup:
    said, colour = STAGES.get(name, (name.replace("_", " "), "plain"))
    return Markup('<span class="chip {}">{}</span>').format(colour, said)
