"""Projects: what several cases share in, and what a community asked for."""

from homeward.demo.planning import COMMITTEE
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, money, shown


def project(scene: Scene, told: Json) -> None:
    """Proposed, shared out, signed by each participant, found feasible, approved.

    `shares`: percent by the title of the case, `this` for the one being told. `host`: percent that
    the host community has. `documents`: what the programme wants to see.
    """
    stage, counsellor = scene.stage, scene.counsellor
    begun = {"programme": scene.setting.programme["programme"], "level": told["level"]}
    proposed = stage.does(counsellor, "began a project", "plans/v1/projects", begun)
    path = f"plans/v1/projects/{proposed['project']}"
    for item in told["items"]:
        body = {**item, "ceiling": money(item["ceiling"])}
        what = f"proposed {item['spec'].replace('_', ' ')}, {shown(item['ceiling'])}"
        proposed = stage.does(counsellor, what, f"{path}/propose-item", body)
    scene.items |= {each["spec"]: each["item"] for each in proposed["items"]}
    sharers = {
        scene if title == "this" else scene.setting.scenes[title]: percent
        for title, percent in told.get("shares", {}).items()
    }
    shares = [
        {"case": each.case["case"], "basis_points": percent * 100}
        for each, percent in sharers.items()
    ]
    body = {"shares": shares, "host_basis_points": told.get("host", 0) * 100}
    proposed = stage.does(counsellor, "shared it out", f"{path}/set-shares", body)
    for kind in told.get("documents", ()):
        what = f"recorded the {kind.replace('_', ' ')}"
        body = {"kind": kind, "digest": paper(kind, proposed["project"])}
        proposed = stage.does(counsellor, what, f"{path}/record-document", body)
    for each in sharers:
        body = {
            "case": each.case["case"],
            "signed_by": each.signs,
            "method": "signature",
            "language": each.told["returnee"]["language"],
            "digest": proposed["digest"],
        }
        stage.does(counsellor, "recorded a participant's signature", f"{path}/sign-share", body)
    stage.does(counsellor, "submitted the project", f"{path}/submit")
    stage.does("omar", "found it feasible", f"{path}/confirm-feasibility")
    for member in COMMITTEE:
        stage.does(member, "approved the project", f"{path}/approve")
