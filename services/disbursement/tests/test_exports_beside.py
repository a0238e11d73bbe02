"""What is told in exports beside the payments: money that came back, and cash."""

from services.disbursement.tests import chain, test_cash
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import eur
from services.disbursement.tests.test_advances import half_paid
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
from services.disbursement.tests.test_paid_twice import paid_twice
from services.disbursement.tests.test_recovery import approver, credited, owed_back

from disbursement.domain import reported
from events import knowing
from events.money import Money, total


async def test_what_a_vendor_gave_back_is_told_beside_the_payments(till: Cashier) -> None:
    """By the rule it costs as much less as it came to when it was paid."""
    await till.heard(reported.from_plans, page, view="exports")
    path = await owed_back(till)
    await chain.money_came(till, path, await credited(till))
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
    signed = {"proof": "signature", "document": chain.DOCUMENT}
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


# The budget's rows, and what its columns mean

KEPT = ("earmarked", "committed", "delivered", "owed_back", "given_up", "left_over", "available")


async def budget(till: Cashier) -> dict[str, str]:
    """The line's row, when it and the grant's add up."""
    line, whole = rows(unpacked(await made(till, "donor_report"))["budget.csv"])
    for row in (line, whole):
        kept = (Money.parse(row[f"#value+{each}+eur"], "EUR") for each in KEPT)
        assert total(kept, "EUR") == Money.parse(row["#value+approved+eur"], "EUR"), row
    return line


async def test_what_vendors_owe_back_has_a_column_and_the_row_adds_up(till: Cashier) -> None:
    path = await owed_back(till)
    line = await budget(till)
    assert (line["#value+delivered+eur"], line["#value+owed_back+eur"]) == ("700.00", "300.00")
    await till.does(till.hana, f"{path}/propose-write-off", {"reason": "vendor_closed"})
    await till.does(await approver(till), f"{path}/write-off")
    line = await budget(till)
    assert (line["#value+owed_back+eur"], line["#value+given_up+eur"]) == ("0.00", "300.00")


async def test_what_was_paid_twice_is_in_the_row_once_as_owed_back(till: Cashier) -> None:
    await paid_twice(till)
    line = await budget(till)
    assert (line["#value+delivered+eur"], line["#value+owed_back+eur"]) == ("1000.00", "1000.00")
    assert line["#value+available+eur"] == "3000.00"


async def test_an_advance_is_committed_until_goods_come(till: Cashier) -> None:
    await half_paid(till)
    line = await budget(till)
    assert (line["#value+committed+eur"], line["#value+delivered+eur"]) == ("1000.00", "0.00")


async def test_the_report_says_what_each_of_its_columns_means(till: Cashier) -> None:
    await owed_back(till)
    report = unpacked(await made(till, "donor_report"))
    said = rows(report.pop("dictionary.csv"))
    told = {(each["#meta+table"], f"#{each['#meta+hashtag']}") for each in said}
    del report["report.json"]
    for name, content in report.items():
        tags = content.decode("utf-8").splitlines()[1].split(",")
        assert {(name, tag) for tag in tags} == {each for each in told if each[0] == name}
    [owed] = [each for each in said if each["#meta+column"] == "Owed back"]
    assert owed["#description"].startswith("What vendors owe of payments")
