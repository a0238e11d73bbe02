"""What cash answers to a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain import delegation
from disbursement.domain.cash.facts import (
    CashApproved,
    CashApprovedAgain,
    CashCancelled,
    CashConversionCorrected,
    CashConversionWithdrawn,
    CashConverted,
    CashCounsellorsNamed,
    CashEvent,
    CashHandedOver,
    CashHandOverConfirmed,
    CashId,
    CashRequested,
    CashTermsSet,
    Proof,
)
from disbursement.domain.commitment import Funding, PlannedItem
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.checks import may_be_spent_on, must_be_earmarked, must_bear
from disbursement.domain.conversion import Conversion, CorrectConversion, is_due
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment.terms import Terms
from events.decider import Command, Decider, Rejected, State
from events.documents import require_on_file
from events.money import Money
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    ItemId,
    PersonId,
)


class Stage(StrEnum):
    REQUESTED = "requested"
    APPROVED_ONCE = "approved_once"
    """Its terms ask for a second approval."""
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


# Requests


class RequestCash(Command, frozen=True):
    cash: CashId
    list_no: Code
    item: ItemId
    amount: Money
    budget_line: BudgetLineId
    plan: PlannedItem | None
    planned_as_cash: bool
    funding: Funding | None
    child: bool
    """Whether the case is a child's."""
    terms: Terms | None = None
    """None: nothing is known of the programme's rules."""


class ApproveCash(Command, frozen=True):
    mandate: Mandate | None
    stopped: Code | None
    """Why nothing is given for the item any more; None: it goes on."""


class HandOverCash(Command, frozen=True):
    proof: Proof
    document: Digest
    """The list, with what the returnee put on it."""
    stopped: Code | None
    wanting: tuple[Digest, ...] = ()
    """That list, as long as it is not on file."""


class ConfirmHandOver(Command, frozen=True):
    document: Digest
    """The list as this person saw it."""
    rate: Rate | None = None
    """By the grant's rule; None: there is none yet, or it is in the grant's currency."""


class ConvertCash(Command, frozen=True):
    """A rate was published for what was handed over when there was none by the grant's rule."""

    rate: Rate


class CancelCash(Command, frozen=True):
    reason: Code


CashCommand = (
    RequestCash
    | NameCounsellors
    | ApproveCash
    | HandOverCash
    | ConfirmHandOver
    | ConvertCash
    | CorrectConversion
    | CancelCash
)


# Refusals beside those of commitments, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchCash(Rejected):
    """There is no such cash."""


@dataclass(unsafe_hash=True)
class CashIsAt(Rejected):
    """The act needs the cash at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class NotPlannedAsCash(Rejected):
    """The plan gives this item as goods or a service."""

    item: ItemId


@dataclass(unsafe_hash=True)
class ChildGetsNoCash(Rejected):
    """Cash is never handed to a child (S13)."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ActedOnCash(Rejected):
    """This person had another part in it, or counsels the returnee."""

    person: PersonId


@dataclass(unsafe_hash=True)
class SawAnotherList(Rejected):
    """The list that was seen is not the one that was kept."""

    kept: Digest
    seen: Digest


# State


class Cash(State, frozen=True):
    id: CashId
    list_no: Code
    item: ItemId
    case: CaseId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    counsellors: tuple[PersonId, ...]
    stage: Stage
    acts: tuple[tuple[Stage, PersonId], ...]
    document: Digest | None = None
    second_approval: bool = False
    together: Money | None = None
    """With what is paid beside it; None: nothing was known of the programme's rules."""
    converted: Conversion | None = None
    """What was handed over, by the grant's rule."""


def evolve(cash: Cash | None, event: CashEvent) -> Cash:
    if isinstance(event, CashRequested):
        return Cash(
            id=event.cash,
            list_no=event.list_no,
            item=event.item,
            case=event.case,
            budget_line=event.budget_line,
            amount=event.amount,
            reserved=event.reserved,
            counsellors=event.counsellors,
            stage=Stage.REQUESTED,
            acts=((Stage.REQUESTED, event.by),),
        )
    assert cash is not None, "a fact about cash that nobody asked for"
    match event:
        case CashCounsellorsNamed(counsellors=counsellors):
            return replace(cash, counsellors=counsellors)
        case CashTermsSet(second_approval=second, together=together):
            return replace(cash, second_approval=second, together=together)
        case CashApproved():
            stage = Stage.APPROVED_ONCE if cash.second_approval else Stage.APPROVED
            return _advance(cash, stage, event.by)
        case CashApprovedAgain():
            return _advance(cash, Stage.APPROVED, event.by)
        case CashHandedOver(document=document):
            handed = _advance(cash, Stage.HANDED_OVER, event.by)
            return replace(handed, document=document)
        case CashHandOverConfirmed():
            return _advance(cash, Stage.CONFIRMED, event.by)
        case CashConverted() | CashConversionCorrected():
            return replace(cash, converted=Conversion(event.rate, event.by_rule))
        case CashConversionWithdrawn():
            return replace(cash, converted=None)
        case CashCancelled():
            return replace(cash, stage=Stage.CANCELLED)
        case _:
            assert_never(event)


def _advance(cash: Cash, stage: Stage, by: PersonId) -> Cash:
    return replace(cash, stage=stage, acts=(*cash.acts, (stage, by)))


# Rules

BEFORE_THE_HAND_OVER = (Stage.REQUESTED, Stage.APPROVED_ONCE, Stage.APPROVED)


