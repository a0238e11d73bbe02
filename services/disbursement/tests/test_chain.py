"""The chain over HTTP, from a grant to a reconciled payment: what is asked, answered, on record."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, cashier

from homeward.postgres import Database, Postgres


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[Database]:
    made = postgres.make_database("disbursement_chain")
    yield made
    postgres.drop_database(made)


@pytest_asyncio.fixture
async def till(database: Database, tmp_path: Path) -> AsyncIterator[Cashier]:
    async with cashier(database, tmp_path) as there:
        yield there


async def test_a_vendor_is_paid_and_the_payment_reconciled(till: Cashier) -> None:
    payment = await chain.instructed(till)
    assert (await till.hana.get(payment)).json()["stage"] == "instructed"
    await till.bank_says("1-status.xml", chain.status(payment, "ACSP"))
    assert (await till.hana.get(payment)).json()["stage"] == "accepted"
    await till.bank_says("2-booked.xml", chain.booked(payment))

    page = (await till.elif_.get(payment)).json()
    assert page["stage"] == "reconciled"
    assert page["functional_amount"] == chain.eur(1000)
    assert page["budget"]["spent"] == chain.eur(1000)
    assert page["budget"]["reserved"] == chain.eur(0)
    assert page["budget"]["available"] == chain.eur(4000)
    assert page["commitment_stands"]["stage"] == "liquidated"
    assert [(act["stage"], act["person"]) for act in page["acts"]] == [
        ("requested", "per_hana"),
        ("certified", "per_jozef"),
        ("approved", "per_eva"),
        ("signed", "per_marta"),
        ("released", "per_ivan"),
    ]
    told = await till.told()
    since = told.index("commitment_requested")
    assert told[since:] == [
        "commitment_requested",
        "item_committed",
        "funds_reserved",
        "commitment_certified",
        "commitment_approved",
        "purchase_order_issued",
        "goods_received",
        "invoice_received",
        "three_way_match_passed",
        "payment_requested",
        "invoice_submitted",
        "payment_certified",
        "payment_approved",
        "payment_signed",
        "payment_signed",
        "bank_file_prepared",
        "payment_put_in_file",
        "bank_file_sealed",
        "bank_file_sent",
        "payment_instructed",
        "bank_answer_read",
        "payment_accepted_by_bank",
        "bank_answer_read",
        "vendor_paid",
        "payment_reconciled",
        "invoice_settled",
        "commitment_liquidated",
        "funds_spent",
    ]
    assert till.refusals() == []
