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
from typing import assert_never

from events.decider import Decider
from intake.domain.case import consenting, eligibility, entitlement, household, merging, travel
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
    | consenting.Request
    | eligibility.Request
    | entitlement.Request
    | travel.Request
    | merging.Request
)
CaseEvent = (
    ReturneeRegistered
    | household.Fact
    | consenting.Fact
    | eligibility.Fact
    | entitlement.Fact
    | travel.Fact
    | merging.Fact
)


def decide(command: CaseRequest, case: Case | None) -> Sequence[CaseEvent]:
    if isinstance(command, RegisterReturnee):
        return [register(command, case)]
    if case is None or not case.reached_by(command.organisation):
        raise NoSuchCase(command.organisation)
    merging.not_merged(command, case)
    if isinstance(command, merging.Request):
        return merging.decide(command, case)
    at(case, *OPEN)
    if isinstance(command, household.Request):
        return household.decide(command, case)
    if isinstance(command, consenting.Request):
        return consenting.decide(command, case)
    if isinstance(command, eligibility.Request):
        return eligibility.decide(command, case)
    if isinstance(command, entitlement.Request):
        return entitlement.decide(command, case)
    if isinstance(command, travel.Request):
        return travel.decide(command, case)
    assert_never(command)


def evolve(case: Case | None, event: CaseEvent) -> Case:
    if isinstance(event, ReturneeRegistered):
        return registered(event)
    assert case is not None, "a fact about a case that nobody registered"
    if isinstance(event, household.Fact):
        return household.evolve(case, event)
    if isinstance(event, consenting.Fact):
        return consenting.evolve(case, event)
    if isinstance(event, eligibility.Fact):
        return eligibility.evolve(case, event)
    if isinstance(event, entitlement.Fact):
        return entitlement.evolve(case, event)
    if isinstance(event, travel.Fact):
        return travel.evolve(case, event)
    if isinstance(event, merging.Fact):
        return merging.evolve(case, event)
    assert_never(event)


case = Decider(decide=decide, evolve=evolve)
