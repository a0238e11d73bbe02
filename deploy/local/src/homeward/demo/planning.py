"""The second part of the story: a plan made with the returnee, and what the committee says."""

from homeward.demo import papers
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, money, shown

COMMITTEE = ("zuzana", "peter")


def plan(scene: Scene, items: list[Json]) -> None:
    """Draft, sign, submit, find feasible: a plan that waits for the committee.

    `for`: whom of the household an item is for, when not for the principal applicant.
    """
    stage, counsellor, case = scene.stage, scene.counsellor, scene.case
    await_entitlement(scene)
    scene.plan = stage.does(counsellor, "drafted a plan", "plans/v1/plans", {"case": case["case"]})
    path = f"plans/v1/plans/{scene.plan['plan']}"
    for item in items:
        body: Json = {"type": item["type"], "spec": item["spec"], "own_words": item["wording"]}
        body |= {"ceiling": money(item["ceiling"])}
        if "for" in item:
            body["person"] = scene.household[item["for"]]
        what = f"proposed {item['spec'].replace('_', ' ')}, {shown(item['ceiling'])}"
        scene.plan = stage.does(counsellor, what, f"{path}/propose-item", body)
    record_papers(scene)
    sign_and_submit(scene)


def record_papers(scene: Scene) -> None:
    """What the programme wants to see before the committee says yes to an item."""
    stage, counsellor, plan = scene.stage, scene.counsellor, scene.plan
    path = f"plans/v1/plans/{plan['plan']}"
    version = f"plans/v1/programmes/{plan['programme']}/versions/{plan['programme_version']}"
    policy = stage.reads(counsellor, version)["policy"]
    wanted = {each["type"]: each["before_approval"] for each in policy["assistance"]}
    for item in plan["items"]:
        for kind in wanted[item["type"]]:
            digest = papers.of_the_returnee(scene, (counsellor, "plans"), kind, item["item"])
            body = {"item": item["item"], "kind": kind, "digest": digest}
            what = f"recorded the {kind.replace('_', ' ')}"
            scene.plan = stage.does(counsellor, what, f"{path}/record-document", body)


def await_entitlement(scene: Scene) -> Json:
    """What plans knows of the case, once it has heard of the entitlement and the arrival."""
    return scene.stage.awaits(
        scene.counsellor,
        f"plans/v1/entitlements/{scene.case['case']}",
        lambda seen: seen["total"] is not None and seen["claim_by"] is not None,
        "plans to hear of the entitlement and the arrival",
    )


def sign_and_submit(scene: Scene) -> None:
    """Signed by the returnee as it stands, and found feasible by the office that pays."""
    stage, counsellor = scene.stage, scene.counsellor
    path = f"plans/v1/plans/{scene.plan['plan']}"
    signature = {
        "signed_by": scene.signs,
        "method": "signature",
        "language": scene.told["returnee"]["language"],
        "digest": stage.reads(counsellor, path)["digest"],
    }
    who = "returnee" if scene.guardian is None else "guardian"
    stage.does(counsellor, f"recorded the {who}'s signature", f"{path}/sign", signature)
    stage.does(counsellor, "submitted the plan", f"{path}/submit")
    scene.plan = stage.does("omar", "found it feasible", f"{path}/confirm-feasibility")


def approve(scene: Scene) -> None:
    """As many members of the committee as the programme asks for say yes."""
    for member in COMMITTEE:
        what = f"approved {shown(scene.plan['total'])}"
        path = f"plans/v1/plans/{scene.plan['plan']}/approve"
        scene.plan = scene.stage.does(member, what, path)


def reject(scene: Scene, reason: str) -> None:
    """As many members of the committee say no as it takes to say yes: that is that."""
    path = f"plans/v1/plans/{scene.plan['plan']}/reject"
    for member in COMMITTEE:
        scene.plan = scene.stage.does(member, "rejected the plan", path, {"reason": reason})
