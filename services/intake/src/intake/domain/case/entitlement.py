"""The entitlement: the most that a household may receive, by the rules of one programme version."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.money import Money, total
from events.values import CaseId, PersonId, ProgrammeId
from intake.domain.case.asking import CaseCommand, at, consented, may_assess
from intake.domain.case.kinds import Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case, Granted, Member, Share
from intake.domain.consent import Scope
from intake.domain.programme import FamilyRole, ReturnType, Terms


class GrantEntitlement(CaseCommand, frozen=True):
    terms: Terms


Request = GrantEntitlement


class EntitlementGranted(Event, frozen=True, tag="intake.entitlement_granted.v1"):
    """The most that the household may receive, by the rules of one programme version."""

    case: CaseId
    programme: ProgrammeId
    programme_version: int
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    claim_by: dt.date | None
    """Counted from arrival: None until that is confirmed."""
    use_by: dt.date | None


Fact = EntitlementGranted


@dataclass(unsafe_hash=True)
class ChildWithoutGuardian(Rejected):
    """Nothing is granted for a child before a guardian is appointed (S13)."""

    child: PersonId


@dataclass(unsafe_hash=True)
class NoEntitlementFor(Rejected):
    """The programme has no amount for this role in the family and this type of return."""

    role: FamilyRole
    return_type: ReturnType


@dataclass(unsafe_hash=True)
class GrantedAlready(Rejected):
    """The entitlement was granted; it is adjusted, not granted again."""

    programme_version: int


def decide(command: Request, case: Case) -> Sequence[Fact]:
    return [_grant(command, case)]


def _grant(command: GrantEntitlement, case: Case) -> EntitlementGranted:
    at(case, Stage.ELIGIBLE, Stage.ARRIVED)
    may_assess(command, case)
    consented(case, Scope.ASSISTANCE)
    terms = pinned(command.terms, case)
    if case.entitlement is not None:
        raise GrantedAlready(terms.version)
    for member in case.household:
        if member.is_child and member.guardian is None:
            raise ChildWithoutGuardian(member.person)
    shares = tuple(_share(member, case, terms) for member in case.household)
    return EntitlementGranted(
        by=command.by,
        at=command.at,
        case=case.id,
        programme=terms.programme,
        programme_version=terms.version,
        total=total((s.total for s in shares), terms.currency),
        cash_cap=total((s.cash_at_most for s in shares), terms.currency),
        shares=shares,
        claim_by=case.arrival and terms.claim_by(case.arrival),
        use_by=case.arrival and terms.use_by(case.arrival),
    )


def _share(member: Member, case: Case, terms: Terms) -> Share:
    for amount in terms.entitlements:
        if amount.role is member.role and case.return_type in amount.returns:
            return Share(member.person, member.role, amount.total, amount.cash_at_most)
    raise NoEntitlementFor(member.role, case.return_type)


def evolve(case: Case, event: Fact) -> Case:
    entitlement = Granted(
        total=event.total,
        cash_cap=event.cash_cap,
        shares=event.shares,
        claim_by=event.claim_by,
        use_by=event.use_by,
    )
    return replace(case, entitlement=entitlement)
