"""A case: all assistance to one principal applicant and household under one programme.

    registered -> eligible -> arrived       the entitlement is granted once eligible
               -> ineligible (the end)

Nothing is decided about people who have not consented to it (rule S1), and nobody decides
alone: who registered a case does not find it eligible. A partner organisation reaches its own
cases and no other's (rule D10); the organisation that runs the programme reaches them all.
Rules are named as in the domain catalogue, section 9.

Each concern of a case is a module of its own beside this one, with the same four names: what may
be asked (`Request`), what can happen (`Fact`), `decide` and `evolve`. This one joins them.
"""

from collections.abc import Sequence
from typing import Any, get_args

from events.decider import Decider
from intake.domain.case import (
    adjusting,
    consenting,
    eligibility,
    elsewhere,
    entitlement,
    household,
    merging,
    particulars,
    pooling,
    travel,
)
from intake.domain.case.asking import NoSuchCase, at
from intake.domain.case.kinds import OPEN
from intake.domain.case.registering import (
    RegisterReturnee,
    ReturneeRegistered,
    register,
    registered,
)
from intake.domain.case.state import Case

CaseRequest = (
    RegisterReturnee
    | household.Request
    | particulars.Request
    | consenting.Request
    | pooling.Request
    | eligibility.Request
    | entitlement.Request
    | elsewhere.Request
    | adjusting.Request
    | travel.Request
    | merging.Request
)
CaseEvent = (
    ReturneeRegistered
    | household.Fact
    | particulars.Fact
    | consenting.Fact
    | pooling.Fact
    | eligibility.Fact
    | entitlement.Fact
    | elsewhere.Fact
    | adjusting.Fact
    | travel.Fact
    | merging.Fact
)


CONCERNS: tuple[Any, ...] = (
    household,
    particulars,
    consenting,
    pooling,
    eligibility,
    entitlement,
    elsewhere,
    adjusting,
    travel,
    merging,
)
AT_ANY_STAGE = (merging,)
"""These say for themselves when a case is open to them; to the others while it is not over."""
_OF = {
    kind: concern
    for concern in CONCERNS
    for union in (concern.Request, concern.Fact)
    for kind in get_args(union) or (union,)
}


def decide(command: CaseRequest, case: Case | None) -> Sequence[CaseEvent]:
    if isinstance(command, RegisterReturnee):
        return [register(command, case)]
    if case is None or not case.reached_by(command.organisation):
        raise NoSuchCase(command.organisation)
    merging.not_merged(command, case)
    concern = _OF[type(command)]
    if concern not in AT_ANY_STAGE:
        at(case, *OPEN)
    facts: Sequence[CaseEvent] = concern.decide(command, case)
    return facts


def evolve(case: Case | None, event: CaseEvent) -> Case:
    if isinstance(event, ReturneeRegistered):
        return registered(event)
    assert case is not None, "a fact about a case that nobody registered"
    after: Case = _OF[type(event)].evolve(case, event)
    return after


case = Decider(decide=decide, evolve=evolve)
