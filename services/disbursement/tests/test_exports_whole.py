"""What exports tell besides: budgets and promises, amended orders, a part of the time."""

import json
from datetime import date
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace
from services.disbursement.tests import chain, test_cash
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import ITEM, LINA, NOON, OVENS, eur
from services.disbursement.tests.test_amending import for_sacks, larger_offer
from services.disbursement.tests.test_exports import (
    STANDARDS,
    approved,
    checked,
    chosen,
    exported,
    grant,
    in_the_ledger,
    made,
    needs_the_standards,
    offered,
    page,
    paid,
    rows,
    unpacked,
)
from services.disbursement.tests.test_exports import asked as sought

from disbursement.domain import reported
from disbursement.exports.iati import by_year
from events.money import Money, total
from events.values import QuotationId, SourcingId, VendorId


async def transactions(till: Cashier, kind: str) -> list[tuple[str, Money]]:
    """Day and amount of each transaction of that type."""
    root: Any = etree.fromstring(await made(till, "iati"))
    return [
        (
            each.find("transaction-date").get("iso-date"),
            Money.parse(each.find("value").text, each.find("value").get("currency")),
        )
        for each in root.iterfind(".//transaction")
        if each.find("transaction-type").get("code") == kind
    ]


async def promised(till: Cashier) -> Money:
    """All outgoing commitments."""
    return total((amount for _, amount in await transactions(till, "2")), "EUR")


async def told_of_the_programme(till: Cashier) -> None:
    await till.heard(reported.from_plans, page, view="exports")


# Promises and budgets


async def test_what_an_order_promises_is_an_outgoing_commitment(till: Cashier) -> None:
    await told_of_the_programme(till)
    line = await chain.funded(till)
    commitment = await chain.committed(till, line)
    assert await promised(till) == eur(0), "nothing is promised before there is an order"
    await chain.ordered(till, commitment)
    assert await promised(till) == (await in_the_ledger(till))["commitments"] == eur(1000)


async def test_what_was_delivered_and_paid_stays_promised(till: Cashier) -> None:
    await paid(till)
    assert (await in_the_ledger(till))["commitments"] == eur(0)
    assert await promised(till) == eur(1000)
    ((_, spent),) = await transactions(till, "4")
    assert spent == eur(1000)


async def test_what_is_taken_back_of_a_promise_is_below_zero(till: Cashier) -> None:
    await told_of_the_programme(till)
    path = await chain.ordered(till)
    less = {"lines": [{"line": 2, "quantity": 4}], "reason": "not_available"}
    await till.does(till.hana, f"{path}/reduce", less)
    stands = (await in_the_ledger(till))["commitments"]
    assert stands < eur(1000)
    assert await promised(till) == stands
    await till.does(till.hana, f"{path}/cancel", {"reason": "returnee_left"})
    assert await promised(till) == eur(0)


async def test_the_budget_is_told_by_year_and_sums_to_the_ceilings(till: Cashier) -> None:
    await paid(till)
    root: Any = etree.fromstring(await made(till, "iati"))
    budgets = root.findall(".//budget")
    amounts = [Money.parse(each.find("value").text, "EUR") for each in budgets]
    assert total(amounts, "EUR") == eur(5000)
    days = [
        (each.find("period-start").get("iso-date"), each.find("period-end").get("iso-date"))
        for each in budgets
    ]
    assert all(first[:4] == last[:4] for first, last in days)
    opened = ok(await till.maria.get("/v1/grants"))["items"][0]
    assert (days[0][0], days[-1][1]) == (opened["opens"], opened["closes"])
    assert list(days) == sorted(days)


@needs_the_standards
async def test_budgets_are_of_the_standards_lists(till: Cashier) -> None:
    await paid(till)
    root = etree.fromstring(await made(till, "iati"))
    for attribute, name in (("type", "BudgetType"), ("status", "BudgetStatus")):
        codes = etree.parse(STANDARDS / "iati" / "codelists" / f"{name}.xml")
        known = {each.text for each in codes.iterfind(".//codelist-item/code")}
        assert {each.get(attribute) for each in root.iter("budget")} <= known


# Cash, by the rule


async def test_cash_counts_by_the_grants_rule(till: Cashier) -> None:
    line = await test_cash.planned(till)
    await told_of_the_programme(till)
    await till.heard(reported.from_plans, approved, view="exports")
    asked = await till.does(till.hana, "/v1/cash", test_cash.body(line), status=201)
    path = f"/v1/cash/{asked['cash']}"
    await till.does(till.eva, f"{path}/approve")
    signed = {"proof": "signature", "document": chain.DOCUMENT}
    await till.does(test_cash.witness(till, "olga"), f"{path}/hand-over", signed)
    before = ok(await till.maria.get(f"/v1/grants/{await grant(till)}/budget"))["lines"][0]
    assert before["paid"] == chain.eur(0), "it counts when a second person has confirmed it"
    seen = {"document": chain.DOCUMENT}
    await till.does(test_cash.witness(till, "petra"), f"{path}/confirm", seen)
    said = ok(await till.maria.get(f"/v1/grants/{await grant(till)}/budget"))["lines"][0]
    assert said["paid"] == chain.eur(100)
    report = unpacked(await made(till, "donor_report"))
    told, _ = rows(report["budget.csv"])
    assert told["#value+paid+rule+eur"] == "100.00"
    assert told["#reached+cases"] == "1"
    (row,) = rows(report["payments.csv"])
    assert (row["#value+paid"], row["#currency+code"]) == ("140000.000", "IQD")
    assert row["#value+paid+rule+eur"] == "100.00"


