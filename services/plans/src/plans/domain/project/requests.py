"""What may be asked of a project. A command carries what it rests on: how the cases of the
participants stand as intake tells it, and the rules of the programme version it is pinned to.
"""

import msgspec

from events.decider import Command
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, PersonId, ProgrammeId, ProjectId
from plans.domain.plan.kinds import Method, Rejection, Revision
from plans.domain.programme import Assistance, Level, Policy
from plans.domain.project.kinds import Cancellation, Leaving
from plans.domain.standing import Standing


class ProjectCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


class ProposeProject(ProjectCommand, frozen=True):
    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    policy: Policy
    level: Level


class ProposeProjectItem(ProjectCommand, frozen=True):
    policy: Policy
    item: ItemId
    type: Code
    assistance: Assistance | None
    """The programme's rules for that type, if it has it."""
    spec: Code
    ceiling: Money
    restricted: bool = False
    """Somebody has a share whose case is restricted."""


class RemoveProjectItem(ProjectCommand, frozen=True):
    item: ItemId


class ShareAsked(msgspec.Struct, frozen=True):
    case: CaseId
    basis_points: int
    standing: Standing | None


class SetShares(ProjectCommand, frozen=True):
    policy: Policy
    shares: tuple[ShareAsked, ...]
    host_basis_points: int
    """What the host community gets of it, in hundredths of a percent."""


class SignShare(ProjectCommand, frozen=True):
    case: CaseId
    standing: Standing | None
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    """Of the project as it lay on the table, with all shares."""
    witness: PersonId | None = None


class RecordProjectDocument(ProjectCommand, frozen=True):
    kind: Code
    kinds: tuple[Code, ...]
    """Those that the programme asks for."""
    digest: Digest


class SubmitProject(ProjectCommand, frozen=True):
    standings: tuple[Standing, ...]
    documents: tuple[Code, ...]
    """What the programme wants to see before approval."""


class ConfirmProject(ProjectCommand, frozen=True):
    pass


class ReturnProject(ProjectCommand, frozen=True):
    reasons: tuple[Revision, ...]


class DeclareProjectConflict(ProjectCommand, frozen=True):
    pass


class ApproveProject(ProjectCommand, frozen=True):
    standings: tuple[Standing, ...]
    policy: Policy


class RejectProject(ProjectCommand, frozen=True):
    reason: Rejection
    quorum: int


class WithdrawShare(ProjectCommand, frozen=True):
    case: CaseId
    reason: Leaving
    document: Digest
    """What says so: a signed statement, a certificate."""
    ordered: bool
    """Whether something was ordered for the project already."""


class CancelProject(ProjectCommand, frozen=True):
    reason: Cancellation
    ordered: bool


class HandOverProject(ProjectCommand, frozen=True):
    document: Digest
    """The deed by which it became theirs."""
    settled: frozenset[ItemId]
    """The items that were delivered and are paid for."""


AnyProjectCommand = (
    ProposeProject
    | ProposeProjectItem
    | RemoveProjectItem
    | SetShares
    | SignShare
    | RecordProjectDocument
    | SubmitProject
    | ConfirmProject
    | ReturnProject
    | DeclareProjectConflict
    | ApproveProject
    | RejectProject
    | WithdrawShare
    | CancelProject
    | HandOverProject
)
