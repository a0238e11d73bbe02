"""What every request to a case has, and the refusals that any of them may meet."""

from dataclasses import dataclass

from events.decider import Command, Rejected
from events.values import Code, PersonId
from intake.domain.case.kinds import Stage
from intake.domain.case.state import Case
from intake.domain.consent import ConsentMissing, Scope


class CaseCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


@dataclass(unsafe_hash=True)
class NoSuchCase(Rejected):
    """There is no such case, or none that your organisation may reach (D10)."""

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
