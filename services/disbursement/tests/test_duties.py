"""One person, one duty in a payment: said by the rules, and by the database on its own."""

import asyncpg
import pytest

from disbursement.api.payments import duty
from events.io.postgres import EpochKeys, open_store
from events.ports import Append, ClaimTaken
from events.values import PaymentId, PersonId
from homeward.postgres import Database

DUTIES = {
    "requester": "per_a",
    "certifier": "per_b",
    "approver": "per_c",
    "signatory_1": "per_d",
    "signatory_2": "per_e",
}
PAIRS = [(one, other) for one in DUTIES for other in DUTIES if one < other]


async def write(database: Database, duties: dict[str, str]) -> None:
    connection = await asyncpg.connect(database.app)
    try:
        async with connection.transaction():
            await connection.execute("delete from payment_duty")
            await connection.execute(
                "insert into payment_duty (payment_id, requester, certifier, approver,"
                " signatory_1, signatory_2) values ('pay_t', $1, $2, $3, $4, $5)",
                *(duties[name] for name in DUTIES),
            )
    finally:
        await connection.close()


async def test_the_database_takes_five_different_people(database: Database) -> None:
    await write(database, DUTIES)


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_the_database_refuses_one_person_with_two_duties(
    database: Database, one: str, other: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await write(database, {**DUTIES, other: DUTIES[one]})


async def test_the_history_refuses_a_second_duty_even_where_the_rules_would_not(
    database: Database,
) -> None:
    """The claim of a duty is unique in the store itself, whatever a program would append."""
    claims = duty(PaymentId("pay_1"), PersonId("per_hana"))
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        await store.append(Append((), claims))
        with pytest.raises(ClaimTaken):
            await store.append(Append((), claims))
