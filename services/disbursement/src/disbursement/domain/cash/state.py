"""What the facts about cash amount to."""

from typing import assert_never

from msgspec.structs import replace

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
from disbursement.domain.cash.refusals import Stage
from disbursement.domain.conversion import Conversion
from events.decider import State
from events.money import Money
from events.values import BudgetLineId, CaseId, CashId, Code, Digest, FindingId, ItemId, PersonId


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
    proof: Proof | None = None
    second_approval: bool = False
    together: Money | None = None
    """With what is paid beside it; None: nothing was known of the programme's rules."""
    findings: tuple[FindingId, ...] = ()
    """The grave ones about it."""
    held: bool = False
    converted: Conversion | None = None
    """What was handed over, by the grant's rule."""

    def done(self, stage: Stage) -> frozenset[PersonId]:
        """Who brought it to that stage."""
        return frozenset(person for at, person in self.acts if at is stage)


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
        case CashHeld(finding=finding):
            return replace(cash, findings=(*cash.findings, finding), held=True)
        case CashReleasedFromHold():
            return replace(cash, held=False)
        case CashHandedOver(document=document, proof=proof):
            handed = _advance(cash, Stage.HANDED_OVER, event.by)
            return replace(handed, document=document, proof=proof)
        case CashHandOverWitnessed():
            return _advance(cash, Stage.WITNESSED, event.by)
        case CashHandOverDisputed():
            return _advance(cash, Stage.DISPUTED, event.by)
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
