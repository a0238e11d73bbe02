"""A vendor without a bank is paid to its wallet; what is lost on the way is paid once."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from homeward.demo import paying
from homeward.demo.scene import Setting
from homeward.demo.stage import Json, Stage
from homeward.mobile_money.book import Book
from homeward.stack import Stack
from tests.scenarios.money.purchase import Purchase
from tests.scenarios.money.test_bank import budget


@pytest.fixture(scope="module")
def setting(first_weeks: Setting) -> Setting:
    """The corner shop has no account at a bank; five kits are approved by two."""
    return first_weeks


@pytest.fixture
def book(copy: Stack) -> Iterator[Book]:
    """What the provider remembers."""
    with closing(Book(copy.folder.path / "files" / "mobile_money" / "book.sqlite")) as kept:
        yield kept


@pytest.fixture
def kiosk(purchase: Purchase) -> Purchase:
    """Five kits of the corner shop, which arrived."""
    purchase.sold_by("kiosk")
    purchase.ordered()
    purchase.delivered()
    return purchase


def signed(stage: Stage, payment: Json) -> None:
    """Certified, approved by two, signed by two others."""
    page, seen = f"{paying.HOME}/payments/{payment['payment']}", {"evidence": payment["evidence"]}
    stage.does("jozef", "certified it", f"{page}/certify", seen)
    stage.does("eva", "approved it", f"{page}/approve", seen)
    stage.does("alma", "approved it as the second", f"{page}/approve", seen)
    paying.release(stage, payment)


def carried_out(book: Book, payment: Json) -> list[str]:
    """The amounts that the provider moved for it."""
    orders = [json.loads(each.body) for each in book.carried_out()]
    name = "requestingOrganisationTransactionReference"
    reference = payment["payment"].replace("_", "-")
    return [each["amount"] for each in orders if each[name] == reference]


def test_the_provider_pays_and_says_so(stage: Stage, kiosk: Purchase, book: Book) -> None:
    payment = kiosk.requested(kiosk.invoiced(kiosk.bill()))
    account = stage.reads("nadia", f"vendors/v1/accounts/{payment['account']}")
    assert account["wallet"] == "mobile_money"
    signed(stage, payment)
    paying.pay(stage, payment)
    assert carried_out(book, payment) == [payment["amount"]["amount"].removesuffix(".000")]


def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_paid_twice(
    stage: Stage, kiosk: Purchase, book: Book
) -> None:
    """The provider takes the request and its answer never arrives: `SIM-LOST`."""
    payment = kiosk.requested(kiosk.invoiced(kiosk.bill(f"SIM-LOST {kiosk.number}")))
    signed(stage, payment)
    paying.pay(stage, payment)
    assert len(carried_out(book, payment)) == 1


def test_what_the_provider_cannot_pay_is_owed_as_before(
    stage: Stage, kiosk: Purchase, book: Book
) -> None:
    """The request is taken and fails: `SIM-FAIL`. Nothing has moved, and it may be asked again."""
    bill = kiosk.invoiced(kiosk.bill(f"SIM-FAIL {kiosk.number}"))
    owed, payment = budget(kiosk), kiosk.requested(bill)
    signed(stage, payment)
    body = {"payments": [payment["payment"]]}
    stage.does("ivan", "put it to the provider", f"{paying.HOME}/bank-files", body)
    page = f"{paying.HOME}/payments/{payment['payment']}"
    stage.awaits("hana", page, lambda seen: bool(seen["stage"] == "rejected"), "its refusal")
    assert carried_out(book, payment) == []
    stage.awaits(
        "hana",
        kiosk.order,
        lambda seen: bool(seen["invoices"][-1]["stage"] == "matched"),
        "the invoice to be open again",
    )
    assert budget(kiosk) == owed
    again = kiosk.requested(kiosk.stands(bill))
    assert again["payment"] != payment["payment"]
    assert again["stage"] == "requested"
