"""Invoices that are not simply paid: arrived, ordered and asked for are not the same."""

from homeward.demo.stage import Stage
from tests.scenarios.money.purchase import Purchase


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
