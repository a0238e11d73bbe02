"""Drafting a plan, or an amendment of one, with the returnee: items, signature, sending."""

from collections.abc import Sequence

from events.money import Money
from events.values import Code, PersonId
from plans.domain.good_standing import claimed_in_time, entitled, reached, used_in_time
from plans.domain.plan import refusals as no
from plans.domain.plan.checks import (
    OPEN_TO_CHANGE,
    UNDECIDED,
    affordable,
    asked_for,
    covers,
    plan_at,
)
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import (
    AnswerExpected,
    AssistanceItemIntended,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    PlanDrafted,
    PlanSigned,
    PlanSubmitted,
)
from plans.domain.plan.facts_in_force import (
    DocumentRecorded,
    PlanAmendmentProposed,
    PlanAmendmentWithdrawn,
    PlanWithdrawn,
)
from plans.domain.plan.kinds import Method, Stage
from plans.domain.plan.requests import (
    DraftPlan,
    ProposeAmendment,
    ProposeItem,
    RecordDocument,
    RemoveItem,
    ReviseItem,
    SignPlan,
    SubmitPlan,
    WithdrawPlan,
)
from plans.domain.plan.state import Document, Item, Plan, Proposal
from plans.domain.programme import Assistance, Level, Modality
from plans.domain.wording import worded_for_others


def draft(command: DraftPlan, plan: Plan | None) -> PlanDrafted:
    if plan is not None:
        raise no.DraftedAlready(plan.id)
    standing = reached(command.standing, command.organisation)
    version, entitlement = entitled(standing)
    if not command.claimed_before:
        claimed_in_time(standing, command.at)
    if command.open_plan is not None:
        raise no.CaseHasPlan(command.open_plan)
    return PlanDrafted(
        by=command.by,
        at=command.at,
        plan=command.plan,
        case=standing.case,
        returnee=standing.returnee,
        programme=standing.programme,
        programme_version=version,
        run_by=standing.run_by,
        organisation=standing.organisation,
        counsellor=standing.counsellor,
        quorum=command.quorum,
        currency=Code(entitlement.total.currency),
    )


def amend(command: ProposeAmendment, plan: Plan) -> PlanAmendmentProposed:
    plan_at(plan, Stage.APPROVED)
    if plan.amendment is not None:
        raise no.AmendmentOpen(plan.id, plan.amendment.version)
    entitled(command.standing)
    used_in_time(command.standing, command.at)
    return PlanAmendmentProposed(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        from_version=plan.version,
        to_version=plan.last_version + 1,
        reason=command.reason,
        quorum=command.quorum,
    )


# Items


def propose(command: ProposeItem, plan: Plan) -> Sequence[PlanEvent]:
    asked = asked_for(plan, *OPEN_TO_CHANGE)
    if plan.known(command.item) is not None:
        raise no.SuchItemAlready(command.item)
    rules = _in_programme(command.assistance, command.type)
    item = Item(
        item=command.item,
        type=rules.type,
        dimension=rules.dimension,
        modality=rules.modality,
        spec=command.spec,
        ceiling=command.ceiling,
        person=_whose(command.person, plan),
    )
    _within(command, item, rules)
    affordable(plan, (*asked.items, item), command.standing)
    proposed = AssistanceItemProposed(
        by=command.by,
        at=command.at,
        plan=plan.id,
        returnee=plan.returnee,
        item=item.item,
        assistance=item.type,
        dimension=item.dimension,
        modality=item.modality,
        spec=item.spec,
        ceiling=item.ceiling,
        own_words=command.own_words,
    )
    return [proposed, *_intended(command, plan, item, was=None)]


def revise(command: ReviseItem, plan: Plan) -> Sequence[PlanEvent]:
    asked = asked_for(plan, *OPEN_TO_CHANGE)
    old = _known(asked, command)
    rules = _in_programme(command.assistance, old.type)
    new = Item(
        item=old.item,
        type=old.type,
        dimension=old.dimension,
        modality=old.modality,
        spec=command.spec,
        ceiling=command.ceiling,
        person=_whose(command.person, plan) if command.person else old.person,
    )
    _within(command, new, rules)
    affordable(plan, tuple(new if i == old else i for i in asked.items), command.standing)
    covers(new.item, new.ceiling, command.committed)
    revised = AssistanceItemRevised(
        by=command.by,
        at=command.at,
        plan=plan.id,
        returnee=plan.returnee,
        item=new.item,
        spec=new.spec,
        ceiling=new.ceiling,
        own_words=command.own_words,
    )
    return [revised, *_intended(command, plan, new, was=old.person)]


def _whose(person: PersonId | None, plan: Plan) -> PersonId | None:
    return None if person == plan.returnee else person


def _intended(
    command: ProposeItem | ReviseItem, plan: Plan, item: Item, *, was: PersonId | None
) -> Sequence[AssistanceItemIntended]:
    """It is said for whom an item is when it was for somebody else before."""
    if item.person == was:
        return []
    person = item.person or plan.returnee
    return [
        AssistanceItemIntended(
            by=command.by, at=command.at, plan=plan.id, item=item.item, person=person
        )
    ]


