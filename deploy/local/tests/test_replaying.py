"""`./homeward replay --what-if PAGE`: what publishing the page would have said."""

import json
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT

from homeward.replaying import _as_published

PAGES = sorted((ROOT / "programmes").glob("*.yaml"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_published_in_an_old_history(page: Path, tmp_path: Path) -> None:
    told = json.loads(_as_published(ROOT, page, tmp_path / "page.json").read_text())
    assert told["said"]["plans.programme_published"]["programme"] == told["programme"]
    assert {"plans.delivery_terms_published", "plans.finding_rules_published"} <= told[
        "said"
    ].keys()
