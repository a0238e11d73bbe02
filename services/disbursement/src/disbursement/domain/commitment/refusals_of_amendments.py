"""Why an amendment of a commitment may be refused."""

from dataclasses import dataclass

from events.decider import Rejected
from events.money import Money
from events.values import CommitmentId


@dataclass(unsafe_hash=True)
class AmendmentWaits(Rejected):
    """An amendment is asked for, and not decided: first it is approved or rejected."""

    commitment: CommitmentId
    amendment: int


@dataclass(unsafe_hash=True)
class NoAmendmentWaits(Rejected):
    """Nobody has asked for an amendment, or it was decided."""

    commitment: CommitmentId


@dataclass(unsafe_hash=True)
class NothingAmended(Rejected):
    """It would be what it is."""

    commitment: CommitmentId


@dataclass(unsafe_hash=True)
class GoodsStand(Rejected):
    """Of this line something was delivered or invoiced: what it is and costs stands."""

    line: int


@dataclass(unsafe_hash=True)
class BelowDelivered(Rejected):
    """More of this line was delivered than would be ordered."""

    line: int
    delivered: int
    asked: int


@dataclass(unsafe_hash=True)
class BelowInvoiced(Rejected):
    """More of this line stands on invoices that matched than would be ordered."""

    line: int
    invoiced: int
    asked: int


@dataclass(unsafe_hash=True)
class BelowPaid(Rejected):
    """More is paid, or under way, than the order would come to."""

    paid: Money
    asked: Money
