"""What an operator is told at the terminal: sentences, and no Python."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.handler import Handler
from events.io.command import at_the_command_line, sentence
from events.io.system import SystemClock
from events.memory import MemoryStore, SeededIds
from events.money import Money
from events.registry import Registry
from events.values import SYSTEM


@dataclass(unsafe_hash=True)
class TooDear(Rejected):
    """It costs more than it may.

    And nobody reads this at a terminal.
    """

    on: date
    price: Money
    marks: tuple[str, ...] = ()


@dataclass(unsafe_hash=True)
class NotToday(Rejected):
    """The shop is closed."""


def test_nobody_signed_in_so_the_event_names_no_person() -> None:
    handler = Handler(Registry.of("shop", []), MemoryStore(), SystemClock(), SeededIds())
    actor = at_the_command_line(handler).actor
    assert (actor.id, actor.role, actor.authentication) == (SYSTEM, "operator", "command_line")


def test_a_refusal_is_its_title_and_what_it_rests_on() -> None:
    dear = TooDear(date(2026, 3, 2), Money(120_050, "EUR"), ("first", "second"))
    assert sentence(dear) == (
        "Refused: It costs more than it may (on: 2026-03-02, price: 1200.50 EUR,"
        " marks: first, second). Nothing was done."
    )
    assert sentence(NotToday()) == "Refused: The shop is closed. Nothing was done."


def test_who_has_read_enough_is_told_nothing_more() -> None:
    """`./homeward audit bundle | head -1`: no traceback, and the ending of other programs."""
    read, write = os.pipe()
    os.close(read)
    said = subprocess.run(
        [sys.executable, "-c", "from events.io.command import say; say('made\\nverify it')"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (said.returncode, said.stderr) == (128 + 13, "")
