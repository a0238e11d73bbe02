"""The reader of logs in Go, for tests; they are skipped where it cannot be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from specimens.go_peer import Go, NoGo, asking, peer


@pytest.fixture(scope="session")
def go_program() -> Path:
    try:
        return peer()
    except NoGo as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def go(go_program: Path) -> Iterator[Go]:
    with asking(go_program) as running:
        yield running
