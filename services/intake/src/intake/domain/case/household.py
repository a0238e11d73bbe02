"""The household: who returns with the principal applicant, and who speaks for a child."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.personal import Identity
from events.values import CaseId, PersonId
from intake.domain.case.asking import CaseCommand, guards
from intake.domain.case.kinds import GuardianBasis, RemovalReason
from intake.domain.case.registering import age_fits
from intake.domain.case.state import Case, Member
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex


class AddHouseholdMember(CaseCommand, frozen=True):
    member: PersonId
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: str
    date_of_birth: PartialDate | None = None


class RemoveHouseholdMember(CaseCommand, frozen=True):
    member: PersonId
    reason: RemovalReason


class AppointGuardian(CaseCommand, frozen=True):
    child: PersonId
    guardian: PersonId
    basis: GuardianBasis


Request = AddHouseholdMember | RemoveHouseholdMember | AppointGuardian


class HouseholdMemberAdded(Event, frozen=True, tag="intake.household_member_added.v1"):
    """Somebody who returns with the principal applicant counts for the entitlement."""

    about: ClassVar[str | None] = "member"
    case: CaseId
    member: PersonId
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: Identity[str]
    date_of_birth: Identity[PartialDate] = None


class HouseholdMemberRemoved(Event, frozen=True, tag="intake.household_member_removed.v1"):
    """Somebody no longer counts for the household; what was granted stands until adjusted."""

    case: CaseId
    member: PersonId
    reason: RemovalReason


class GuardianAppointed(Event, frozen=True, tag="intake.guardian_appointed.v1"):
    """Somebody may consent and sign for a child."""

    case: CaseId
    child: PersonId
    guardian: PersonId
    basis: GuardianBasis


Fact = HouseholdMemberAdded | HouseholdMemberRemoved | GuardianAppointed


@dataclass(unsafe_hash=True)
class MemberAlready(Rejected):
    """This person is in the household already."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotInHousehold(Rejected):
    """This person is not of the case's household."""

    person: PersonId


@dataclass(unsafe_hash=True)
class PrincipalStays(Rejected):
    """The case is the principal applicant's: without them it is closed, not changed."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotAChild(Rejected):
    """Only people under 18 have a guardian appointed."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ChildAsGuardian(Rejected):
    """Somebody under 18 cannot be a guardian."""

    person: PersonId


def decide(command: Request, case: Case) -> Sequence[Fact]:
    match command:
        case AddHouseholdMember():
            return [_add(command, case)]
        case RemoveHouseholdMember():
            return [_remove(command, case)]
        case AppointGuardian():
            return [_appoint(command, case)]
        case _:
            assert_never(command)


def _add(command: AddHouseholdMember, case: Case) -> HouseholdMemberAdded:
    if case.member(command.member) is not None:
        raise MemberAlready(command.member)
    age_fits(command.age_bracket, command.date_of_birth, command.at.date())
    return HouseholdMemberAdded(
        by=command.by,
        at=command.at,
        case=case.id,
        member=command.member,
        relation=command.relation,
        sex=command.sex,
        age_bracket=command.age_bracket,
        name=command.name,
        date_of_birth=command.date_of_birth,
    )


def _remove(command: RemoveHouseholdMember, case: Case) -> HouseholdMemberRemoved:
    if member_of(case, command.member).principal:
        raise PrincipalStays(command.member)
    return HouseholdMemberRemoved(
        by=command.by,
        at=command.at,
        case=case.id,
        member=command.member,
        reason=command.reason,
    )


def _appoint(command: AppointGuardian, case: Case) -> GuardianAppointed:
    if not member_of(case, command.child).is_child:
        raise NotAChild(command.child)
    guards(case, command.guardian, command.by)
    guardian = case.member(command.guardian)
    if guardian is not None and guardian.is_child:
        raise ChildAsGuardian(command.guardian)
    return GuardianAppointed(
        by=command.by,
        at=command.at,
        case=case.id,
        child=command.child,
        guardian=command.guardian,
        basis=command.basis,
    )


def member_of(case: Case, person: PersonId) -> Member:
    """That person of the household, or `NotInHousehold`."""
    member = case.member(person)
    if member is None:
        raise NotInHousehold(person)
    return member


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case HouseholdMemberAdded(age_bracket=age):
            member = Member(person=event.member, is_child=age.is_child, age_bracket=age)
            return replace(case, household=(*case.household, member), adjustment=None)
        case HouseholdMemberRemoved():
            stay = tuple(m for m in case.household if m.person != event.member)
            former = (*case.former, event.member)
            return replace(case, household=stay, former=former, adjustment=None)
        case GuardianAppointed():
            return case.with_member(event.child, lambda m: replace(m, guardian=event.guardian))
        case _:
            assert_never(event)
