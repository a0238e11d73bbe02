"""A page of a programme as a what-if reads it: the parts of what it publishes that decide an act.

The names are those of `plans.programme_published` and of what is published beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from events.canonical import decode_ours
from events.money import Money
from events.values import ProgrammeId

PUBLISHED = "plans.programme_published"
VENDOR_RULES = "plans.vendor_rules_published"
BUDGET_LINES = "plans.budget_lines_named"
FINDING_RULES = "plans.finding_rules_published"
DELIVERY_TERMS = "plans.delivery_terms_published"


class BadPage(Exception):
    """The page is none, or no entry of the log published that programme."""


class Entitlement(msgspec.Struct, frozen=True):
    total: Money
    cash_at_most: Money


class Advance(msgspec.Struct, frozen=True):
    percent_at_most: int


class Assistance(msgspec.Struct, frozen=True):
    type: str
    modality: str
    at_most: Money | None = None
    before_approval: tuple[str, ...] = ()
    before_commitment: tuple[str, ...] = ()
    before_payment: tuple[str, ...] = ()
    advance: Advance | None = None


class Emergency(msgspec.Struct, frozen=True):
    types: tuple[str, ...]
    at_most: Money


class Quorum(msgspec.Struct, frozen=True):
    members: int
    up_to: Money | None = None


class Approval(msgspec.Struct, frozen=True):
    bands: tuple[Quorum, ...]

    def quorum(self, amount: Money) -> int:
        return next(b.members for b in self.bands if b.up_to is None or amount <= b.up_to)


class Band(msgspec.Struct, frozen=True):
    below: Money
    quotations: int
    waiver_for: tuple[str, ...] = ()
    written_working_days: int | None = None
    committee: bool = False


class Buying(msgspec.Struct, frozen=True):
    bands: tuple[Band, ...]
    added_up_over_days: int

    def band(self, value: Money) -> Band | None:
        """None: it needs a formal tender."""
        return next((band for band in self.bands if value < band.below), None)


class Paying(msgspec.Struct, frozen=True):
    certifier_may_sign: bool
    second_approval_from: Money
    invoice_tolerance_basis_points: int
    invoice_tolerance_at_most: Money
    call_back: bool
    account_wait_hours: int
    screening_again_at_release: bool


class Published(msgspec.Struct, frozen=True):
    entitlements: tuple[Entitlement, ...]
    assistance: tuple[Assistance, ...]
    approval: Approval
    buying: Buying
    paying: Paying
    emergency: Emergency | None = None

    def assistance_of(self, kind: str) -> Assistance | None:
        return next((each for each in self.assistance if each.type == kind), None)


class Tier(msgspec.Struct, frozen=True):
    tier: str
    up_to: Money | None = None


class VendorRules(msgspec.Struct, frozen=True):
    tiers: tuple[Tier, ...] = ()
    first_payment_at_most: Money | None = None


class PaidFrom(msgspec.Struct, frozen=True):
    type: str
    category: str


class BudgetLines(msgspec.Struct, frozen=True):
    lines: tuple[PaidFrom, ...] = ()


class DeliveryTerms(msgspec.Struct, frozen=True):
    code_valid_days: int
    code_tries: int
    capture_within_days: int


class _File(msgspec.Struct, frozen=True):
    programme: ProgrammeId
    said: dict[str, dict[str, Any]]
    """By kind of event, what publishing the page would have said."""


class Page(msgspec.Struct, frozen=True):
    programme: ProgrammeId
    said: Mapping[str, Mapping[str, Any]]
    programme_says: Published
    of_vendors: VendorRules
    budget_lines: BudgetLines
    deliveries: DeliveryTerms | None

    @classmethod
    def of(cls, programme: ProgrammeId, said: Mapping[str, Mapping[str, Any]]) -> Self:
        """What the page would have said. `BadPage`."""
        try:
            terms = said.get(DELIVERY_TERMS)
            return cls(
                programme=programme,
                said=said,
                programme_says=_as(Published, said.get(PUBLISHED)),
                of_vendors=_as(VendorRules, said.get(VENDOR_RULES, {})),
                budget_lines=_as(BudgetLines, said.get(BUDGET_LINES, {})),
                deliveries=None if terms is None else _as(DeliveryTerms, terms),
            )
        except msgspec.ValidationError as error:
            raise BadPage(f"the page of {programme} is not as it is published: {error}") from None

    @classmethod
    def read(cls, path: Path) -> Self:
        """A page as `./homeward replay` hands it over, in JSON. `BadPage`."""
        try:
            page = msgspec.json.decode(path.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError) as error:
            raise BadPage(f"{path} is no page to replay under: {type(error).__name__}") from None
        return cls.of(page.programme, page.said)

    def category(self, kind: str) -> str | None:
        """Of the budget line that pays for it; None: any."""
        return next((each.category for each in self.budget_lines.lines if each.type == kind), None)

    def sells_up_to(self, tier: str) -> Money | None:
        """What is bought from a vendor of that tier; None: whatever the amount."""
        return next((each.up_to for each in self.of_vendors.tiers if each.tier == tier), None)


def _as(kind: Any, told: object) -> Any:
    return msgspec.convert(told, kind, dec_hook=decode_ours)
