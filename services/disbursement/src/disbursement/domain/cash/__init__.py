"""Cash for one item of an approved plan, where its programme plans any; a line of a numbered list.

    requested -> approved, by two where it is large -> handed over -> confirmed
    handed over against a thumbprint -> witnessed -> confirmed: two saw it (S7)
    handed over -> disputed -> confirmed by who saw it, or cancelled: the cash is back
    requested or approved -> cancelled: nothing was handed over

How many approve it follows from the programme's terms, as for a payment. Two people are there when
it is handed over: one gives it and keeps what the returnee signed, for this and nothing else, the
other confirms to have seen it. Neither asked for it, approved it or counsels the returnee. Plans
lets no plan be approved with more cash than its entitlement has (A2); here no more than the item's
ceiling is handed over, from funds that were reserved with the request. A child gets none (S13).

It is asked for once all papers are there that the programme wants to see before the item is
committed or paid; of an item in instalments it draws what their conditions released (S8), as a
payment does, and gives that back when it is given up.

What stops any money for the case stops it at each act until it is handed over
(`payment/waiting.py`). A grave finding about it holds it, until each was reviewed and a person
without a part in it lets it go on; what was found irregular is given up. Of what was handed over
nothing stops that it is confirmed: that only tells what happened.
"""

from disbursement.domain.cash.facts import (
    CashApproved,
    CashApprovedAgain,
    CashCancelled,
    CashConversionCorrected,
    CashConversionWithdrawn,
    CashConverted,
    CashCounsellorsNamed,
    CashEvent,
    CashHandedOver,
    CashHandOverConfirmed,
    CashHandOverDisputed,
    CashHandOverWitnessed,
    CashHeld,
    CashReleasedFromHold,
    CashRequested,
    CashTermsSet,
    Proof,
)
from disbursement.domain.cash.refusals import (
    ActedOnCash,
    CashIsAt,
    CashIsHeld,
    CashNotHeld,
    ChildGetsNoCash,
    NoSuchCash,
    NotPlannedAsCash,
    SawAnotherList,
    SignedForAnother,
    Stage,
)
from disbursement.domain.cash.requests import (
    ApproveCash,
    CancelCash,
    CashCommand,
    ConfirmHandOver,
    ConvertCash,
    DisputeHandOver,
    HandOverCash,
    HoldCash,
    ReleaseCashFromHold,
    RequestCash,
)
from disbursement.domain.cash.rules import decide
from disbursement.domain.cash.state import Cash, evolve
from events.decider import Decider

__all__ = [
    "ActedOnCash",
    "ApproveCash",
    "CancelCash",
    "Cash",
    "CashApproved",
    "CashApprovedAgain",
    "CashCancelled",
    "CashCommand",
    "CashConversionCorrected",
    "CashConversionWithdrawn",
    "CashConverted",
    "CashCounsellorsNamed",
    "CashEvent",
    "CashHandOverConfirmed",
    "CashHandOverDisputed",
    "CashHandOverWitnessed",
    "CashHandedOver",
    "CashHeld",
    "CashIsAt",
    "CashIsHeld",
    "CashNotHeld",
    "CashReleasedFromHold",
    "CashRequested",
    "CashTermsSet",
    "ChildGetsNoCash",
    "ConfirmHandOver",
    "ConvertCash",
    "DisputeHandOver",
    "HandOverCash",
    "HoldCash",
    "NoSuchCash",
    "NotPlannedAsCash",
    "Proof",
    "ReleaseCashFromHold",
    "RequestCash",
    "SawAnotherList",
    "SignedForAnother",
    "Stage",
    "cash",
]

cash = Decider(decide=decide, evolve=evolve)