# From a day on


async def test_the_report_from_a_day_on_tells_one_by_one_what_was_since(till: Cashier) -> None:
    await paid(till)
    on_the_day = unpacked(await made(till, "donor_report", since="2026-03-04"))
    after = unpacked(await made(till, "donor_report", since="2026-03-05"))
    assert len(rows(on_the_day["payments.csv"])) == 1
    assert rows(after["payments.csv"]) == rows(after["documents.csv"]) == []
    assert after["budget.csv"] == on_the_day["budget.csv"], "sums are of the whole"
    assert json.loads(after["report.json"])["since"] == "2026-03-05"


async def test_an_export_from_a_day_on_is_an_event_that_says_so(till: Cashier) -> None:
    await paid(till)
    done = await exported(till, "donor_report", since="2026-03-05")
    assert done["since"] == "2026-03-05"
    (event,) = [e for e in await till.trial.events() if type(e).__name__ == "GrantPeriodExported"]
    assert event.since == date(2026, 3, 5)  # type: ignore[attr-defined]
    assert event.digest == done["digest"]  # type: ignore[attr-defined]
    (listed,) = ok(await till.maria.get(f"/v1/exports?grant={done['grant']}"))["items"]
    assert listed == done


async def test_orders_that_did_not_change_since_are_not_released(till: Cashier) -> None:
    await paid(till)
    whole = json.loads(await made(till, "ocds"))["releases"]
    changed = whole[0]["date"][:10]
    assert json.loads(await made(till, "ocds", since=changed))["releases"] == whole
    body = {"grant": await grant(till), "format": "ocds", "since": "2035-01-01"}
    assert refused(await till.maria.post("/v1/exports", body)) == (422, "NothingToTell")


@pytest.mark.parametrize("form", ["iati", "hxl"])
async def test_what_the_public_is_told_in_figures_has_no_parts(till: Cashier, form: str) -> None:
    await paid(till)
    body = {"grant": await grant(till), "format": form, "since": "2026-03-05"}
    assert refused(await till.maria.post("/v1/exports", body)) == (422, "ToldInWhole")


# Orders that changed


@needs_the_standards
async def test_an_amended_order_is_told_with_its_amendment(till: Cashier) -> None:
    path, _ = await larger_offer(till)
    before = json.loads(await made(till, "ocds"))["releases"][0]
    await till.does(till.hana, f"{path}/amend", for_sacks(20))
    waits = json.loads(await made(till, "ocds"))["releases"][0]
    assert waits["contracts"] == before["contracts"], "what others have to agree to is not told"
    await till.does(till.jozef, f"{path}/certify-amendment")
    await till.does(till.eva, f"{path}/approve-amendment")
    package = json.loads(await made(till, "ocds"))
    (release,) = package["releases"]
    assert checked(package) == []
    assert "contractAmendment" in release["tag"]
    assert "contractAmendment" not in before["tag"]
    assert release["id"] != before["id"]
    (contract,) = release["contracts"]
    assert contract["value"] == {"amount": 1_800_000, "currency": "IQD"}
    assert [each["quantity"] for each in contract["items"]] == [1, 20]
    ((number, why),) = [(each["id"], each["rationale"]) for each in contract["amendments"]]
    assert (number, why) == ("1", "more")
    assert release["awards"][0]["value"] == {"amount": 1_800_000, "currency": "IQD"}


async def test_after_an_award_was_taken_back_the_next_one_is_told(till: Cashier) -> None:
    """The search that led to the order is told, not the one before it."""
    second = SourcingId("src_oven_again")
    again = replace(sought, sourcing=second)
    dearer = replace(
        offered,
        sourcing=second,
        quotation=QuotationId("quo_2"),
        vendor=VendorId("ven_others"),
    )
    also = replace(offered, sourcing=second, quotation=QuotationId("quo_3"))
    back = reported.AwardTakenBack(by=LINA, at=NOON, item=ITEM)
    await chain.ordered(till)
    await till.heard(reported.from_plans, page, view="exports")
    await till.heard(reported.from_plans, approved, view="exports")
    for event in (sought, offered, chosen, back):
        await till.heard(reported.from_vendors, event, view="exports")
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    assert "endDate" not in release["tender"]["tenderPeriod"], "nothing is awarded any more"
    assert "date" not in release["awards"][0]
    for event in (again, dearer, also, chosen):
        await till.heard(reported.from_vendors, event, view="exports")
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    assert release["tender"]["id"] == second
    assert (release["tender"]["numberOfTenderers"], release["tender"]["procurementMethod"]) == (
        2,
        "selective",
    )
    assert release["awards"][0]["suppliers"] == [{"id": OVENS, "name": OVENS}]
    assert "date" in release["awards"][0]


def test_a_window_is_divided_by_its_days() -> None:
    class Window:
        class grant:  # noqa: N801  a report, as far as it is asked
            opens, closes = date(2025, 12, 31), date(2027, 1, 1)

        ceiling = Money(367_00, "EUR")

    found = list(by_year(Window))  # type: ignore[arg-type]
    assert [amount.minor for _, _, amount in found] == [1_00, 365_00, 1_00]
    assert found[0][:2] == (date(2025, 12, 31), date(2025, 12, 31))
