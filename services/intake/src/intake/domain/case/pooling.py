"""Pooling: a household uses its shares together, of those who each agreed to it.

The returnee agrees by the scope `pooling`; every other adult for themselves, and for a child the
guardian. Whoever takes it back, takes out their own share; when the returnee does, all are out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Code, Digest, PersonId
from intake.domain.case.asking import CaseCommand, agreed, consented
from intake.domain.case.household import member_of
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case
from intake.domain.consent import Method, Scope
from intake.domain.programme import Terms


class PoolHousehold(CaseCommand, frozen=True):
    """Somebody of the household agrees that their share is used together with the returnee's."""

    terms: Terms
    person: PersonId
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class UnpoolHousehold(CaseCommand, frozen=True):
    person: PersonId


Request = PoolHousehold | UnpoolHousehold


class HouseholdPooled(Event, frozen=True, tag="intake.household_pooled.v1"):
    """This person, or the guardian, agreed that their share is used with the returnee's."""

    case: CaseId
    person: PersonId
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class HouseholdUnpooled(Event, frozen=True, tag="intake.household_unpooled.v1"):
    """This person's share is for them alone again."""

    case: CaseId
    person: PersonId


Fact = HouseholdPooled | HouseholdUnpooled


@dataclass(unsafe_hash=True)
class PoolingNotAllowed(Rejected):
    """The programme's amounts are each person's own."""

    version: int


@dataclass(unsafe_hash=True)
class PrincipalIsThePool(Rejected):
    """The returnee agrees to pooling by consent; this is for the others of the household."""

    person: PersonId


def decide(command: Request, case: Case) -> Sequence[Fact]:
    member = member_of(case, command.person)
    match command:
        case PoolHousehold():
            if member.principal:
                raise PrincipalIsThePool(member.person)
            terms = pinned(command.terms, case)
            if not terms.pooling:
                raise PoolingNotAllowed(terms.version)
            consented(case, Scope.ASSISTANCE)
            consented(case, Scope.POOLING)
            agreed(command, case, member)
            return [] if member.pooled else [_pooled(command, case)]
        case UnpoolHousehold(by=by, person=person):
            out = HouseholdUnpooled(by=by, at=command.at, case=case.id, person=person)
            return [out] if member.pooled else []
        case _:
            assert_never(command)


def all_out(command: CaseCommand, case: Case) -> Sequence[HouseholdUnpooled]:
    """Nobody's share is used with the returnee's any more."""
    return [
        HouseholdUnpooled(by=command.by, at=command.at, case=case.id, person=member.person)
        for member in case.household
        if member.pooled
    ]


def _pooled(command: PoolHousehold, case: Case) -> HouseholdPooled:
    return HouseholdPooled(
        by=command.by,
        at=command.at,
        case=case.id,
        person=command.person,
        method=command.method,
        language=command.language,
        document=command.document,
        witness=command.witness,
        guardian=command.guardian,
    )


def evolve(case: Case, event: Fact) -> Case:
    pooled = isinstance(event, HouseholdPooled)
    return case.with_member(event.person, lambda m: replace(m, pooled=pooled))
