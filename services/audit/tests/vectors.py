"""Published test vectors: beside the repository, not in it. Their tests are skipped without."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "vectors"


def vectors(name: str) -> Any:
    if not FOLDER.is_dir():
        pytest.skip(f"the published vectors are not at {FOLDER}")
    return json.loads((FOLDER / name).read_text())


def folder(name: str) -> Path:
    if not FOLDER.is_dir():
        pytest.skip(f"the published vectors are not at {FOLDER}")
    return FOLDER / name


def unbase64(text: str | None) -> bytes:
    return base64.b64decode(text or "")
