"""Invoices that are not simply paid: arrived, ordered and asked for are not the same."""

from homeward.demo import papers, paying
from homeward.demo.stage import Stage, money
from tests.scenarios.money.purchase import KITS, Purchase


def test_of_five_kits_three_arrived_and_five_are_invoiced(stage: Stage, purchase: Purchase) -> None:
    """A short receipt: the invoice waits until the rest is there."""
    purchase.ordered()
    purchase.delivered(3)
    bill = purchase.invoiced(purchase.bill())
    assert bill["exceptions"] == ["short_receipt"]
    purchase.not_paid(bill, "InvoiceNotMatched")

    purchase.delivered(2)
    bill = purchase.stands(bill)
    assert bill["exceptions"] == []
    asked = purchase.requested(bill)
    assert asked["amount"] == bill["payable"]


def test_an_invoice_that_came_before_the_goods_waits_for_them(
    stage: Stage, purchase: Purchase
) -> None:
    purchase.ordered()
    bill = purchase.invoiced(purchase.bill())
    assert bill["exceptions"] == ["no_receipt"]
    purchase.not_paid(bill, "InvoiceNotMatched")

    purchase.delivered()
    bill = purchase.stands(bill)
    assert bill["exceptions"] == []
    purchase.requested(bill)


def test_more_kits_than_were_ordered_are_not_paid(stage: Stage, purchase: Purchase) -> None:
    """Six are invoiced where five were ordered and came: the vendor sends another invoice."""
    purchase.ordered()
    purchase.delivered()
    six = purchase.invoiced(purchase.bill(kits=6))
    assert set(six["exceptions"]) == {"short_receipt", "quantity", "over_order"}
    purchase.not_paid(six, "InvoiceNotMatched")

    five = purchase.bill(f"MONEY-{purchase.number}-B", replaces=six["invoice"])
    purchase.requested(purchase.invoiced(five))


def test_an_invoice_in_another_currency_than_the_orders_is_not_paid(
    stage: Stage, purchase: Purchase
) -> None:
    """Not even who may waive other differences waives that."""
    purchase.ordered()
    purchase.delivered()
    line = {"line": 1, "quantity": KITS, "unit_price": money("6.00 USD")}
    dollars = purchase.invoiced(purchase.bill(amount=money("30.00 USD"), lines=[line]))
    assert dollars["exceptions"] == ["currency"]
    purchase.not_paid(dollars, "InvoiceNotMatched")
    waived = {"reason": "urgent", "expires": stage.today.isoformat()}
    path = f"{purchase.order}/invoices/{dollars['invoice']}/waive"
    stage.is_refused("eva", "waived it", path, waived, "NotWaivable")


def test_a_price_above_the_order_is_not_paid(stage: Stage, purchase: Purchase) -> None:
    """The vendor sends another invoice, at the price that it offered."""
    purchase.ordered()
    purchase.delivered()
    dear = purchase.invoiced(purchase.bill(each=purchase.each + 2_000))
    assert set(dear["exceptions"]) == {"price", "over_order"}
    purchase.not_paid(dear, "InvoiceNotMatched")

    corrected = purchase.bill(f"MONEY-{purchase.number}-B", replaces=dear["invoice"])
    right = purchase.invoiced(corrected)
    assert right["exceptions"] == []
    purchase.not_paid(dear, "InvoiceReplaced")
    assert purchase.requested(right)["amount"] == corrected["amount"]


def test_the_same_invoice_comes_again_printed_otherwise(stage: Stage, purchase: Purchase) -> None:
    """Its number is the vendor's, once and for ever, however it is written."""
    purchase.ordered()
    purchase.delivered()
    bill = purchase.invoiced(purchase.bill(f"DUP {purchase.number:04}/2026"))
    again = purchase.bill(f"dup-{purchase.number}-2026")
    path = f"{purchase.order}/invoices"
    stage.is_refused("hana", "recorded it again", path, again, "InvoiceNumberTaken")

    purchase.requested(bill)
    purchase.not_paid(bill, "InvoiceUnderPayment")


def test_another_number_on_an_equal_invoice_waits_for_a_person(
    stage: Stage, purchase: Purchase
) -> None:
    """Of the same amount in the same week: who did not record it says that it came before."""
    purchase.ordered()
    purchase.delivered(4)
    first = purchase.invoiced(purchase.bill(kits=2))
    alike = purchase.invoiced(purchase.bill(f"OTHER-{purchase.number}", kits=2))
    assert alike["exceptions"] == [], "by its figures alone it would be paid"
    assert [each["by"] for each in alike["alike"]] == [["amount"]]
    purchase.not_paid(alike, "InvoiceSuspected")

    of, why = f"{purchase.order}/invoices/{alike['invoice']}", {"reason": "came_before"}
    stage.is_refused("hana", "said it was another", f"{of}/clear-suspicion", why, "RecordedByYou")
    stage.does("jozef", "said that it came before", f"{of}/reject", why)
    assert purchase.stands(alike)["stage"] == "rejected"
    purchase.requested(first)


def test_nobody_pays_on_a_pro_forma(stage: Stage, purchase: Purchase) -> None:
    """An offer to sell is no claim: not even who may waive other differences waives that."""
    purchase.ordered()
    purchase.delivered()
    offer = purchase.invoiced(purchase.bill(pro_forma=True))
    assert offer["exceptions"] == ["pro_forma"]
    purchase.not_paid(offer, "InvoiceNotMatched")
    waived = {"reason": "urgent", "expires": stage.today.isoformat()}
    path = f"{purchase.order}/invoices/{offer['invoice']}/waive"
    stage.is_refused("eva", "waived it", path, waived, "NotWaivable")


def test_what_the_returnee_disputes_is_not_paid_before_it_is_settled(
    stage: Stage, purchase: Purchase
) -> None:
    """Two kits are damaged: the payment waits, nobody lets it go, another officer settles it."""
    purchase.ordered()
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    (receipt,) = (each["receipt"] for each in stage.reads("hana", purchase.order)["receipts"])
    two = {"receipt": receipt, "reason": "damaged", "lines": [{"line": 1, "quantity": 2}]}
    stage.does("lina", "told that two are damaged", f"{purchase.order}/dispute-delivery", two)
    page = f"{paying.HOME}/payments/{payment['payment']}"
    assert stage.reads("eva", page)["held"] == "delivery_disputed"
    let_go = f"{page}/release-from-hold"
    stage.is_refused("tomas", "let it go on", let_go, {"reason": "seen"}, "DeliveryInDispute")

    settle = f"{purchase.order}/resolve-dispute"
    agreed = papers.of_the_returnee(purchase.scene, ("hana", "disbursement"), "settlement")
    outcome = {"receipt": receipt, "outcome": "accepted_back", "document": agreed}
    stage.does("hana", "settled it: the vendor mended them", settle, outcome)
    stage.does("tomas", "let it go on", let_go, {"reason": "settled"})
    paying.sign(stage, {}, payment)
