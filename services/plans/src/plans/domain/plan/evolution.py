"""How a fact changes a plan."""

from typing import assert_never

from msgspec.structs import replace

from events.values import PersonId
from plans.domain.plan.facts import (
    AnswerExpected,
    ApprovalRecorded,
    ApprovedItem,
    AssistanceItemIntended,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityConfirmed,
    FeasibilityDeclined,
    PlanApproved,
    PlanDrafted,
    PlanRejected,
    PlanReturned,
    PlanReturnedUnanswered,
    PlanSigned,
    PlanSubmitted,
    ProposalEvent,
    RejectionRecorded,
)
from plans.domain.plan.facts_in_force import (
    DocumentRecorded,
    EventInForce,
    ItemCancelled,
    PlanAmendmentApproved,
    PlanAmendmentProposed,
    PlanAmendmentRejected,
    PlanAmendmentWithdrawn,
    PlanCancelled,
    PlanCompleted,
    PlanResumed,
    PlanSuspended,
    PlanTakenOver,
    PlanWithdrawn,
)
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Document, InForce, Item, Plan, Proposal

PlanEvent = ProposalEvent | EventInForce


def evolve(plan: Plan | None, event: PlanEvent) -> Plan:
    if isinstance(event, PlanDrafted):
        return _drafted(event)
    assert plan is not None, "a fact about a plan that nobody drafted"
    match event:
        case ConflictDeclared(person=person):
            plan = replace(plan, conflicts=plan.conflicts | {person})
            return _asked(plan, _without_votes_of(plan, person))
        case PlanApproved():
            return _approved(plan, event, plan.first.version)
        case PlanRejected():
            return _asked(plan, replace(plan.first, stage=Stage.REJECTED))
        case _ if isinstance(event, EventInForce):
            return _later(plan, event)
        case _:
            assert plan.proposal is not None, "a fact about something that nobody proposed"
            return _asked(plan, _proposed(plan.proposal, event, plan.returnee))


def _asked(plan: Plan, proposal: Proposal | None) -> Plan:
    return replace(plan, proposal=proposal)


def _drafted(event: PlanDrafted) -> Plan:
    return Plan(
        id=event.plan,
        case=event.case,
        returnee=event.returnee,
        programme=event.programme,
        programme_version=event.programme_version,
        run_by=event.run_by,
        organisation=event.organisation,
        drafter=event.by,
        counsellor=event.counsellor,
        currency=event.currency,
        proposal=Proposal(
            version=1, quorum=event.quorum, drafter=event.by, makers=frozenset({event.by})
        ),
    )


# What is asked for


def _proposed(asked: Proposal, event: ProposalEvent, returnee: PersonId) -> Proposal:
    match event:
        case AssistanceItemProposed():
            return _changed(asked, (*asked.items, _item(event)), event.by)
        case AssistanceItemRevised():
            return _changed(asked, _revised(asked, event), event.by)
        case AssistanceItemIntended(item=item, person=person):
            whose = None if person == returnee else person
            items = (replace(i, person=whose) if i.item == item else i for i in asked.items)
            return replace(asked, items=tuple(items), signed=None)
        case AssistanceItemRemoved():
            kept = tuple(i for i in asked.items if i.item != event.item)
            return _changed(asked, kept, event.by)
        case PlanSigned():
            return replace(asked, signed=event.digest)
        case PlanSubmitted():
            return replace(asked, stage=Stage.SUBMITTED)
        case AnswerExpected():
            return replace(asked, quorum=event.quorum, answer_by=event.answer_by)
        case FeasibilityConfirmed():
            return replace(asked, stage=Stage.FEASIBLE, assessors=asked.assessors | {event.by})
        case FeasibilityDeclined() | PlanReturned() | PlanReturnedUnanswered():
            return replace(asked, stage=Stage.RETURNED, approvers=(), opponents=(), answer_by=None)
        case ApprovalRecorded():
            return replace(asked, approvers=(*asked.approvers, event.member))
        case RejectionRecorded():
            return replace(asked, opponents=(*asked.opponents, event.member))
        case PlanDrafted() | ConflictDeclared() | PlanApproved() | PlanRejected():
            raise AssertionError("told of the plan, not of what is asked for")
        case _:
            assert_never(event)


