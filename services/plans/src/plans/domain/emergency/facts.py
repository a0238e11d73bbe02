"""What can happen to an emergency. Field names are the contract with the other services."""

from datetime import datetime
from typing import ClassVar

from events.decider import Event
from events.money import Money
from events.personal import Protection
from events.values import CaseId, Code, EmergencyId, ItemId, PersonId, ProgrammeId
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.kinds import Rejection


class EmergencyRequested(Event, frozen=True, tag="plans.emergency_assistance_requested.v1"):
    """Somebody asked for help that cannot wait for a plan."""

    emergency: EmergencyId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    run_by: Code
    organisation: Code
    counsellor: PersonId
    items: tuple[ApprovedItem, ...]
    total: Money
    quorum: int
    """How many others have to agree afterwards."""
    authorised_by: tuple[Code, ...]
    """The roles that may authorise it."""
    ratify_within_hours: int


class EmergencyItemIntended(Event, frozen=True, tag="plans.emergency_item_intended_for.v1"):
    """A line is for this person of the household; of which nothing is said, the returnee."""

    emergency: EmergencyId
    case: CaseId
    item: ItemId
    person: PersonId


class EmergencyWordsRecorded(Event, frozen=True, tag="plans.emergency_words_recorded.v1"):
    """What the returnee said they need, kept as they said it."""

    about: ClassVar[str | None] = "returnee"
    emergency: EmergencyId
    case: CaseId
    returnee: PersonId
    words: Protection[str]


class EmergencyConflictDeclared(Event, frozen=True, tag="plans.emergency_conflict_declared.v1"):
    """Somebody is too close to it to decide on it; a vote of theirs is void."""

    emergency: EmergencyId
    case: CaseId
    person: PersonId


class EmergencyDeclined(Event, frozen=True, tag="plans.emergency_assistance_declined.v1"):
    """It will not be given."""

    emergency: EmergencyId
    case: CaseId
    reason: Rejection


class EmergencyAuthorised(Event, frozen=True, tag="plans.emergency_assistance_authorised.v1"):
    """Money may be committed within these ceilings, before others have decided on it."""

    emergency: EmergencyId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    items: tuple[ApprovedItem, ...]
    total: Money
    drafter: PersonId
    """Who asked for it."""
    counsellor: PersonId
    ratify_by: datetime


class RatificationRecorded(Event, frozen=True, tag="plans.emergency_ratification_recorded.v1"):
    """One person said afterwards that it was right."""

    emergency: EmergencyId
    case: CaseId
    member: PersonId


class ObjectionRecorded(Event, frozen=True, tag="plans.emergency_objection_recorded.v1"):
    """One person said afterwards that it was not right."""

    emergency: EmergencyId
    case: CaseId
    member: PersonId
    reason: Rejection


class EmergencyRatified(Event, frozen=True, tag="plans.emergency_assistance_ratified.v1"):
    """The quorum said that it was right."""

    emergency: EmergencyId
    case: CaseId
    approvers: tuple[PersonId, ...]
    late: bool
    """After the programme's hours were over."""


class EmergencyNotRatified(Event, frozen=True, tag="plans.emergency_assistance_not_ratified.v1"):
    """The quorum said that it was not right: nothing more is bought under it."""

    emergency: EmergencyId
    case: CaseId
    reason: Rejection
    committed: Money
    """What orders hold."""
    freed: Money


EmergencyEvent = (
    EmergencyRequested
    | EmergencyItemIntended
    | EmergencyWordsRecorded
    | EmergencyConflictDeclared
    | EmergencyDeclined
    | EmergencyAuthorised
    | RatificationRecorded
    | ObjectionRecorded
    | EmergencyRatified
    | EmergencyNotRatified
)
