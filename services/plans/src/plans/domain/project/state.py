"""What the facts about a project amount to."""

import hashlib
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.canonical import canonical
from events.decider import State
from events.money import Money, total
from events.values import CaseId, Code, Digest, ItemId, PersonId, ProgrammeId, ProjectId
from plans.domain.plan.state import Item
from plans.domain.programme import Level
from plans.domain.project import facts
from plans.domain.project.allocation import WHOLE, allocate
from plans.domain.project.facts import ProjectEvent
from plans.domain.project.kinds import Stage


class Share(msgspec.Struct, frozen=True):
    case: CaseId
    returnee: PersonId
    counsellor: PersonId
    basis_points: int
    signed: bool = False
    withdrawn: bool = False
    """Its participant left when the money was spent; the share stays what it was."""


class Document(msgspec.Struct, frozen=True):
    kind: Code
    digest: Digest


class Project(State, frozen=True, kw_only=True):
    id: ProjectId
    programme: ProgrammeId
    programme_version: int
    level: Level
    run_by: Code
    organisation: Code
    currency: Code
    drafter: PersonId
    stage: Stage = Stage.PROPOSED
    items: tuple[Item, ...] = ()
    shares: tuple[Share, ...] = ()
    host_basis_points: int = 0
    documents: tuple[Document, ...] = ()
    makers: frozenset[PersonId] = frozenset()
    """Everybody who proposed or changed it."""
    counsellors: frozenset[PersonId] = frozenset()
    """Of everybody who ever had a share."""
    assessors: frozenset[PersonId] = frozenset()
    conflicts: frozenset[PersonId] = frozenset()
    approvers: tuple[PersonId, ...] = ()
    opponents: tuple[PersonId, ...] = ()
    drawing: frozenset[CaseId] = frozenset()
    """The cases whose entitlement it draws on, since it was approved."""

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the project at all (D10)."""
        return organisation in (self.organisation, self.run_by)

    def item(self, item: ItemId) -> Item | None:
        return next((i for i in self.items if i.item == item), None)

    def share(self, case: CaseId) -> Share | None:
        return next((s for s in self.shares if s.case == case), None)

    @property
    def whole(self) -> int:
        """What the shares come to, in basis points."""
        return sum(s.basis_points for s in self.shares) + self.host_basis_points

    @property
    def total(self) -> Money:
        return total((i.ceiling for i in self.items), self.currency)

    @property
    def amounts(self) -> dict[CaseId, Money]:
        """What each participant's share is in money. The shares are whole."""
        return dict(zip((s.case for s in self.shares), self._parts(), strict=False))

    @property
    def host_amount(self) -> Money:
        """What the grant pays for the host community. The shares are whole."""
        return self._parts()[-1]

    def _parts(self) -> list[Money]:
        return allocate(
            self.total, [*(s.basis_points for s in self.shares), self.host_basis_points]
        )

    @property
    def agreed(self) -> bool:
        """Whether the shares are whole."""
        return self.whole == WHOLE

    @property
    def digest(self) -> Digest:
        """SHA-256 over the canonical bytes of what each participant signs: all of it."""
        shares = [(s.case, s.basis_points) for s in self.shares]
        said = [self.id, self.items, shares, self.host_basis_points]
        return Digest(hashlib.sha256(canonical(said)).hexdigest())


def evolve(project: Project | None, event: ProjectEvent) -> Project:
    if isinstance(event, facts.ProjectProposed):
        return _proposed(event)
    assert project is not None, "a fact about a project that nobody proposed"
    match event:
        case facts.ProjectItemProposed():
            return _changed(project, event.by, items=(*project.items, _item(event)))
        case facts.ProjectItemRemoved():
            rest = tuple(i for i in project.items if i.item != event.item)
            return _changed(project, event.by, items=rest)
        case facts.ProjectSharesSet():
            return _shared(project, event)
        case facts.ProjectShareSigned():
            return replace(project, shares=_with(project, event.case, signed=True))
        case facts.ProjectDocumentRecorded():
            recorded = Document(event.kind, event.digest)
            return replace(project, documents=(*project.documents, recorded))
        case facts.ProjectShareWithdrawn():
            return _withdrawn(project, event)
        case _:
            return _judged(project, event)


