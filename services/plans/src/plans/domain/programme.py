"""A programme as published policy: a page that an officer can read, become data by versions.

What is decided under a version stays pinned to it. Publishing the same page again is nothing
new. Every amount, threshold and time limit is the programme's, never the code's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import Code, Digest, ProgrammeId


class ReturnType(StrEnum):
    VOLUNTARY = "voluntary"
    FORCED = "forced"


class FamilyRole(StrEnum):
    PRINCIPAL = "principal"
    ACCOMPANYING_ADULT = "accompanying_adult"
    ACCOMPANYING_CHILD = "accompanying_child"


class Dimension(StrEnum):
    """Which part of a life it helps to rebuild (Reintegration Handbook, module 1)."""

    ECONOMIC = "economic"
    SOCIAL = "social"
    PSYCHOSOCIAL = "psychosocial"


class Level(StrEnum):
    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"
    COMMUNITY = "community"


class Modality(StrEnum):
    """How assistance reaches somebody. A referral is somebody else's service: we pay nothing."""

    GOODS = "goods"
    SERVICE = "service"
    WAGE_SUBSIDY = "wage_subsidy"
    CASH = "cash"
    REFERRAL = "referral"


class Eligibility(msgspec.Struct, frozen=True):
    returns: tuple[ReturnType, ...]
    countries: tuple[Code, ...]
    """ISO 3166-1 alpha-2; none named: any."""
    criteria: tuple[Code, ...]


class Entitlement(msgspec.Struct, frozen=True):
    """What one person may receive, by the role in the family and the type of return."""

    role: FamilyRole
    returns: tuple[ReturnType, ...]
    total: Money
    cash_at_most: Money


class Instalments(msgspec.Struct, frozen=True):
    """Paid in parts, each when the attendance in its period was high enough."""

    each: Code
    attendance_percent: int


class Advance(msgspec.Struct, frozen=True):
    """Part of the price paid before delivery."""

    percent_at_most: int
    clear_within_days: int


class Assistance(msgspec.Struct, frozen=True):
    """One type of assistance that a plan may contain, and what it takes."""

    type: Code
    dimension: Dimension
    level: Level
    modality: Modality
    at_most: Money | None
    """For one item; None for a referral."""
    before_approval: tuple[Code, ...]
    before_order: tuple[Code, ...]
    before_payment: tuple[Code, ...]
    instalments: Instalments | None
    advance: Advance | None
    wording_for_others: Code | None
    """What it is called where the case must not be guessed from it."""


class Approval(msgspec.Struct, frozen=True):
    members: int
    """How many of the committee have to approve: the quorum."""
    answer_within_days: int


class BuyingBand(msgspec.Struct, frozen=True):
    """How to buy below an amount."""

    below: Money
    quotations: int
    waiver_by: Code | None
    waiver_for: tuple[Code, ...]
    written_working_days: int | None
    committee: bool


class Buying(msgspec.Struct, frozen=True):
    bands: tuple[BuyingBand, ...]
    added_up_over_days: int
    """Orders of one vendor, or for one case, count together over this time (red flag R4)."""


class Paying(msgspec.Struct, frozen=True):
    certifier_may_sign: bool
    """A small office's exception to D3: the certifying officer may be one of the signatories."""
    second_approval_from: Money
    invoice_tolerance_basis_points: int
    invoice_tolerance_at_most: Money
    pay_within_days: int
    call_back: bool
    account_wait_hours: int
    screening_at_most_days: int
    screening_again_at_release: bool


class Policy(msgspec.Struct, frozen=True):
    """All that a programme says that somebody decides by."""

    currency: Code
    organisation: Code
    """Who runs the programme: its people decide, partners propose (D10)."""
    decides: Code
    """The office whose committee decides."""
    donor: Code
    grant: Code
    since: date
    until: date
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    assistance: tuple[Assistance, ...]
    approval: Approval
    buying: Buying
    paying: Paying
    visits_after_months: tuple[int, ...]
    keep_years: int

    def assistance_of(self, kind: Code) -> Assistance | None:
        return next((a for a in self.assistance if a.type == kind), None)


class PublishProgramme(Command, frozen=True):
    programme: ProgrammeId
    organisation: Code
    """For whom the person acts."""
    digest: Digest
    policy: Policy


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v1"):
    """A programme's rules, as everybody decides by them from now on."""

    programme: ProgrammeId
    version: int
    digest: Digest
    currency: Code
    organisation: Code
    decides: Code
    donor: Code
    grant: Code
    since: date
    until: date
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    assistance: tuple[Assistance, ...]
    approval: Approval
    buying: Buying
    paying: Paying
    visits_after_months: tuple[int, ...]
    keep_years: int


@dataclass(unsafe_hash=True)
class NotYourProgramme(Rejected):
    """A programme is published by the organisation that runs it."""

    organisation: Code
    runs_it: Code


class Version(State, frozen=True):
    number: int
    digest: Digest
    policy: Policy


class Programme(State, frozen=True):
    id: ProgrammeId
    versions: tuple[Version, ...]

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def policy(self, version: int) -> Policy:
        return self.versions[version - 1].policy


def decide(command: PublishProgramme, programme: Programme | None) -> Sequence[ProgrammePublished]:
    runs_it = programme.latest.policy.organisation if programme else command.policy.organisation
    for organisation in (command.organisation, command.policy.organisation):
        if organisation != runs_it:
            raise NotYourProgramme(organisation, runs_it)
    if programme is not None and programme.latest.digest == command.digest:
        return []
    policy = command.policy
    return [
        ProgrammePublished(
            by=command.by,
            at=command.at,
            programme=command.programme,
            version=programme.latest.number + 1 if programme else 1,
            digest=command.digest,
            **{name: getattr(policy, name) for name in Policy.__struct_fields__},
        )
    ]


def evolve(programme: Programme | None, event: ProgrammePublished) -> Programme:
    policy = Policy(**{name: getattr(event, name) for name in Policy.__struct_fields__})
    version = Version(number=event.version, digest=event.digest, policy=policy)
    if programme is None:
        return Programme(id=event.programme, versions=(version,))
    return replace(programme, versions=(*programme.versions, version))


programme = Decider(decide=decide, evolve=evolve)
