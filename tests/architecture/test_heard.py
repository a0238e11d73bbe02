"""What a service declares of another's event is what the owner writes."""

from collections.abc import Iterator

from events.envelope import open_entry
from events.registry import EventType, Registry
from events.service import Effect, Erasing, Policy, View
from homeward.generate import SERVICES, declared, golden_path
from tests.architecture.tree import ROOT


def heard() -> Iterator[tuple[str, Registry, EventType]]:
    for name in SERVICES:
        service = declared(name)
        listeners: list[View | Policy | Effect | Erasing] = [
            *service.views,
            *service.policies,
            *service.effects,
            *([service.erasing] if service.erasing else []),
        ]
        for part in listeners:
            for source, registry in part.hears.items():
                if source != name:
                    for kind in registry:
                        yield f"{name} {part.name} {kind.name}", registry, kind


def test_every_service_can_read_the_events_it_listens_to() -> None:
    assert list(heard())
    for label, registry, kind in heard():
        golden = ROOT / golden_path(kind.service, kind.name)
        assert golden.exists(), f"{label}: nobody emits it"
        registry.read(open_entry(golden.read_bytes()))
