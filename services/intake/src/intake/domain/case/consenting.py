"""Consenting: what the returnee or a child's guardian agrees to, and no longer agrees to."""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event
from events.values import CaseId, Code, Digest, PersonId
from intake.domain.case.asking import CaseCommand
from intake.domain.case.state import Case
from intake.domain.consent import GuardianNeeded, Method, NotTheGuardian, Scope, WitnessNeeded


class GiveConsent(CaseCommand, frozen=True):
    scopes: tuple[Scope, ...]
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class WithdrawConsent(CaseCommand, frozen=True):
    scopes: tuple[Scope, ...]


Request = GiveConsent | WithdrawConsent


class ConsentGiven(Event, frozen=True, tag="intake.consent_given.v1"):
    """The returnee, or the guardian, agreed to these things and no others."""

    case: CaseId
    returnee: PersonId
    scopes: tuple[Scope, ...]
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class ConsentWithdrawn(Event, frozen=True, tag="intake.consent_withdrawn.v1"):
    """What rested on these agreements stops."""

    case: CaseId
    returnee: PersonId
    scopes: tuple[Scope, ...]


Fact = ConsentGiven | ConsentWithdrawn


def decide(command: Request, case: Case) -> Sequence[Fact]:
    match command:
        case GiveConsent():
            return [_give(command, case)]
        case WithdrawConsent():
            return _withdraw(command, case)
        case _:
            assert_never(command)


def _give(command: GiveConsent, case: Case) -> ConsentGiven:
    returnee = case.household[0]
    if returnee.is_child and command.method is not Method.GUARDIAN:
        raise GuardianNeeded(child=returnee.person, guardian=returnee.guardian)
    if command.method is Method.GUARDIAN and (
        command.guardian is None or command.guardian != returnee.guardian
    ):
        raise NotTheGuardian(person=returnee.person, guardian=command.guardian)
    if command.method is Method.THUMBPRINT and command.witness in (None, command.by):
        raise WitnessNeeded(recorded_by=command.by, witness=command.witness)
    return ConsentGiven(
        by=command.by,
        at=command.at,
        case=case.id,
        returnee=case.returnee,
        scopes=tuple(sorted(set(command.scopes))),
        method=command.method,
        language=command.language,
        document=command.document,
        witness=command.witness,
        guardian=command.guardian,
    )


def _withdraw(command: WithdrawConsent, case: Case) -> Sequence[Fact]:
    held = tuple(sorted(case.consents & set(command.scopes)))
    if not held:
        return []
    return [
        ConsentWithdrawn(
            by=command.by, at=command.at, case=case.id, returnee=case.returnee, scopes=held
        )
    ]


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case ConsentGiven():
            return replace(case, consents=case.consents | set(event.scopes))
        case ConsentWithdrawn():
            return replace(case, consents=case.consents - set(event.scopes))
        case _:
            assert_never(event)
