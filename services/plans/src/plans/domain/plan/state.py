"""What the facts about a plan amount to."""

import hashlib
from typing import assert_never

from msgspec.structs import replace

from events.canonical import canonical
from events.decider import State
from events.money import Money, total
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.facts import (
    ApprovalRecorded,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityConfirmed,
    FeasibilityDeclined,
    PlanApproved,
    PlanDrafted,
    PlanEvent,
    PlanRejected,
    PlanReturned,
    PlanSigned,
    PlanSubmitted,
)
from plans.domain.plan.kinds import Stage
from plans.domain.programme import Dimension, Modality


class Item(State, frozen=True):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money


class Plan(State, frozen=True):
    id: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    run_by: Code
    organisation: Code
    drafter: PersonId
    counsellor: PersonId
    quorum: int
    currency: Code
    stage: Stage = Stage.DRAFT
    items: tuple[Item, ...] = ()
    changes: int = 0
    makers: frozenset[PersonId] = frozenset()
    """Everybody who drafted or changed it."""
    signed: Digest | None = None
    """The digest that the returnee signed, as long as it is the plan's."""
    assessors: frozenset[PersonId] = frozenset()
    conflicts: frozenset[PersonId] = frozenset()
    approvers: tuple[PersonId, ...] = ()

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the plan at all (D10)."""
        return organisation in (self.organisation, self.run_by)

    def item(self, item: ItemId) -> Item | None:
        return next((i for i in self.items if i.item == item), None)

    @property
    def digest(self) -> Digest:
        """SHA-256 over the canonical bytes of what the returnee signs: the plan and its items."""
        return Digest(hashlib.sha256(canonical([self.id, self.case, self.items])).hexdigest())

    @property
    def total(self) -> Money:
        return total((i.ceiling for i in self.items), self.currency)

    @property
    def cash(self) -> Money:
        """How much of the total is handed over as cash."""
        cash = (i.ceiling for i in self.items if i.modality is Modality.CASH)
        return total(cash, self.currency)

    @property
    def one_yes_short(self) -> bool:
        """Whether the next member's yes makes the quorum."""
        return self.stage is Stage.FEASIBLE and len(self.approvers) + 1 >= self.quorum


def evolve(plan: Plan | None, event: PlanEvent) -> Plan:
    if isinstance(event, PlanDrafted):
        return _drafted(event)
    assert plan is not None, "a fact about a plan that nobody drafted"
    match event:
        case AssistanceItemProposed():
            return _changed(plan, (*plan.items, _item(event)), event.by)
        case AssistanceItemRevised():
            revised = tuple(
                replace(i, spec=event.spec, ceiling=event.ceiling) if i.item == event.item else i
                for i in plan.items
            )
            return _changed(plan, revised, event.by)
        case AssistanceItemRemoved():
            return _changed(plan, tuple(i for i in plan.items if i.item != event.item), event.by)
        case PlanSigned():
            return replace(plan, signed=event.digest)
        case PlanSubmitted():
            return replace(plan, stage=Stage.SUBMITTED)
        case FeasibilityConfirmed():
            return replace(plan, stage=Stage.FEASIBLE, assessors=plan.assessors | {event.by})
        case FeasibilityDeclined() | PlanReturned():
            return replace(plan, stage=Stage.RETURNED, approvers=())
        case ConflictDeclared():
            votes = tuple(m for m in plan.approvers if m != event.person)
            return replace(plan, conflicts=plan.conflicts | {event.person}, approvers=votes)
        case ApprovalRecorded():
            return replace(plan, approvers=(*plan.approvers, event.member))
        case PlanApproved():
            return replace(plan, stage=Stage.APPROVED)
        case PlanRejected():
            return replace(plan, stage=Stage.REJECTED)
        case _:
            assert_never(event)


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
        quorum=event.quorum,
        currency=event.currency,
        makers=frozenset({event.by}),
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


def _changed(plan: Plan, items: tuple[Item, ...], by: PersonId) -> Plan:
    """Any change voids the signature (S2)."""
    return replace(
        plan, items=items, changes=plan.changes + 1, makers=plan.makers | {by}, signed=None
    )
