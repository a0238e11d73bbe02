"""One person, one step, however the next one came to them; and none by time alone."""

from datetime import timedelta

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import NOON

from disbursement.expiring import Expirer
from disbursement.letting_go import let_go_what_is_explained
from disbursement.overdue import tell_overdue_advances
from events.roles import Role

ACTED = {"commitments": (422, "ActedOnCommitment"), "payments": (422, "ActedAlready")}


async def asked_for(till: Cashier, what: str) -> str:
    """A commitment or a payment that Hana asks for; its path."""
    if what == "payments":
        return await chain.requested(till)
    return f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"


async def seen(till: Cashier, path: str) -> dict[str, str]:
    return await chain.seen(till, path) if "payments" in path else {}


@pytest.mark.parametrize("what", ACTED)
async def test_who_asked_is_given_authority_and_does_not_use_it_on_their_own(
    till: Cashier, what: str
) -> None:
    """Through delegation: by one, confirmed by another, and the person is the same."""
    path = await asked_for(till, what)
    hana = await chain.empowered(till, "hana", "certify")
    assert await till.tries(hana, f"{path}/certify", await seen(till, path)) == ACTED[what]


@pytest.mark.parametrize("what", ACTED)
async def test_who_certified_is_moved_to_another_office_and_does_not_approve_it(
    till: Cashier, what: str
) -> None:
    """Through reassignment: the role is another one, and the person is the same."""
    path = await asked_for(till, what)
    await till.does(till.jozef, f"{path}/certify", await seen(till, path))
    jozef = await chain.empowered(till, "jozef", "approve")
    assert await till.tries(jozef, f"{path}/approve", await seen(till, path)) == ACTED[what]
    await till.does(till.eva, f"{path}/approve", await seen(till, path))


@pytest.mark.parametrize("what", ACTED)
async def test_what_is_above_a_limit_is_passed_to_nobody_who_had_a_part_in_it(
    till: Cashier, what: str
) -> None:
    """Through escalation: whoever may approve more is the one who certified."""
    path = await asked_for(till, what)
    await till.does(till.jozef, f"{path}/certify", await seen(till, path))
    olga = await chain.empowered(till, "olga", "approve", limit=999)
    refused = await till.tries(olga, f"{path}/approve", await seen(till, path))
    assert refused == (422, "AboveLimit")
    jozef = await chain.empowered(till, "jozef", "approve", limit=50_000)
    assert await till.tries(jozef, f"{path}/approve", await seen(till, path)) == ACTED[what]


@pytest.mark.parametrize("what", ACTED)
async def test_time_alone_certifies_approves_and_signs_nothing(till: Cashier, what: str) -> None:
    path = await asked_for(till, what)
    await till.does(till.jozef, f"{path}/certify", await seen(till, path))
    till.it_is(NOON + timedelta(days=60))
    for _ in range(2):
        await Expirer(till.handler, till.tables).expire()
        await tell_overdue_advances(till.handler, till.tables)
        await let_go_what_is_explained(till.handler, till.tables)
        await till.settle()
    elif_ = till.sign_in("elif", Role.AUDITOR)
    assert ok(await elif_.get(path))["stage"] == "certified"
