"""A conflict of interest, as vendors tells of it: whose, and with which vendor or case."""

from dataclasses import dataclass

from events.decider import Event, Rejected
from events.registry import Registry
from events.values import CaseId, ConflictId, PersonId, VendorId


class ConflictOfInterestDeclared(
    Event, frozen=True, tag="vendors.conflict_of_interest_declared.v1"
):
    conflict: ConflictId
    vendor: VendorId | None
    case: CaseId | None
    person: PersonId


class ConflictOfInterestCleared(Event, frozen=True, tag="vendors.conflict_of_interest_cleared.v1"):
    conflict: ConflictId


from_vendors = Registry.of(
    "vendors", [ConflictOfInterestDeclared, ConflictOfInterestCleared], foreign=True
)


@dataclass(unsafe_hash=True)
class ConflictDeclared(Rejected):
    """You have a conflict of interest with this vendor or case: another person acts (D6)."""

    conflict: ConflictId
