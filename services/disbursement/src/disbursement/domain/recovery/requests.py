"""What may be asked of a recovery."""

from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.delegation import Mandate
from disbursement.domain.payment import MayStop, Payment, Terms
from disbursement.domain.screened import Search
from events.decider import Command
from events.money import Money
from events.values import (
    Code,
)


class InitiateRecovery(Command, frozen=True):
    payment: Payment | None
    amount: Money
    reason: Code
    took: Money | None = None
    """What the payment took of the reservation; None: all that it was to take."""
    in_all: bool = False
    """By itself: the amount is all that is owed for that reason, with what was asked before."""
    kept: Money | None = None
    """What the vendor paid back of payments in whose place this one is, and did not get again."""


class _Deciding(Command, frozen=True, kw_only=True):
    of: Payment


class ApproveRecovery(_Deciding, frozen=True, kw_only=True):
    mandate: Mandate | None
    kept: Money | None = None
    """As when it is initiated: what is asked for by itself is held against it here."""


class RejectRecovery(Command, frozen=True):
    reason: Code


class ReceiveRecovery(Command, frozen=True):
    answer: BankAnswerId
    line: int
    amount: Money | None
    """What the bank booked to our account there; None: it booked no such thing."""
    in_grants_currency: Money | None = None
    """What that came to on its day; None: at the rate at which it was paid."""
    agreed: bool = True
    """Another person said so before; else it only waits for one."""


class StopRecovery(Command, frozen=True):
    """The bank sent the payment back, or it is not owed for that reason any more."""

    only: Code | None = None
    """Only what is owed for that reason; None: for whatever reason."""


class WithdrawRecovery(_Deciding, frozen=True, kw_only=True):
    """It is not owed: the vendor delivers what was paid before, or it was approved by mistake."""

    reason: Code
    by_mistake: bool = False
    """It was not all an advance: who approved it, or had a part in the payment, does not say so."""


class _Refunding(Command, frozen=True, kw_only=True):
    of: Payment
    """That the bank returned."""
    stops: MayStop
    """How it stands now with all that may stop it."""


class ApproveRefund(_Refunding, frozen=True, kw_only=True):
    mandate: Mandate | None
    terms: Terms | None = None
    """The programme's, as a payment of that amount would have them now."""


class SignRefund(_Refunding, frozen=True, kw_only=True):
    mandate: Mandate | None
    search: Search | None
    """For the vendor; None: the programme asks for none."""


class PayRefund(_Refunding, frozen=True, kw_only=True):
    search: Search | None
    answer: BankAnswerId
    line: int
    amount: Money | None
    """What the bank booked off our account there; None: it booked no such thing."""
    in_grants_currency: Money | None = None
    """What that came to on its day; None: what it came to when it came."""


class PayRefundWithInvoice(Command, frozen=True):
    """By itself: the invoice was paid anew as a whole."""


class ProposeWriteOff(Command, frozen=True):
    reason: Code


class DeclineWriteOff(Command, frozen=True):
    reason: Code


class WriteOff(_Deciding, frozen=True, kw_only=True):
    mandate: Mandate | None


class ProposeReversal(Command, frozen=True):
    """The vendor delivers, or pays, after all."""

    reason: Code
    of: Payment


class DeclineReversal(Command, frozen=True):
    reason: Code


class ReverseWriteOff(_Deciding, frozen=True, kw_only=True):
    mandate: Mandate | None


RecoveryCommand = (
    InitiateRecovery
    | ApproveRecovery
    | RejectRecovery
    | ReceiveRecovery
    | StopRecovery
    | WithdrawRecovery
    | ApproveRefund
    | SignRefund
    | PayRefund
    | PayRefundWithInvoice
    | ProposeWriteOff
    | DeclineWriteOff
    | WriteOff
    | ProposeReversal
    | DeclineReversal
    | ReverseWriteOff
)
