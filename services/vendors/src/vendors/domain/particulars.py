"""What somebody on the staff says of themselves, so that vendors can be held against it.

Who buys or pays tells how they are called, reached and paid. It is opened for nobody: a vendor that
shares any of it is found by tokens.
"""

from collections.abc import Sequence
from typing import ClassVar

from events.decider import Command, Decider, Event, State
from events.personal import Contact, Identity
from events.values import PersonId
from vendors.domain.identifiers import called


class RecordParticulars(Command, frozen=True):
    person: PersonId
    latin_name: str
    phone: str | None
    number: str | None
    """Of an account, as banks exchange it."""


class StaffParticularsRecorded(Event, frozen=True, tag="vendors.staff_particulars_recorded.v1"):
    """Somebody on the staff said how they are called, reached and paid."""

    about: ClassVar[str | None] = "person"

    person: PersonId
    latin_name: Identity[str]
    phone: Contact[str]
    number: Identity[str]


class Particulars(State, frozen=True):
    person: PersonId


def particulars_of(person: PersonId) -> str:
    """The stream of what somebody said of themselves."""
    return f"par_{person.partition('_')[2]}"


def decide(command: RecordParticulars, _: Particulars | None) -> Sequence[StaffParticularsRecorded]:
    if command.phone is not None:
        called(command.phone)
    return [
        StaffParticularsRecorded(
            by=command.by,
            at=command.at,
            person=command.person,
            latin_name=command.latin_name,
            phone=command.phone,
            number=command.number,
        )
    ]


def evolve(_: Particulars | None, event: StaffParticularsRecorded) -> Particulars:
    return Particulars(person=event.person)


particulars = Decider(decide=decide, evolve=evolve)
