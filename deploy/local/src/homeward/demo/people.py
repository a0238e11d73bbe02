"""The first part of the story: the programme's page, and people whom the programme is for."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, Stage


def publish_programme(stage: Stage, page: Path) -> Json:
    """One programme manager proposes the page, another publishes it; everybody hears of it."""
    text, proposals = {"text": page.read_text(encoding="utf-8")}, "plans/v1/programme-proposals"
    stage.does("juraj", f"proposed the programme {page.stem}", proposals, text)
    programme = stage.does(
        "petra", f"published the programme {page.stem}", "plans/v1/programmes", text
    )
    stage.awaits(
        "lina",
        "intake/v1/programmes",
        lambda seen: any(p["programme"] == programme["programme"] for p in seen["items"]),
        "intake to hear of the programme",
    )
    stage.awaits("nadia", "vendors/v1/diligence", lambda _: True, "vendors to hear of it")
    return programme


def register(scene: Scene) -> None:
    """The returnee and the household, with the guardian of each child."""
    household = scene.told.get("household", [])
    what = f"registered a returnee{_and(len(household))}"
    scene.case = scene.stage.does(
        scene.counsellor, what, "intake/v1/cases", registration(scene.told, scene.setting.programme)
    )
    add_household(scene)


def registration(told: Json, programme: Json) -> Json:
    """What is told of the returnee, as intake asks for it."""
    returnee = told["returnee"]
    return {
        "programme": programme["programme"],
        "country_of_return": returnee["country"],
        "return_type": returnee.get("return", "voluntary"),
        "office": returnee["office"],
        "language": returnee["language"],
        "sex": returnee["sex"],
        "age_bracket": returnee["age"],
        "name": returnee["name"],
        "date_of_birth": returnee["born"],
        "phone": returnee["phone"],
    }


def add_household(scene: Scene) -> None:
    """Those who return with the principal applicant, with the guardian of each child."""
    stage, counsellor = scene.stage, scene.counsellor
    for member in scene.told.get("household", []):
        body = {"relation": member["relation"], "sex": member["sex"], "name": member["name"]}
        body["age_bracket"] = member["age"]
        added = stage.does(
            counsellor, f"added a {member['relation']}", f"{scene.path}/add-member", body
        )
        person = scene.household[member["name"]] = added["household"][-1]["person"]
        if member["relation"] == "child":
            body = {"child": person, "guardian": scene.case["returnee"], "basis": "parent"}
            stage.does(counsellor, "recorded the guardian", f"{scene.path}/appoint-guardian", body)


def guardian(scene: Scene, person: str) -> None:
    """Who speaks for a child who comes alone, as the social services named them."""
    body = {"child": scene.case["returnee"], "guardian": person, "basis": "social_services"}
    scene.stage.does(
        scene.counsellor, "recorded the guardian", f"{scene.path}/appoint-guardian", body
    )
    scene.guardian = person


def assign(scene: Scene, who: list[str]) -> None:
    """Let these people know of a restricted case: nobody else does."""
    for person in who:
        scene.stage.does(
            scene.counsellor,
            f"assigned {scene.stage.world.people[person].name} to the restricted case",
            f"{scene.path}/assign",
            {"person": f"per_{person}"},
        )


SCOPES = ("assistance", "vendors", "monitoring", "pooling")


def consent(scene: Scene, scopes: Sequence[str] = SCOPES) -> None:
    """What the returnee or, for a child alone, the guardian agrees to, on paper."""
    body = {
        "scopes": list(scopes),
        "method": "signature" if scene.guardian is None else "guardian",
        "guardian": scene.guardian,
        "language": scene.told["returnee"]["language"],
        "document": paper("consent", scene.title, *scopes),
    }
    scene.stage.does(scene.counsellor, "recorded the consent", f"{scene.path}/give-consent", body)


def admit(scene: Scene) -> None:
    """The programme manager finds the case eligible and grants the entitlement."""
    stage = scene.stage
    criteria = scene.setting.programme["policy"]["eligibility"]["criteria"]
    stage.does(
        "petra",
        "found the case eligible",
        f"{scene.path}/confirm-eligibility",
        {"criteria": criteria},
    )
    scene.case = stage.does("petra", "granted the entitlement", f"{scene.path}/grant-entitlement")


def arrive(scene: Scene, day: date | None = None) -> None:
    """The returnee is back since that day (today, when none is named): the time to claim runs."""
    body = {
        "date": (day or scene.stage.today).isoformat(),
        "evidence": paper("boarding pass", scene.title),
    }
    scene.stage.does(
        scene.counsellor, "confirmed the arrival", f"{scene.path}/confirm-arrival", body
    )


def _and(others: int) -> str:
    return "" if others == 0 else f" and {others} of the household"


def welcome(scene: Scene) -> None:
    """From registration to arrival, as it goes when nothing is in the way."""
    for act in (register, consent, admit, arrive):
        act(scene)
