"""Wording: what an item says in public, where anybody who handles it may read.

A type of assistance whose programme gives it words for others is called by them and no other way.
Of a restricted case nothing has any other words: what it truly is stands among the returnee's own
words, in the vault.
"""

from dataclasses import dataclass

from events.decider import Rejected
from events.values import Code
from plans.domain.programme import Assistance


@dataclass(unsafe_hash=True)
class WordingTellsTooMuch(Rejected):
    """For this type of assistance others are told no more than the programme's neutral words."""

    say: Code


@dataclass(unsafe_hash=True)
class NoNeutralWording(Rejected):
    """The programme has no words for others for this type: a restricted case cannot have it."""

    type: Code


def worded_for_others(spec: Code, rules: Assistance, *, restricted: bool) -> None:
    """The item says no more than others may read."""
    say = rules.wording_for_others
    if restricted and say is None:
        raise NoNeutralWording(rules.type)
    if say is not None and spec != say:
        raise WordingTellsTooMuch(say)
