"""What does not go by the order, and is let pass or given up by who may."""

from datetime import timedelta

import pytest

from homeward.demo import paying
from homeward.demo.stage import Json, Stage
from tests.scenarios.money.purchase import Purchase


@pytest.fixture(scope="module", autouse=True)
def alma(stage: Stage) -> None:
    """Another approving officer than who approves what is paid."""
    paying.delegate(stage, "5000.00 EUR", {"alma": "approve"})


def waive(stage: Stage, purchase: Purchase, invoice: Json) -> tuple[str, Json]:
    """Where an invoice that does not match is waived, until tomorrow."""
    until = (stage.today + timedelta(days=1)).isoformat()
    path = f"{purchase.order}/invoices/{invoice['invoice']}/waive"
    return path, {"reason": "rest_given_up", "expires": until}


def test_what_came_is_paid_when_who_may_lets_the_rest_go(stage: Stage, purchase: Purchase) -> None:
    """Of five kits three came, and five are invoiced: who waives that has no say in the payment."""
    purchase.ordered()
    purchase.delivered(3)
    bill = purchase.invoiced(purchase.bill())
    assert bill["exceptions"] == ["short_receipt"]
    path, until = waive(stage, purchase, bill)
    stage.is_refused("hana", "waived it", path, until, "forbidden")
    stage.does("alma", "let what came be paid", path, until)

    bill = purchase.stands(bill)
    assert bill["payable"]["amount"] == purchase.costs(3).partition(" ")[0]
    payment = purchase.requested(bill)
    page = f"{paying.HOME}/payments/{payment['payment']}"
    seen = {"evidence": payment["evidence"]}
    stage.does("jozef", "certified the payment", f"{page}/certify", seen)
    stage.is_refused("alma", "approved it as well", f"{page}/approve", seen, "PreparedIt")
    stage.does("eva", "approved it", f"{page}/approve", seen)
    paying.release(stage, payment)


def test_a_dearer_invoice_is_let_pass_at_the_orders_price(stage: Stage, purchase: Purchase) -> None:
    """It is over the order: what it asks for beyond that is paid under no waiver."""
    purchase.ordered()
    purchase.delivered()
    dear = purchase.invoiced(purchase.bill(each=purchase.each + 1_000))
    assert set(dear["exceptions"]) == {"price", "over_order"}
    path, until = waive(stage, purchase, dear)
    stage.does("alma", "let it be paid at the order's price", path, until)
    assert purchase.stands(dear)["payable"]["amount"] == purchase.costs(5).partition(" ")[0]


def test_what_a_vendor_does_not_pay_back_is_given_up_by_who_had_no_part_in_it(
    stage: Stage, purchase: Purchase
) -> None:
    """Two of five kits were broken, and the trader is gone."""
    purchase.ordered()
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    paying.sign(stage, {}, payment)
    paying.pay(stage, payment)
    owed = {"payment": payment["payment"], "amount": payment["amount"], "reason": "broken"}
    asked = stage.does("hana", "asked for it back", f"{paying.HOME}/recoveries", owed)
    path = f"{paying.HOME}/recoveries/{asked['recovery']}"
    stage.does("eva", "approved that it is owed", f"{path}/approve")
    gone = {"reason": "vendor_closed"}
    stage.does("hana", "proposed to give it up", f"{path}/propose-write-off", gone)
    stage.is_refused("eva", "gave it up", f"{path}/write-off", {}, "HadAPartInThePayment")
    given_up = stage.does("alma", "gave it up", f"{path}/write-off")
    assert (given_up["stage"], given_up["owed"]["amount"]) == ("written_off", "0.000")
