"""Why a plan says no."""

from dataclasses import dataclass
from typing import ClassVar

from events.decider import Rejected
from events.money import Money
from events.values import Code, Digest, ItemId, PersonId, PlanId
from plans.domain.plan.kinds import Stage


@dataclass(unsafe_hash=True)
class NoSuchPlan(Rejected):
    """There is no such plan, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class PlanIsAt(Rejected):
    """The act needs the plan at another stage."""

    stage: Stage
    needed: tuple[Stage, ...]


@dataclass(unsafe_hash=True)
class DraftedAlready(Rejected):
    """This plan was drafted before."""

    plan: PlanId


@dataclass(unsafe_hash=True)
class CaseHasPlan(Rejected):
    """The case has a plan that is not over: one is in force at a time (A1)."""

    plan: PlanId


@dataclass(unsafe_hash=True)
class NotInProgramme(Rejected):
    """The programme version that this plan is pinned to has no such type of assistance."""

    type: Code


@dataclass(unsafe_hash=True)
class OnlyInProjects(Rejected):
    """The programme gives this type of assistance to groups or communities, not to one case."""

    type: Code


@dataclass(unsafe_hash=True)
class SuchItemAlready(Rejected):
    """The plan has this item already."""

    item: ItemId


@dataclass(unsafe_hash=True)
class NoSuchItem(Rejected):
    """The plan has no such item."""

    item: ItemId


@dataclass(unsafe_hash=True)
class OtherCurrency(Rejected):
    """A ceiling is in the currency of the entitlement."""

    currency: Code
    entitled: Code


@dataclass(unsafe_hash=True)
class NotAnAmount(Rejected):
    """A ceiling is above zero (A10); a referral, which we do not pay for, is exactly zero."""

    ceiling: Money


@dataclass(unsafe_hash=True)
class AboveAtMost(Rejected):
    """The programme allows less for one item of this type."""

    ceiling: Money
    at_most: Money


@dataclass(unsafe_hash=True)
class NothingToSign(Rejected):
    """A plan without items says nothing."""

    plan: PlanId


@dataclass(unsafe_hash=True)
class NotTheirsToSign(Rejected):
    """The returnee signs; for a child, the appointed guardian (S2, S13)."""

    signed_by: PersonId
    signs: PersonId | None


@dataclass(unsafe_hash=True)
class WitnessNeeded(Rejected):
    """A thumbprint is witnessed by somebody other than the one who records it."""

    recorded_by: PersonId
    witness: PersonId | None


@dataclass(unsafe_hash=True)
class SignedSomethingElse(Rejected):
    """What was signed is not the plan as it stands."""

    signed: Digest
    stands: Digest


@dataclass(unsafe_hash=True)
class NotSigned(Rejected):
    """The plan as it stands has not been signed; a change after signing voids it (S2)."""

    plan: PlanId


@dataclass(unsafe_hash=True)
class PartnerMayOnlyPropose(Rejected):
    """The organisation that runs the programme decides; a partner proposes (D10)."""

    organisation: Code
    decides: Code


@dataclass(unsafe_hash=True)
class DrafterCannotAssess(Rejected):
    """Who drafted or changed the plan does not say whether it can work."""

    person: PersonId


@dataclass(unsafe_hash=True)
class DrafterCannotApprove(Rejected):
    """Who drafted or changed the plan has no vote on it (D1)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class CounsellorCannotApprove(Rejected):
    """The counsellor of the case has no vote on its plan (D7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AssessorCannotApprove(Rejected):
    """Who found the plan feasible has no vote on it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class HasConflict(Rejected):
    """This person declared a conflict of interest on this plan (D1, D6)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class VotedAlready(Rejected):
    """One member has one vote (D1)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class DocumentsMissing(Rejected):
    """The programme asks for papers, before approval or afterwards, that nobody has recorded."""

    item: ItemId
    missing: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class DocumentNotAskedFor(Rejected):
    """The programme asks for no such paper for this type of assistance."""

    kind: Code
    asked: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class AmendmentOpen(Rejected):
    """A change of this plan is asked for already: that comes to its end first."""

    plan: PlanId
    version: int


@dataclass(unsafe_hash=True)
class NothingAskedFor(Rejected):
    """The plan is in force and no change of it is asked for."""

    plan: PlanId


@dataclass(unsafe_hash=True)
class NothingChanged(Rejected):
    """An amendment says something else than the version in force."""

    version: int


@dataclass(unsafe_hash=True)
class MoneyCommitted(Rejected):
    """An order holds more of this item than would be left (A3)."""

    item: ItemId
    committed: Money
    ceiling: Money


@dataclass(unsafe_hash=True)
class SuspenderCannotResume(Rejected):
    """Who suspended the plan does not say that it goes on."""

    person: PersonId


@dataclass(unsafe_hash=True)
class DrafterCannotCancel(Rejected):
    """Who drafted the plan, or counsels the case, does not end it alone."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ItemIsCancelled(Rejected):
    """The item was cancelled."""

    item: ItemId


@dataclass(unsafe_hash=True)
class NotAllDone(Rejected):
    """A plan is completed when each item was paid for, verified or cancelled."""

    open: tuple[ItemId, ...]
