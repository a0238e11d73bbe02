"""What the facts about a case amount to."""

import datetime as dt
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from events.decider import State
from events.money import Money
from events.values import SYSTEM, AccessId, CaseId, Code, PairId, PersonId, ProgrammeId
from intake.domain.case.kinds import AdjustmentReason, ExtensionReason, Ground, Stage
from intake.domain.consent import Scope
from intake.domain.matters import Matters
from intake.domain.people import AgeBracket
from intake.domain.programme import FamilyRole, ReturnType


class Member(State, frozen=True):
    """A person of the household, the principal applicant included."""

    person: PersonId
    is_child: bool
    age_bracket: AgeBracket
    principal: bool = False
    guardian: PersonId | None = None
    pooled: bool = False
    """Whether this person agreed that their share is used together with the returnee's."""

    @property
    def role(self) -> FamilyRole:
        if self.principal:
            return FamilyRole.PRINCIPAL
        return FamilyRole.ACCOMPANYING_CHILD if self.is_child else FamilyRole.ACCOMPANYING_ADULT


class Share(msgspec.Struct, frozen=True):
    """What one person of the household brings to the entitlement."""

    person: PersonId
    role: FamilyRole
    total: Money
    cash_at_most: Money


class Granted(State, frozen=True):
    """The entitlement as it stands."""

    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    claim_by: dt.date | None
    use_by: dt.date | None


class Merged(State, frozen=True):
    """Where a case is worked on instead, since which pair was confirmed, by whose act."""

    into: CaseId
    pair: PairId
    by: PersonId


class Elsewhere(msgspec.Struct, frozen=True):
    """What somebody of the household receives for the same purpose from others."""

    person: PersonId
    programme: Code
    amount: Money


class Adjustment(State, frozen=True):
    """Other shares that somebody proposed, and nobody decided on yet."""

    shares: tuple[Share, ...]
    reason: AdjustmentReason
    proposed_by: PersonId


class Extension(State, frozen=True):
    """Later dates that somebody proposed, and nobody decided on yet."""

    claim_by: dt.date
    use_by: dt.date
    reason: ExtensionReason
    proposed_by: PersonId


class Reader(State, frozen=True):
    """Somebody who needs to know of a restricted case, beside its counsellor."""

    person: PersonId
    until: dt.datetime | None = None
    access: AccessId | None = None
    """Let in by break-glass, not assigned."""


class GivenUp(State, frozen=True):
    """What is owed and was written off, on which ground, by whom."""

    ground: Ground
    by: PersonId
    owed: Matters


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
    former: tuple[PersonId, ...] = ()
    """Who was of the household and is no more."""
    consents: frozenset[Scope] = frozenset()
    programme_version: int | None = None
    """The version that the case was found eligible under: what follows is decided by it."""
    entitlement: Granted | None = None
    declared: tuple[Elsewhere, ...] = ()
    adjustment: Adjustment | None = None
    extension: Extension | None = None
    departure: dt.date | None = None
    arrival: dt.date | None = None
    merged: Merged | None = None
    took_in: tuple[CaseId, ...] = ()
    """Cases of the same person that are worked on in this one."""
    restricted: bool = False
    restrictor: PersonId | None = None
    unrestricting: PersonId | None = None
    """Who proposes to lift the restriction."""
    readers: tuple[Reader, ...] = ()
    """Who needs to know of it beside its counsellor, while it is restricted."""
    left: tuple[Stage, ...] = ()
    """The stages it goes back to when it is resumed or opened again, the nearest last."""
    suspender: PersonId | None = None
    ground: Ground | None = None
    """Why it is closed."""
    written_off: GivenUp | None = None
    reopening: PersonId | None = None
    """Who proposes to open it again."""

    @property
    def returnee(self) -> PersonId:
        return self.household[0].person

    @property
    def others(self) -> tuple[CaseId, ...]:
        """The cases of the same person that it names."""
        return (*self.took_in, *((self.merged.into,) if self.merged else ()))

    @property
    def people(self) -> tuple[PersonId, ...]:
        return tuple(member.person for member in self.household)

    def member(self, person: PersonId) -> Member | None:
        return next((m for m in self.household if m.person == person), None)

    def with_member(self, person: PersonId, change: Callable[[Member], Member]) -> "Case":
        """The case with one of the household changed."""
        household = tuple(change(m) if m.person == person else m for m in self.household)
        return replace(self, household=household)

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the case at all (D10)."""
        return organisation in (self.organisation, self.run_by)

    def entrusted_to(self, person: PersonId) -> bool:
        """Whether somebody counsels the case or is assigned to it, not only let in for a time."""
        return person == self.counsellor or any(
            r.person == person and r.access is None for r in self.readers
        )

    def known_to(self, person: PersonId, organisation: Code, at: dt.datetime) -> bool:
        """Whether somebody may know of the case: who need not know of a restricted one may not."""
        return self.reached_by(organisation) and (
            not self.restricted
            or person in (self.counsellor, SYSTEM)
            or any(r.person == person and (r.until is None or at < r.until) for r in self.readers)
        )
