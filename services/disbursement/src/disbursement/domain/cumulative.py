"""What one vendor had of one case within 90 days, as far as limits are held against it (D8).

A person's limit is for all that is committed to a vendor in a case, or paid to it, and not for
each part of it. What is certified, approved or signed is counted in the append that does it: of two
parts at the same instant the second knows of the first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.delegation import AboveLimit, Authority
from events.decider import Command, Decider, Event, State
from events.money import Money, total
from events.values import CaseId, CommitmentId, PaymentId, VendorId

COUNTS_FOR = timedelta(days=90)

CumulativeId = NewType("CumulativeId", str)


class Kind(StrEnum):
    """What is added up: orders with orders, payments with payments."""

    COMMITTED = "committed"
    PAID = "paid"


def cumulative_of(kind: Kind, vendor: VendorId, case: CaseId) -> CumulativeId:
    return CumulativeId(f"cum_{kind}_{vendor}_{case}")


# Requests


class CountUnderLimit(Command, frozen=True):
    """Somebody certifies, approves or signs it."""

    vendor: VendorId
    case: CaseId
    commitment: CommitmentId
    payment: PaymentId | None
    """None: it is the commitment that is certified or approved."""
    authority: Authority
    amount: Money
    """All of it, in the grant's currency."""
    limit: Money
    """Of the delegation under which it is done."""


class GiveBackLimit(Command, frozen=True):
    """The commitment, or the payment, came to nothing."""

    commitment: CommitmentId
    payment: PaymentId | None


CumulativeCommand = CountUnderLimit | GiveBackLimit


# Facts


class CountedUnderLimit(Event, frozen=True, tag="disbursement.counted_under_limit.v1"):
    """So much was certified, approved or signed for the vendor in the case."""

    vendor: VendorId
    case: CaseId
    commitment: CommitmentId
    payment: PaymentId | None
    authority: Authority
    amount: Money


class LimitGivenBack(Event, frozen=True, tag="disbursement.limit_given_back.v1"):
    """It came to nothing, and counts under no limit any more."""

    commitment: CommitmentId
    payment: PaymentId | None


CumulativeEvent = CountedUnderLimit | LimitGivenBack


# State


class Counted(msgspec.Struct, frozen=True):
    of: CommitmentId | PaymentId
    authority: Authority
    amount: Money
    at: datetime


class Cumulative(State, frozen=True):
    counted: tuple[Counted, ...] = ()

    def used(
        self,
        authority: Authority,
        currency: str,
        at: datetime,
        *,
        but: CommitmentId | PaymentId,
    ) -> Money:
        """What else was done with that authority over the last 90 days."""
        others = (
            each.amount
            for each in self.counted
            if each.authority is authority
            and each.of != but
            and each.amount.currency == currency
            and each.at > at - COUNTS_FOR
        )
        return total(others, currency)


def evolve(cumulative: Cumulative | None, event: CumulativeEvent) -> Cumulative:
    before = cumulative or Cumulative()
    of = event.payment or event.commitment
    match event:
        case CountedUnderLimit(authority=authority, amount=amount, at=at):
            others = (c for c in before.counted if (c.of, c.authority) != (of, authority))
            return replace(before, counted=(*others, Counted(of, authority, amount, at)))
        case LimitGivenBack():
            return replace(before, counted=tuple(c for c in before.counted if c.of != of))
        case _:
            assert_never(event)


# Rules


def decide(command: CumulativeCommand, cumulative: Cumulative | None) -> Sequence[CumulativeEvent]:
    before = cumulative or Cumulative()
    of = command.payment or command.commitment
    match command:
        case CountUnderLimit(authority=authority, amount=amount, limit=limit):
            used = before.used(authority, amount.currency, command.at, but=of)
            if used + amount > limit:
                raise AboveLimit(limit, used, amount)
            counted = CountedUnderLimit(
                by=command.by,
                at=command.at,
                vendor=command.vendor,
                case=command.case,
                commitment=command.commitment,
                payment=command.payment,
                authority=authority,
                amount=amount,
            )
            return [counted]
        case GiveBackLimit():
            if not any(each.of == of for each in before.counted):
                return []
            given_back = LimitGivenBack(
                by=command.by, at=command.at, commitment=command.commitment, payment=command.payment
            )
            return [given_back]
        case _:
            assert_never(command)


cumulative = Decider(decide=decide, evolve=evolve)
