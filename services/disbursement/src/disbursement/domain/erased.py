"""Erasure: of whom intake has erased values, those here are erased too.

Here nobody has a name: people are spoken of by id, and this service says so.
"""

from events import erasure
from events.registry import Registry


class SubjectErased(erasure.SubjectErased, frozen=True, tag="disbursement.subject_erased.v1"):
    """The person's keys of these kinds are destroyed here."""


class ErasedInIntake(erasure.SubjectErased, frozen=True, tag="intake.subject_erased.v1"):
    pass


orders = {"intake": Registry.of("intake", [ErasedInIntake], foreign=True)}
