"""The story of the demo: cases from a file, told as they happen."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import resources
from pathlib import Path

import yaml
from rich.console import Console

from homeward.demo import (
    buying,
    ending,
    following,
    helping,
    paying,
    people,
    planning,
    proving,
    reporting,
    sharing,
)
from homeward.demo.scene import Scene, Setting
from homeward.demo.stage import FEEDS, Json, NotAsTold, Person, Stage, World
from homeward.stack import Stack

HOME = Path(os.environ.get("HOMEWARD_HOME", Path(__file__).parents[5]))


STORIES = Path(str(resources.files("homeward.demo")))
PROGRAMMES = tuple(sorted(path.stem for path in STORIES.glob("*.yaml")))
"""Those of which there is something to tell."""


def tell(
    running: Stack,
    terminal: Console,
    programmes: Sequence[str] = PROGRAMMES,
    *,
    only: Collection[str] = (),
    before_step: Callable[[int], None] = lambda _: None,
) -> bool:
    """Play the cases of the programmes; whether all of it went as their files say.

    `only`: the titles of the cases to play; all when there is none.
    """
    stage = Stage(world(running), terminal, str(running.folder.path), before_step)
    try:
        stories = [_with(only, told(programme)) for programme in programmes]
        _tell(stage, [story for story in stories if story["cases"]], running.folder.path / "copies")
    except NotAsTold as error:
        terminal.print(f"\n[red]Not as told.[/red] {error}", highlight=False)
        return False
    finally:
        stage.close()
    return True


def world(running: Stack) -> World:
    """Where the copy's services are, and its people with their passwords."""
    enrolled = yaml.safe_load(
        resources.files("homeward").joinpath("people.yaml").read_text(encoding="utf-8")
    )
    cast = {each["username"]: _person(each, running) for each in enrolled["people"]}
    secret = running.secrets.clients["audit"]
    cast[FEEDS] = Person(FEEDS, "the audit service", "service", secret)
    policy = running.folder.path / "files" / "audit" / "policy"
    return World(running.addresses, running.addresses["issuer"], cast, policy)


def _person(told: Json, running: Stack) -> Person:
    role = told["roles"][0].replace("_", " ")
    office = told.get("office")
    return Person(
        username=told["username"],
        name=told["name"].split()[0],
        role=f"{role}, {office}" if office else role,
        password=running.secrets.passwords[told["username"]],
    )


def told(programme: str) -> Json:
    """What the programme's file tells."""
    story: Json = yaml.safe_load((STORIES / f"{programme}.yaml").read_text("utf-8"))
    return story


def prepare(stage: Stage, story: Json) -> Setting:
    """The programme is published and funded, and its vendors may be paid."""
    paying.publish_rates(stage, story["rates"])
    return Setting(
        programme=people.publish_programme(
            stage, HOME / "programmes" / f"{story['programme']}.yaml"
        ),
        lines=paying.open_grant(stage, story["grant"]),
        vendors=buying.approve_vendors(stage, story["vendors"]),
    )


def _with(only: Collection[str], story: Json) -> Json:
    return story | {"cases": [c for c in story["cases"] if not only or c["title"] in only]}


def _tell(stage: Stage, stories: Sequence[Json], copies: Path) -> None:
    stage.chapter("Before the cases")
    trusted = proving.note_anchors(stage)
    buying.load_sanctions_list(stage)
    for limit in dict.fromkeys(story["limit"] for story in stories):
        paying.delegate(stage, limit)
    scenes: list[Scene] = []
    left: list[tuple[Scene, Json]] = []
    for story in stories:
        stage.chapter(f"Programme   {story['programme']}")
        setting = prepare(stage, story)
        for number, case in enumerate(story["cases"], start=1):
            stage.chapter(f"Case {number} of {len(story['cases'])}   {case['title']}")
            scene = setting.scenes[case["title"]] = Scene(stage, case, setting)
            play(scene)
            scenes.append(scene)
            left += [(scene, case["leave"])] if "leave" in case else []
    for scene, buy in left:
        stage.chapter("Left for you   a payment that waits for Jozef, then Eva, Marta and Ivan")
        paying.buy_and_leave(scene, buy)
    stage.chapter("Reports")
    reporting.report_to_donors(stage)
    stage.chapter("Audit")
    proving.await_complete_log(stage)
    proving.verify_offline(stage, trusted, _to_explain(scenes), copies)


def _to_explain(scenes: Sequence[Scene]) -> str:
    """A payment of a case that is known to all, if there is one: the copy names its vendor."""

    def is_kept(scene: Scene) -> bool:
        return not scene.case or any("assign" in act for act in scene.told["acts"])

    return min((scene for scene in scenes if scene.paid), key=is_kept).paid[0]


ACTS: Mapping[str, Callable[..., None]] = {
    "welcome": people.welcome,
    "register": people.register,
    "guardian": people.guardian,
    "assign": people.assign,
    "consent": people.consent,
    "admit": people.admit,
    "arrive": people.arrive,
    "plan": planning.plan,
    "approve": planning.approve,
    "reject": planning.reject,
    "instalments": following.instalments,
    "contribution": following.contribution,
    "emergency": helping.emergency,
    "refer": helping.refer,
    "project": sharing.project,
    "buy": paying.buy,
    "survey": following.survey,
    "hand_over": ending.hand_over,
    "close": ending.close,
}
"""What can be told of a case, by the word that the story has for it."""


def play(scene: Scene) -> None:
    """Each act of the case in turn: a word alone, or a word with what is told of it."""
    for act in scene.told["acts"]:
        if isinstance(act, str):
            ACTS[act](scene)
        else:
            ((word, told),) = act.items()
            ACTS[word](scene, told)
