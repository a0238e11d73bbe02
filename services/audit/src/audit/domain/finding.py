"""A finding: what a rule saw in the log, until a person has said what it was.

    raised -> (overdue) -> reviewed

It is a signal and no proof: nobody is accused by it, and only a person closes it, one who did
nothing of what it cites.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from audit.domain.findings import Severity
from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, CashId, Code, FindingId, PaymentId, PersonId, VendorId


class Outcome(StrEnum):
    """What a person found that it was."""

    EXPLAINED = "explained"
    """It was as it should be, and the papers say why."""
    MISTAKE = "mistake"
    """Something was done wrong, by nobody's intent."""
    IRREGULARITY = "irregularity"
    """A rule was broken; it goes to those who answer for it."""
    SUSPECTED_FRAUD = "suspected_fraud"
    """It goes to those who investigate."""


# Requests


class RaiseFinding(Command, frozen=True):
    finding: FindingId
    rule: Code
    severity: Severity
    entries: tuple[int, ...]
    people: tuple[PersonId, ...]
    review_by: datetime
    payment: PaymentId | None = None
    cash: CashId | None = None
    case: CaseId | None = None
    vendor: VendorId | None = None


class ReviewFinding(Command, frozen=True):
    outcome: Outcome


class TellFindingOverdue(Command, frozen=True):
    """Its time may have passed."""


FindingCommand = RaiseFinding | ReviewFinding | TellFindingOverdue


# Facts


class FindingRaised(Event, frozen=True, tag="audit.finding_raised.v1"):
    """A rule asks for a second look at these entries of the log."""

    finding: FindingId
    rule: Code
    severity: Severity
    payment: PaymentId | None
    case: CaseId | None
    vendor: VendorId | None
    entries: tuple[int, ...]
    people: tuple[PersonId, ...]
    """Who did what the entries tell: none of them reviews it."""
    review_by: datetime


class FindingNamedCash(Event, frozen=True, tag="audit.finding_named_cash.v1"):
    """The finding that was just raised is about cash."""

    finding: FindingId
    cash: CashId
    severity: Severity


class FindingReviewed(Event, frozen=True, tag="audit.finding_reviewed.v1"):
    """A person looked, and said what it was."""

    finding: FindingId
    outcome: Outcome


class FindingOverdue(Event, frozen=True, tag="audit.finding_overdue.v1"):
    """The time for a review has passed, and nobody has said anything."""

    finding: FindingId
    review_by: datetime


FindingEvent = FindingRaised | FindingNamedCash | FindingReviewed | FindingOverdue


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchFinding(Rejected):
    """No rule has found this."""


@dataclass(unsafe_hash=True)
class ReviewedAlready(Rejected):
    """Somebody has said what it was."""

    outcome: Outcome


@dataclass(unsafe_hash=True)
class ReviewsOwnAct(Rejected):
    """Separation of duties: this person did something of what the finding cites."""

    person: PersonId


# State


class Finding(State, frozen=True):
    id: FindingId
    rule: Code
    severity: Severity
    payment: PaymentId | None
    case: CaseId | None
    vendor: VendorId | None
    entries: tuple[int, ...]
    people: tuple[PersonId, ...]
    raised_at: datetime
    review_by: datetime
    cash: CashId | None = None
    overdue: bool = False
    outcome: Outcome | None = None
    reviewed_by: PersonId | None = None


def evolve(finding: Finding | None, event: FindingEvent) -> Finding:
    if isinstance(event, FindingRaised):
        return Finding(
            id=event.finding,
            rule=event.rule,
            severity=event.severity,
            payment=event.payment,
            case=event.case,
            vendor=event.vendor,
            entries=event.entries,
            people=event.people,
            raised_at=event.at,
            review_by=event.review_by,
        )
    assert finding is not None, "a fact about a finding that no rule raised"
    match event:
        case FindingNamedCash(cash=cash):
            return replace(finding, cash=cash)
        case FindingReviewed():
            return replace(finding, outcome=event.outcome, reviewed_by=event.by)
        case FindingOverdue():
            return replace(finding, overdue=True)
        case _:
            assert_never(event)


# Rules


def decide(command: FindingCommand, finding: Finding | None) -> Sequence[FindingEvent]:
    if isinstance(command, RaiseFinding):
        return [] if finding is not None else _raised(command)
    if finding is None:
        raise NoSuchFinding
    by, at = command.by, command.at
    match command:
        case ReviewFinding(outcome=outcome):
            if finding.outcome is not None:
                raise ReviewedAlready(finding.outcome)
            if by in finding.people:
                raise ReviewsOwnAct(by)
            return [FindingReviewed(by=by, at=at, finding=finding.id, outcome=outcome)]
        case TellFindingOverdue():
            if finding.outcome is not None or finding.overdue or at < finding.review_by:
                return []
            due = finding.review_by
            return [FindingOverdue(by=by, at=at, finding=finding.id, review_by=due)]
        case _:
            assert_never(command)


def _raised(command: RaiseFinding) -> Sequence[FindingEvent]:
    raised = FindingRaised(
        by=command.by,
        at=command.at,
        finding=command.finding,
        rule=command.rule,
        severity=command.severity,
        payment=command.payment,
        case=command.case,
        vendor=command.vendor,
        entries=command.entries,
        people=command.people,
        review_by=command.review_by,
    )
    if command.cash is None:
        return [raised]
    named = FindingNamedCash(
        by=command.by,
        at=command.at,
        finding=command.finding,
        cash=command.cash,
        severity=command.severity,
    )
    return [raised, named]


finding = Decider(decide=decide, evolve=evolve)
