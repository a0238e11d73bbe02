"""Protecting: a case that only those learn of who need to know it.

Trafficking, children out of conflict zones: whoever guesses that such a case exists may endanger
somebody. A restricted case is known to its counsellor of record, to the people assigned to it,
and for a limited time to somebody who was let in by break-glass (`intake.domain.access`). For
everybody else there is no such case. Who was let in may help, and changes nothing about who knows
of it; to lift a restriction takes two of those whom the case is entrusted to.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.personal import Protection
from events.values import AccessId, CaseId, Code, PersonId
from intake.domain.case.asking import CaseCommand, NoSuchCase, PartnerMayOnlyPropose
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.case.state import Case, Reader
from intake.domain.programme import Terms


class Basis(StrEnum):
    """Why a case is restricted. It never stands in public: it would say what it protects from."""

    TRAFFICKING = "trafficking"
    CONFLICT_ZONE_CHILD = "conflict_zone_child"
    DOMESTIC_VIOLENCE = "domestic_violence"
    WITNESS = "witness"
    THREAT = "threat"
    PROGRAMME = "programme"
    """All cases of the programme are."""


class RestrictCase(CaseCommand, frozen=True):
    basis: Basis | None
    """None: what protects the returnee was erased, and nothing more is kept of it."""
    words: str | None = None


class ProposeUnrestricting(CaseCommand, frozen=True):
    words: str | None


class UnrestrictCase(CaseCommand, frozen=True):
    words: str | None


class AssignPerson(CaseCommand, frozen=True):
    person: PersonId


class UnassignPerson(CaseCommand, frozen=True):
    person: PersonId


Request = RestrictCase | ProposeUnrestricting | UnrestrictCase | AssignPerson | UnassignPerson


class LetIn(CaseCommand, frozen=True):
    """Part of granting an access: who grants it need not know the case."""

    person: PersonId
    of_organisation: Code
    access: AccessId
    until: dt.datetime


class ShutOut(CaseCommand, frozen=True):
    """Part of ending an access."""

    access: AccessId


BreakGlass = LetIn | ShutOut


class CaseRestricted(Event, frozen=True, tag="intake.case_restricted.v1"):
    """From here on only those learn of the case who need to know it."""

    about: ClassVar[str | None] = "returnee"
    case: CaseId
    returnee: PersonId
    basis: Protection[Basis]
    words: Protection[str] = None


class CaseUnrestrictingProposed(Event, frozen=True, tag="intake.case_unrestricting_proposed.v1"):
    """One person finds that the restriction is no longer needed."""

    about: ClassVar[str | None] = "returnee"
    case: CaseId
    returnee: PersonId
    words: Protection[str] = None


class CaseUnrestricted(Event, frozen=True, tag="intake.case_unrestricted.v1"):
    """A second person found so too: the case is known to its organisation again."""

    about: ClassVar[str | None] = "returnee"
    case: CaseId
    returnee: PersonId
    words: Protection[str]


class NeedToKnowGiven(Event, frozen=True, tag="intake.need_to_know_given.v1"):
    """Somebody was assigned to a restricted case, or let in for a time."""

    case: CaseId
    person: PersonId
    until: dt.datetime | None = None
    """None: as long as the person is assigned."""
    access: AccessId | None = None


class NeedToKnowEnded(Event, frozen=True, tag="intake.need_to_know_ended.v1"):
    """Somebody is no longer assigned, or no longer let in."""

    case: CaseId
    person: PersonId
    access: AccessId | None = None


Fact = (
    CaseRestricted
    | CaseUnrestrictingProposed
    | CaseUnrestricted
    | NeedToKnowGiven
    | NeedToKnowEnded
)


@dataclass(unsafe_hash=True)
class RestrictedAlready(Rejected):
    """The case is restricted; a second basis needs no second act."""

    restricted: bool = True


@dataclass(unsafe_hash=True)
class NotRestricted(Rejected):
    """The case is known to its whole organisation: nobody needs to be let in."""

    restricted: bool = False


@dataclass(unsafe_hash=True)
class RestrictorCannotUnrestrict(Rejected):
    """A restriction is lifted by another person than the one who made it, or counsels the case."""

    person: PersonId


@dataclass(unsafe_hash=True)
class UnrestrictingNotProposed(Rejected):
    """Nobody has proposed to lift the restriction."""

    restricted: bool = True


@dataclass(unsafe_hash=True)
class ProposerCannotUnrestrict(Rejected):
    """Who proposes to lift a restriction does not decide it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class OnlyLetIn(Rejected):
    """Who was let in for a time does not say who else knows of the case."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NobodyAssignsThemselves(Rejected):
    """Who knows of a case makes nobody of themselves who needs to; somebody else assigns them."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotAssigned(Rejected):
    """This person is not assigned to the case."""

    person: PersonId


