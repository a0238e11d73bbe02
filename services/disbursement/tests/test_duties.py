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
    "second_approver": "per_f",
    "signatory_1": "per_d",
    "signatory_2": "per_e",
}
PAIRS = [(one, other) for one in DUTIES for other in DUTIES if one < other]
SMALL_OFFICE = [{"certifier", "signatory_1"}, {"certifier", "signatory_2"}]
NEVER_WAIVED = [(one, other) for one, other in PAIRS if {one, other} not in SMALL_OFFICE]


async def write(
    database: Database, duties: dict[str, str], *, certifier_may_sign: bool = False
) -> None:
    connection = await asyncpg.connect(database.app)
    try:
        async with connection.transaction():
            await connection.execute("delete from payment_duty")
            await connection.execute(
                "insert into payment_duty (payment_id, requester, certifier, approver,"
                " second_approver, signatory_1, signatory_2, certifier_may_sign)"
                " values ('pay_t', $1, $2, $3, $4, $5, $6, $7)",
                *(duties[name] for name in DUTIES),
                certifier_may_sign,
            )
    finally:
        await connection.close()


async def test_the_database_takes_six_different_people(database: Database) -> None:
    await write(database, DUTIES)


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_the_database_refuses_one_person_with_two_duties(
    database: Database, one: str, other: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await write(database, {**DUTIES, other: DUTIES[one]})


@pytest.mark.parametrize("signatory", ["signatory_1", "signatory_2"])
async def test_in_a_small_office_the_database_takes_a_certifier_who_signs(
    database: Database, signatory: str
) -> None:
    one_person = {**DUTIES, signatory: DUTIES["certifier"]}
    await write(database, one_person, certifier_may_sign=True)


@pytest.mark.parametrize(("one", "other"), NEVER_WAIVED)
async def test_in_a_small_office_the_database_refuses_everybody_else_twice(
    database: Database, one: str, other: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await write(database, {**DUTIES, other: DUTIES[one]}, certifier_may_sign=True)


async def test_the_database_takes_no_signature_before_the_second_approval(
    database: Database,
) -> None:
    connection = await asyncpg.connect(database.app)
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "insert into payment_duty (payment_id, requester, certifier, approver,"
                " signatory_1, second_approval) values ('pay_u', 'a', 'b', 'c', 'd', true)"
            )
    finally:
        await connection.close()


@pytest.mark.parametrize("taken", [name for name in DUTIES if name != "requester"])
async def test_the_database_refuses_a_duty_to_a_counsellor_of_the_case(
    database: Database, taken: str
) -> None:
    """From the instant on at which they counsel it; what they did before stands."""
    connection = await asyncpg.connect(database.app)
    name = f"update payment_duty set counsellors = array['{DUTIES[taken]}']"
    do = f"update payment_duty set {taken} = '{DUTIES[taken]}'"
    undo = f"update payment_duty set {taken} = null"
    later = connection.transaction()
    await later.start()
    try:
        await connection.execute("delete from payment_duty")
        await connection.execute(
            "insert into payment_duty (payment_id, requester) values ('pay_t', 'per_a')"
        )
        for duty_ in list(DUTIES)[1 : list(DUTIES).index(taken)]:
            await connection.execute(f"update payment_duty set {duty_} = '{DUTIES[duty_]}'")
        await connection.execute(do)
        await connection.execute(name)
        await connection.execute(undo)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(do)
    finally:
        await later.rollback()
        await connection.close()


async def test_the_history_refuses_a_second_duty_even_where_the_rules_would_not(
    database: Database,
) -> None:
    """The claim of a duty is unique in the store itself, whatever a program would append."""
    claims = duty(PaymentId("pay_1"), PersonId("per_hana"))
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        await store.append(Append((), claims))
        with pytest.raises(ClaimTaken):
            await store.append(Append((), claims))
