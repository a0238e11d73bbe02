"""What a programme wants looked at a second time, and by which clock each of its offices goes.

The audit service reads it in the log as `plans.finding_rules_published.v1`, beside the version that
it is part of.
"""

import msgspec

from events.decider import Event
from events.values import Code, ProgrammeId


class NearLimit(msgspec.Struct, frozen=True):
    """Again and again nearly all that an approver may."""

    from_percent: int
    times: int
    within_days: int


class SamePair(msgspec.Struct, frozen=True):
    """Two people who decide nearly all of a vendor's payments, and little else together."""

    of_payments: int
    from_percent: int
    elsewhere_percent: int
    """A pair that decides more than this of all else is the office's usual pair."""


class ChosenAmounts(msgspec.Struct, frozen=True):
    """First digits of amounts that somebody chose freely."""

    of_amounts: int
    one_in: int
    """By chance honest digits look so once in this many times."""


class AfterHours(msgspec.Struct, frozen=True):
    """When an office is closed by its own clock, and how much is done in one such night."""

    from_hour: int
    until_hour: int
    acts: int


class ReviewDays(msgspec.Struct, frozen=True):
    """In how many days a person has said what it was, by how grave it is."""

    high: int
    medium: int
    low: int


class FindingRules(msgspec.Struct, frozen=True, kw_only=True):
    just_under_percent: int
    """From this part of a band's limit on an order is just under it."""
    near_limit: NearLimit
    account_changed_days: int
    vendor_approved_days: int
    same_pair: SamePair
    alike_offers: int
    chosen_amounts: ChosenAmounts
    after_hours: AfterHours
    review_days: ReviewDays


class OfficeClock(msgspec.Struct, frozen=True):
    office: Code
    time_zone: Code
    """As the IANA data base calls it, such as Asia/Baghdad."""


class FindingRulesPublished(Event, frozen=True, tag="plans.finding_rules_published.v1"):
    """What a version of a programme wants looked at a second time."""

    programme: ProgrammeId
    version: int
    rules: FindingRules | None
    """None: as it is looked at where no programme says anything."""
    offices: tuple[OfficeClock, ...]
