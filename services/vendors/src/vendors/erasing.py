"""A vendor that is a person and has been erased: nothing is bought from it any more."""

from collections.abc import Iterator
from typing import Any

from events.confirming import confirming
from events.handler import Act
from events.personal import Kind
from events.registry import Registry
from events.service import Erasing, Heard, Policy
from events.values import SYSTEM, Code
from vendors import comparing
from vendors.domain.erased import SubjectErased, orders
from vendors.domain.vendor import vendor
from vendors.domain.vendor.requests import SuspendVendor
from vendors.screening.keeping import purge

ERASED = Code("erased")

erasing = Erasing(orders, confirming(SubjectErased), purges=(purge, comparing.purge))


def suspend(fact: Heard[Any]) -> Iterator[Act[Any, Any, Any]]:
    """Nobody can be paid whose name and account are gone."""
    said = fact.event
    if said.person.startswith("ven_") and Kind.IDENTITY in said.kinds:
        suspended = SuspendVendor(by=SYSTEM, at=fact.envelope.time, reason=ERASED)
        yield Act(vendor, said.person, suspended)


policies = (
    Policy("suspend_erased", {"vendors": Registry.of("vendors", [SubjectErased])}, suspend),
)
