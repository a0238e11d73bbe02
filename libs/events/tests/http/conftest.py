from collections.abc import AsyncIterator

import pytest
from libs.events.tests.bakery import bakery
from libs.events.tests.http.till import api

from events.io.http.trial import Caller, Trial, trial
from events.roles import Role


@pytest.fixture
async def till() -> AsyncIterator[Trial]:
    async with trial(api, bakery) as running:
        yield running


@pytest.fixture
def lina(till: Trial) -> Caller:
    """A counsellor: she may do everything at the till."""
    return till.sign_in("per_lina", Role.COUNSELLOR)


@pytest.fixture
async def order(lina: Caller) -> str:
    """The path of an order at version 1."""
    placed = await lina.post("/v1/orders", {"person": "per_ana"})
    return str(placed.headers["location"])
