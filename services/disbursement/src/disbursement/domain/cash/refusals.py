"""Refusals beside those of commitments, in the order in which the rules are asked; the stages."""

from dataclasses import dataclass
from enum import StrEnum

from events.decider import Rejected
from events.values import CaseId, Code, Digest, FindingId, ItemId, PersonId


class Stage(StrEnum):
    REQUESTED = "requested"
    APPROVED_ONCE = "approved_once"
    """Its terms ask for a second approval."""
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    WITNESSED = "witnessed"
    """One saw the thumbprint put; another who did is wanted."""
    DISPUTED = "disputed"
    """Somebody says that it was not handed over as was told."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(unsafe_hash=True)
class NoSuchCash(Rejected):
    """There is no such cash."""


@dataclass(unsafe_hash=True)
class CashIsAt(Rejected):
    """The act needs the cash at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class CashIsHeld(Rejected):
    """It waits for a person to let it go on: a grave finding is about it."""

    finding: FindingId


@dataclass(unsafe_hash=True)
class CashNotHeld(Rejected):
    """Nothing holds it."""


@dataclass(unsafe_hash=True)
class NotPlannedAsCash(Rejected):
    """The plan gives this item as goods or a service."""

    item: ItemId


@dataclass(unsafe_hash=True)
class ChildGetsNoCash(Rejected):
    """Cash is never handed to a child (S13)."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ActedOnCash(Rejected):
    """This person had another part in it, or counsels the returnee."""

    person: PersonId


@dataclass(unsafe_hash=True)
class SawAnotherList(Rejected):
    """The list that was seen is not the one that was kept."""

    kept: Digest
    seen: Digest


@dataclass(unsafe_hash=True)
class SignedForAnother(Rejected):
    """The paper was signed for another hand-over, of cash or of goods, or is an invoice (R3)."""

    handed_over: Code
