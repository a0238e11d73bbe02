"""Why nothing takes the place of a payment that is said to have come to nothing."""

from dataclasses import dataclass

from disbursement.domain.bank_answer import BankAnswerId
from events.decider import Rejected
from events.values import PaymentId


@dataclass(unsafe_hash=True)
class FailureUnconfirmed(Rejected):
    """One person alone says that the payment failed: another one confirms the bank's file first."""

    payment: PaymentId
    answer: BankAnswerId
