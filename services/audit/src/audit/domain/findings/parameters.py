"""What the rules are told: thresholds as data, none of them in a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from audit.domain.findings.entry import Severity

BANDS = MappingProxyType({"EUR": (Decimal(150), Decimal(1500), Decimal(15000))})


@dataclass(frozen=True)
class Parameters:
    """One office may ask for more than another: each field is a number that somebody chose."""

    bands: Mapping[str, tuple[Decimal, ...]] = field(default_factory=lambda: BANDS)
    """By currency of account: amounts from which more competition or another person is needed."""
    just_under: Decimal = Decimal("0.75")
    """An order from this part of a band's limit on is just under it."""
    split_days: int = 30
    near_limit: Decimal = Decimal("0.90")
    """An amount from this part of a delegation's limit on is near it."""
    near_limit_times: int = 4
    near_limit_days: int = 60
    changed_account_days: int = 30
    pair_payments: int = 12
    """So many payments of one vendor before it can be said that a pair dominates them."""
    pair_share: Decimal = Decimal("0.80")
    pair_elsewhere: Decimal = Decimal("0.40")
    """A pair that decides more than this of all else is the office's usual pair."""
    fresh_vendor_days: int = 3
    markup_offers: int = 3
    """Offers in one search of which the dearer ones are round percentages above the lowest."""
    round_amount: int = 5
    """Round percentages of a multiple of this are what people write anyway."""
    review_days: Mapping[Severity, int] = field(
        default_factory=lambda: {Severity.HIGH: 2, Severity.MEDIUM: 10, Severity.LOW: 30}
    )
    """Within so many days a person has said what it was."""
    night_from: int = 22
    night_until: int = 5
    night_acts: int = 6
    """So many acts on payments by one person in one night are a cluster."""
    office_hours_from_utc: Mapping[str, int] = field(default_factory=dict)
    """By office: its clock, in hours from UTC. An office that is not here goes by UTC."""
