"""What follows a plan's approval: instalments and what releases them, a survey."""

from datetime import timedelta

from homeward.demo import papers
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, money, shown

PERIOD_DAYS = 28


def instalments(scene: Scene, told: Json) -> None:
    """An item is paid in parts: agreed, each released by attendance in its period.

    `amounts`: of the parts, in order; their periods follow one another and end yesterday.
    `attended`: `18 of 20`, part by part; fewer entries than parts leave the rest unreleased.
    """
    stage, item = scene.stage, scene.item(told["item"])
    path = f"plans/v1/items/{item}"
    stage.awaits(scene.counsellor, path, lambda _: True, "the approved item")
    first = stage.today - timedelta(days=PERIOD_DAYS * len(told["amounts"]))
    parts = []
    for number, amount in enumerate(told["amounts"]):
        since = first + timedelta(days=PERIOD_DAYS * number)
        until = since + timedelta(days=PERIOD_DAYS - 1)
        part: Json = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "amount": money(amount),
        }
        parts.append(part)
    where = (scene.counsellor, "plans")
    schedule = papers.of_the_returnee(scene, where, "schedule", told["item"])
    body: Json = {"parts": parts, "document": schedule}
    what = f"agreed {len(parts)} instalment{'s' if len(parts) > 1 else ''}"
    agreed = stage.does(scene.counsellor, what, f"{path}/agree-instalments", body)
    for part, attended in zip(agreed["instalments"], told.get("attended", ()), strict=False):
        attend(scene, told["item"], part, attended)


def attend(scene: Scene, spec: str, part: Json, attended: str) -> Json:
    """How often somebody was there in the period of a part: `18 of 20`."""
    there, _, held = attended.partition(" of ")
    body = {
        "instalment": part["instalment"],
        "held": int(held),
        "attended": int(there),
        "document": papers.of_the_returnee(
            scene, ("dalia", "plans"), "attendance", spec, part["since"]
        ),
    }
    path = f"plans/v1/items/{scene.item(spec)}/record-attendance"
    return scene.stage.does("dalia", f"recorded attendance: {attended} days", path, body)


def contribution(scene: Scene, told: Json) -> None:
    """What the returnee puts in beside a matching grant."""
    path = f"plans/v1/items/{scene.item(told['item'])}"
    body: Json = {"amount": money(told["amount"])}
    where = ("dalia", "plans")
    body["document"] = papers.of_the_returnee(scene, where, "own_contribution", told["item"])
    what = f"saw the returnee's own contribution, {shown(told['amount'])}"
    scene.stage.does("dalia", what, f"{path}/prove-contribution", body)


def survey(scene: Scene, points: Json) -> None:
    """How the returnee finds things to be, at arrival: points of five by dimension."""
    answers = [
        {"question": f"{dimension}_situation", "dimension": dimension, "points": had, "of": 5}
        for dimension, had in points.items()
    ]
    body = {"case": scene.case["case"], "round_months": 0, "instrument": "rss_2018"}
    what = "asked how the returnee finds things to be"
    scene.stage.does("noor", what, "plans/v1/surveys", body | {"answers": answers})
