"""An auditor who looks at requests to be erased and at legal holds is on record; who decides on
them is known by what they decide.
"""

from services.intake.tests.conftest import World
from services.intake.tests.test_subjects_api import asked_for, elif_, lina, sofia, zahras

from events.io.http.trial import Caller
from intake.domain.confidence import ConfidentialRead

__all__ = ["elif_", "lina", "sofia"]


async def readings(world: World) -> list[tuple[str, str, str | None, str | None]]:
    told = [each for each in await world.intake.events() if isinstance(each, ConfidentialRead)]
    return [(each.by, each.what, each.key, each.first) for each in told]


async def test_each_look_of_an_auditor_is_told(
    world: World, lina: Caller, sofia: Caller, elif_: Caller
) -> None:
    assert (await elif_.get("/v1/holds")).json()["items"] == []
    _, person = await zahras(world, lina)
    erasure = (await asked_for(world, lina, person))["erasure"]
    await world.says(sofia, "/v1/holds", {"person": person, "reason": "audit"})
    paths = {
        f"/v1/subjects/{person}": ("read_subject", person, None),
        f"/v1/subjects/{person}/obligations": ("read_obligations", person, None),
        "/v1/erasures": ("list_erasures", None, erasure),
        f"/v1/erasures/{erasure}": ("read_erasure", erasure, None),
    }
    for path in paths:
        assert (await elif_.get(path)).status_code == 200
        assert (await sofia.get(path)).status_code == 200
    [hold] = (await elif_.get("/v1/holds")).json()["items"]
    assert await readings(world) == [
        *(("per_elif", *told) for told in paths.values()),
        ("per_elif", "list_holds", None, hold["hold"]),
    ]
