"""What the facts of a sourcing amount to."""

from collections.abc import Collection
from datetime import date
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import State
from events.money import Money
from events.values import (
    CaseId,
    Code,
    Digest,
    ItemId,
    PersonId,
    PlanId,
    QuotationId,
    SourcingId,
    VendorId,
)
from vendors.domain.duties import Acts, Duty
from vendors.domain.programme import Band, Buying
from vendors.domain.sourcing.facts import (
    AwardTakenBack,
    AwardVoted,
    CompetitionTermsNamed,
    CompetitionWaived,
    CounsellorsNamed,
    QuotationReceived,
    QuotationsCompared,
    QuotationsRequested,
    QuotationWithdrawn,
    SourcingCancelled,
    SourcingEvent,
    VendorSelected,
    WrittenRequestSent,
)
from vendors.domain.sourcing.kinds import Reason, Stage, Vote
from vendors.domain.terms import Terms


class Quotation(msgspec.Struct, frozen=True):
    id: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class Waiver(msgspec.Struct, frozen=True):
    reason: Code
    expires: date


class Comparison(msgspec.Struct, frozen=True):
    """The offers that stood, the recommended one first."""

    ranking: tuple[QuotationId, ...]
    reason: Reason

    @property
    def recommended(self) -> QuotationId:
        return self.ranking[0]


class Sourcing(State, frozen=True):
    id: SourcingId
    item: ItemId
    case: CaseId
    plan: PlanId
    spec: Code
    estimate: Money
    counsellor: PersonId
    buying: Buying
    stage: Stage
    acts: Acts = ()
    quotations: tuple[Quotation, ...] = ()
    waiver: Waiver | None = None
    selected: QuotationId | None = None
    selected_by: PersonId | None = None
    named: frozenset[PersonId] = frozenset()
    """All counsellors, where there are several."""
    asked_on: date | None = None
    """The day of the written request."""
    letter: Digest | None = None
    country: Code | None = None
    """By whose calendar offers are waited for."""
    terms: Terms | None = None
    withdrawn: tuple[Quotation, ...] = ()
    comparison: Comparison | None = None
    """Of the offers as they are; another offer makes it void, and the votes with it."""
    votes: tuple[tuple[PersonId, Vote], ...] = ()

    @property
    def counsellors(self) -> frozenset[PersonId]:
        """Of the case; of all participants, for a project."""
        return self.named | {self.counsellor}

    @property
    def band(self) -> Band:
        """Whose waiver it would be: by the item's own value, or by the next that needs one.

        A small purchase needs none by itself, but may when it counts together with others.
        """
        return self.buying.competing(self.estimate)

    def standing(self, today: date, barred: Collection[VendorId]) -> tuple[Quotation, ...]:
        """The offers that count; the others are dead."""
        return tuple(
            each
            for each in self.quotations
            if each.valid_until >= today and each.vendor not in barred
        )

    def cited(self, standing: tuple[Quotation, ...]) -> tuple[Digest, ...]:
        """The papers that an award among these offers rests on."""
        letter = (self.letter,) if self.letter else ()
        return (*letter, *(each.document for each in standing))

    def said(self, vote: Vote) -> int:
        """How many of the committee said so."""
        return sum(each is vote for _, each in self.votes)

    def of(self, vendor: VendorId) -> Quotation | None:
        return next((q for q in self.quotations if q.vendor == vendor), None)


def evolve(sourcing: Sourcing | None, event: SourcingEvent) -> Sourcing:
    if isinstance(event, QuotationsRequested):
        return Sourcing(
            id=event.sourcing,
            item=event.item,
            case=event.case,
            plan=event.plan,
            spec=event.spec,
            estimate=event.estimate,
            counsellor=event.counsellor,
            buying=event.buying,
            stage=Stage.OPENED,
        )
    assert sourcing is not None, "a fact about a sourcing that nobody opened"
    match event:
        case CounsellorsNamed(counsellors=counsellors):
            return replace(sourcing, named=frozenset(counsellors))
        case CompetitionTermsNamed(country=country, terms=terms):
            return replace(sourcing, country=country, terms=terms)
        case WrittenRequestSent(sent_on=day, document=letter):
            asked = (Duty.COLLECTED_QUOTATIONS, event.by)
            acts = (*sourcing.acts, asked)
            return replace(sourcing, asked_on=day, letter=letter, acts=acts)
        case QuotationReceived():
            offer = Quotation(
                event.quotation, event.vendor, event.total, event.document, event.valid_until
            )
            return replace(
                sourcing,
                quotations=(*sourcing.quotations, offer),
                acts=(*sourcing.acts, (Duty.COLLECTED_QUOTATIONS, event.by)),
                comparison=None,
                votes=(),
            )
        case QuotationWithdrawn(quotation=quotation):
            return _without(sourcing, quotation)
        case QuotationsCompared():
            return replace(
                sourcing,
                comparison=Comparison(event.ranking, event.reason),
                votes=(),
                acts=(*sourcing.acts, (Duty.COMPARED_QUOTATIONS, event.by)),
            )
        case AwardVoted():
            return replace(sourcing, votes=(*sourcing.votes, (event.by, event.vote)))
        case CompetitionWaived():
            return replace(
                sourcing,
                waiver=Waiver(event.reason, event.expires),
                acts=(*sourcing.acts, (Duty.WAIVED_COMPETITION, event.by)),
            )
        case VendorSelected():
            return replace(
                sourcing, stage=Stage.AWARDED, selected=event.quotation, selected_by=event.by
            )
        case AwardTakenBack():
            return replace(sourcing, stage=Stage.TAKEN_BACK)
        case SourcingCancelled():
            return replace(sourcing, stage=Stage.CANCELLED)
        case _:
            assert_never(event)


def _without(sourcing: Sourcing, quotation: QuotationId) -> Sourcing:
    gone = tuple(each for each in sourcing.quotations if each.id == quotation)
    return replace(
        sourcing,
        quotations=tuple(each for each in sourcing.quotations if each.id != quotation),
        withdrawn=(*sourcing.withdrawn, *gone),
        comparison=None,
        votes=(),
    )
