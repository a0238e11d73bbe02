"""What a plan is: what is asked for, what is in force, and what is known of its items."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from events.canonical import canonical
from events.decider import State
from events.money import Money, total
from events.values import SYSTEM, CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.kinds import OVER, Stage
from plans.domain.programme import Dimension, Modality
from plans.domain.shares import Held, parts_of


class Item(State, frozen=True, omit_defaults=True):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    person: PersonId | None = None
    """For whom of the household it is; None: the principal applicant."""


class Document(msgspec.Struct, frozen=True):
    """A paper that was seen for an item."""

    item: ItemId
    kind: Code
    digest: Digest


class Proposal(State, frozen=True):
    """What is asked for until it is decided on: a first plan, or an amendment of one in force."""

    version: int
    quorum: int
    drafter: PersonId
    makers: frozenset[PersonId]
    """Everybody who drafted or changed it."""
    stage: Stage = Stage.DRAFT
    items: tuple[Item, ...] = ()
    changes: int = 0
    signed: Digest | None = None
    """The digest that the returnee signed, as long as it is the proposal's."""
    answer_by: datetime | None = None
    assessors: frozenset[PersonId] = frozenset()
    approvers: tuple[PersonId, ...] = ()
    opponents: tuple[PersonId, ...] = ()

    def item(self, item: ItemId) -> Item | None:
        return next((i for i in self.items if i.item == item), None)

    @property
    def one_yes_short(self) -> bool:
        """Whether the next member's yes makes the quorum."""
        return self.stage is Stage.FEASIBLE and len(self.approvers) + 1 >= self.quorum


class InForce(State, frozen=True):
    """What was approved last."""

    version: int
    items: tuple[Item, ...]
    digest: Digest
    approvers: tuple[PersonId, ...]
    makers: frozenset[PersonId]
    """Everybody who drafted or changed this version or one before it."""
    stage: Stage = Stage.APPROVED
    suspended_by: PersonId | None = None


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
    currency: Code
    proposal: Proposal | None
    """None: nothing is asked for beyond what is in force."""
    in_force: InForce | None = None
    conflicts: frozenset[PersonId] = frozenset()
    documents: tuple[Document, ...] = ()
    cancelled: frozenset[ItemId] = frozenset()
    last_version: int = 1
    """The highest number that a version of it has had, also one that was not approved."""

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the plan at all (D10)."""
        return organisation in (self.organisation, self.run_by)

    @property
    def stage(self) -> Stage:
        """Where the plan is; an amendment that is asked for has a stage of its own."""
        return self.in_force.stage if self.in_force else self.first.stage

    @property
    def first(self) -> Proposal:
        """What is asked for, of a plan that was never in force."""
        assert self.proposal is not None, "a plan is asked for or in force"
        return self.proposal

    @property
    def amendment(self) -> Proposal | None:
        return self.proposal if self.in_force else None

    @property
    def items(self) -> tuple[Item, ...]:
        """What is in force; before the first approval, what is asked for."""
        return self.in_force.items if self.in_force else self.first.items

    def item(self, item: ItemId) -> Item | None:
        return next((i for i in self.items if i.item == item), None)

    def known(self, item: ItemId) -> Item | None:
        """The item as it is asked for, or else as it is in force."""
        asked = self.proposal.item(item) if self.proposal else None
        return asked or self.item(item)

    @property
    def live(self) -> tuple[Item, ...]:
        """The items that were not cancelled."""
        return tuple(i for i in self.items if i.item not in self.cancelled)

    @property
    def total(self) -> Money:
        return self.total_of(self.live)

    def total_of(self, items: Sequence[Item]) -> Money:
        return total((i.ceiling for i in items), self.currency)

    def cash_of(self, items: Sequence[Item]) -> Money:
        """How much of that is handed over as cash."""
        return self.total_of(tuple(i for i in items if i.modality is Modality.CASH))

    def parts_of(self, items: Sequence[Item]) -> dict[PersonId, Held]:
        """For whom of the household how much of that is."""
        return parts_of((i.person or self.returnee, i.modality, i.ceiling) for i in items)

    def others_of(self, items: Sequence[Item]) -> dict[PersonId, Held]:
        """What of it is for others than the principal applicant."""
        return self.parts_of([i for i in items if i.person is not None])

    @property
    def approvers(self) -> tuple[PersonId, ...]:
        return self.in_force.approvers if self.in_force else self.first.approvers

    @property
    def waits_for_case(self) -> bool:
        """Whether it rests because its case does, and goes on when that does."""
        return self.in_force is not None and self.in_force.suspended_by == SYSTEM

    @property
    def over(self) -> bool:
        return self.stage in OVER

    @property
    def version(self) -> int:
        return self.in_force.version if self.in_force else self.first.version

    @property
    def digest(self) -> Digest:
        """Of what is in force; before the first approval, of what is asked for."""
        return self.in_force.digest if self.in_force else self.digest_of(self.first)

    def digest_of(self, proposal: Proposal) -> Digest:
        """What a signature on that proposal names."""
        return digest(self.id, self.case, proposal.items, proposal.version)


def digest(plan: PlanId, case: CaseId, items: tuple[Item, ...], version: int = 1) -> Digest:
    """SHA-256 over the canonical bytes of what the returnee signs: the plan and its items.

    An amendment's version is part of it; the first version has no number on the paper.
    """
    number = [version] if version > 1 else []
    return Digest(hashlib.sha256(canonical([plan, case, items, *number])).hexdigest())
