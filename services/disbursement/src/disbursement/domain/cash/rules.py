"""What cash answers to a request."""

from collections.abc import Collection, Sequence
from typing import assert_never

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
    CashHandOverDisputed,
    CashHandOverWitnessed,
    CashHeld,
    CashReleasedFromHold,
    CashRequested,
    CashTermsSet,
    Proof,
)
from disbursement.domain.cash.refusals import (
    ActedOnCash,
    CashIsAt,
    CashIsHeld,
    CashNotHeld,
    ChildGetsNoCash,
    NoSuchCash,
    NotPlannedAsCash,
    SawAnotherList,
    Stage,
)
from disbursement.domain.cash.requests import (
    ApproveCash,
    CancelCash,
    CashCommand,
    ConfirmHandOver,
    ConvertCash,
    DisputeHandOver,
    HandOverCash,
    HoldCash,
    ReleaseCashFromHold,
    RequestCash,
)
from disbursement.domain.cash.state import Cash
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.checks import may_be_spent_on, must_be_earmarked, must_bear
from disbursement.domain.conversion import CorrectConversion, correction
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment.waiting import may_be_given, must_be_reviewed
from events.documents import require_on_file
from events.values import CommitmentId, PersonId

BEFORE_THE_HAND_OVER = (Stage.REQUESTED, Stage.APPROVED_ONCE, Stage.APPROVED)
UNTIL_CONFIRMED = (Stage.HANDED_OVER, Stage.WITNESSED, Stage.DISPUTED)


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
            _next(cash, command, Stage.APPROVED_ONCE if again else Stage.REQUESTED)
            _goes_on(cash, command)
            under = delegation.require(
                command.mandate, person=by, authority=Authority.APPROVE, amount=cash.reserved, at=at
            )
            approved = CashApprovedAgain if again else CashApproved
            return [approved(by=by, at=at, cash=cash.id, delegation=under)]
        case HoldCash() | ReleaseCashFromHold():
            return _held(command, cash)
        case HandOverCash(proof=proof, document=document):
            _next(cash, command, Stage.APPROVED)
            _goes_on(cash, command)
            require_on_file((document,), command.wanting)
            handed = CashHandedOver(
                by=by, at=at, cash=cash.id, list_no=cash.list_no, proof=proof, document=document
            )
            return [handed]
        case ConfirmHandOver(document=document):
            _next(cash, command, *UNTIL_CONFIRMED)
            assert cash.document is not None, "the list was kept when it was handed over"
            if document != cash.document:
                raise SawAnotherList(cash.document, document)
            if cash.proof is Proof.THUMBPRINT and not cash.done(Stage.WITNESSED):
                return [CashHandOverWitnessed(by=by, at=at, cash=cash.id, document=document)]
            return [_confirmed(command, cash), *_converted(command, command.rate, cash)]
        case DisputeHandOver(reason=reason):
            if cash.stage not in (Stage.HANDED_OVER, Stage.WITNESSED):
                raise CashIsAt(cash.stage, Stage.HANDED_OVER)
            _not_one_of(cash.done(Stage.HANDED_OVER), command)
            return [CashHandOverDisputed(by=by, at=at, cash=cash.id, reason=reason)]
        case ConvertCash(rate=rate):
            due = cash.stage is Stage.CONFIRMED and cash.converted is None
            return _converted(command, rate, cash) if due else []
        case CorrectConversion():
            told = (CashConversionWithdrawn, CashConversionCorrected)
            return correction(cash, command, *told, cash=cash.id)
        case CancelCash(reason=reason):
            if cash.stage not in (*BEFORE_THE_HAND_OVER, Stage.DISPUTED):
                raise CashIsAt(cash.stage, Stage.APPROVED)
            _not_one_of(cash.done(Stage.HANDED_OVER) | cash.done(Stage.DISPUTED), command)
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
    may_be_given(command.stops, command.at)
    if command.missing:
        raise no.PapersMissing(command.item, command.missing)
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


def _held(command: HoldCash | ReleaseCashFromHold, cash: Cash) -> Sequence[CashEvent]:
    by, at = command.by, command.at
    if isinstance(command, HoldCash):
        known = command.finding in cash.findings
        if known or cash.stage not in BEFORE_THE_HAND_OVER:
            return []
        return [CashHeld(by=by, at=at, cash=cash.id, finding=command.finding)]
    if not cash.held:
        raise CashNotHeld
    _has_no_part(cash, command)
    must_be_reviewed(command.found)
    return [CashReleasedFromHold(by=by, at=at, cash=cash.id, reason=command.reason)]


def _confirmed(command: ConfirmHandOver, cash: Cash) -> CashHandOverConfirmed:
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


def _next(cash: Cash, command: CashCommand, *needed: Stage) -> None:
    """Each act by another person, and none by who counsels the returnee."""
    if cash.stage not in needed:
        raise CashIsAt(cash.stage, needed[0])
    _has_no_part(cash, command)


def _has_no_part(cash: Cash, command: CashCommand) -> None:
    _not_one_of({*cash.counsellors, *(person for _, person in cash.acts)}, command)


def _not_one_of(people: Collection[PersonId], command: CashCommand) -> None:
    if command.by in people:
        raise ActedOnCash(command.by)


def _goes_on(cash: Cash, command: ApproveCash | HandOverCash) -> None:
    if cash.held:
        raise CashIsHeld(cash.findings[-1])
    if command.stopped is not None:
        raise no.ItemStopped(cash.item, command.stopped)
    may_be_given(command.stops, command.at)
