"""Help that is not a line of a plan: what cannot wait for one, and what others do."""

from datetime import timedelta

from homeward.demo.planning import COMMITTEE
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, money, shown


def emergency(scene: Scene, told: Json) -> None:
    """Help before any plan: asked for by one, authorised by another, decided on by others after.

    `needs`: each with its type, spec and ceiling. `authorised_by`: whom the programme names.
    """
    stage, case = scene.stage, scene.case["case"]
    stage.awaits(
        scene.counsellor,
        f"plans/v1/entitlements/{case}",
        lambda seen: bool(seen["consented"]),
        "plans to hear of the consent",
    )
    needs = [{**each, "ceiling": money(each["ceiling"])} for each in told["needs"]]
    what = f"asked for help at once, {' and '.join(shown(n['ceiling']) for n in told['needs'])}"
    body = {"case": case, "items": needs}
    asked = stage.does(scene.counsellor, what, "plans/v1/emergencies", body)
    path = f"plans/v1/emergencies/{asked['emergency']}"
    given = stage.does(told["authorised_by"], "authorised it", f"{path}/authorise")
    scene.items |= {each["spec"]: each["item"] for each in given["items"]}
    for member in COMMITTEE[: given["quorum"]]:
        stage.does(member, "ratified it", f"{path}/ratify")


def refer(scene: Scene, told: Json) -> None:
    """Handed on to a service that somebody else gives and that is not ours to pay.

    `item`: the plan's line that it stands for, if there is one.
    """
    stage, today = scene.stage, scene.stage.today
    body = {
        "case": scene.case["case"],
        "service": told["service"],
        "to": told["to"],
        "hands_over": told.get("hands_over", []),
        "answer_by": (today + timedelta(days=7)).isoformat(),
        "done_by": (today + timedelta(days=60)).isoformat(),
    }
    offered = stage.does(scene.counsellor, "offered a referral", "intake/v1/referrals", body)
    path = f"intake/v1/referrals/{offered['referral']}"
    for party in ("returnee", "service"):
        what = f"recorded that the {party} said yes"
        stage.does(scene.counsellor, what, f"{path}/accept", {"party": party})
    if "item" in told:
        item = f"plans/v1/items/{scene.item(told['item'])}"
        stage.awaits(scene.counsellor, item, lambda _: True, "the approved item")
        body = {"referral": offered["referral"]}
        stage.awaits(
            scene.counsellor,
            f"{item}/referrals",
            lambda page: offered["referral"] in [each["referral"] for each in page["items"]],
            "plans to hear of the referral",
        )
        stage.does(scene.counsellor, "noted who does it", f"{item}/refer", body)
    done = {"outcome": told.get("outcome", "helped")}
    stage.does(scene.counsellor, "recorded what came of it", f"{path}/complete", done)
