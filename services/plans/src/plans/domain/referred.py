"""Referrals, as intake tells of them: an item that others do is done under one of its case.

Intake offers them and knows what becomes of them. Here only this counts: whose case it is for, for
which line of a plan, and whether it was declined.
"""

import msgspec

from events.decider import Event
from events.registry import Registry
from events.values import CaseId, ItemId, ReferralId


class ReferralMade(Event, frozen=True, tag="intake.referral_made.v1"):
    referral: ReferralId
    case: CaseId
    item: ItemId | None


class ReferralDeclined(Event, frozen=True, tag="intake.referral_declined.v1"):
    referral: ReferralId


class Referred(msgspec.Struct, frozen=True):
    """A referral that intake told of."""

    referral: ReferralId
    case: CaseId
    item: ItemId | None
    """The line of a plan that it is for; None: it was offered without naming one."""
    declined: bool = False


from_intake = Registry.of("intake", [ReferralMade, ReferralDeclined], foreign=True)
