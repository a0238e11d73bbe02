"""Generated files are current, and a wire type never changes once it has a golden event."""

import pytest

from events.envelope import open_entry
from homeward.generate import SERVICES, declared, documents, golden
from tests.architecture.tree import ROOT

MEND = "run ./homeward generate and commit what it writes"


def test_generated_documents_are_current() -> None:
    for path, text in documents():
        target = ROOT / path
        assert target.exists(), f"{path} is missing: {MEND}"
        assert target.read_text(encoding="utf-8") == text, f"{path} is out of date: {MEND}"


def test_every_event_has_its_golden_file_and_is_still_written_like_it() -> None:
    for path, entry in golden():
        target = ROOT / path
        assert target.exists(), f"{path} is missing: {MEND}"
        assert target.read_bytes() == entry, f"{path}: a wire type never changes; make a new one"


@pytest.mark.parametrize("name", SERVICES)
def test_every_golden_event_ever_kept_can_still_be_read(name: str) -> None:
    registry = declared(name).registry
    kept = sorted((ROOT / f"services/{name}/tests/golden").glob("*.json"))
    assert kept
    for path in kept:
        envelope = open_entry(path.read_bytes())
        assert path.stem == envelope.type
        registry.read(envelope)
