"""Three vendors' offers for an oven, and what is asked of the search for one of them."""

from datetime import date, datetime, timedelta

from services.vendors.tests.people import (
    BUYING,
    FLOUR,
    KARIM,
    LINA,
    NADIA,
    NOON,
    OVENS,
    PETRA,
    STEEL,
    eur,
    need,
)

from events.money import Money
from events.roles import Role
from events.values import CaseId, Code, Digest, PersonId, QuotationId, SourcingId, VendorId
from vendors.domain.calendar import Calendar
from vendors.domain.purchases import Award
from vendors.domain.sourcing.facts import (
    CompetitionWaived,
    QuotationReceived,
    QuotationsCompared,
    QuotationsRequested,
    VendorSelected,
)
from vendors.domain.sourcing.kinds import Reason
from vendors.domain.sourcing.requests import RecordQuotation, SelectVendor, WaiveCompetition
from vendors.domain.vendor.kinds import Kind, Tier
from vendors.domain.vendor.kinds import Stage as VendorStage
from vendors.domain.vendor.state import Vendor
from vendors.domain.worth import Rate, RateValue

SARA = PersonId("per_sara")
SOURCING = SourcingId("src_1")
IRAQ = Calendar(
    country=Code("IQ"),
    rest_days=frozenset({4, 5}),
    holidays=frozenset({date(2026, 3, 5)}),
)
"""Fridays and Saturdays; and one day that Thursday."""
TODAY = NOON.date()
NEXT_MONTH = TODAY + timedelta(days=30)
NUMBERS = {OVENS: 1, FLOUR: 2, STEEL: 3}


def known(vendor: VendorId, stage: VendorStage = VendorStage.APPROVED) -> Vendor:
    return Vendor(
        id=vendor,
        kind=Kind.COMPANY,
        country=Code("IQ"),
        tier=Tier.STANDARD,
        stage=stage,
        proposed_by=NADIA,
        contacts=(),
        valid_until=NEXT_MONTH,
    )


def requested(estimate: Money) -> QuotationsRequested:
    wanted = need(estimate)
    return QuotationsRequested(
        by=NADIA,
        at=NOON,
        sourcing=SOURCING,
        item=wanted.item,
        case=wanted.case,
        plan=wanted.plan,
        programme=wanted.programme,
        programme_version=1,
        spec=wanted.spec,
        estimate=estimate,
        counsellor=LINA,
        buying=BUYING,
    )


SMALL_OFFERS = Rate(
    base=Code("EUR"), quote=Code("IQD"), value=RateValue("140000"), source=Code("UNORE"), date=TODAY
)
"""By it no offer here asks for more than was planned."""


def dinars(thousands: int) -> Money:
    return Money(thousands * 1_000_000, "IQD")


def offer(vendor: VendorId, thousands: int, valid_until: date = NEXT_MONTH) -> QuotationReceived:
    number = NUMBERS[vendor]
    return QuotationReceived(
        by=NADIA,
        at=NOON,
        sourcing=SOURCING,
        quotation=QuotationId(f"quo_{number}"),
        vendor=vendor,
        total=dinars(thousands),
        document=Digest(str(number) * 64),
        valid_until=valid_until,
    )


def record(
    vendor: VendorId, total: Money, by: PersonId = NADIA, **changed: object
) -> RecordQuotation:
    number = NUMBERS[vendor]
    facts: dict[str, object] = {
        "quotation": QuotationId(f"quo_{number}"),
        "vendor": known(vendor),
        "total": total,
        "document": Digest(str(number) * 64),
        "valid_until": NEXT_MONTH,
    }
    return RecordQuotation(by=by, at=NOON, **(facts | changed))  # type: ignore[arg-type]


def select(
    vendor: VendorId = OVENS,
    by: PersonId = KARIM,
    reason: Reason | None = None,
    *lately: Award,
    stage: VendorStage = VendorStage.APPROVED,
    at: datetime = NOON,
    barred: frozenset[VendorId] = frozenset(),
) -> SelectVendor:
    return SelectVendor(
        by=by,
        at=at,
        vendor=known(vendor, stage),
        reason=reason,
        lately=lately,
        barred=barred,
        calendar=IRAQ,
        rates=(SMALL_OFFERS,),
    )


def compared(
    *numbers: int, reason: Reason = Reason.LOWEST_PRICE, dead: tuple[int, ...] = ()
) -> QuotationsCompared:
    """Nadia ranks these offers: the first is recommended."""
    return QuotationsCompared(
        by=NADIA,
        at=NOON,
        sourcing=SOURCING,
        ranking=tuple(QuotationId(f"quo_{number}") for number in numbers),
        reason=reason,
        dead=tuple(QuotationId(f"quo_{number}") for number in dead),
    )


def selected(
    quotations: int = 3, waived: str | None = None, reason: Reason = Reason.LOWEST_PRICE
) -> VendorSelected:
    return VendorSelected(
        by=KARIM,
        at=NOON,
        sourcing=SOURCING,
        item=need(eur(1)).item,
        case=CaseId("cas_1"),
        vendor=OVENS,
        quotation=QuotationId("quo_1"),
        amount=dinars(2423),
        quotations=quotations,
        reason=reason,
        waived=Code(waived) if waived else None,
        collectors=(NADIA,),
    )


def lately(value: Money) -> Award:
    return Award(SourcingId("src_0"), OVENS, CaseId("cas_0"), value)


waive = WaiveCompetition(
    by=PETRA,
    at=NOON,
    roles=frozenset({Role.PROGRAMME_MANAGER}),
    reason=Code("only_supplier"),
    expires=TODAY + timedelta(days=7),
)
waived = CompetitionWaived(
    by=PETRA,
    at=NOON,
    sourcing=SOURCING,
    reason=Code("only_supplier"),
    expires=TODAY + timedelta(days=7),
)
three_offers = (offer(OVENS, 2423), offer(FLOUR, 2600), offer(STEEL, 2710))
