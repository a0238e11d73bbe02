"""What was told, once, of failures by one person's word alone: a file that a person uploads counts
for nothing now before another one has confirmed it. Nothing follows from these any more.
"""

from disbursement.domain.bank_answer import BankAnswerId
from events.decider import Event
from events.values import CommitmentId, PaymentId


class FailureUploaded(Event, frozen=True, tag="disbursement.failure_uploaded.v1"):
    """The bank rejected or returned the payment, as a file says that one person uploaded."""

    commitment: CommitmentId
    payment: PaymentId
    answer: BankAnswerId


class FailureConfirmed(Event, frozen=True, tag="disbursement.failure_confirmed.v1"):
    """Another person has seen that the bank says so."""

    commitment: CommitmentId
    payment: PaymentId
    answer: BankAnswerId


UnconfirmedEvent = FailureUploaded | FailureConfirmed
