"""Commands over HTTP: once, on the version that was seen, answered with the new state."""

from collections.abc import AsyncIterator

import pytest
from libs.events.tests.bakery import bakery
from libs.events.tests.http.till import api

from events.io.http.trial import Caller, Trial, trial
from events.roles import Role

PRICE = {"amount": "1.250", "currency": "IQD"}


@pytest.fixture
async def till() -> AsyncIterator[Trial]:
    async with trial(api, bakery) as running:
        yield running


@pytest.fixture
def lina(till: Trial) -> Caller:
    return till.sign_in("per_lina", Role.COUNSELLOR)


async def test_what_is_created_has_a_location_an_etag_and_a_position(lina: Caller) -> None:
    placed = await lina.post("/v1/orders", {"person": "per_ana"})
    assert placed.status_code == 201, placed.text
    assert placed.json() == {"loaves": 0, "version": 1}
    assert placed.headers["etag"] == '"1"'
    assert placed.headers["position"] == "1"
    read = await lina.get(placed.headers["location"])
    assert read.json() == placed.json()
    assert read.headers["etag"] == '"1"'
