"""The story of the demo: cases from a file, told as they happen."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from homeward.demo import buying, paying, people, proving
from homeward.demo.stage import Json, NotAsTold, Person, Stage, World
from homeward.stack import Stack

HOME = Path(os.environ.get("HOMEWARD_HOME", Path(__file__).parents[5]))


def tell(
    running: Stack,
    terminal: Console,
    programme: str = "iom-slovakia",
    *,
    only: Collection[str] = (),
    before_step: Callable[[int], None] = lambda _: None,
) -> bool:
    """Play the cases of the programme's file; whether all of it went as the file says.

    `only`: the titles of the cases to play; all when there is none.
    """
    text = resources.files("homeward.demo").joinpath(f"{programme}.yaml").read_text("utf-8")
    told = yaml.safe_load(text)
    told["cases"] = [case for case in told["cases"] if not only or case["title"] in only]
    stage = Stage(world(running), terminal, str(running.folder.path), before_step)
    try:
        _tell(stage, told, running.folder.path / "copies")
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
    return World(running.addresses, running.addresses["issuer"], cast)


def _person(told: Json, running: Stack) -> Person:
    role = told["roles"][0].replace("_", " ")
    office = told.get("office")
    return Person(
        username=told["username"],
        name=told["name"].split()[0],
        role=f"{role}, {office}" if office else role,
        password=running.secrets.passwords[told["username"]],
    )


@dataclass(frozen=True)
class _Setting:
    """What stands before the cases, and what they leave behind."""

    programme: Json
    vendors: Json
    lines: Json
    """Budget line ids by name."""
    paid: list[str] = field(default_factory=list)
    left: list[tuple[Json, Json]] = field(default_factory=list)
    """What is bought at the end and left for whoever looks around: what is told, and its plan."""


def _tell(stage: Stage, told: dict[str, Any], copies: Path) -> None:
    stage.chapter("Before the cases")
    key = proving.note_key(stage)
    page = HOME / "programmes" / f"{told['programme']}.yaml"
    setting = _Setting(
        programme=people.publish_programme(stage, page),
        lines=paying.open_grant(stage, told["grant"], told["limit"]),
        vendors={key: buying.approve_vendor(stage, each) for key, each in told["vendors"].items()},
    )
    paying.publish_rates(stage, told["rates"])
    for number, case in enumerate(told["cases"], start=1):
        stage.chapter(f"Case {number} of {len(told['cases'])}   {case['title']}")
        _tell_case(stage, case, setting)
    for case, plan in setting.left:
        stage.chapter("Left for you   a payment that waits for Jozef, then Eva, Marta and Ivan")
        _buy(stage, case | {"people_who_should_not": False}, plan, setting)
    stage.chapter("Audit")
    proving.await_complete_log(stage)
    proving.verify_offline(stage, key, setting.paid[0], copies)


def _tell_case(stage: Stage, told: Json, setting: _Setting) -> None:
    case = people.open_case(stage, told, setting.programme)
    plan = people.plan_for(stage, told, case)
    if told["ends"] == "rejected":
        people.reject(stage, plan)
        return
    plan = people.approve(stage, plan)
    payment = _buy(stage, told, plan, setting)
    paying.sign(stage, told, payment)
    setting.paid.append(paying.pay(stage, payment)["payment"])
    if "then" in told:
        setting.left.append((told | {"buy": told["then"]}, plan))


def _buy(stage: Stage, told: Json, plan: Json, setting: _Setting) -> Json:
    """From the award to a requested payment."""
    buying.award(stage, told, plan, setting.vendors)
    commitment = paying.order(stage, told, plan, setting.lines)
    paying.deliver(stage, told, commitment)
    bill = paying.invoice(stage, told, commitment)
    return paying.request(stage, commitment, bill)