def _judged(
    project: Project,
    event: facts.ProjectSubmitted
    | facts.ProjectFeasibilityConfirmed
    | facts.ProjectReturned
    | facts.ProjectConflictDeclared
    | facts.ProjectApprovalRecorded
    | facts.ProjectRejectionRecorded
    | facts.ProjectApproved
    | facts.ProjectRejected
    | facts.ProjectCancelled
    | facts.ProjectHandedOver,
) -> Project:
    match event:
        case facts.ProjectSubmitted():
            return replace(project, stage=Stage.AGREED)
        case facts.ProjectFeasibilityConfirmed():
            assessors = project.assessors | {event.by}
            return replace(project, stage=Stage.FEASIBLE, assessors=assessors)
        case facts.ProjectReturned():
            return replace(project, stage=_open(project), approvers=(), opponents=())
        case facts.ProjectConflictDeclared():
            return replace(
                project,
                conflicts=project.conflicts | {event.person},
                approvers=tuple(m for m in project.approvers if m != event.person),
                opponents=tuple(m for m in project.opponents if m != event.person),
            )
        case facts.ProjectApprovalRecorded():
            return replace(project, approvers=(*project.approvers, event.member))
        case facts.ProjectRejectionRecorded():
            return replace(project, opponents=(*project.opponents, event.member))
        case facts.ProjectApproved():
            drawing = frozenset(share.case for share in event.shares)
            return replace(project, stage=Stage.APPROVED, drawing=drawing)
        case facts.ProjectRejected():
            return replace(project, stage=Stage.REJECTED, drawing=frozenset())
        case facts.ProjectCancelled():
            return replace(project, stage=Stage.CANCELLED, drawing=frozenset())
        case facts.ProjectHandedOver():
            return replace(project, stage=Stage.HANDED_OVER)
        case _:
            assert_never(event)


def _proposed(event: facts.ProjectProposed) -> Project:
    return Project(
        id=event.project,
        programme=event.programme,
        programme_version=event.programme_version,
        level=event.level,
        run_by=event.run_by,
        organisation=event.organisation,
        currency=event.currency,
        drafter=event.by,
        makers=frozenset({event.by}),
    )


def _item(event: facts.ProjectItemProposed) -> Item:
    return Item(
        item=event.item,
        type=event.assistance,
        dimension=event.dimension,
        modality=event.modality,
        spec=event.spec,
        ceiling=event.ceiling,
    )


def _changed(project: Project, by: PersonId, *, items: tuple[Item, ...]) -> Project:
    """Any change voids all signatures (S2)."""
    unsigned = tuple(replace(s, signed=False) for s in project.shares)
    return replace(project, items=items, shares=unsigned, makers=project.makers | {by})


def _shared(project: Project, event: facts.ProjectSharesSet) -> Project:
    return replace(
        project,
        shares=tuple(Share(s.case, s.returnee, s.counsellor, s.basis_points) for s in event.shares),
        host_basis_points=event.host_basis_points,
        counsellors=project.counsellors | {s.counsellor for s in event.shares},
        makers=project.makers | {event.by},
    )


def _withdrawn(project: Project, event: facts.ProjectShareWithdrawn) -> Project:
    if project.stage is Stage.APPROVED and not event.stops_orders:
        return replace(project, shares=_with(project, event.case, withdrawn=True))
    left = tuple(replace(s, signed=False) for s in project.shares if s.case != event.case)
    drawing = project.drawing - {event.case}
    stage = Stage.SHORT if event.stops_orders else _open(project)
    return replace(project, stage=stage, shares=left, drawing=drawing, approvers=(), opponents=())


def _open(project: Project) -> Stage:
    """Where it is changed: as a proposal, or as an approved project that has become short."""
    return Stage.SHORT if project.drawing else Stage.PROPOSED


def _with(project: Project, case: CaseId, **changed: bool) -> tuple[Share, ...]:
    return tuple(replace(s, **changed) if s.case == case else s for s in project.shares)
