"""A programme as published policy: a page that an officer can read, become data by versions.

What is decided under a version stays pinned to it. Publishing the same page again is nothing
new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, Digest, ProgrammeId
from plans.domain.programme.finding_rules import (
    FindingRules,
    FindingRulesPublished,
    OfficeClock,
)
from plans.domain.programme.policy import (
    Approval,
    Assistance,
    Buying,
    Collective,
    Community,
    Complaints,
    Eligibility,
    Emergency,
    Entitlement,
    OtherAssistance,
    PaidFrom,
    Paying,
    Policy,
    Survey,
)
from plans.domain.programme.vendor_rules import VendorRules, VendorRulesPublished
from plans.domain.programme_proposal import PageNotProposed


class PublishProgramme(Command, frozen=True):
    programme: ProgrammeId
    organisation: Code
    """For whom the person acts."""
    digest: Digest
    policy: Policy
    agreed: bool
    """Another person proposed it, which the same append holds; else it may say nothing new."""
    vendors: VendorRules | None = None
    """None: the page asks nothing more of vendors."""
    paid_from: tuple[PaidFrom, ...] = ()
    """Nothing: the page leaves it to who commits from which budget line."""
    findings: FindingRules | None = None
    """None: the page does not say what is looked at a second time."""
    offices: tuple[OfficeClock, ...] = ()


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    """A programme's rules, as everybody decides by them from now on."""

    programme: ProgrammeId
    version: int
    digest: Digest
    currency: Code
    organisation: Code
    kept_by: tuple[Code, ...]
    donor: Code
    grant: Code
    since: date
    until: date
    extended_until: date | None
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    one_programme_at_a_time: bool
    other_assistance: OtherAssistance
    pooling: bool
    restricted_by_default: bool
    break_glass_hours: int
    assistance: tuple[Assistance, ...]
    emergency: Emergency | None
    collective: Collective | None
    community: Community | None
    approval: Approval
    buying: Buying
    paying: Paying
    visits_after_months: tuple[int, ...]
    survey: Survey | None
    small_cells_below: int
    keep_years: int
    complaints: Complaints | None = None


class BudgetLinesNamed(Event, frozen=True, tag="plans.budget_lines_named.v1"):
    """Which budget lines of the grant pay for what is approved under that version."""

    programme: ProgrammeId
    version: int
    grant: Code
    lines: tuple[PaidFrom, ...]


@dataclass(unsafe_hash=True)
class NotYourProgramme(Rejected):
    """A programme is published by the organisation that runs it."""

    organisation: Code
    runs_it: Code


ProgrammeEvent = (
    ProgrammePublished | VendorRulesPublished | BudgetLinesNamed | FindingRulesPublished
)


class Version(State, frozen=True):
    number: int
    digest: Digest
    policy: Policy
    vendors: VendorRules | None = None
    paid_from: tuple[PaidFrom, ...] = ()
    findings: FindingRules | None = None
    offices: tuple[OfficeClock, ...] = ()


class Programme(State, frozen=True):
    id: ProgrammeId
    versions: tuple[Version, ...]

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def policy(self, version: int) -> Policy:
        return self.versions[version - 1].policy


def decide(command: PublishProgramme, programme: Programme | None) -> Sequence[ProgrammeEvent]:
    runs_it = programme.latest.policy.organisation if programme else command.policy.organisation
    for organisation in (command.organisation, command.policy.organisation):
        if organisation != runs_it:
            raise NotYourProgramme(organisation, runs_it)
    if programme is not None and programme.latest.digest == command.digest:
        return []
    if not command.agreed:
        raise PageNotProposed(command.digest)
    policy = command.policy
    number = programme.latest.number + 1 if programme else 1
    published = ProgrammePublished(
        by=command.by,
        at=command.at,
        programme=command.programme,
        version=number,
        digest=command.digest,
        **{name: getattr(policy, name) for name in Policy.__struct_fields__},
    )
    return [published, *_beside(command, number)]


def _beside(command: PublishProgramme, version: int) -> Iterator[ProgrammeEvent]:
    """What the page says beside its policy, of which it may say nothing."""
    by, at, programme, rules = command.by, command.at, command.programme, command.vendors
    if rules is not None:
        yield VendorRulesPublished(
            by=by,
            at=at,
            programme=programme,
            version=version,
            kinds=rules.kinds,
            tiers=rules.tiers,
            first_payment_at_most=rules.first_payment_at_most,
        )
    if command.paid_from:
        yield BudgetLinesNamed(
            by=by,
            at=at,
            programme=programme,
            version=version,
            grant=command.policy.grant,
            lines=command.paid_from,
        )
    if command.findings is not None or command.offices:
        yield FindingRulesPublished(
            by=by,
            at=at,
            programme=programme,
            version=version,
            rules=command.findings,
            offices=command.offices,
        )


def evolve(programme: Programme | None, event: ProgrammeEvent) -> Programme:
    match event:
        case VendorRulesPublished():
            rules = VendorRules(event.kinds, event.tiers, event.first_payment_at_most)
            return _beside_the_latest(programme, vendors=rules)
        case BudgetLinesNamed(lines=lines):
            return _beside_the_latest(programme, paid_from=lines)
        case FindingRulesPublished():
            return _beside_the_latest(programme, findings=event.rules, offices=event.offices)
    policy = Policy(**{name: getattr(event, name) for name in Policy.__struct_fields__})
    version = Version(number=event.version, digest=event.digest, policy=policy)
    if programme is None:
        return Programme(id=event.programme, versions=(version,))
    return replace(programme, versions=(*programme.versions, version))


def _beside_the_latest(programme: Programme | None, **said: Any) -> Programme:
    assert programme is not None, "its programme is published with it"
    latest = replace(programme.latest, **said)
    return replace(programme, versions=(*programme.versions[:-1], latest))


programme = Decider(decide=decide, evolve=evolve)
