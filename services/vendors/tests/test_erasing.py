"""A vendor that is a person: erased with its accounts, and nothing is bought from it any more."""

from typing import Any

import pytest
from services.vendors.tests.people import KARIM, NOON, OVENS
from services.vendors.tests.test_vendor import UNTIL, proposed_by_nadia

from events.catalogue import SAMPLE_CONTEXT
from events.envelope import open_entry
from events.personal import Kind
from events.scenario import scenario
from events.service import Heard
from events.values import SYSTEM, ErasureId, SubjectId
from vendors.domain import registry
from vendors.domain.erased import SubjectErased
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorApproved, VendorSuspended
from vendors.erasing import ERASED, suspend

approved = VendorApproved(by=KARIM, at=NOON, vendor=OVENS, valid_until=UNTIL)


def heard(person: str, *kinds: Kind) -> Heard[Any]:
    """The vendors service has erased these kinds."""
    event = SubjectErased(
        by=SYSTEM,
        at=NOON,
        erasure=ErasureId("era_1"),
        person=SubjectId(person),
        kinds=kinds,
        disclosures=4,
    )
    draft = registry.draft(
        event,
        stream="era_1",
        version=1,
        event_id="01934b00-0000-7000-8000-000000000002",
        recorded=NOON,
        context=SAMPLE_CONTEXT,
        salt=lambda: bytes(16),
    )
    return Heard(event, open_entry(draft.at(1)), 1)


def test_who_has_no_name_any_more_is_suspended() -> None:
    (act,) = suspend(heard(OVENS, Kind.IDENTITY, Kind.CONTACT))
    assert (act.decider, act.stream) == (vendor, OVENS)
    scenario(vendor).given(proposed_by_nadia, approved).when(act.command).then(
        VendorSuspended(by=SYSTEM, at=NOON, vendor=OVENS, reason=ERASED)
    )


@pytest.mark.parametrize(("person", "kind"), [(OVENS, Kind.CONTACT), ("per_zahra", Kind.IDENTITY)])
def test_nobody_else_is(person: str, kind: Kind) -> None:
    assert list(suspend(heard(person, kind))) == []
