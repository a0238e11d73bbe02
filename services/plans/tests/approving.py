"""A plan on its way to the committee's yes, over HTTP: where what follows it begins."""

from typing import Any

from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, ZAHRA

from events.roles import Role
from plans.domain import heard

MEMBERS = ("zuzana", "peter")


def money(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


async def approved(
    world: World, items: list[dict[str, Any]], told: tuple[heard.FromIntake, ...]
) -> list[str]:
    """Lina drafts it, Omar finds it feasible, Zuzana and Peter approve; the items' ids."""
    lina = world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
    omar = world.plans.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")
    await world.intake_says(*told)
    drafted = await world.says(lina, "/v1/plans", {"case": CASE})
    assert drafted.status_code == 201, drafted.text
    path = drafted.headers["location"]
    for each in items:
        proposed = await world.says(lina, f"{path}/propose-item", each)
        assert proposed.status_code == 200, proposed.text
    await world.papers(lina, path)
    stands = (await lina.get(path)).json()
    signature = {
        "signed_by": ZAHRA,
        "method": "signature",
        "language": "ar",
        "digest": stands["digest"],
    }
    await world.papers(lina, path)
    await world.says(lina, f"{path}/sign", signature)
    await world.says(lina, f"{path}/submit")
    await world.says(omar, f"{path}/confirm-feasibility")
    for name in MEMBERS:
        member = world.plans.sign_in(f"per_{name}", Role.COMMITTEE_MEMBER)
        answer = await world.says(member, f"{path}/approve")
        assert answer.status_code == 200, answer.text
    assert answer.json()["stage"] == "approved"
    return [each["item"] for each in stands["items"]]
