"""What clients are told: no personal value is among it."""

from datetime import date, datetime
from typing import Any, Self

from events.canonical import plain
from events.io.http import Answer
from events.money import Money
from events.personal import Kind
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.funds import Funds, Lack
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Item, Plan, Proposal
from plans.domain.programme import Dimension, Modality, Needed, Policy, Programme, Version
from plans.domain.programme_proposal import ProposedPage
from plans.domain.shares import Parts, Pool, Share, of, remaining


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
    vendors: dict[str, Any] | None
    """What is asked of vendors, as `plans.vendor_rules_published.v1` has it; None: no more."""
    findings: dict[str, Any] | None
    """What is looked at twice, as `plans.finding_rules_published.v1` has it; None: as anywhere."""
    offices: dict[str, str]
    """Each office's time zone."""

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
            vendors=plain(version.vendors) if version.vendors else None,
            findings=plain(version.findings) if version.findings else None,
            offices={each.office: each.time_zone for each in version.offices},
        )


class ProposalAnswer(Answer):
    """The page that was proposed last; it is in force once another person publishes it."""

    programme: ProgrammeId
    digest: Digest
    """Of what the page says."""
    proposed_by: PersonId

    @classmethod
    def of(cls, state: ProposedPage, _version: int) -> "ProposalAnswer":
        return cls(programme=state.programme, digest=state.digest, proposed_by=state.by)


class DocumentAnswer(Answer):
    kind: Code
    digest: Digest


class ItemAnswer(Answer):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    person: PersonId
    """For whom of the household it is."""
    documents: tuple[DocumentAnswer, ...]
    cancelled: bool


def _items(plan: Plan, items: tuple[Item, ...]) -> tuple[ItemAnswer, ...]:
    return tuple(
        ItemAnswer(
            item=each.item,
            type=each.type,
            dimension=each.dimension,
            modality=each.modality,
            spec=each.spec,
            ceiling=each.ceiling,
            person=each.person or plan.returnee,
            documents=tuple(
                DocumentAnswer(kind=d.kind, digest=d.digest)
                for d in plan.documents
                if d.item == each.item
            ),
            cancelled=each.item in plan.cancelled,
        )
        for each in items
    )


class AmendmentAnswer(Answer):
    """The next version of a plan in force, as it is asked for."""

    plan_version: int
    stage: Stage
    items: tuple[ItemAnswer, ...]
    total: Money
    digest: Digest
    """What a signature on the amendment names."""
    signed: bool
    drafter: PersonId
    quorum: int
    approvers: tuple[PersonId, ...]
    opponents: tuple[PersonId, ...]
    answer_by: datetime | None

    @classmethod
    def of(cls, plan: Plan, asked: Proposal) -> "AmendmentAnswer":
        return cls(
            plan_version=asked.version,
            stage=asked.stage,
            items=_items(plan, asked.items),
            total=plan.total_of(asked.items),
            digest=plan.digest_of(asked),
            signed=asked.signed is not None,
            drafter=asked.drafter,
            quorum=asked.quorum,
            approvers=asked.approvers,
            opponents=asked.opponents,
            answer_by=asked.answer_by,
        )


class ShortAnswer(Answer):
    """What an item asks of its budget line, and the line does not have."""

    item: ItemId
    category: Code
    because: Lack
    asked: Money


class FundsAnswer(Answer):
    """Whether the money for what is approved is kept on its budget lines."""

    earmarked: bool
    """No: nothing is committed for it until it is."""
    short: tuple[ShortAnswer, ...]

    @classmethod
    def of(cls, funds: Funds | None) -> "FundsAnswer | None":
        if funds is None:
            return None
        return cls(
            earmarked=not funds.short,
            short=tuple(
                ShortAnswer(
                    item=each.item, category=each.category, because=each.because, asked=each.asked
                )
                for each in funds.short
            ),
        )


