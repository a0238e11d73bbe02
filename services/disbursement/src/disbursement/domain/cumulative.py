"""What one vendor had of one case within 90 days, as far as limits are held against it (D8).

A person's limit is for all that is committed to a vendor in a case, or paid to it, and not for
each part of it. What is certified, approved or signed is counted in the append that does it: of two
parts at the same instant the second knows of the first. So is what else is approved under a limit:
advances, waivers, cash, what vendors owe back and what is given up, each kind for itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.delegation import AboveLimit, Authority
from disbursement.domain.exchange_rate import Rate, together
from events.decider import Command, Decider, Event, State
from events.money import Money
from events.values import CaseId, Code, CommitmentId, PaymentId, VendorId

COUNTS_FOR = timedelta(days=90)

CumulativeId = NewType("CumulativeId", str)


class Kind(StrEnum):
    """What is added up: orders with orders, payments with payments."""

    COMMITTED = "committed"
    PAID = "paid"
    ADVANCED = "advanced"
    WAIVED = "waived"
    CASH = "cash"
    OWED_BACK = "owed_back"
    WRITTEN_OFF = "written_off"


def cumulative_of(kind: Kind, vendor: VendorId | None, case: CaseId) -> CumulativeId:
    """`vendor`: None where there is none, as with cash."""
    return CumulativeId(f"cum_{kind}_{vendor}_{case}" if vendor else f"cum_{kind}_{case}")


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
    rates: tuple[Rate, ...] = ()
    """The day's, into the grant's currency: what counts with it may be of another grant."""


class CountApproval(Command, frozen=True):
    """Somebody approves an advance, a waiver, cash, a recovery or that it is given up."""

    kind: Kind
    vendor: VendorId | None
    case: CaseId
    of: Code
    """What is approved: an invoice, cash or a recovery, by its id."""
    amount: Money
    """In the grant's currency."""
    limit: Money
    rates: tuple[Rate, ...] = ()


class GiveBackApproval(Command, frozen=True):
    """It came to nothing."""

    of: Code


class GiveBackLimit(Command, frozen=True):
    """The commitment, or the payment, came to nothing."""

    commitment: CommitmentId
    payment: PaymentId | None


class CountUnderLimitAfterAll(Command, frozen=True):
    """The bank carried the payment out, though it had come to nothing."""

    vendor: VendorId
    case: CaseId
    commitment: CommitmentId
    payment: PaymentId


CumulativeCommand = (
    CountUnderLimit | GiveBackLimit | CountApproval | GiveBackApproval | CountUnderLimitAfterAll
)


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


class ApprovalCounted(Event, frozen=True, tag="disbursement.approval_counted.v1"):
    """So much was approved in the case, of that kind."""

    kind: Kind
    vendor: VendorId | None
    case: CaseId
    of: Code
    amount: Money


class ApprovalNotCounted(Event, frozen=True, tag="disbursement.approval_not_counted.v1"):
    """It came to nothing, and counts under no limit any more."""

    of: Code


CumulativeEvent = CountedUnderLimit | LimitGivenBack | ApprovalCounted | ApprovalNotCounted


# State


class Counted(msgspec.Struct, frozen=True):
    of: str
    """Its id."""
    authority: Authority
    amount: Money
    at: datetime
    stands: bool = True
    """Until it comes to nothing."""


class Cumulative(State, frozen=True):
    counted: tuple[Counted, ...] = ()

    def holds(self, of: str) -> bool:
        """Whether it counts."""
        return any(each.of == of and each.stands for each in self.counted)

    def used(
        self,
        authority: Authority,
        currency: str,
        at: datetime,
        *,
        but: str,
        rates: Sequence[Rate] = (),
    ) -> Money:
        """What else was done with that authority over the last 90 days. `NoRate`."""
        others = (
            each.amount
            for each in self.counted
            if each.stands
            and each.authority is authority
            and each.of != but
            and each.at > at - COUNTS_FOR
        )
        return together(others, currency, rates)


def evolve(cumulative: Cumulative | None, event: CumulativeEvent) -> Cumulative:
    before = cumulative or Cumulative()
    match event:
        case CountedUnderLimit(authority=authority, amount=amount, at=at):
            of = event.payment or event.commitment
            return _counting(before, Counted(of, authority, amount, at))
        case ApprovalCounted(of=of, amount=amount, at=at):
            return _counting(before, Counted(of, Authority.APPROVE, amount, at))
        case LimitGivenBack():
            return _without(before, event.payment or event.commitment)
        case ApprovalNotCounted(of=of):
            return _without(before, of)
        case _:
            assert_never(event)


def _counting(cumulative: Cumulative, new: Counted) -> Cumulative:
    """Once for each authority, as it was counted last."""
    as_before = (new.of, new.authority)
    others = (c for c in cumulative.counted if (c.of, c.authority) != as_before)
    return replace(cumulative, counted=(*others, new))


def _without(cumulative: Cumulative, of: str) -> Cumulative:
    counted = (replace(c, stands=c.stands and c.of != of) for c in cumulative.counted)
    return replace(cumulative, counted=tuple(counted))


# Rules


def decide(command: CumulativeCommand, cumulative: Cumulative | None) -> Sequence[CumulativeEvent]:
    before = cumulative or Cumulative()
    match command:
        case CountUnderLimit(authority=authority, amount=amount):
            _within_the_limit(command, command.payment or command.commitment, authority, before)
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
        case CountApproval():
            return [_approved(command, before)]
        case GiveBackApproval(of=of):
            not_counted = ApprovalNotCounted(by=command.by, at=command.at, of=of)
            return [not_counted] * before.holds(of)
        case GiveBackLimit():
            if not before.holds(command.payment or command.commitment):
                return []
            given_back = LimitGivenBack(
                by=command.by, at=command.at, commitment=command.commitment, payment=command.payment
            )
            return [given_back]
        case CountUnderLimitAfterAll():
            return _after_all(command, before)
        case _:
            assert_never(command)


def _after_all(command: CountUnderLimitAfterAll, before: Cumulative) -> list[CountedUnderLimit]:
    """With each authority under which it was counted before."""
    return [
        CountedUnderLimit(
            by=command.by,
            at=command.at,
            vendor=command.vendor,
            case=command.case,
            commitment=command.commitment,
            payment=command.payment,
            authority=each.authority,
            amount=each.amount,
        )
        for each in before.counted
        if each.of == command.payment and not each.stands
    ]


def _within_the_limit(
    command: CountUnderLimit | CountApproval, of: str, authority: Authority, before: Cumulative
) -> None:
    currency = command.amount.currency
    used = before.used(authority, currency, command.at, but=of, rates=command.rates)
    if used + command.amount > command.limit:
        raise AboveLimit(command.limit, used, command.amount)


def _approved(command: CountApproval, before: Cumulative) -> ApprovalCounted:
    _within_the_limit(command, command.of, Authority.APPROVE, before)
    return ApprovalCounted(
        by=command.by,
        at=command.at,
        kind=command.kind,
        vendor=command.vendor,
        case=command.case,
        of=command.of,
        amount=command.amount,
    )


cumulative = Decider(decide=decide, evolve=evolve)
