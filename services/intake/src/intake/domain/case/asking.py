"""What every request to a case has, and the refusals that any of them may meet."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from events.decider import Command, Rejected
from events.values import Code, PersonId
from intake.domain.case.kinds import Stage
from intake.domain.case.state import Case, Member
from intake.domain.consent import (
    ConsentMissing,
    GuardianNeeded,
    GuardianWorksOnCase,
    Method,
    NotTheGuardian,
    Scope,
    WitnessNeeded,
)


class CaseCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


@dataclass(unsafe_hash=True)
class NoSuchCase(Rejected):
    """There is no such case, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class CaseIsAt(Rejected):
    """The act needs the case at another stage."""

    stage: Stage
    needed: tuple[Stage, ...]


@dataclass(unsafe_hash=True)
class PartnerMayOnlyPropose(Rejected):
    """The organisation that runs the programme decides; a partner proposes (D10)."""

    organisation: Code
    decides: Code


@dataclass(unsafe_hash=True)
class RegistrarCannotAssess(Rejected):
    """Who registered a case, or is its counsellor, does not decide whether it is eligible."""

    person: PersonId


def at(case: Case, *needed: Stage) -> None:
    """The case is at one of these stages, or `CaseIsAt`."""
    if case.stage not in needed:
        raise CaseIsAt(case.stage, needed)


def consented(case: Case, scope: Scope) -> None:
    """The returnee agreed to that and still does, or `ConsentMissing`."""
    if scope not in case.consents:
        raise ConsentMissing(scope)


def may_assess(command: CaseCommand, case: Case) -> None:
    """Somebody of the organisation that decides, and who does not work on the case."""
    if command.organisation != case.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=case.run_by)
    if command.by in (case.registrar, case.counsellor):
        raise RegistrarCannotAssess(command.by)


class Agreement(Protocol):
    """How somebody agreed to something, as it is recorded."""

    @property
    def by(self) -> PersonId: ...
    @property
    def method(self) -> Method: ...
    @property
    def witness(self) -> PersonId | None: ...
    @property
    def guardian(self) -> PersonId | None: ...


def guards(case: Case, guardian: PersonId, by: PersonId) -> None:
    """The guardian neither works on the case nor acts here, or `GuardianWorksOnCase`."""
    if guardian in (by, case.registrar, case.counsellor):
        raise GuardianWorksOnCase(guardian)


def agreed(how: Agreement, case: Case, member: Member) -> None:
    """It was agreed to in a way that can be shown: by a signature, a witnessed thumbprint or,
    for a child, by the guardian.
    """
    if member.is_child and how.method is not Method.GUARDIAN:
        raise GuardianNeeded(child=member.person, guardian=member.guardian)
    if how.method is Method.GUARDIAN and (how.guardian is None or how.guardian != member.guardian):
        raise NotTheGuardian(person=member.person, guardian=how.guardian)
    if how.guardian is not None:
        guards(case, how.guardian, how.by)
    if how.method is Method.THUMBPRINT and how.witness in (None, how.by):
        raise WitnessNeeded(recorded_by=how.by, witness=how.witness)
