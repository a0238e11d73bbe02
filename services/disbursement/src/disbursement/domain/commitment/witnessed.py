"""A witness's own word that they saw a delivery: said before the delivery is recorded."""

from datetime import date

import msgspec

from events.decider import Event
from events.values import CommitmentId, Digest, PersonId


class DeliveryWitnessed(Event, frozen=True, tag="disbursement.delivery_witnessed.v1"):
    """Somebody who has no other part in the order was there when it was handed over."""

    commitment: CommitmentId
    witness: PersonId
    date: date
    paper: Digest | None
    """What a witness who does not sign in here signed; None: they say so themselves."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A witness's word, until a delivery rests on it."""

    witness: PersonId
    date: date
    taken_by: PersonId
    """Themselves, or who wrote it down."""


Words = tuple[Word, ...]


def heard(words: Words, event: DeliveryWitnessed) -> Words:
    return (*words, Word(witness=event.witness, date=event.date, taken_by=event.by))


def rested_on(words: Words, witnesses: tuple[PersonId, ...], day: date) -> Words:
    """What is left: a word stands for one delivery."""
    return tuple(each for each in words if each.date != day or each.witness not in witnesses)
