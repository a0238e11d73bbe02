"""Who gets at a running copy, and what the audit service makes of it: somebody has a service's
password on the bus; a second process of the audit service runs beside the first.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from io import StringIO

import nats
import pytest
from rich.console import Console

from events.envelope import open_entry
from events.io.bus.permissions import inbox
from events.memory import SeededIds
from homeward import folder, operator, stack
from homeward.demo import story
from homeward.demo.stage import FEEDS, Json, NotAsTold, Stage
from homeward.processes import free_port
from homeward.stack import Stack
from homeward.supervisor import Program

VICTIM = "vendors"
FORGED = "ven_forged"
WITHIN_SECONDS = 90.0


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("copy")
    with ExitStack() as until:
        place = until.enter_context(folder.held(home, "demo", home / "data"))
        yield until.enter_context(
            stack.running(
                place, "demo", console_port=None, told=lambda _: None, waiting=lambda _: None
            )
        )


@pytest.fixture(scope="module")
def stage(copy: Stack) -> Iterator[Stage]:
    made = Stage(story.world(copy), Console(file=StringIO()), "faults")
    yield made
    made.close()


def proposed(stage: Stage, name: str) -> str:
    """One event of the vendors service, at least."""
    told = {"kind": "company", "country": "IQ", "name": name, "latin_name": name}
    told |= {"town": "Baghdad", "phone": "+9647701234567"}
    return str(stage.does("nadia", f"proposed {name}", "vendors/v1/vendors", told)["vendor"])


def becomes(stage: Stage, path: str, so: Callable[[Json], bool]) -> Json:
    """What an auditor reads there, as soon as it is so."""
    deadline, told = time.monotonic() + WITHIN_SECONDS, Json()
    while not told or not so(told):
        assert time.monotonic() < deadline, told
        time.sleep(0.3)
        with suppress(NotAsTold):  # it is not there yet
            told = stage.reads("elif", path)
    return told


def logged(stage: Stage, source: str = VICTIM) -> int:
    of = {each["name"]: each["entries"] for each in stage.reads("elif", "audit/v1/log")["sources"]}
    return int(of.get(source, 0))


def is_all_signed(log: Json) -> bool:
    return bool(log["entries"] == log["size"] and log["refused_since"] is None)


async def forge(copy: Stack, position: int, first: bytes) -> None:
    """With the service's own password: an event as it has told one, behind the last of them."""
    told = open_entry(first)
    made = first.replace(told.subject.encode(), FORGED.encode())
    for field, its, forged in (
        ("id", told.id, SeededIds(99).event_id()),
        ("position", told.position, str(position)),
        ("actorid", told.actorid, "per_mallory"),
    ):
        made = made.replace(f'"{field}":"{its}"'.encode(), f'"{field}":"{forged}"'.encode())
    bus = await nats.connect(
        copy.nats.url,
        user=VICTIM,
        password=copy.nats.passwords[VICTIM],
        inbox_prefix=inbox(VICTIM),
    )
    headers = {"Nats-Expected-Last-Sequence": str(position - 1)}
    said = await bus.request(f"ev.{told.type}", made, headers=headers)
    await bus.close()
    assert json.loads(said.data)["seq"] == position


def operate(copy: Stack, *words: str) -> str:
    """`./homeward operate vendors …`: what it prints."""
    module, environment = operator.command(copy.folder.path, VICTIM, words)
    program = Program("operate", module[0], environment, copy.folder.logs, arguments=module[1:])
    assert program.process.wait(60) == 0, program.log.read_text()
    return program.log.read_text()


def test_what_a_stolen_password_puts_on_the_bus_is_told_and_the_log_has_the_true_events(
    copy: Stack, stage: Stage
) -> None:
    proposed(stage, "Al-Rafidain")
    becomes(stage, "audit/v1/log", lambda _: logged(stage) > 0)
    becomes(stage, "audit/v1/checks", lambda told: bool(told["whole"]))
    entries = stage.reads(FEEDS, f"{VICTIM}/v1/events")
    first, head = entries["entries"][0]["entry"].encode(), entries["head"]
    asyncio.run(forge(copy, head + 1, first))

    rule = "audit/v1/findings?rule=forged_on_the_bus"
    [found] = becomes(stage, rule, lambda seen: bool(seen["items"]))["items"]
    assert (found["severity"], found["entries"]) == ("high", [])
    assert logged(stage) == head
    deadline = time.monotonic() + WITHIN_SECONDS
    while "BusIsAhead" not in operate(copy, "stops"):  # a quiet relay looks every few seconds
        assert time.monotonic() < deadline

    in_its_place = proposed(stage, "Al-Furat")
    operate(copy, "remake")
    operate(copy, "resume", "relay", VICTIM, "--by", "per_omar")
    later = proposed(stage, "Al-Zab")
    for vendor in (in_its_place, later):
        trail = becomes(stage, f"audit/v1/trail/{vendor}", lambda seen: bool(seen["lines"]))
        assert trail["lines"][0]["who"] != "per_mallory"
    with pytest.raises(NotAsTold):
        stage.reads("elif", f"audit/v1/trail/{FORGED}")
    becomes(stage, "audit/v1/checks", lambda told: bool(told["whole"]))


def test_of_two_audit_services_one_publishes_and_the_other_goes_on_when_it_dies(
    copy: Stack, stage: Stage
) -> None:
    first = next(each for each in copy.programs if each.name == "audit")
    address = f"http://127.0.0.1:{free_port()}"
    bind = {"HOMEWARD_BIND": address.removeprefix("http://")}
    ready = f"{address}/readyz"
    second = Program(
        "audit_2", first.module, {**first.environment, **bind}, first.logs, ready=ready
    )
    copy.programs.append(second)
    copy.supervisor.await_ready([second])
    world = replace(stage.world, services={**stage.world.services, "audit": address})
    with closing(replace(stage, world=world, run="beside")) as beside:
        goes_on_without(first, stage, beside)
    first.restart()
    copy.supervisor.await_ready([first])
    becomes(stage, "audit/v1/log", is_all_signed)
    assert stage.reads("elif", "audit/v1/differences?stands=true")["items"] == []


def goes_on_without(first: Program, stage: Stage, beside: Stage) -> None:
    proposed(stage, "Tigris")
    both = [becomes(each, "audit/v1/log", is_all_signed) for each in (stage, beside)]
    assert all(each["refused_since"] is None for each in both)

    first.process.kill()
    first.process.wait()
    before = beside.reads("elif", "audit/v1/log")["size"]
    vendor = proposed(stage, "Euphrates")
    becomes(beside, "audit/v1/log", lambda told: told["size"] > before and is_all_signed(told))
    trail = becomes(beside, f"audit/v1/trail/{vendor}", lambda told: bool(told["lines"]))
    assert trail["lines"][0]["proven"] is True
