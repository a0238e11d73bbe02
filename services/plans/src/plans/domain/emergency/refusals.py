"""Why an emergency says no."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from events.decider import Rejected
from events.money import Money
from events.values import Code, EmergencyId, PersonId


class Stage(StrEnum):
    REQUESTED = "requested"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    RATIFIED = "ratified"
    NOT_RATIFIED = "not_ratified"


@dataclass(unsafe_hash=True)
class NoSuchEmergency(Rejected):
    """There is no such emergency, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class EmergencyIsAt(Rejected):
    """The act needs the emergency at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class NoEmergencies(Rejected):
    """The programme gives no help before a plan."""

    programme: Code


@dataclass(unsafe_hash=True)
class NotForEmergencies(Rejected):
    """The programme does not give this type of assistance before a plan."""

    type: Code
    types: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class NotTheirsToAuthorise(Rejected):
    """The programme says in which roles somebody may authorise an emergency."""

    person: PersonId
    roles: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class RequesterCannotAuthorise(Rejected):
    """Who asked for the help does not authorise it (D1)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class RatificationOverdue(Rejected):
    """Another emergency of this case, or of this authoriser, was not decided on in time."""

    emergency: EmergencyId


@dataclass(unsafe_hash=True)
class PartOfIt(Rejected):
    """Others decide afterwards: neither who asked for it, who gave it, nor the counsellor (D1)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class InConflict(Rejected):
    """This person declared a conflict of interest on this emergency (D1, D6)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class SaidAlready(Rejected):
    """One person has one vote (D1)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AboveEmergencyLimit(Rejected):
    """The programme allows less for all emergencies of one case."""

    together: Money
    at_most: Money
