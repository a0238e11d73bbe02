"""What a command of an operator has whatever it does: a file, a database, an ending.

A command runs beside its service, on the service's database. Nobody signs in at a command line:
whoever holds the database's key may be anybody. So its events name no person; the platform acts,
and the entry says `operator` and `command_line`. Where an auditor's own reading is put on record,
`--by` is kept besides: a claim of whoever holds that key, as the same two words say.
"""

import argparse
import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from events.canonical import plain
from events.decider import Rejected, title_of
from events.envelope import Actor, Context
from events.handler import Handler
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Conflict, Unavailable
from events.registry import Registry
from events.values import SUBJECT, SYSTEM, Code, PersonId

DATABASE = "HOMEWARD_DATABASE_URL"
ADDRESS = ("https://", "http://")
TIMEOUT_SECONDS = 120.0
UNREAD = 128 + signal.SIGPIPE
"""How a command ends whose output nobody reads any more, as other programs do."""


def run(work: Callable[[str], Coroutine[None, None, str]], *, service: str) -> None:
    """Do `work` on the service's database and print its sentence; a hindrance is told in one."""
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the {service} service's database.")
    try:
        told = asyncio.run(work(url))
    except (OSError, httpx.HTTPError, Unavailable, Conflict, ValueError) as hindrance:
        sys.exit(f"Nothing was done: {hindrance}")
    except Rejected as refusal:
        sys.exit(sentence(refusal))
    say(told)


def say(told: str) -> None:
    """Print it. Who reads it may have seen enough: `| head -1`."""
    try:
        print(told, flush=True)  # noqa: T201  this is a command
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNREAD)


@asynccontextmanager
async def opened(url: str, registry: Registry) -> AsyncIterator[tuple[PostgresStore, Handler]]:
    """The service's store and its handler, for acts without personal values.

    No key of the vault is held: a command that would write such a value cannot.
    """
    async with open_store(url, EpochKeys(os.urandom(32))) as store:
        yield store, Handler(registry, store, SystemClock(), SystemIds())


def sentence(refusal: Rejected) -> str:
    """Why it was refused, and on what that rests: as a person reads it."""
    rests_on = ", ".join(
        f"{name}: {_short(value)}" for name, value in plain(refusal.facts()).items()
    )
    title = title_of(type(refusal))
    return f"Refused: {title}{f' ({rests_on})' if rests_on else ''}. Nothing was done."


def _short(value: object) -> str:
    match value:
        case str():
            return value
        case dict():
            return " ".join(_short(each) for each in value.values())
        case list() | tuple():
            return ", ".join(_short(each) for each in value) or "none"
        case _:
            return msgspec.json.encode(value).decode()


def at_the_command_line(handler: Handler) -> Context:
    """Who acts: nobody who signed in. A correlation of its own."""
    return operator(SYSTEM, handler)


def operator(by: PersonId, handler: Handler) -> Context:
    """The same, where the command line claims who it is."""
    actor = Actor(
        id=by,
        role=Code("operator"),
        organisation=Code("homeward"),
        authentication=Code("command_line"),
    )
    return Context(actor=actor, correlation=handler.ids.event_id())


def content(told: str, *, most: int) -> bytes:
    """The bytes of a file or of an address. `ValueError` when they are more than `most`."""
    found = bytearray()
    for chunk in _of_address(told) if told.startswith(ADDRESS) else _of_file(told, most):
        found += chunk
        if len(found) > most:
            raise ValueError(f"that is more than {most // 2**20} MiB, too large for such a file")
    return bytes(found)


def _of_file(told: str, most: int) -> Iterator[bytes]:
    with Path(told).open("rb") as file:
        yield file.read(most + 1)


def _of_address(told: str) -> Iterator[bytes]:
    with httpx.stream("GET", told, follow_redirects=True, timeout=TIMEOUT_SECONDS) as answer:
        answer.raise_for_status()
        yield from answer.iter_bytes()


def by_whom(parser: argparse.ArgumentParser) -> None:
    """Let the command line claim who gives the command; it is kept with the event."""
    parser.add_argument("--by", type=_person, default="per_system", help="your person id, kept")


def _person(told: str) -> PersonId:
    if not re.fullmatch(SUBJECT, told) or not told.startswith("per_"):
        raise argparse.ArgumentTypeError("a person id: per_...")
    return PersonId(told)
