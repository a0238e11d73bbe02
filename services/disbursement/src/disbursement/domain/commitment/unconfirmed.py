"""Failures that one person alone told of, by uploading the bank's file: until another person has
confirmed it, nothing else is paid of the commitment, nor is it cancelled.

Of what the bank's own channel says nobody has to say that it is so.
"""

import msgspec

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


class Unconfirmed(msgspec.Struct, frozen=True, kw_only=True):
    payment: PaymentId
    answer: BankAnswerId


def after(stands: tuple[Unconfirmed, ...], event: UnconfirmedEvent) -> tuple[Unconfirmed, ...]:
    """What is left to be confirmed."""
    this = Unconfirmed(payment=event.payment, answer=event.answer)
    others = tuple(each for each in stands if each != this)
    return (*others, this) if isinstance(event, FailureUploaded) else others
