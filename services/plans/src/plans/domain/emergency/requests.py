"""What may be asked of an emergency. A command carries the rules and how the case is."""

import msgspec

from events.decider import Command
from events.money import Money
from events.values import Code, EmergencyId, ItemId, PersonId
from plans.domain.plan.kinds import Rejection
from plans.domain.plan.requests import NOTHING, Committed
from plans.domain.programme import Approval, Assistance, Emergency
from plans.domain.standing import Standing


class Wanted(msgspec.Struct, frozen=True):
    """One thing that is needed."""

    item: ItemId
    type: Code
    assistance: Assistance | None
    """The programme's rules for that type, if it has it."""
    spec: Code
    ceiling: Money
    person: PersonId | None = None
    """For whom of the household it is; None: the principal applicant."""


class EmergencyCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


class RequestEmergency(EmergencyCommand, frozen=True):
    emergency: EmergencyId
    standing: Standing | None
    programme_version: int
    rules: Emergency | None
    """The programme's, if it gives help before a plan."""
    approval: Approval | None
    """Of the programme: how many decide afterwards, by amount."""
    wanted: tuple[Wanted, ...]
    own_words: str | None = None
    """What the returnee said they need."""


class DeclareEmergencyConflict(EmergencyCommand, frozen=True):
    pass


class DeclineEmergency(EmergencyCommand, frozen=True):
    roles: frozenset[Code]
    reason: Rejection


class AuthoriseEmergency(EmergencyCommand, frozen=True):
    roles: frozenset[Code]
    standing: Standing
    overdue: tuple[EmergencyId, ...]
    """Those of the same case or person that were not decided on in time."""


class RatifyEmergency(EmergencyCommand, frozen=True):
    pass


class ObjectToEmergency(EmergencyCommand, frozen=True):
    reason: Rejection
    committed: Committed = NOTHING


AnyEmergencyCommand = (
    RequestEmergency
    | DeclareEmergencyConflict
    | DeclineEmergency
    | AuthoriseEmergency
    | RatifyEmergency
    | ObjectToEmergency
)