def decide(command: CashCommand, cash: Cash | None) -> Sequence[CashEvent]:
    by, at = command.by, command.at
    if isinstance(command, RequestCash):
        return _requested(command, cash)
    if isinstance(command, NameCounsellors):
        all_of_them = command.with_(frozenset(cash.counsellors)) if cash else ()
        if cash is None or not all_of_them:
            return []
        return [CashCounsellorsNamed(by=by, at=at, cash=cash.id, counsellors=all_of_them)]
    if cash is None:
        raise NoSuchCash
    match command:
        case ApproveCash():
            again = cash.stage is Stage.APPROVED_ONCE
            _next(cash, Stage.APPROVED_ONCE if again else Stage.REQUESTED, command)
            _goes_on(cash, command.stopped)
            under = delegation.require(
                command.mandate, person=by, authority=Authority.APPROVE, amount=cash.reserved, at=at
            )
            approved = CashApprovedAgain if again else CashApproved
            return [approved(by=by, at=at, cash=cash.id, delegation=under)]
        case HandOverCash(proof=proof, document=document):
            _next(cash, Stage.APPROVED, command)
            _goes_on(cash, command.stopped)
            require_on_file((document,), command.wanting)
            handed = CashHandedOver(
                by=by, at=at, cash=cash.id, list_no=cash.list_no, proof=proof, document=document
            )
            return [handed]
        case ConfirmHandOver():
            return [_confirmed(command, cash), *_converted(command, command.rate, cash)]
        case ConvertCash(rate=rate):
            due = cash.stage is Stage.CONFIRMED and cash.converted is None
            return _converted(command, rate, cash) if due else []
        case CorrectConversion():
            return _corrected(command, cash)
        case CancelCash(reason=reason):
            if cash.stage not in BEFORE_THE_HAND_OVER:
                raise CashIsAt(cash.stage, Stage.APPROVED)
            cancelled = CashCancelled(
                by=by,
                at=at,
                cash=cash.id,
                item=cash.item,
                budget_line=cash.budget_line,
                released=cash.reserved,
                reason=reason,
            )
            return [cancelled]
        case _:
            assert_never(command)


def _requested(command: RequestCash, cash: Cash | None) -> list[CashEvent]:
    if cash is not None:
        raise CashIsAt(cash.stage, None)
    plan = may_be_spent_on(command.item, command.plan, command.at.date())
    if not command.planned_as_cash:
        raise NotPlannedAsCash(command.item)
    if command.child:
        raise ChildGetsNoCash(plan.case)
    if command.amount.minor <= 0:
        raise no.AmountNotAboveZero(command.amount)
    funding = command.funding
    if funding is None:
        raise no.NoFunding(CommitmentId(command.cash))
    today = command.at.date()
    must_bear(funding, today)
    must_be_earmarked(plan, command.item, command.budget_line)
    if command.by in plan.counsellors:
        raise ActedOnCash(command.by)
    requested = CashRequested(
        by=command.by,
        at=command.at,
        cash=command.cash,
        list_no=command.list_no,
        item=command.item,
        case=plan.case,
        budget_line=command.budget_line,
        amount=command.amount,
        reserved=convert(command.amount, funding.currency, funding.rate),
        counsellors=plan.counsellors,
    )
    if command.terms is None:
        return [requested]
    terms = CashTermsSet(
        by=command.by,
        at=command.at,
        cash=command.cash,
        second_approval=command.terms.second_approval,
        together=command.terms.together,
    )
    return [requested, terms]


def _confirmed(command: ConfirmHandOver, cash: Cash) -> CashHandOverConfirmed:
    _next(cash, Stage.HANDED_OVER, command)
    assert cash.document is not None, "the list was kept when it was handed over"
    if command.document != cash.document:
        raise SawAnotherList(cash.document, command.document)
    return CashHandOverConfirmed(
        by=command.by,
        at=command.at,
        cash=cash.id,
        item=cash.item,
        budget_line=cash.budget_line,
        amount=cash.amount,
        reserved=cash.reserved,
    )


def _converted(command: CashCommand, rate: Rate | None, cash: Cash) -> list[CashConverted]:
    if rate is None:
        return []
    return [
        CashConverted(
            by=command.by,
            at=command.at,
            cash=cash.id,
            budget_line=cash.budget_line,
            rate=rate,
            by_rule=convert(cash.amount, cash.reserved.currency, rate),
        )
    ]


def _corrected(command: CorrectConversion, cash: Cash) -> Sequence[CashEvent]:
    stands = cash.converted
    if stands is None or not is_due(stands, command):
        return []
    if command.rate is None:
        return [
            CashConversionWithdrawn(
                by=command.by,
                at=command.at,
                cash=cash.id,
                budget_line=cash.budget_line,
                wrong=command.wrong,
                reason=command.reason,
                before=stands.by_rule,
            )
        ]
    return [
        CashConversionCorrected(
            by=command.by,
            at=command.at,
            cash=cash.id,
            budget_line=cash.budget_line,
            wrong=command.wrong,
            reason=command.reason,
            before=stands.by_rule,
            rate=command.rate,
            by_rule=convert(cash.amount, cash.reserved.currency, command.rate),
        )
    ]


def _next(cash: Cash, needed: Stage, command: CashCommand) -> None:
    """Each act by another person, and none by who counsels the returnee."""
    if cash.stage is not needed:
        raise CashIsAt(cash.stage, needed)
    if command.by in cash.counsellors or command.by in {person for _, person in cash.acts}:
        raise ActedOnCash(command.by)


def _goes_on(cash: Cash, stopped: Code | None) -> None:
    if stopped is not None:
        raise no.ItemStopped(cash.item, stopped)


cash = Decider(decide=decide, evolve=evolve)
