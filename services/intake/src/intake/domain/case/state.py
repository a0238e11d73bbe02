"""What the facts about a case amount to."""

import datetime as dt
from typing import assert_never

from msgspec.structs import replace

from events.decider import State
from events.money import Money
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.facts import (
    ArrivalConfirmed,
    CaseEvent,
    ConsentGiven,
    ConsentWithdrawn,
    EligibilityConfirmed,
    EligibilityDenied,
    EntitlementGranted,
    GuardianAppointed,
    HouseholdMemberAdded,
    ReturneeRegistered,
    Share,
)
from intake.domain.case.kinds import Stage
from intake.domain.consent import Scope
from intake.domain.programme import FamilyRole, ReturnType


class Member(State, frozen=True):
    """A person of the household, the principal applicant included."""

    person: PersonId
    is_child: bool
    principal: bool = False
    guardian: PersonId | None = None

    @property
    def role(self) -> FamilyRole:
        if self.principal:
            return FamilyRole.PRINCIPAL
        return FamilyRole.ACCOMPANYING_CHILD if self.is_child else FamilyRole.ACCOMPANYING_ADULT


class Granted(State, frozen=True):
    """The entitlement as it stands."""

    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    claim_by: dt.date | None
    use_by: dt.date | None


class Case(State, frozen=True):
    id: CaseId
    stage: Stage
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    office: Code
    country_of_return: Code
    return_type: ReturnType
    registrar: PersonId
    counsellor: PersonId
    household: tuple[Member, ...]
    consents: frozenset[Scope] = frozenset()
    programme_version: int | None = None
    """The version that the case was found eligible under: what follows is decided by it."""
    entitlement: Granted | None = None
    arrival: dt.date | None = None

    @property
    def returnee(self) -> PersonId:
        return self.household[0].person

    def member(self, person: PersonId) -> Member | None:
        return next((m for m in self.household if m.person == person), None)

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the case at all (D10)."""
        return organisation in (self.organisation, self.run_by)


def evolve(case: Case | None, event: CaseEvent) -> Case:
    if isinstance(event, ReturneeRegistered):
        return _registered(event)
    assert case is not None, "a fact about a case that nobody registered"
    match event:
        case HouseholdMemberAdded():
            member = Member(person=event.member, is_child=event.age_bracket.is_child)
            return replace(case, household=(*case.household, member))
        case GuardianAppointed():
            household = tuple(
                replace(m, guardian=event.guardian) if m.person == event.child else m
                for m in case.household
            )
            return replace(case, household=household)
        case ConsentGiven():
            return replace(case, consents=case.consents | set(event.scopes))
        case ConsentWithdrawn():
            return replace(case, consents=case.consents - set(event.scopes))
        case EligibilityConfirmed():
            return replace(case, stage=Stage.ELIGIBLE, programme_version=event.programme_version)
        case EligibilityDenied():
            return replace(case, stage=Stage.INELIGIBLE)
        case EntitlementGranted():
            return replace(case, entitlement=_granted(event))
        case ArrivalConfirmed():
            entitlement = case.entitlement and replace(
                case.entitlement, claim_by=event.claim_by, use_by=event.use_by
            )
            return replace(case, stage=Stage.ARRIVED, arrival=event.date, entitlement=entitlement)
        case _:
            assert_never(event)


def _registered(event: ReturneeRegistered) -> Case:
    principal = Member(person=event.returnee, is_child=event.is_child, principal=True)
    return Case(
        id=event.case,
        stage=Stage.REGISTERED,
        programme=event.programme,
        run_by=event.run_by,
        organisation=event.organisation,
        office=event.office,
        country_of_return=event.country_of_return,
        return_type=event.return_type,
        registrar=event.by,
        counsellor=event.counsellor,
        household=(principal,),
    )


def _granted(event: EntitlementGranted) -> Granted:
    return Granted(
        total=event.total,
        cash_cap=event.cash_cap,
        shares=event.shares,
        claim_by=event.claim_by,
        use_by=event.use_by,
    )
