"""Acts that the demo does not tell of, and looking back at what was recorded."""

import json
from collections.abc import Iterable
from datetime import timedelta

import httpx

from events.io.system import SystemIds
from homeward.demo import people
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import FEEDS, Json, Stage

FEED_PAGE = 500


def feed(stage: Stage, service: str) -> list[str]:
    """The service's whole history, entry by entry, as other services read it."""
    entries: list[str] = []
    after = 0
    while page := _page(stage, service, after):
        entries += [each["entry"] for each in page]
        after = page[-1]["position"]
    return entries


def _page(stage: Stage, service: str, after: int) -> list[Json]:
    page = stage.reads(FEEDS, f"{service}/v1/events", after=after, limit=FEED_PAGE)
    entries: list[Json] = page["entries"]
    return entries


def entries(stage: Stage, service: str, event: str, **of: object) -> list[Json]:
    """All of that type whose data say so, with who acted: `case=...`."""
    told = [json.loads(entry) for entry in feed(stage, service)]
    ours = [each for each in told if each["type"] == f"{service}.{event}.v1"]
    return [each for each in ours if of.items() <= each["data"].items()]


def facts(stage: Stage, service: str, event: str) -> list[Json]:
    """All events of that type in the service's history: their data."""
    return [each["data"] for each in entries(stage, service, event)]


def begun(scene: Scene, *, known_to: Iterable[str]) -> Scene:
    """A restricted case from registration to arrival, with those who need to know of it."""
    people.register(scene)
    people.assign(scene, list(known_to))
    for act in (people.consent, people.admit, people.arrive):
        act(scene)
    return scene


def becomes(scene: Scene, what: str, amount: Json) -> None:
    """Wait until the case's entitlement says so: `drawn`, `remaining`, `total`."""
    scene.stage.awaits(
        scene.counsellor,
        f"plans/v1/entitlements/{scene.case['case']}",
        lambda seen: bool(seen[what] == amount),
        f"{what} to be {amount}",
    )


def uploads(stage: Stage, who: str, path: str, content: bytes, media: str) -> Json:
    """The person sends a file, under a new key each time; what is answered."""
    service, _, rest = path.partition("/")
    answer = httpx.post(
        f"{stage.world.services[service]}/{rest}",
        content=content,
        headers={
            "Content-Type": media,
            "Idempotency-Key": SystemIds().new("key"),
            **stage.authorization(who),
        },
    )
    assert answer.is_success, answer.text
    sent: Json = answer.json()
    return sent


def visit_due(scene: Scene) -> Json:
    """The first visit of the case that falls due by the programme's rule: so long after payment."""
    soon = scene.stage.today + timedelta(days=100)
    path = f"plans/v1/visits?case={scene.case['case']}&due_by={soon.isoformat()}"
    seen = scene.stage.awaits("noor", path, lambda told: bool(told["items"]), "a visit to fall due")
    first: Json = seen["items"][0]
    return first


def seen(on: str, *findings: str) -> Json:
    """A visit's report: all as it was agreed."""
    found = {"on": on, "outcome": "as_agreed", "findings": list(findings), "photos": []}
    return found | {"report": paper("report of a visit", on)}
