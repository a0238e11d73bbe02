"""The acts that keep a person under one programme at a time, beside those on the case.

They go into the same append as the act on the case: what they refuse does not happen at all.
"""

from collections.abc import Iterable
from datetime import datetime

from events.handler import Act
from events.io.http import View
from events.values import PersonId
from intake import views
from intake.domain.case.state import Case
from intake.domain.enrolment import (
    Enrolment,
    EnrolmentEvent,
    EnterProgramme,
    LeaveProgramme,
    enrolment,
    enrolment_of,
)
from intake.domain.programme import Terms

EnrolmentAct = Act[EnterProgramme | LeaveProgramme, Enrolment, EnrolmentEvent]


async def entering(
    case: Case,
    terms: Terms,
    *,
    by: PersonId,
    at: datetime,
    view: View,
    people: Iterable[PersonId] | None = None,
) -> list[EnrolmentAct]:
    """These people, the household unless said, come under the case's programme."""
    return [
        _enter(person, case, terms, by, at)
        for person in await _and_doubles(case.people if people is None else people, view)
    ]


def entering_again(case: Case, terms: Terms, *, by: PersonId, at: datetime) -> list[EnrolmentAct]:
    """The household comes under the programme as before, if the case had been found eligible."""
    people = case.people if case.programme_version is not None else ()
    return [_enter(person, case, terms, by, at) for person in people]


def _enter(person: PersonId, case: Case, terms: Terms, by: PersonId, at: datetime) -> EnrolmentAct:
    entered = EnterProgramme(
        by=by,
        at=at,
        person=person,
        case=case.id,
        programme=terms.programme,
        alone=terms.one_programme_at_a_time,
    )
    return Act(enrolment, enrolment_of(person), entered)


async def leaving(
    case: Case,
    *,
    by: PersonId,
    at: datetime,
    view: View,
    people: Iterable[PersonId] | None = None,
) -> list[EnrolmentAct]:
    """These people, the household unless said, are not assisted in the case any more."""
    return [
        Act(
            enrolment,
            enrolment_of(person),
            LeaveProgramme(by=by, at=at, person=person, case=case.id),
        )
        for person in await _and_doubles(case.people if people is None else people, view)
    ]


async def _and_doubles(people: Iterable[PersonId], view: View) -> list[PersonId]:
    """These, and the ids under which a person confirmed that they were registered as well."""
    found: dict[PersonId, None] = {}
    for person in people:
        doubles = await views.same_as(view, person)
        found |= dict.fromkeys((person, *(each.person for each in doubles)))
    return list(found)
