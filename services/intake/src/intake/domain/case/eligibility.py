"""Eligibility: whether the programme is for this case. Decided once, by who did not register it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Code
from intake.domain.case.asking import CaseCommand, at, consented, may_assess
from intake.domain.case.kinds import Denial, Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case
from intake.domain.consent import Scope
from intake.domain.programme import ReturnType, Terms, in_its_time


class ConfirmEligibility(CaseCommand, frozen=True):
    terms: Terms
    criteria: tuple[Code, ...]


class DenyEligibility(CaseCommand, frozen=True):
    reason: Denial


Request = ConfirmEligibility | DenyEligibility


class EligibilityConfirmed(Event, frozen=True, tag="intake.eligibility_confirmed.v1"):
    """Each of the programme's criteria was found true."""

    case: CaseId
    programme_version: int
    criteria: tuple[Code, ...]


class EligibilityDenied(Event, frozen=True, tag="intake.eligibility_denied.v1"):
    """The programme is not for this case. The case ends."""

    case: CaseId
    reason: Denial


Fact = EligibilityConfirmed | EligibilityDenied


@dataclass(unsafe_hash=True)
class NotForThisReturn(Rejected):
    """The programme is not for this type of return or this country."""

    return_type: ReturnType
    country: Code


@dataclass(unsafe_hash=True)
class CriteriaMissing(Rejected):
    """Each of the programme's criteria is found true, or the case is not eligible."""

    missing: tuple[Code, ...]


def decide(command: Request, case: Case) -> Sequence[Fact]:
    at(case, Stage.REGISTERED)
    may_assess(command, case)
    match command:
        case ConfirmEligibility():
            return [_confirm(command, case)]
        case DenyEligibility(by=by, reason=reason):
            return [EligibilityDenied(by=by, at=command.at, case=case.id, reason=reason)]
        case _:
            assert_never(command)


def _confirm(command: ConfirmEligibility, case: Case) -> EligibilityConfirmed:
    consented(case, Scope.ASSISTANCE)
    terms = pinned(command.terms, case)
    in_its_time(terms, command.at.date())
    eligibility = terms.eligibility
    if case.return_type not in eligibility.returns or (
        eligibility.countries and case.country_of_return not in eligibility.countries
    ):
        raise NotForThisReturn(case.return_type, case.country_of_return)
    missing = tuple(c for c in eligibility.criteria if c not in command.criteria)
    if missing:
        raise CriteriaMissing(missing)
    return EligibilityConfirmed(
        by=command.by,
        at=command.at,
        case=case.id,
        programme_version=terms.version,
        criteria=eligibility.criteria,
    )


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case EligibilityConfirmed():
            return replace(case, stage=Stage.ELIGIBLE, programme_version=event.programme_version)
        case EligibilityDenied():
            return replace(case, stage=Stage.INELIGIBLE)
        case _:
            assert_never(event)
