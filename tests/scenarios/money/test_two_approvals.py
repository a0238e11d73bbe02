"""What is large is approved by two people; so is what adds up to it, each of its parts."""

from datetime import datetime

import pytest

from homeward.demo import paying
from homeward.demo.scene import Setting
from homeward.demo.stage import Json, Stage, money
from tests.scenarios import acts
from tests.scenarios.money.purchase import Purchase


@pytest.fixture(scope="module")
def setting(first_weeks: Setting) -> Setting:
    """Two approve from 25 EUR on: three kits come to less, five to more."""
    return first_weeks


def test_the_second_part_of_a_sum_is_approved_by_two_and_by_nobody_twice(
    stage: Stage, purchase: Purchase
) -> None:
    purchase.sold_by("stationer")
    purchase.ordered()
    purchase.delivered(3)
    first = purchase.requested(purchase.invoiced(purchase.bill(kits=3)))
    assert first["terms"]["second_approval"] is False

    purchase.delivered(2)
    rest = purchase.bill(f"MONEY-{purchase.number}-B", kits=2)
    second = purchase.requested(purchase.invoiced(rest))
    assert second["terms"]["second_approval"] is True, "a sum that is divided is one sum"
    assert in_euros(second["terms"]["together"]) >= in_euros(money("25.00 EUR"))

    page = f"{paying.HOME}/payments/{second['payment']}"
    seen = {"evidence": second["evidence"]}
    stage.does("jozef", "certified it", f"{page}/certify", seen)
    once = stage.does("eva", "approved it", f"{page}/approve", seen)
    assert once["stage"] == "approved_once"
    stage.is_refused("marta", "signed it", f"{page}/sign", seen, "PaymentIsAt")
    stage.is_refused("eva", "approved it again", f"{page}/approve", seen, "ActedAlready")
    stage.is_refused("jozef", "approved it, too", f"{page}/approve", seen, "forbidden")
    stage.does("alma", "approved it as the second", f"{page}/approve", seen)
    stage.is_refused("alma", "signed it as well", f"{page}/sign", seen, "forbidden")
    paying.release(stage, second)
    paying.pay(stage, second)

    looked = stage.reads("ivan", page)["screening"]
    assert looked["since_approval"] is True
    assert when(stage, "payment_approved_again", second) <= parsed(looked["clear_at"])
    assert parsed(looked["clear_at"]) <= when(stage, "payment_signed", second), "before either"


def in_euros(amount: Json) -> float:
    return float(amount["amount"])


def parsed(time: str) -> datetime:
    return datetime.fromisoformat(time)


def when(stage: Stage, event: str, payment: Json) -> datetime:
    """The first time that it was told of the payment."""
    told = acts.entries(stage, "disbursement", event, payment=payment["payment"])
    return parsed(told[0]["time"])
