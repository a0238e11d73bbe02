"""How values are shown: money, times, ids and people, each so that it reads the same both ways."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
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
KEY_KINDS = {1: "Ed25519", 6: "ML-DSA-44"}
"""A verifier key's algorithm, by its first byte."""
FINGERPRINT = 24
SHORT = 14


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
    whole, dot, rest = str(amount["amount"]).partition(".")
    return f"{int(whole):,}{dot}{rest} {amount['currency']}"


def short(name: str | None) -> Markup:
    """An id, in the middle shortened when it is long; the whole of it when pointed at."""
    if not name:
        return escape("–")
    if len(name) <= SHORT + 6:
        return ltr(name)
    shown = f"{name[:8]}…{name[-6:]}"
    return Markup('<bdi dir="ltr" title="{}">{}</bdi>').format(name, shown)


def person(name: str | None) -> str:
    """A person's id as one would say it."""
    if name == "per_system":
        return "the platform"
    return (name or "nobody").removeprefix("per_").replace("_", " ").title()


def when(text: str | None) -> Markup:
    """An instant in UTC, to the minute."""
    if not text:
        return escape("–")
    at = datetime.fromisoformat(text)
    return Markup('<time datetime="{}"><bdi dir="ltr">{}</bdi></time>').format(
        text, f"{at.day} {at:%b %Y %H:%M}"
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


def stage(name: str) -> Markup:
    said, colour = STAGES.get(name, (name.replace("_", " "), "plain"))
    return Markup('<span class="chip {}">{}</span>').format(colour, said)
