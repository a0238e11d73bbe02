"""What the facts about an emergency amount to."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import State
from events.money import Money
from events.values import CaseId, Code, EmergencyId, ItemId, PersonId, ProgrammeId
from plans.domain.emergency.facts import (
    EmergencyAuthorised,
    EmergencyConflictDeclared,
    EmergencyDeclined,
    EmergencyEvent,
    EmergencyItemIntended,
    EmergencyNotRatified,
    EmergencyRatified,
    EmergencyRequested,
    EmergencyWordsRecorded,
    ObjectionRecorded,
    RatificationRecorded,
)
from plans.domain.emergency.refusals import Stage
from plans.domain.plan.facts import ApprovedItem
from plans.domain.shares import Held, parts_of


class Help(State, frozen=True):
    id: EmergencyId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    run_by: Code
    organisation: Code
    counsellor: PersonId
    requester: PersonId
    items: tuple[ApprovedItem, ...]
    total: Money
    quorum: int
    roles: tuple[Code, ...]
    """Who may authorise it."""
    ratify_within_hours: int
    stage: Stage = Stage.REQUESTED
    authoriser: PersonId | None = None
    ratify_by: datetime | None = None
    approvers: tuple[PersonId, ...] = ()
    opponents: tuple[PersonId, ...] = ()
    persons: dict[ItemId, PersonId] = msgspec.field(default_factory=dict)
    """For whom of the household an item is that is not for the principal applicant."""
    conflicts: frozenset[PersonId] = frozenset()

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of it at all (D10)."""
        return organisation in (self.organisation, self.run_by)

    def parts_of(self, ceilings: Mapping[ItemId, Money]) -> dict[PersonId, Held]:
        """What is had for each person, when the items come to so much."""
        return parts_of(
            (self.persons.get(i.item, self.returnee), i.modality, ceilings[i.item])
            for i in self.items
            if i.item in ceilings
        )

    @property
    def one_no_short(self) -> bool:
        """Whether the next objection is the quorum's last."""
        return self.stage is Stage.AUTHORISED and len(self.opponents) + 1 >= self.quorum


def evolve(help_: Help | None, event: EmergencyEvent) -> Help:
    if isinstance(event, EmergencyRequested):
        return _requested(event)
    assert help_ is not None, "a fact about help that nobody asked for"
    match event:
        case EmergencyItemIntended(item=item, person=person):
            return replace(help_, persons=help_.persons | {item: person})
        case EmergencyWordsRecorded():
            return help_
        case EmergencyConflictDeclared(person=person):
            return replace(
                help_,
                conflicts=help_.conflicts | {person},
                approvers=tuple(m for m in help_.approvers if m != person),
                opponents=tuple(m for m in help_.opponents if m != person),
            )
        case EmergencyDeclined():
            return replace(help_, stage=Stage.DECLINED)
        case EmergencyAuthorised(by=by, ratify_by=ratify_by):
            return replace(help_, stage=Stage.AUTHORISED, authoriser=by, ratify_by=ratify_by)
        case RatificationRecorded(member=member):
            return replace(help_, approvers=(*help_.approvers, member))
        case ObjectionRecorded(member=member):
            return replace(help_, opponents=(*help_.opponents, member))
        case EmergencyRatified():
            return replace(help_, stage=Stage.RATIFIED)
        case EmergencyNotRatified():
            return replace(help_, stage=Stage.NOT_RATIFIED)
        case _:
            assert_never(event)


def _requested(event: EmergencyRequested) -> Help:
    return Help(
        id=event.emergency,
        case=event.case,
        returnee=event.returnee,
        programme=event.programme,
        programme_version=event.programme_version,
        run_by=event.run_by,
        organisation=event.organisation,
        counsellor=event.counsellor,
        requester=event.by,
        items=event.items,
        total=event.total,
        quorum=event.quorum,
        roles=event.authorised_by,
        ratify_within_hours=event.ratify_within_hours,
    )
