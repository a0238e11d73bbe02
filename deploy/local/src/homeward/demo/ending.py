"""The end of the story: a case that goes to others, and one that is over."""

import hashlib

from homeward.demo import papers
from homeward.demo.people import consent
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, NotAsTold

OPEN = ("commitments", "invoices", "plans", "shared")
"""What is named as keeping a case from being completed."""


def offer(scene: Scene, told: Json) -> Json:
    """A case is offered to one person of another organisation, as its returnee agreed.

    `to`, `office` and `person`: who is to go on. `parts`: what is handed over.
    """
    body = {
        "case": scene.case["case"],
        "to_organisation": told["to"],
        "to_office": told["office"],
        "to_person": f"per_{told['person']}",
        "parts": told["parts"],
        "agreed_on": paper("agreement to be handed over", scene.title, told["to"]),
    }
    what = f"offered the case to {told['to'].replace('_', ' ')}"
    return scene.stage.does(scene.counsellor, what, "intake/v1/transfers", body)


def hand_over(scene: Scene, told: Json) -> None:
    """Offered and taken over, with a package that the receiver reads; who gave it knows no more."""
    stage, giver, taker = scene.stage, scene.counsellor, told["person"]
    consent(scene, ["partners"])
    transfer = offer(scene, told)
    path = f"intake/v1/transfers/{transfer['transfer']}"
    taken = stage.does(taker, "took it over", f"{path}/accept")
    package = stage.downloads(taker, f"{path}/package")
    if hashlib.sha256(package).hexdigest() != taken["package"]:
        raise NotAsTold(f"another package than {taken['package']}: {package!r}")
    stage.tells(stage.name(taker), f"read what was handed over, {len(package)} bytes", "")
    stage.finds_nothing(giver, scene.path)
    scene.told = scene.told | {"counsellor": taker}


def close(scene: Scene, ground: str) -> None:
    """Nothing is planned, owed or complained about any more: the case is over."""
    stage, counsellor = scene.stage, scene.counsellor
    if scene.plan:
        path = f"plans/v1/plans/{scene.plan['plan']}"
        stage.awaits(
            counsellor,
            path,
            lambda seen: bool(seen["counsellor"] == f"per_{counsellor}"),
            "the plan to follow its case",
        )
        record_what_came_afterwards(scene)
        what = "found that all of the plan is done"
        scene.plan = stage.does_once_heard(counsellor, what, f"{path}/complete", None, "NotAllDone")
    nothing_is_open(scene)
    what = f"closed the case: {ground.replace('_', ' ')}"
    scene.case = stage.does(counsellor, what, f"{scene.path}/close", {"ground": ground})


def record_what_came_afterwards(scene: Scene) -> None:
    """The papers that the programme asks for once something was had: a certificate, a note."""
    stage, counsellor = scene.stage, scene.counsellor
    path = f"plans/v1/plans/{scene.plan['plan']}"
    for each in stage.reads(counsellor, f"{path}/documents")["papers"]:
        if each["needed"] == "afterwards" and not each["seen"]:
            body = {"item": each["item"], "kind": each["kind"]}
            where = (counsellor, "plans")
            body["digest"] = papers.of_the_returnee(scene, where, each["kind"], each["item"])
            what = f"recorded the {each['kind'].replace('_', ' ')}"
            stage.does(counsellor, what, f"{path}/record-document", body)


def nothing_is_open(scene: Scene) -> None:
    """Intake has heard that nothing stands in the way of closing the case."""
    scene.stage.awaits(
        scene.counsellor,
        f"{scene.path}/open-matters",
        lambda seen: not any(seen[each] for each in OPEN),
        "intake to hear that nothing is owed",
    )
