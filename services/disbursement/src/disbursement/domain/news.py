"""What other services tell that may forbid an act, as facts of this service too.

It is heard at some instant, and acts are decided at the same one. In the history here the two have
an order: the news of a vendor, a case, a plan, an item or an account is a stream, and every act
that has to do with it binds that stream as it was looked at. An act that comes after the news knew
of it; one that came before is stopped by what follows from the news.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

import msgspec

from events.decider import Command, Decider, Event, Rejected, State
from events.values import AccountId, CaseId, Code, ItemId, PersonId, PlanId, VendorId

Subject: TypeAlias = VendorId | CaseId | PlanId | ItemId | AccountId
"""Whom or what the news is of."""


class What(StrEnum):
    """What was told. Payments that are held for it have the same word as their reason."""

    VENDOR_SUSPENDED = "vendor_suspended"
    VENDOR_DEBARRED = "vendor_debarred"
    VENDOR_SCREENED = "vendor_screened"
    CONFLICT_DECLARED = "conflict_declared"
    ACCOUNT_CHANGE_PROPOSED = "account_change_proposed"
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_REPLACED = "account_replaced"
    AWARD_TAKEN_BACK = "award_taken_back"
    CASE_SUSPENDED = "case_suspended"
    CASE_CLOSED = "case_closed"
    CASE_TRANSFERRED = "case_transferred"
    ASKED_BY_INTAKE = "asked_by_intake"
    ASSISTANCE_WITHDRAWN = "assistance_withdrawn"
    PLAN_AMENDED = "plan_amended"
    PLAN_STOPPED = "plan_stopped"
    ITEM_STOPPED = "item_stopped"


class Of(msgspec.Struct, frozen=True, kw_only=True):
    """Whom or what news is of: one of these."""

    vendor: VendorId | None = None
    case: CaseId | None = None
    plan: PlanId | None = None
    item: ItemId | None = None
    account: AccountId | None = None

    @property
    def subject(self) -> Subject:
        """The one."""
        named = (self.vendor, self.case, self.plan, self.item, self.account)
        return next(each for each in named if each is not None)


def news_of(subject: Subject) -> str:
    """The stream of what is told of it."""
    return f"news_{subject}"


# Requests


class TakeDown(Command, frozen=True):
    """Another service told it."""

    of: Of
    what: What
    source: Code
    position: int
    person: PersonId | None = None
    """Whose conflict of interest it is."""


class LookAtNews(Command, frozen=True):
    """Somebody acts, on what the read models held when they were asked."""

    seen: tuple[tuple[Code, int], ...]
    """By service: up to where in its history they all had come."""


NewsCommand = TakeDown | LookAtNews

# Facts


class NewsHeard(Event, frozen=True, tag="disbursement.news_heard.v1"):
    """Another service told something that may forbid what was about to be done."""

    what: What
    source: Code
    position: int
    """In the history of the service that told it."""
    vendor: VendorId | None
    case: CaseId | None
    plan: PlanId | None
    item: ItemId | None
    account: AccountId | None
    person: PersonId | None
    """Whose conflict of interest it is."""


# Refusals


@dataclass(unsafe_hash=True)
class NewsCameBetween(Rejected):
    """Something was told meanwhile that may forbid this: look again."""

    what: What


# State


class Latest(msgspec.Struct, frozen=True):
    source: Code
    position: int
    what: What


class News(State, frozen=True):
    latest: tuple[Latest, ...] = ()
    """The newest of each service."""


def evolve(news: News | None, event: NewsHeard) -> News:
    others = (one for one in (news.latest if news else ()) if one.source != event.source)
    return News(latest=(*others, Latest(event.source, event.position, event.what)))


# Rules


def decide(command: NewsCommand, news: News | None) -> Sequence[NewsHeard]:
    match command:
        case TakeDown(of=of):
            heard = NewsHeard(
                by=command.by,
                at=command.at,
                what=command.what,
                source=command.source,
                position=command.position,
                vendor=of.vendor,
                case=of.case,
                plan=of.plan,
                item=of.item,
                account=of.account,
                person=command.person,
            )
            return [heard]
        case LookAtNews(seen=seen):
            reached = dict(seen)
            for latest in news.latest if news else ():
                if latest.position > reached.get(latest.source, 0):
                    raise NewsCameBetween(latest.what)
            return []
        case _:
            assert_never(command)


news = Decider(decide=decide, evolve=evolve)