class PlanAnswer(Answer):
    plan: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    plan_version: int
    """1 is the first; each approved amendment is in force in place of the one before."""
    stage: Stage
    items: tuple[ItemAnswer, ...]
    total: Money
    """Of the items that were not cancelled."""
    digest: Digest
    """Of the plan as it stands: what a signature names."""
    signed: bool
    drafter: PersonId
    counsellor: PersonId
    quorum: int
    approvers: tuple[PersonId, ...]
    opponents: tuple[PersonId, ...]
    conflicts: tuple[PersonId, ...]
    answer_by: datetime | None
    """When it goes back by itself, if it is not decided on before."""
    amendment: AmendmentAnswer | None
    funds: FundsAnswer | None
    """Told where the plan is read; None as long as disbursement has not told."""
    version: int

    @classmethod
    def of(cls, state: Plan, version: int, funds: Funds | None = None) -> "PlanAnswer":
        first = None if state.in_force else state.first
        return cls(
            plan=state.id,
            case=state.case,
            returnee=state.returnee,
            programme=state.programme,
            programme_version=state.programme_version,
            plan_version=state.version,
            stage=state.stage,
            items=_items(state, state.items),
            total=state.total,
            digest=state.digest,
            signed=first is None or first.signed is not None,
            drafter=state.drafter,
            counsellor=state.counsellor,
            quorum=first.quorum if first else len(state.approvers),
            approvers=state.approvers,
            opponents=first.opponents if first else (),
            conflicts=tuple(sorted(state.conflicts)),
            answer_by=first.answer_by if first else None,
            amendment=AmendmentAnswer.of(state, state.amendment) if state.amendment else None,
            funds=FundsAnswer.of(funds),
            version=version,
        )


class PaperAnswer(Answer):
    """A document that the programme asks for, and whether anybody has recorded it."""

    item: ItemId
    kind: Code
    needed: Needed
    seen: bool


class PapersAnswer(Answer):
    """All documents that the programme asks for of a plan's items, in the order of their need."""

    plan: PlanId
    papers: tuple[PaperAnswer, ...]
    missing: int

    @classmethod
    def of(cls, plan: Plan, items: tuple[Item, ...], policy: Policy) -> "PapersAnswer":
        seen = {(each.item, each.kind) for each in plan.documents}
        rules = {each.item: policy.assistance_of(each.type) for each in items}
        papers = tuple(
            PaperAnswer(item=item, kind=kind, needed=needed, seen=(item, kind) in seen)
            for needed in Needed
            for item, wanted in rules.items()
            if wanted is not None
            for kind in wanted.needed(needed)
        )
        return cls(plan=plan.id, papers=papers, missing=sum(not each.seen for each in papers))


class QueueLine(Answer):
    """A plan or an amendment that the committee has to decide on, and whether you have a vote."""

    plan: PlanAnswer
    you_may_vote: bool
    because: str | None
    """The rule that keeps you from it."""


class ShareAnswer(Answer):
    """What one person of the household may receive, and what of it remains."""

    person: PersonId
    total: Money
    cash_at_most: Money
    pooled: bool
    """Whether it is used with other shares: what remains is then what they have together."""
    drawn: Money
    planned: Money
    remaining: Money

    @classmethod
    def of(
        cls, shares: tuple[Share, ...], pool: Pool, drawn: Parts, planned: Parts
    ) -> tuple[Self, ...]:
        return tuple(
            cls(
                person=share.person,
                total=share.total,
                cash_at_most=share.cash_at_most,
                pooled=len(pool.circle(share.person)) > 1,
                drawn=of({share.person}, drawn, share.total.currency).amount,
                planned=of({share.person}, planned, share.total.currency).amount,
                remaining=remaining(shares, pool, share, planned),
            )
            for share in shares
        )


class EntitlementAnswer(Answer):
    """How much a case may receive, how much is planned, and until when."""

    case: CaseId
    programme: ProgrammeId
    programme_version: int | None
    consented: bool
    total: Money | None
    cash_cap: Money | None
    planned: Money | None
    """What is drawn, and what a plan in the making asks for."""
    drawn: Money | None
    """What is promised: plans in force, emergency items, shares in projects."""
    remaining: Money | None
    shares: tuple[ShareAnswer, ...]
    """What each person of the household may receive of it."""
    claim_by: date | None
    use_by: date | None


class OwnWordsAnswer(Answer):
    """What the returnee said about each item; an item that nothing was said of is absent."""

    plan: PlanId
    returnee: PersonId
    words: dict[ItemId, str]
    erased: tuple[Kind, ...]
    """The kinds that were erased of this person: nobody has them any more."""