def remove(command: RemoveItem, plan: Plan) -> AssistanceItemRemoved:
    asked = asked_for(plan, *OPEN_TO_CHANGE)
    item = _known(asked, command)
    covers(item.item, Money.zero(item.ceiling.currency), command.committed)
    return AssistanceItemRemoved(by=command.by, at=command.at, plan=plan.id, item=item.item)


def _known(asked: Proposal, command: ReviseItem | RemoveItem) -> Item:
    item = asked.item(command.item)
    if item is None:
        raise no.NoSuchItem(command.item)
    return item


def _in_programme(assistance: Assistance | None, kind: Code) -> Assistance:
    if assistance is None or assistance.type != kind:
        raise no.NotInProgramme(kind)
    if Level.INDIVIDUAL not in assistance.levels:
        raise no.OnlyInProjects(kind)
    return assistance


def _within(command: ProposeItem | ReviseItem, item: Item, rules: Assistance) -> None:
    """The item keeps to the programme, and is an amount that there can be (A10)."""
    standing = command.standing
    _, entitlement = entitled(standing)
    used_in_time(standing, command.at)
    worded_for_others(item.spec, rules, restricted=standing.restricted)
    if item.ceiling.currency != entitlement.total.currency:
        raise no.OtherCurrency(Code(item.ceiling.currency), Code(entitlement.total.currency))
    nothing = Money.zero(item.ceiling.currency)
    if (item.ceiling == nothing) != (rules.modality is Modality.REFERRAL) or item.ceiling < nothing:
        raise no.NotAnAmount(item.ceiling)
    if rules.at_most is not None and item.ceiling > rules.at_most:
        raise no.AboveAtMost(item.ceiling, rules.at_most)


def record_document(command: RecordDocument, plan: Plan) -> Sequence[DocumentRecorded]:
    """A paper may come at any stage of a plan that is not rejected, withdrawn or cancelled."""
    plan_at(plan, *UNDECIDED, Stage.APPROVED, Stage.SUSPENDED, Stage.COMPLETED)
    item = plan.known(command.item)
    if item is None:
        raise no.NoSuchItem(command.item)
    if command.kind not in command.kinds:
        raise no.DocumentNotAskedFor(command.kind, command.kinds)
    if Document(command.item, command.kind, command.digest) in plan.documents:
        return []
    return [
        DocumentRecorded(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            item=command.item,
            kind=command.kind,
            digest=command.digest,
        )
    ]


# Signing, submitting, taking back


def sign(command: SignPlan, plan: Plan) -> PlanSigned:
    asked = asked_for(plan, *OPEN_TO_CHANGE)
    if not asked.items:
        raise no.NothingToSign(plan.id)
    if command.signed_by != command.standing.signs:
        raise no.NotTheirsToSign(command.signed_by, command.standing.signs)
    if command.method is Method.THUMBPRINT and command.witness in (None, command.by):
        raise no.WitnessNeeded(command.by, command.witness)
    stands = plan.digest_of(asked)
    if command.digest != stands:
        raise no.SignedSomethingElse(command.digest, stands)
    return PlanSigned(
        by=command.by,
        at=command.at,
        plan=plan.id,
        version_signed=asked.changes,
        signed_by=command.signed_by,
        method=command.method,
        language=command.language,
        digest=command.digest,
        witness=command.witness,
    )


def submit(command: SubmitPlan, plan: Plan) -> Sequence[PlanEvent]:
    asked = asked_for(plan, *OPEN_TO_CHANGE)
    entitled(command.standing)
    used_in_time(command.standing, command.at)
    if plan.in_force is not None and asked.items == plan.live:
        raise no.NothingChanged(plan.in_force.version)
    if asked.signed is None:
        raise no.NotSigned(plan.id)
    affordable(plan, asked.items, command.standing)
    _worded(command, asked.items)
    return [
        PlanSubmitted(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            digest=asked.signed,
            total=plan.total_of(asked.items),
        ),
        AnswerExpected(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            version=asked.version,
            quorum=command.quorum,
            answer_by=command.at + command.answer_within,
        ),
    ]


def _worded(command: SubmitPlan, items: tuple[Item, ...]) -> None:
    """A case may have been restricted since its items were worded."""
    rules = {each.type: each for each in command.assistance}
    for item in items:
        if command.standing.restricted and item.type in rules:
            worded_for_others(item.spec, rules[item.type], restricted=True)


def withdraw(command: WithdrawPlan, plan: Plan) -> PlanWithdrawn | PlanAmendmentWithdrawn:
    asked = asked_for(plan, *UNDECIDED)
    if plan.in_force is None:
        return PlanWithdrawn(
            by=command.by, at=command.at, plan=plan.id, case=plan.case, reason=command.reason
        )
    return PlanAmendmentWithdrawn(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        from_version=plan.in_force.version,
        to_version=asked.version,
        reason=command.reason,
    )
