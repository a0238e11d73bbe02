"""What is told in exports beside the payments: money that came back, and cash."""

from services.disbursement.tests import chain, test_cash
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import eur
from services.disbursement.tests.test_exports import (
    approved,
    expenditures,
    grant,
    in_the_ledger,
    made,
    page,
    restricted,
    rows,
    unpacked,
)
from services.disbursement.tests.test_recovery import credited, owed_back

from disbursement.domain import reported
from events import knowing
from events.money import Money, total


async def test_what_a_vendor_gave_back_is_told_beside_the_payments(till: Cashier) -> None:
    """By the rule it costs as much less as it came to when it was paid."""
    await till.heard(reported.from_plans, page, view="exports")
    path = await owed_back(till)
    await till.does(till.hana, f"{path}/receive", await credited(till))
    report = unpacked(await made(till, "donor_report"))
    told = rows(report["payments.csv"])
    assert [(r["#activity+booking+type"], r["#value+paid+ledger+eur"]) for r in told] == [
        ("payment", "1000.00"),
        ("recovery", "-300.00"),
    ]
    line, _ = rows(report["budget.csv"])
    assert line["#value+paid+ledger+eur"] == (-(await in_the_ledger(till))["bank"]).amount
    said = ok(await till.maria.get(f"/v1/grants/{await grant(till)}/budget"))["lines"][0]
    assert said["paid"] == chain.eur(700)
    assert line["#value+paid+rule+eur"] == told[0]["#value+paid+rule+eur"] == "700.00"
    amounts = [each.find("value").text for each in expenditures(await made(till, "iati"))]
    assert total((Money.parse(each, "EUR") for each in amounts), "EUR") == eur(700)


async def test_cash_is_told_beside_the_payments(till: Cashier) -> None:
    line = await test_cash.planned(till)
    await till.heard(reported.from_plans, page, view="exports")
    await till.heard(reported.from_plans, approved, view="exports")
    asked = await till.does(till.hana, "/v1/cash", test_cash.body(line), status=201)
    path = f"/v1/cash/{asked['cash']}"
    await till.does(till.eva, f"{path}/approve")
    signed = {"proof": "thumbprint", "document": chain.DOCUMENT}
    await till.does(test_cash.witness(till, "olga"), f"{path}/hand-over", signed)
    seen = {"document": chain.DOCUMENT}
    await till.does(test_cash.witness(till, "petra"), f"{path}/confirm", seen)
    report = unpacked(await made(till, "donor_report"))
    (row,) = rows(report["payments.csv"])
    assert (row["#activity+booking+type"], row["#value+paid+ledger+eur"]) == ("cash", "100.00")
    (paper,) = rows(report["documents.csv"])
    assert paper["#meta+document+sha256"] == chain.DOCUMENT
    told, _ = rows(report["budget.csv"])
    assert told["#value+paid+ledger+eur"] == (-(await in_the_ledger(till))["cash"]).amount
    (spent,) = expenditures(await made(till, "iati"))
    assert spent.find("value").text == "100.00"
    await till.heard(knowing.from_intake, restricted)
    (row,) = rows(unpacked(await made(till, "donor_report"))["payments.csv"])
    assert row["#activity+type"] == "assistance"
