"""Cash for one item of an approved plan, where its programme plans any; a line of a numbered list.

    requested -> approved, by two where it is large -> handed over -> confirmed
    requested or approved -> cancelled: nothing was handed over

How many approve it follows from the programme's terms, as for a payment. Two people are there when
it is handed over: one gives it and keeps what the returnee signed, the other confirms to have seen
it. Neither asked for it, approved it or counsels the returnee. Plans lets no plan be approved with
more cash than its entitlement has (A2); here no more than the item's ceiling is handed over, from
funds that were reserved with the request. A child gets none (S13).
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
    CashId,
    CashRequested,
    CashTermsSet,
    Proof,
)
from disbursement.domain.cash.rules import (
    ActedOnCash,
    ApproveCash,
    CancelCash,
    Cash,
    CashCommand,
    CashIsAt,
    ChildGetsNoCash,
    ConfirmHandOver,
    ConvertCash,
    HandOverCash,
    NoSuchCash,
    NotPlannedAsCash,
    RequestCash,
    SawAnotherList,
    Stage,
    cash,
)

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
    "CashHandedOver",
    "CashId",
    "CashIsAt",
    "CashRequested",
    "CashTermsSet",
    "ChildGetsNoCash",
    "ConfirmHandOver",
    "ConvertCash",
    "HandOverCash",
    "NoSuchCash",
    "NotPlannedAsCash",
    "Proof",
    "RequestCash",
    "SawAnotherList",
    "Stage",
    "cash",
]
