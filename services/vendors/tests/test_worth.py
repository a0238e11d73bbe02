"""What is bought in several currencies is added up as one purchase."""

from msgspec.structs import replace
from services.vendors.tests.desk import (
    BREAD,
    EUR_IQD,
    VendorDesk,
    ok,
    plan_approved,
    programme_published,
    refused,
)
from services.vendors.tests.people import BUYING, NOON
from services.vendors.tests.test_api import (
    approved_vendor,
    desk,  # noqa: F401
    offer,
)

from events.money import Money
from events.values import Code, ItemId, PersonId, PlanId, ProgrammeId
from vendors.domain import worth
from vendors.domain.need import PlannedItem, approved
from vendors.domain.programme import published


async def test_what_was_awarded_in_another_currency_counts_at_the_published_rate(
    desk: VendorDesk,  # noqa: F811
) -> None:
    """Half under a programme that plans in dollars, half under one in euros: one purchase."""
    vendor, salt = await approved_vendor(desk), ItemId("itm_salt")
    dollars = replace(
        BUYING,
        bands=tuple(replace(b, below=Money(b.below.minor, "USD")) for b in BUYING.bands),
    )
    there = ProgrammeId("prg_dollars")
    await desk.heard(published, replace(programme_published, programme=there, buying=dollars))
    items = (PlannedItem(salt, Code("basic_needs"), Code("salt"), Money(10_000, "USD")),)
    plan = replace(plan_approved, plan=PlanId("pla_2"), programme=there, items=items)
    await desk.heard(approved, plan)
    in_dinars = replace(EUR_IQD.rate, base=Code("USD"), value=worth.RateValue("1300"))
    await desk.heard(worth.published, replace(EUR_IQD, rate=in_dinars), source="disbursement")
    for item in (salt, BREAD):
        sourcing = ok(await desk.nadia.post("/v1/sourcings", {"item": item}), 201)["sourcing"]
        path = f"/v1/sourcings/{sourcing}"
        quotation = await offer(desk, vendor, "130000.000", item[-1])
        ok(await desk.nadia.post(f"{path}/quotations", quotation, if_match=2))
        answer = await desk.karim.post(f"{path}/select", {"vendor": vendor}, if_match=3)
    assert refused(answer) == (422, "NoRateToAddUp")
    rate = worth.Rate(
        base=Code("EUR"),
        quote=Code("USD"),
        value=worth.RateValue("1.25"),
        source=Code("ECB"),
        date=NOON.date(),
    )
    told = worth.ExchangeRatePublished(by=PersonId("per_maria"), at=NOON, rate=rate)
    await desk.heard(worth.published, told, source="disbursement")
    answer = await desk.karim.post(f"{path}/select", {"vendor": vendor}, if_match=3)
    assert refused(answer) == (422, "TooFewQuotations")
    assert answer.json()["facts"]["value"] == {"amount": "180.00", "currency": "EUR"}
    right = replace(rate, value=worth.RateValue("1"))
    corrected = worth.ExchangeRateCorrected(by=PersonId("per_maria"), at=NOON, rate=right)
    await desk.heard(worth.published, corrected, source="disbursement")
    answer = await desk.karim.post(f"{path}/select", {"vendor": vendor}, if_match=3)
    assert answer.json()["facts"]["value"] == {"amount": "200.00", "currency": "EUR"}
    withdrawn = worth.ExchangeRateWithdrawn(by=PersonId("per_maria"), at=NOON, rate=right)
    await desk.heard(worth.published, withdrawn, source="disbursement")
    answer = await desk.karim.post(f"{path}/select", {"vendor": vendor}, if_match=3)
    assert refused(answer) == (422, "NoRateToAddUp")
