"""Grants and budget lines over HTTP."""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok


async def test_a_grants_reference_and_its_categories_come_once(till: Cashier) -> None:
    name = await chain.funded(till)
    [told] = ok(await till.maria.get("/v1/grants"))["items"]
    assert (told["donor"], told["reference"]) == ("AMIF", "SK-2023-AVRR")
    assert (told["conversion"], told["rates"]) == ("rate_of_the_day_paid", "UNORE")
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    assert (line["line"], line["category"]) == (name, "business_start")
    window = {part: told[part] for part in ("donor", "reference", "currency", "opens", "closes")}
    category = {"grant": told["grant"], "category": line["category"], "ceiling": chain.eur(100)}
    of_another = window | {"donor": "EU", "reference": told["reference"].lower()}
    known = (("/v1/grants", window), ("/v1/grants", of_another), ("/v1/budget-lines", category))
    for path, again in known:
        assert await till.tries(till.maria, path, again) == (409, "claim_taken")
    assert len(ok(await till.maria.get("/v1/grants"))["items"]) == 1
    other = ok(await till.maria.post("/v1/grants", window | {"reference": "SK-2024"}), 201)
    elsewhere = category | {"grant": other["grant"]}
    await till.does(till.maria, "/v1/budget-lines", elsewhere, status=201)
