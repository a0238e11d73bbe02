"""How a case stands, as intake's facts tell it: what a decision about its plan rests on."""

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.money import Money
from events.values import CaseId, Code, PersonId, ProgrammeId
from plans.domain import heard
from plans.domain.shares import Pool, Share

ASSISTANCE = Code("assistance")
"""The scope of consent without which nothing is planned."""


class Entitled(msgspec.Struct, frozen=True):
    """The most that the household may receive."""

    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    """What each person brings to it."""


class Halt(StrEnum):
    """What keeps a case from being promised anything, as intake tells it."""

    SUSPENDED = "suspended"
    CLOSED = "closed"
    MERGED = "merged"
    """It is worked on in another case."""
    NOT_DEPARTED = "not_departed"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    """The organisation that decides."""
    organisation: Code
    """The organisation that keeps the case."""
    office: Code
    """Its office that does."""
    counsellor: PersonId
    signs: PersonId | None
    """Who signs for the case: the returnee or, for a child, the guardian, if there is one yet."""
    consented: bool = False
    eligible_under: int | None = None
    """The programme's version that the case was found eligible by."""
    entitled: Entitled | None = None
    claim_by: date | None = None
    use_by: date | None = None
    halted: frozenset[Halt] = frozenset()
    others: frozenset[PersonId] = frozenset()
    """Who returns with the principal applicant: the rest of the household."""
    pooled: frozenset[PersonId] = frozenset()
    """Those of them who agreed that their share is used with the principal applicant's."""
    left_pool: frozenset[PersonId] = frozenset()
    """Those who did once, and do no longer."""
    restricted: bool = False
    """Only those know of it who need to: what is planned is worded neutrally."""

    @property
    def rests(self) -> bool:
        """Whether nothing may be promised or bought for the case just now, or ever."""
        return bool(self.halted) or not self.consented

    @property
    def household(self) -> frozenset[PersonId]:
        return self.others | {self.returnee}

    @property
    def pool(self) -> Pool:
        return Pool(self.returnee, self.pooled, self.left_pool)

    @property
    def ended(self) -> bool:
        return bool(self.halted & {Halt.CLOSED, Halt.NOT_DEPARTED})

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the case at all (D10)."""
        return organisation in (self.organisation, self.run_by)


def evolve(standing: Standing | None, event: heard.FromIntake) -> Standing:
    if isinstance(event, heard.ReturneeRegistered):
        return Standing(
            case=event.case,
            returnee=event.returnee,
            programme=event.programme,
            run_by=event.run_by,
            organisation=event.organisation,
            office=event.office,
            counsellor=event.counsellor,
            signs=None if event.is_child else event.returnee,
        )
    assert standing is not None, "a fact about a case that nobody registered"
    match event:
        case heard.IdentityRecorded(person=person, is_child=is_child):
            return _of_age(standing, person, is_child=is_child)
        case heard.GuardianAppointed():
            ours = event.child == standing.returnee
            return replace(standing, signs=event.guardian) if ours else standing
        case heard.ConsentGiven():
            return replace(standing, consented=standing.consented or ASSISTANCE in event.scopes)
        case heard.ConsentWithdrawn():
            return replace(
                standing, consented=standing.consented and ASSISTANCE not in event.scopes
            )
        case heard.EligibilityConfirmed():
            return replace(standing, eligible_under=event.programme_version)
        case heard.EligibilityDenied():
            return replace(standing, eligible_under=None)
        case heard.EntitlementGranted():
            claim_by, use_by = event.claim_by, event.use_by
            return replace(standing, entitled=_entitled(event), claim_by=claim_by, use_by=use_by)
        case heard.EntitlementAdjusted():
            return replace(standing, entitled=_entitled(event))
        case heard.ArrivalConfirmed() | heard.EntitlementExtended():
            return replace(standing, claim_by=event.claim_by, use_by=event.use_by)
        case _ if isinstance(event, heard.OfHouseholds):
            return _household(standing, event)
        case _:
            return _moved(standing, event)


def _entitled(event: heard.EntitlementGranted | heard.EntitlementAdjusted) -> Entitled:
    return Entitled(total=event.total, cash_cap=event.cash_cap, shares=event.shares)


def _household(standing: Standing, event: heard.OfHouseholds) -> Standing:
    """Who belongs to it, and whose shares are used together."""
    match event:
        case heard.HouseholdMemberAdded(member=member):
            return replace(standing, others=standing.others | {member})
        case heard.HouseholdMemberRemoved(member=member):
            stay = replace(standing, others=standing.others - {member})
            return _out_of_pool(stay, member)
        case heard.HouseholdPooled(person=person):
            pooled, left = standing.pooled | {person}, standing.left_pool - {person}
            return replace(standing, pooled=pooled, left_pool=left)
        case heard.HouseholdUnpooled(person=person):
            return _out_of_pool(standing, person)
        case _:
            assert_never(event)


def _out_of_pool(standing: Standing, person: PersonId) -> Standing:
    if person not in standing.pooled:
        return standing
    pooled, left = standing.pooled - {person}, standing.left_pool | {person}
    return replace(standing, pooled=pooled, left_pool=left)


def _of_age(standing: Standing, person: PersonId, *, is_child: bool) -> Standing:
    """Whoever turns out to be a child does not sign; whoever turns out to be none signs."""
    if person != standing.returnee:
        return standing
    if not is_child:
        return replace(standing, signs=person)
    return replace(standing, signs=None) if standing.signs == person else standing


def _moved(standing: Standing, event: heard.OfCases) -> Standing:
    """Whether the case is open, who keeps it and who may know of it."""
    match event:
        case heard.CaseSuspended():
            return replace(standing, halted=standing.halted | {Halt.SUSPENDED})
        case heard.CaseResumed():
            return replace(standing, halted=standing.halted - {Halt.SUSPENDED})
        case heard.CaseClosed():
            return replace(standing, halted=standing.halted | {Halt.CLOSED})
        case heard.CaseReopened():
            return replace(standing, halted=standing.halted - {Halt.CLOSED})
        case heard.CaseMerged():
            return replace(standing, halted=standing.halted | {Halt.MERGED})
        case heard.CaseUnmerged():
            return replace(standing, halted=standing.halted - {Halt.MERGED})
        case heard.NonDepartureConfirmed():
            return replace(standing, halted=standing.halted | {Halt.NOT_DEPARTED})
        case heard.CaseTransferred(outside=True):
            return standing
        case heard.CaseTransferred():
            return replace(
                standing,
                organisation=event.to_organisation,
                office=event.to_office,
                counsellor=event.counsellor,
            )
        case heard.CaseRestricted() | heard.CaseUnrestricted():
            return replace(standing, restricted=isinstance(event, heard.CaseRestricted))
        case _:
            assert_never(event)
