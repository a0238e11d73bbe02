"""What the facts of a sourcing amount to."""

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
    CompetitionWaived,
    CounsellorsNamed,
    QuotationReceived,
    QuotationsRequested,
    SourcingEvent,
    VendorSelected,
)
from vendors.domain.sourcing.kinds import Stage


class Quotation(msgspec.Struct, frozen=True):
    id: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class Waiver(msgspec.Struct, frozen=True):
    reason: Code
    expires: date


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
    named: frozenset[PersonId] = frozenset()
    """All counsellors, where there are several."""

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
        case QuotationReceived():
            offer = Quotation(
                event.quotation, event.vendor, event.total, event.document, event.valid_until
            )
            return replace(
                sourcing,
                quotations=(*sourcing.quotations, offer),
                acts=(*sourcing.acts, (Duty.COLLECTED_QUOTATIONS, event.by)),
            )
        case CompetitionWaived():
            return replace(
                sourcing,
                waiver=Waiver(event.reason, event.expires),
                acts=(*sourcing.acts, (Duty.WAIVED_COMPETITION, event.by)),
            )
        case VendorSelected():
            return replace(sourcing, stage=Stage.AWARDED, selected=event.quotation)
        case _:
            assert_never(event)
