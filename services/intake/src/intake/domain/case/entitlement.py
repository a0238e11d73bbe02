"""The entitlement: the most that a household may receive, by the rules of one programme version."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from events.decider import Event, Rejected
from events.money import Money, total
from events.personal import Protection
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.asking import CaseCommand, at, consented, may_assess
from intake.domain.case.household import member_of
from intake.domain.case.kinds import Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case, Granted, Member, Share
from intake.domain.consent import Scope
from intake.domain.programme import Entitlement, FamilyRole, OtherAssistance, ReturnType, Terms


class Established(msgspec.Struct, frozen=True):
    person: PersonId
    vulnerability: Code


class GrantEntitlement(CaseCommand, frozen=True):
    terms: Terms
    established: tuple[Established, ...] = ()
    """The vulnerabilities that the programme's amounts depend on, where they were found."""


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


class VulnerabilityEstablished(Event, frozen=True, tag="intake.vulnerability_established.v1"):
    """Who granted the entitlement found what the programme's amount for this person rests on."""

    about: ClassVar[str | None] = "person"
    case: CaseId
    person: PersonId
    vulnerability: Protection[Code]


Fact = EntitlementGranted | VulnerabilityEstablished


@dataclass(unsafe_hash=True)
class ChildWithoutGuardian(Rejected):
    """Nothing is granted for a child before a guardian is appointed (S13)."""

    child: PersonId


@dataclass(unsafe_hash=True)
class NoEntitlementFor(Rejected):
    """The programme has no amount today for this role, age, country and type of return."""

    role: FamilyRole
    return_type: ReturnType


@dataclass(unsafe_hash=True)
class OtherCurrency(Rejected):
    """Amounts of a case are in the currency of its programme."""

    currency: Code
    needed: Code


@dataclass(unsafe_hash=True)
class GrantedAlready(Rejected):
    """The entitlement was granted; it is adjusted, not granted again."""

    programme_version: int


def decide(command: Request, case: Case) -> Sequence[Fact]:
    granted = _grant(command, case)
    return [*(_found(each, command, case) for each in command.established), granted]


def _found(each: Established, command: Request, case: Case) -> VulnerabilityEstablished:
    return VulnerabilityEstablished(
        by=command.by,
        at=command.at,
        case=case.id,
        person=member_of(case, each.person).person,
        vulnerability=each.vulnerability,
    )


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
    shares = tuple(_share(member, case, terms, command) for member in case.household)
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


def _share(member: Member, case: Case, terms: Terms, command: GrantEntitlement) -> Share:
    today = command.at.date()
    established = [e.vulnerability for e in command.established if e.person == member.person]
    for row in _rows(member, case, terms):
        if row.stands_on(today) and row.vulnerability in (None, *established):
            share = Share(member.person, member.role, row.total, row.cash_at_most)
            break
    else:
        raise NoEntitlementFor(member.role, case.return_type)
    if terms.other_assistance is OtherAssistance.DEDUCTED:
        for elsewhere in case.declared:
            if elsewhere.person == member.person:
                share = less(share, elsewhere.amount)
    return share


def _rows(member: Member, case: Case, terms: Terms) -> Iterator[Entitlement]:
    """The programme's rows for somebody of this role and age, returned so, to that country."""
    for row in terms.entitlements:
        if (
            row.role is member.role
            and case.return_type in row.returns
            and (not row.countries or case.country_of_return in row.countries)
            and row.is_for(member.age_bracket)
        ):
            yield row


def cash_allowed(member: Member, case: Case, terms: Terms) -> Money:
    """The most that the programme gives somebody like this in cash."""
    allowed = [row.cash_at_most for row in _rows(member, case, terms)]
    return max(allowed, default=Money.zero(terms.currency))


def less(share: Share, amount: Money) -> Share:
    """The share when this much is received elsewhere: never below nothing."""
    left = max(share.total - amount, Money.zero(amount.currency))
    return replace(share, total=left, cash_at_most=min(share.cash_at_most, left))


def in_currency(amount: Money, terms: Terms) -> None:
    """Amounts of a case are in the programme's currency, or `OtherCurrency`."""
    if amount.currency != terms.currency:
        raise OtherCurrency(Code(amount.currency), terms.currency)


def evolve(case: Case, event: Fact) -> Case:
    if isinstance(event, VulnerabilityEstablished):
        return case
    entitlement = Granted(
        total=event.total,
        cash_cap=event.cash_cap,
        shares=event.shares,
        claim_by=event.claim_by,
        use_by=event.use_by,
    )
    return replace(case, entitlement=entitlement)
