"""What clients are told: no personal value is among it."""

from datetime import date
from typing import Any

from events.canonical import plain
from events.io.http import Answer
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Plan
from plans.domain.programme import Dimension, Modality, Programme, Version


class ProgrammeAnswer(Answer):
    """The version that stands."""

    programme: ProgrammeId
    version: int
    digest: Digest
    currency: Code
    organisation: Code
    since: date
    until: date
    policy: dict[str, Any]
    """All that is decided by, as the event `plans.programme_published.v2` has it."""

    @classmethod
    def of(cls, state: Programme, _version: int) -> "ProgrammeAnswer":
        return cls.at(state, state.latest)

    @classmethod
    def at(cls, state: Programme, version: Version) -> "ProgrammeAnswer":
        policy = version.policy
        return cls(
            programme=state.id,
            version=version.number,
            digest=version.digest,
            currency=policy.currency,
            organisation=policy.organisation,
            since=policy.since,
            until=policy.open_until,
            policy=plain(policy),
        )


class ItemAnswer(Answer):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money


class PlanAnswer(Answer):
    plan: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    stage: Stage
    items: tuple[ItemAnswer, ...]
    total: Money
    digest: Digest
    """Of the plan as it stands: what a signature names."""
    signed: bool
    drafter: PersonId
    counsellor: PersonId
    quorum: int
    approvers: tuple[PersonId, ...]
    conflicts: tuple[PersonId, ...]
    version: int

    @classmethod
    def of(cls, state: Plan, version: int) -> "PlanAnswer":
        return cls(
            plan=state.id,
            case=state.case,
            returnee=state.returnee,
            programme=state.programme,
            programme_version=state.programme_version,
            stage=state.stage,
            items=tuple(
                ItemAnswer(
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
            digest=state.digest,
            signed=state.signed is not None,
            drafter=state.drafter,
            counsellor=state.counsellor,
            quorum=state.quorum,
            approvers=state.approvers,
            conflicts=tuple(sorted(state.conflicts)),
            version=version,
        )


class QueueLine(Answer):
    """A plan that the committee has to decide on, and whether you have a vote."""

    plan: PlanAnswer
    you_may_vote: bool
    because: str | None
    """The rule that keeps you from it."""


class EntitlementAnswer(Answer):
    """How much a case may receive, how much is planned, and until when."""

    case: CaseId
    programme: ProgrammeId
    programme_version: int | None
    consented: bool
    total: Money | None
    cash_cap: Money | None
    planned: Money | None
    remaining: Money | None
    claim_by: date | None
    use_by: date | None


class OwnWordsAnswer(Answer):
    """What the returnee said about each item; an item that nothing was said of is absent."""

    plan: PlanId
    returnee: PersonId
    words: dict[ItemId, str]
