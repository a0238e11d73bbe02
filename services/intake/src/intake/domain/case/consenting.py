"""Consenting: what the returnee or a child's guardian agrees to, and no longer agrees to."""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event
from events.values import CaseId, Code, Digest, PersonId
from intake.domain.case.asking import CaseCommand, agreed
from intake.domain.case.pooling import HouseholdUnpooled, all_out
from intake.domain.case.state import Case
from intake.domain.consent import Method, Scope


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


def decide(command: Request, case: Case) -> Sequence[Fact | HouseholdUnpooled]:
    match command:
        case GiveConsent():
            return [_give(command, case)]
        case WithdrawConsent():
            return _withdraw(command, case)
        case _:
            assert_never(command)


def _give(command: GiveConsent, case: Case) -> ConsentGiven:
    agreed(command, case, case.household[0])
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


def _withdraw(
    command: WithdrawConsent, case: Case
) -> Sequence[ConsentWithdrawn | HouseholdUnpooled]:
    held = tuple(sorted(case.consents & set(command.scopes)))
    if not held:
        return []
    withdrawn = ConsentWithdrawn(
        by=command.by, at=command.at, case=case.id, returnee=case.returnee, scopes=held
    )
    return [withdrawn, *(all_out(command, case) if Scope.POOLING in held else ())]


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case ConsentGiven():
            return replace(case, consents=case.consents | set(event.scopes))
        case ConsentWithdrawn():
            return replace(case, consents=case.consents - set(event.scopes))
        case _:
            assert_never(event)
