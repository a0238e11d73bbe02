"""What the rules are told: thresholds, as the programmes' pages in the log have them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from audit.domain.findings.entry import Money, Severity

PERCENT = Decimal("0.01")
FIXED_BY_MODALITY = frozenset({"wage_subsidy", "cash", "referral"})


@dataclass(frozen=True)
class Parameters:
    """Of one programme in the version that stands. The numbers here are for pages that say none."""

    bands: tuple[Money, ...] = ()
    """Amounts from which more competition or another person is needed."""
    fixed: tuple[str, ...] = ()
    """The types of assistance of which the programme sets the amounts: nobody chooses them."""
    split_days: int = 30
    just_under: Decimal = Decimal("0.75")
    """An order from this part of a band's limit on is just under it."""
    near_limit: Decimal = Decimal("0.90")
    """An amount from this part of a delegation's limit on is near it."""
    near_limit_times: int = 4
    near_limit_days: int = 60
    changed_account_days: int = 30
    fresh_vendor_days: int = 3
    pair_payments: int = 12
    """So many orders of one vendor before it can be said that a pair dominates them."""
    pair_share: Decimal = Decimal("0.80")
    pair_elsewhere: Decimal = Decimal("0.40")
    """A pair that decides more than this of all else is the office's usual pair."""
    alike_offers: int = 3
    """Offers in one search of which the dearer ones are round percentages above the lowest."""
    chosen_amounts: int = 100
    """So many amounts of one vendor are held against what first digits do."""
    chosen_one_in: int = 10_000
    """By chance honest digits look so once in this many times."""
    night_from: int = 22
    night_until: int = 5
    night_acts: int = 6
    """So many acts on payments by one person in one night are a cluster."""
    review_high_days: int = 2
    review_medium_days: int = 10
    review_low_days: int = 30

    def review_days(self, severity: Severity) -> int:
        """Within so many days a person has said what it was."""
        return {
            Severity.HIGH: self.review_high_days,
            Severity.MEDIUM: self.review_medium_days,
            Severity.LOW: self.review_low_days,
        }[severity]


def published(page: Mapping[str, Any]) -> Parameters:
    """What a version of a programme says of buying; of findings it may say more, in an event of
    its own.
    """
    return Parameters(
        bands=tuple(Money.of(each["below"]) for each in page["buying"]["bands"]),
        split_days=page["buying"]["added_up_over_days"],
        fixed=tuple(each["type"] for each in page["assistance"] if _is_fixed(each)),
    )


def _is_fixed(assistance: Mapping[str, Any]) -> bool:
    return (
        assistance["modality"] in FIXED_BY_MODALITY
        or assistance.get("at_most_each_month") is not None
        or assistance.get("instalments") is not None
    )


def with_rules(before: Parameters, rules: Mapping[str, Any]) -> Parameters:
    """The same, and what the page wants looked at a second time."""
    near, pair, hours = rules["near_limit"], rules["same_pair"], rules["after_hours"]
    chosen, review = rules["chosen_amounts"], rules["review_days"]
    return replace(
        before,
        just_under=rules["just_under_percent"] * PERCENT,
        near_limit=near["from_percent"] * PERCENT,
        near_limit_times=near["times"],
        near_limit_days=near["within_days"],
        changed_account_days=rules["account_changed_days"],
        fresh_vendor_days=rules["vendor_approved_days"],
        pair_payments=pair["of_payments"],
        pair_share=pair["from_percent"] * PERCENT,
        pair_elsewhere=pair["elsewhere_percent"] * PERCENT,
        alike_offers=rules["alike_offers"],
        chosen_amounts=chosen["of_amounts"],
        chosen_one_in=chosen["one_in"],
        night_from=hours["from_hour"],
        night_until=hours["until_hour"],
        night_acts=hours["acts"],
        review_high_days=review["high"],
        review_medium_days=review["medium"],
        review_low_days=review["low"],
    )
