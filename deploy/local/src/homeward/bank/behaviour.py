"""What the bank does with a transfer: mostly what it should, and on request what banks also do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from homeward.bank.orders import Transfer

REASON = "AC04"
"""Closed account number: the reason where none is asked for (ISO 20022 external code set)."""


class Behaviour(StrEnum):
    PAY = "pay"
    REJECT = "reject"
    LATE = "late"
    TWICE = "twice"
    RETURN = "return"


@dataclass(frozen=True)
class Treatment:
    behaviour: Behaviour
    reason: str | None = None
    """Of a rejection or a return."""


AS_USUAL = Treatment(Behaviour.PAY)
_WORD = re.compile(r"SIM-(REJECT|LATE|TWICE|RETURN)(?:-([A-Z]{2}[0-9]{2}))?", re.ASCII)
_RULE = re.compile(r"(.+)=(reject|late|twice|return)(?:-([A-Z]{2}[0-9]{2}))?", re.ASCII)


class BadRule(ValueError):
    """A rule that says nothing. The message shows how one is written."""


@dataclass(frozen=True)
class Rule:
    """Treats the transfers of an amount (`700000.000 IQD`), or with a text in them, in its way."""

    match: str
    treatment: Treatment

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Read `700000.000 IQD=late` or `Al-Noor=reject-AC04`. `BadRule`."""
        found = _RULE.fullmatch(text)
        if found is None:
            raise BadRule(f"{text!r} should be like '700000.000 IQD=late' or 'Al-Noor=reject-AC04'")
        return cls(found[1], _treatment(found[2], found[3]))

    def fits(self, transfer: Transfer) -> bool:
        amount = f"{transfer.amount} {transfer.currency}"
        texts = (transfer.creditor, transfer.remittance)
        return self.match == amount or any(self.match in text for text in texts)


def treatment_of(transfer: Transfer, rules: Iterable[Rule]) -> Treatment:
    """By the first rule that fits, then by the words in the transfer."""
    for rule in rules:
        if rule.fits(transfer):
            return rule.treatment
    word = _WORD.search(f"{transfer.creditor}\n{transfer.remittance}")
    return _treatment(word[1], word[2]) if word else AS_USUAL


def _treatment(name: str, reason: str | None) -> Treatment:
    behaviour = Behaviour(name.lower())
    if behaviour in (Behaviour.REJECT, Behaviour.RETURN):
        return Treatment(behaviour, reason or REASON)
    return Treatment(behaviour)