def decide(command: Request, case: Case) -> Sequence[Fact]:
    match command:
        case RestrictCase():
            return [_restrict(command, case)]
        case ProposeUnrestricting(by=by):
            _restricted(case)
            _entrusted(command, case)
            return [
                CaseUnrestrictingProposed(
                    by=by, at=command.at, case=case.id, returnee=case.returnee, words=command.words
                )
            ]
        case UnrestrictCase():
            return [_unrestrict(command, case)]
        case AssignPerson():
            return _assign(command, case)
        case UnassignPerson():
            return [_unassign(command, case)]
        case _:
            assert_never(command)


def _restrict(command: RestrictCase, case: Case) -> CaseRestricted:
    if case.restricted:
        raise RestrictedAlready
    return CaseRestricted(
        by=command.by,
        at=command.at,
        case=case.id,
        returnee=case.returnee,
        basis=command.basis,
        words=command.words,
    )


def _unrestrict(command: UnrestrictCase, case: Case) -> CaseUnrestricted:
    _restricted(case)
    _entrusted(command, case)
    if command.organisation != case.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=case.run_by)
    if case.unrestricting is None:
        raise UnrestrictingNotProposed
    if command.by == case.unrestricting:
        raise ProposerCannotUnrestrict(command.by)
    if command.by in (case.restrictor, case.counsellor):
        raise RestrictorCannotUnrestrict(command.by)
    return CaseUnrestricted(
        by=command.by, at=command.at, case=case.id, returnee=case.returnee, words=command.words
    )


def _assign(command: AssignPerson, case: Case) -> Sequence[NeedToKnowGiven]:
    _restricted(case)
    _entrusted(command, case)
    if _assigned(case, command.person):
        return []
    if command.person == command.by:
        raise NobodyAssignsThemselves(command.person)
    return [NeedToKnowGiven(by=command.by, at=command.at, case=case.id, person=command.person)]


def _unassign(command: UnassignPerson, case: Case) -> NeedToKnowEnded:
    _entrusted(command, case)
    if not _assigned(case, command.person):
        raise NotAssigned(command.person)
    return NeedToKnowEnded(by=command.by, at=command.at, case=case.id, person=command.person)


def _assigned(case: Case, person: PersonId) -> bool:
    return any(r.person == person and r.access is None for r in case.readers)


def _entrusted(command: Request, case: Case) -> None:
    if case.restricted and not case.entrusted_to(command.by):
        raise OnlyLetIn(command.by)


def _restricted(case: Case) -> None:
    if not case.restricted:
        raise NotRestricted


def from_the_start(
    opened: ReturneeRegistered, terms: Terms
) -> Sequence[ReturneeRegistered | CaseRestricted]:
    """A case of a programme that restricts all of its cases is never known to more."""
    if not terms.restricted_by_default:
        return [opened]
    restricted = CaseRestricted(
        by=opened.by,
        at=opened.at,
        case=opened.case,
        returnee=opened.returnee,
        basis=Basis.PROGRAMME,
    )
    return [opened, restricted]


def break_glass(command: BreakGlass, case: Case | None) -> Sequence[Fact]:
    """What an access does to the case that it is for."""
    if case is None:
        raise NoSuchCase(command.organisation)
    if isinstance(command, ShutOut):
        return [
            NeedToKnowEnded(
                by=command.by, at=command.at, case=case.id, person=r.person, access=r.access
            )
            for r in case.readers
            if r.access == command.access
        ]
    if not case.reached_by(command.organisation):
        raise NoSuchCase(command.organisation)
    if command.organisation != case.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=case.run_by)
    if not case.reached_by(command.of_organisation):
        raise NoSuchCase(command.of_organisation)
    _restricted(case)
    return [
        NeedToKnowGiven(
            by=command.by,
            at=command.at,
            case=case.id,
            person=command.person,
            until=command.until,
            access=command.access,
        )
    ]


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case CaseRestricted():
            return replace(case, restricted=True, restrictor=event.by)
        case CaseUnrestrictingProposed():
            return replace(case, unrestricting=event.by)
        case CaseUnrestricted():
            known = replace(case, restricted=False, restrictor=None, readers=())
            return replace(known, unrestricting=None)
        case NeedToKnowGiven():
            reader = Reader(person=event.person, until=event.until, access=event.access)
            return replace(case, readers=(*case.readers, reader))
        case NeedToKnowEnded():
            kept = tuple(
                r for r in case.readers if (r.person, r.access) != (event.person, event.access)
            )
            return replace(case, readers=kept)
        case _:
            assert_never(event)
