"""What happened with cash; the wire form."""

from enum import StrEnum

from disbursement.domain.exchange_rate import Rate
from events.decider import Event
from events.money import Money
from events.values import (
    BudgetLineId,
    CaseId,
    CashId,
    Code,
    DelegationId,
    Digest,
    FindingId,
    ItemId,
    PersonId,
)


class Proof(StrEnum):
    """What the returnee put on the list."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"


class CashRequested(Event, frozen=True, tag="disbursement.cash_requested.v1"):
    cash: CashId
    list_no: Code
    item: ItemId
    case: CaseId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    """In the grant's currency."""
    counsellors: tuple[PersonId, ...]


class CashCounsellorsNamed(Event, frozen=True, tag="disbursement.cash_counsellors_named.v1"):
    """The case passed to somebody else: none of those who counsel it, or did, has a part in it."""

    cash: CashId
    counsellors: tuple[PersonId, ...]


class CashTermsSet(Event, frozen=True, tag="disbursement.cash_terms_set.v1"):
    """The programme's terms for it, set when it is asked for, and so for good."""

    cash: CashId
    second_approval: bool
    """Two people approve it: it, or what it is counted together with, is large (R4)."""
    together: Money
    """With what is paid for the case beside it, in the programme's currency."""


class CashApproved(Event, frozen=True, tag="disbursement.cash_approved.v1"):
    cash: CashId
    delegation: DelegationId


class CashApprovedAgain(Event, frozen=True, tag="disbursement.cash_approved_again.v1"):
    """A second person approved it, as its terms ask."""

    cash: CashId
    delegation: DelegationId


class CashHeld(Event, frozen=True, tag="disbursement.cash_held.v1"):
    """A grave finding is about it: it is neither approved nor handed over."""

    cash: CashId
    finding: FindingId


class CashReleasedFromHold(Event, frozen=True, tag="disbursement.cash_released_from_hold.v1"):
    """Each finding about it was reviewed, and a person lets it go on."""

    cash: CashId
    reason: Code


class CashHandedOver(Event, frozen=True, tag="disbursement.cash_handed_over.v1"):
    cash: CashId
    list_no: Code
    proof: Proof
    document: Digest


class CashHandOverWitnessed(Event, frozen=True, tag="disbursement.cash_hand_over_witnessed.v1"):
    """A second person saw the thumbprint put on it; a third one is to (S7)."""

    cash: CashId
    document: Digest


class CashHandOverDisputed(Event, frozen=True, tag="disbursement.cash_hand_over_disputed.v1"):
    """It was not handed over as was told: it counts when who saw it confirms, or is given up."""

    cash: CashId
    reason: Code


class CashHandOverConfirmed(Event, frozen=True, tag="disbursement.cash_hand_over_confirmed.v1"):
    """A second person was there: it is spent."""

    cash: CashId
    item: ItemId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money


class CashConverted(Event, frozen=True, tag="disbursement.cash_converted.v1"):
    """By its grant's rule: what the donor is told, whatever is published later."""

    cash: CashId
    budget_line: BudgetLineId
    rate: Rate
    by_rule: Money


class CashConversionCorrected(Event, frozen=True, tag="disbursement.cash_conversion_corrected.v1"):
    """The rate at which it was converted was found wrong: what the donor is told from now on."""

    cash: CashId
    budget_line: BudgetLineId
    wrong: Rate
    """The rate that was corrected or withdrawn: the one that was used, or one it was crossed of."""
    reason: Code
    """Why two people found it wrong."""
    before: Money
    rate: Rate
    """By the grant's rule, as the rates stand now."""
    by_rule: Money


class CashConversionWithdrawn(Event, frozen=True, tag="disbursement.cash_conversion_withdrawn.v1"):
    """The rate at which it was converted was found wrong, and the rule has no other: it has none
    until one is published.
    """

    cash: CashId
    budget_line: BudgetLineId
    wrong: Rate
    reason: Code
    before: Money


class CashCancelled(Event, frozen=True, tag="disbursement.cash_cancelled.v1"):
    cash: CashId
    item: ItemId
    budget_line: BudgetLineId
    released: Money
    reason: Code


CashEvent = (
    CashRequested
    | CashCounsellorsNamed
    | CashTermsSet
    | CashApproved
    | CashApprovedAgain
    | CashHeld
    | CashReleasedFromHold
    | CashHandedOver
    | CashHandOverWitnessed
    | CashHandOverDisputed
    | CashHandOverConfirmed
    | CashConverted
    | CashConversionCorrected
    | CashConversionWithdrawn
    | CashCancelled
)
