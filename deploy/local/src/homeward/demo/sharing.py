"""Projects: what several cases share in, and what a community asked for."""

from collections.abc import Mapping

from homeward.demo import papers
from homeward.demo.planning import COMMITTEE
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, money, shown

MEMBERS = (*COMMITTEE, "alena")
"""Those who vote, in turn, until there is a quorum."""


def project(scene: Scene, told: Json) -> None:
    """Proposed, shared out, signed by each participant, found feasible, approved.

    `shares`: percent by the title of the case, `this` for the one being told. `host`: percent that
    the host community has. `documents`: what the programme wants to see.
    """
    sharers = {
        scene if title == "this" else scene.setting.scenes[title]: percent
        for title, percent in told.get("shares", {}).items()
    }
    propose(scene, told)
    share_out(scene, sharers, told.get("host", 0))
    sign_and_submit(scene, sharers)
    approve(scene)


def propose(scene: Scene, told: Json) -> None:
    """What is to be bought, and the papers about it."""
    stage, counsellor = scene.stage, scene.counsellor
    begun = {"programme": scene.setting.programme["programme"], "level": told["level"]}
    scene.project = stage.does(counsellor, "began a project", "plans/v1/projects", begun)
    path = project_of(scene)
    for item in told["items"]:
        body = {**item, "ceiling": money(item["ceiling"])}
        what = f"proposed {item['spec'].replace('_', ' ')}, {shown(item['ceiling'])}"
        scene.project = stage.does(counsellor, what, f"{path}/propose-item", body)
    scene.items |= {each["spec"]: each["item"] for each in scene.project["items"]}
    for kind in told.get("documents", ()):
        what = f"recorded the {kind.replace('_', ' ')}"
        digest = papers.of_the_project(scene, (counsellor, "plans"), kind)
        body = {"kind": kind, "digest": digest}
        scene.project = stage.does(counsellor, what, f"{path}/record-document", body)


def shares(sharers: Mapping[Scene, int], host: int = 0) -> Json:
    """Percent by scene, and of the host community, as the service wants it."""
    each = [{"case": s.case["case"], "basis_points": n * 100} for s, n in sharers.items()]
    return {"shares": each, "host_basis_points": host * 100}


def share_out(scene: Scene, sharers: Mapping[Scene, int], host: int = 0) -> None:
    """Who has which part of it, in percent."""
    body = shares(sharers, host)
    scene.project = scene.stage.does(
        scene.counsellor, "shared it out", f"{project_of(scene)}/set-shares", body
    )


def sign(scene: Scene, sharers: Mapping[Scene, int]) -> None:
    """Each participant signs all of it."""
    for each in sharers:
        body = {
            "case": each.case["case"],
            "signed_by": each.signs,
            "method": "signature",
            "language": each.told["returnee"]["language"],
            "digest": scene.project["digest"],
        }
        what = "recorded a participant's signature"
        scene.stage.does(scene.counsellor, what, f"{project_of(scene)}/sign-share", body)


def sign_and_submit(scene: Scene, sharers: Mapping[Scene, int]) -> None:
    """Signed by all, and found feasible by the office that pays."""
    sign(scene, sharers)
    path = project_of(scene)
    scene.stage.does(scene.counsellor, "submitted the project", f"{path}/submit")
    scene.project = scene.stage.does("omar", "found it feasible", f"{path}/confirm-feasibility")


def approve(scene: Scene) -> None:
    """Members of the committee say yes until they are as many as the programme asks for."""
    path = f"{project_of(scene)}/approve"
    members = iter(MEMBERS)
    while scene.project["stage"] != "approved":
        scene.project = scene.stage.does(next(members), "approved the project", path)


def project_of(scene: Scene) -> str:
    """Where the project is."""
    return f"plans/v1/projects/{scene.project['project']}"
