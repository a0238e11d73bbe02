"""No more than the programme says goes to an account on which nothing was ever paid."""

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, refused
from services.disbursement.tests.people import ACCOUNT, NOON, PROGRAMME

from disbursement.domain.payment.first import (
    FirstPayment,
    FirstPaymentCapped,
    VendorRulesPublished,
    from_plans,
)
from events.money import Money
from events.values import PersonId


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


async def asked_after(till: Cashier, at_most: int) -> object:
    """Asking that an invoice worth 1,000 EUR be paid, under such a cap."""
    capped = VendorRulesPublished(
        by=PersonId("per_petra"),
        at=NOON,
        programme=PROGRAMME,
        version=1,
        first_payment_at_most=eur(at_most),
    )
    await till.heard(from_plans, capped)
    stands = (await till.hana.get(await chain.matched(till))).json()
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][-1]["invoice"]}
    return await till.hana.post("/v1/payments", asked)


async def test_above_the_cap_it_is_refused_by_name(till: Cashier) -> None:
    answer = await asked_after(till, 999)
    assert refused(answer) == (422, "FirstPaymentCapped")  # type: ignore[arg-type]
    assert "payment_requested" not in await till.told()


async def test_up_to_the_cap_it_is_asked_for(till: Cashier) -> None:
    answer = await asked_after(till, 1000)
    assert answer.status_code == 201  # type: ignore[attr-defined]


def test_what_is_on_its_way_counts_too() -> None:
    cap = FirstPayment(at_most=eur(1000), on_its_way=eur(600))
    cap.allows(ACCOUNT, eur(400))
    with pytest.raises(FirstPaymentCapped):
        cap.allows(ACCOUNT, eur(401))
