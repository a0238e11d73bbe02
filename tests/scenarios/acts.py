"""Acts that the demo does not tell of, and looking back at what was recorded."""

import json

from homeward.demo.scene import Scene
from homeward.demo.stage import Json, Stage

FEED_PAGE = 500


def facts(stage: Stage, service: str, event: str) -> list[Json]:
    """All events of that type in the service's history, as the auditor reads it: their data."""
    found: list[Json] = []
    after = 0
    while True:
        page = stage.reads("elif", f"{service}/v1/events", after=after, limit=FEED_PAGE)
        entries = [json.loads(each["entry"]) for each in page["entries"]]
        found += [each["data"] for each in entries if each["type"] == f"{service}.{event}.v1"]
        if not entries:
            return found
        after = page["entries"][-1]["position"]


def becomes(scene: Scene, what: str, amount: Json) -> None:
    """Wait until the case's entitlement says so: `drawn`, `remaining`, `total`."""
    scene.stage.awaits(
        scene.counsellor,
        f"plans/v1/entitlements/{scene.case['case']}",
        lambda seen: bool(seen[what] == amount),
        f"{what} to be {amount}",
    )
