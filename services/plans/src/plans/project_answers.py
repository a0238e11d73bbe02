"""What clients are told of projects: no personal value is among it."""

from events.io.http import Answer
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, PersonId, ProgrammeId, ProjectId
from plans.answers import FundsAnswer
from plans.domain.funds import Funds
from plans.domain.programme import Dimension, Level, Modality
from plans.domain.project.kinds import Stage
from plans.domain.project.state import Project


class LineAnswer(Answer):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money


class ShareAnswer(Answer):
    case: CaseId
    returnee: PersonId
    basis_points: int
    amount: Money | None
    """What it is in money; None as long as the shares do not come to 100 percent."""
    signed: bool
    withdrawn: bool


class RecordedAnswer(Answer):
    kind: Code
    digest: Digest


class ProjectAnswer(Answer):
    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    level: Level
    organisation: Code
    stage: Stage
    items: tuple[LineAnswer, ...]
    total: Money
    shares: tuple[ShareAnswer, ...]
    host_basis_points: int
    host_amount: Money | None
    """What the grant pays for the host community; None like a share's."""
    documents: tuple[RecordedAnswer, ...]
    digest: Digest
    """Of the project as it stands, with all shares: what a signature names."""
    drafter: PersonId
    counsellors: tuple[PersonId, ...]
    approvers: tuple[PersonId, ...]
    opponents: tuple[PersonId, ...]
    conflicts: tuple[PersonId, ...]
    funds: FundsAnswer | None
    """None: nobody has told yet."""
    version: int

    @classmethod
    def of(cls, state: Project, version: int, kept: Funds | None = None) -> "ProjectAnswer":
        amounts = state.amounts if state.agreed else {}
        return cls(
            project=state.id,
            programme=state.programme,
            programme_version=state.programme_version,
            level=state.level,
            organisation=state.organisation,
            stage=state.stage,
            items=tuple(
                LineAnswer(
                    item=each.item,
                    type=each.type,
                    dimension=each.dimension,
                    modality=each.modality,
                    spec=each.spec,
                    ceiling=each.ceiling,
                )
                for each in state.items
            ),
            total=state.total,
            shares=tuple(
                ShareAnswer(
                    case=each.case,
                    returnee=each.returnee,
                    basis_points=each.basis_points,
                    amount=amounts.get(each.case),
                    signed=each.signed,
                    withdrawn=each.withdrawn,
                )
                for each in state.shares
            ),
            host_basis_points=state.host_basis_points,
            host_amount=state.host_amount if state.agreed else None,
            documents=tuple(
                RecordedAnswer(kind=each.kind, digest=each.digest) for each in state.documents
            ),
            digest=state.digest,
            drafter=state.drafter,
            counsellors=tuple(sorted(state.counsellors)),
            approvers=state.approvers,
            opponents=state.opponents,
            conflicts=tuple(sorted(state.conflicts)),
            funds=FundsAnswer.of(kept),
            version=version,
        )
