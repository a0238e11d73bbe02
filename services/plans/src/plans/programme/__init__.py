"""A programme's page, read: either the policy to publish, or every mistake in it.

    programmes/iom-slovakia.yaml:31  buying.bands[1].below  "1500" has no currency; write it as
    "1500 EUR"

The schema in this folder says what a page may hold (`schema`), `fitting` what must fit together,
`meaning` what it comes to. Plain words become codes: `only supplier` is `only_supplier` on the
wire.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from events.canonical import canonical
from events.values import Digest, ProgrammeId
from plans.domain.delivery_terms import DeliveryTerms
from plans.domain.programme import FindingRules, OfficeClock, PaidFrom, Policy, VendorRules
from plans.page import Mistake, Page, Unreadable, read
from plans.programme.fitting import against_itself
from plans.programme.meaning import (
    delivery_terms_of,
    finding_rules_of,
    offices_of,
    paid_from_of,
    policy_of,
    vendor_rules_of,
)
from plans.programme.schema import against_schema


@dataclass(frozen=True)
class Programme:
    """A page without mistakes."""

    id: ProgrammeId
    digest: Digest
    """SHA-256 over the canonical bytes of what the page says; its layout does not count."""
    policy: Policy
    delivery_terms: DeliveryTerms
    vendors: VendorRules | None = None
    paid_from: tuple[PaidFrom, ...] = ()
    findings: FindingRules | None = None
    offices: tuple[OfficeClock, ...] = ()


def load(path: Path) -> Programme | list[Mistake]:
    """Read a programme's file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Mistake((), "is not UTF-8 text", None, str(path))]
    except OSError as error:
        return [Mistake((), f"cannot be read: {error.strerror}", None, str(path))]
    return parse(text, str(path))


def parse(text: str, name: str = "programme") -> Programme | list[Mistake]:
    """Read a programme from YAML or JSON text; `name` is how mistakes call it."""
    try:
        return check(read(text, name))
    except Unreadable as unreadable:
        return [unreadable.mistake]


def check(page: Page) -> Programme | list[Mistake]:
    """The programme that a page describes, or all its mistakes in the order of its lines."""
    mistakes = list(against_schema(page)) or list(against_itself(page))
    if mistakes:
        return sorted(mistakes, key=lambda m: (m.line or 0, m.path))
    digest = hashlib.sha256(canonical(page.data)).hexdigest()
    name = page.data["programme"].replace("-", "_")
    return Programme(
        ProgrammeId(f"prg_{name}"),
        Digest(digest),
        policy_of(page.data),
        delivery_terms_of(page.data.get("deliveries")),
        vendor_rules_of(page.data.get("vendors")),
        paid_from_of(page.data),
        finding_rules_of(page.data.get("findings")),
        offices_of(page.data.get("offices")),
    )
