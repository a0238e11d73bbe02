"""A case: all assistance to one principal applicant and household under one programme.

    registered -> eligible -> arrived       the entitlement is granted once eligible
               -> ineligible (the end)
    open <-> suspended                      open, suspended -> closed -> where it was

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
    handover,
    household,
    lifecycle,
    merging,
    particulars,
    pooling,
    protecting,
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
    | protecting.Request
    | protecting.BreakGlass
    | lifecycle.Request
    | handover.Request
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
    | protecting.Fact
    | lifecycle.Fact
    | handover.Fact
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
    protecting,
    lifecycle,
    handover,
)
AT_ANY_STAGE = (merging, protecting, lifecycle)
"""These say for themselves when a case is open to them; to the others while it is not over."""
_OF = {
    kind: concern
    for concern in CONCERNS
    for union in (concern.Request, concern.Fact)
    for kind in get_args(union) or (union,)
}


def decide(command: CaseRequest, case: Case | None) -> Sequence[CaseEvent]:
    if isinstance(command, RegisterReturnee):
        return protecting.from_the_start(register(command, case), command.terms)
    if isinstance(command, handover.Request):
        return handover.decide(command, case)
    if isinstance(command, protecting.BreakGlass):
        return protecting.break_glass(command, case)
    if case is None or not case.known_to(command.by, command.organisation, command.at):
        raise NoSuchCase(command.organisation)
    merging.not_merged(command, case)
    concern = _OF[type(command)]
    if concern not in AT_ANY_STAGE and not isinstance(command, consenting.WithdrawConsent):
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
