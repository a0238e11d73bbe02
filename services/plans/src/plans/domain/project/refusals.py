"""Why a project says no, where a plan would not say the same."""

from dataclasses import dataclass
from typing import ClassVar

from events.decider import Rejected
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, ProjectId
from plans.domain.programme import Level
from plans.domain.project.kinds import Stage


@dataclass(unsafe_hash=True)
class NoSuchProject(Rejected):
    """There is no such project, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class ProposedAlready(Rejected):
    """This project was proposed before."""

    project: ProjectId


@dataclass(unsafe_hash=True)
class ProjectIsAt(Rejected):
    """The act needs the project at another stage."""

    stage: Stage
    needed: tuple[Stage, ...]


@dataclass(unsafe_hash=True)
class NoProjectsHere(Rejected):
    """The programme has no projects of this level."""

    level: Level


@dataclass(unsafe_hash=True)
class NotForProjects(Rejected):
    """The programme gives this type of assistance at other levels, or not as goods and services."""

    type: Code
    level: Level


@dataclass(unsafe_hash=True)
class AboveProjectLimit(Rejected):
    """The programme allows less for one project of a community."""

    together: Money
    at_most: Money


@dataclass(unsafe_hash=True)
class SharesNotWhole(Rejected):
    """All shares come to 100 percent, which is 10000 basis points (A7)."""

    basis_points: int


@dataclass(unsafe_hash=True)
class ShareTwice(Rejected):
    """One case has one share."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ShareOutOfBounds(Rejected):
    """The programme allows a share no smaller and no larger than this, in basis points."""

    case: CaseId
    basis_points: int
    at_least: int
    at_most: int


@dataclass(unsafe_hash=True)
class NumberOfParticipants(Rejected):
    """The programme wants no fewer and no more participants."""

    number: int
    at_least: int
    at_most: int


@dataclass(unsafe_hash=True)
class HostShareOutOfBounds(Rejected):
    """What the host community gets is within the programme's bounds; nothing, if there is none."""

    basis_points: int
    at_least: int
    at_most: int


@dataclass(unsafe_hash=True)
class OtherProgramme(Rejected):
    """A participant's case is under the programme of the project."""

    case: CaseId


@dataclass(unsafe_hash=True)
class RestrictedCase(Rejected):
    """Who must not be known of is not named among those who share in a project."""

    case: CaseId


@dataclass(unsafe_hash=True)
class NoShare(Rejected):
    """This case has no share in the project."""

    case: CaseId


@dataclass(unsafe_hash=True)
class WithdrawnAlready(Rejected):
    """This share was withdrawn before."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ShareNotSigned(Rejected):
    """Each participant signs the project as it stands; any change voids all signatures (S2)."""

    case: CaseId


@dataclass(unsafe_hash=True)
class NotArrived(Rejected):
    """A project starts when all its participants are there (S3)."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ProjectDocumentMissing(Rejected):
    """The programme wants to see this document before approval."""

    kind: Code


@dataclass(unsafe_hash=True)
class ProjectDocumentNotAskedFor(Rejected):
    """The programme asks for other documents."""

    kind: Code
    asked_for: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class OrderedAlready(Rejected):
    """Something was ordered for the project: it is carried out, not cancelled."""

    project: ProjectId


@dataclass(unsafe_hash=True)
class NotYetThere(Rejected):
    """Handed over is what was delivered and paid for."""

    items: tuple[ItemId, ...]


@dataclass(unsafe_hash=True)
class SameDocument(Rejected):
    """This document was recorded for the project before."""

    digest: Digest