def _changed(asked: Proposal, items: tuple[Item, ...], by: PersonId) -> Proposal:
    """Any change voids the signature (S2)."""
    return replace(
        asked, items=items, changes=asked.changes + 1, makers=asked.makers | {by}, signed=None
    )


def _item(event: AssistanceItemProposed) -> Item:
    return Item(
        item=event.item,
        type=event.assistance,
        dimension=event.dimension,
        modality=event.modality,
        spec=event.spec,
        ceiling=event.ceiling,
    )


def _revised(asked: Proposal, event: AssistanceItemRevised) -> tuple[Item, ...]:
    return tuple(
        replace(i, spec=event.spec, ceiling=event.ceiling) if i.item == event.item else i
        for i in asked.items
    )


def _without_votes_of(plan: Plan, person: PersonId) -> Proposal | None:
    if plan.proposal is None:
        return None
    return replace(
        plan.proposal,
        approvers=tuple(m for m in plan.proposal.approvers if m != person),
        opponents=tuple(m for m in plan.proposal.opponents if m != person),
    )


# What is in force


def _approved(plan: Plan, event: PlanApproved | PlanAmendmentApproved, version: int) -> Plan:
    in_force = InForce(
        version=version,
        items=tuple(_in_force(i, plan.known(i.item)) for i in event.items),
        digest=event.digest,
        approvers=event.approvers,
        makers=plan.first.makers,
    )
    return replace(plan, in_force=in_force, proposal=None)


def _in_force(item: ApprovedItem, asked: Item | None) -> Item:
    return Item(
        item=item.item,
        type=item.type,
        dimension=item.dimension,
        modality=item.modality,
        spec=item.spec,
        ceiling=item.ceiling,
        person=asked.person if asked else None,
    )


def _later(plan: Plan, event: EventInForce) -> Plan:
    match event:
        case DocumentRecorded():
            document = Document(event.item, event.kind, event.digest)
            return replace(plan, documents=(*plan.documents, document))
        case PlanAmendmentProposed():
            return replace(plan, proposal=_amendment(plan, event), last_version=event.to_version)
        case PlanAmendmentApproved():
            return _approved(plan, event, event.to_version)
        case PlanAmendmentRejected() | PlanAmendmentWithdrawn():
            return _asked(plan, None)
        case PlanWithdrawn():
            return _asked(plan, replace(plan.first, stage=Stage.WITHDRAWN))
        case PlanSuspended():
            return _moved(plan, Stage.SUSPENDED, suspended_by=event.by)
        case PlanResumed():
            return _moved(plan, Stage.APPROVED)
        case ItemCancelled():
            return replace(plan, cancelled=plan.cancelled | {event.item})
        case PlanCancelled():
            return _asked(_moved(plan, Stage.CANCELLED), None)
        case PlanTakenOver():
            return replace(plan, organisation=event.organisation, counsellor=event.counsellor)
        case PlanCompleted():
            return _asked(_moved(plan, Stage.COMPLETED), None)
        case _:
            assert_never(event)


def _amendment(plan: Plan, event: PlanAmendmentProposed) -> Proposal:
    assert plan.in_force is not None, "only what is in force is amended"
    return Proposal(
        version=event.to_version,
        quorum=event.quorum,
        items=plan.live,
        drafter=event.by,
        makers=plan.in_force.makers | {event.by},
    )


def _moved(plan: Plan, stage: Stage, suspended_by: PersonId | None = None) -> Plan:
    assert plan.in_force is not None, "only what is in force rests, goes on or ends"
    in_force = replace(plan.in_force, stage=stage, suspended_by=suspended_by)
    return replace(plan, in_force=in_force)
