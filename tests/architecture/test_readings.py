"""Whoever is shown a personal value is on record for it: each place that opens the vault is named
here, with the event that tells of it, or with why nobody is shown anything.
"""

import ast
from collections.abc import Iterator

from homeward.generate import registries
from tests.architecture.tree import ROOT, modules

OPENING = frozenset({"disclosures", "latest_of", "reveal"})
"""What opens the vault, by the name that it is called by."""
RECORDED = {
    "intake/api/accesses.py:read_access_words": "intake.access_words_read.v1",
    "intake/api/complaining.py:read_answer": "intake.complaint_answer_read.v1",
    "intake/api/complaining.py:read_complaint_words": "intake.complaint_read.v1",
    "intake/api/figures.py:_ethnicities": "intake.protected_values_counted.v1",
    "intake/api/protecting.py:read_protected": "intake.protected_data_read.v1",
    "intake/api/reading.py:values_of": "intake.personal_data_read.v1",
    "intake/api/referring.py:hand_over": "intake.referral_handed_over.v1",
    "intake/packing.py:_people": "intake.transfer_package_read.v1",
    "plans/api/emergency_words.py:read_emergency_words": "plans.emergency_words_read.v1",
    "plans/api/reading.py:read_own_words": "plans.personal_data_read.v1",
    "vendors/naming.py:of": "vendors.organisation_named.v1",
    "vendors/api/accounts.py:reveal_account": "vendors.personal_data_read.v1",
    "vendors/api/screening.py:reveal_matches": "vendors.personal_data_read.v1",
    "vendors/api/vendors.py:disclose_vendor": "vendors.personal_data_read.v1",
    "vendors/api/vendors.py:reveal_vendor": "vendors.personal_data_read.v1",
    "events/io/http/documents.py:find": "vendors.document_read.v1",
}
"""Where a value goes to somebody, and the event that is stored before it does."""
SHOWN_TO_NOBODY = {
    "events/io/documents/tidying.py:_belongs": "asks whether a sealed document has a key",
    "events/io/http/reveal.py:every": "opens more of what is on record by the same request",
    "events/io/http/reveal.py:_opened": "records for its callers, which are named here",
    "events/latest.py:latest_of": "opens for its callers, which are named here",
    "intake/api/confidence.py:named_in": "decides whether somebody may know of a complaint",
    "intake/duplicates/keeping.py:_known": "makes tokens under a key, and forgets the values",
    "vendors/comparing.py:_told": "makes tokens under a key, and forgets the values",
    "vendors/screening/screener.py:_names_of": "holds names against lists, and forgets them",
}


def openings(source: str) -> Iterator[str]:
    """The functions that open the vault."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            awaited = (each.value for each in ast.walk(node) if isinstance(each, ast.Await))
            if any(_called(each) in OPENING for each in awaited):
                yield node.name


def _called(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def test_every_place_that_opens_the_vault_is_named_here() -> None:
    found = {
        f"{path.relative_to(path.parents[len(path.parts) - path.parts.index('src') - 2])}:{name}"
        for path in modules(ROOT)
        if "src" in path.relative_to(ROOT).parts and "deploy" not in path.relative_to(ROOT).parts
        for name in openings(path.read_text(encoding="utf-8"))
    }
    assert found == RECORDED.keys() | SHOWN_TO_NOBODY.keys()


def test_each_is_told_by_an_event_that_there_is() -> None:
    told = {kind.name for registry in registries() for kind in registry}
    assert set(RECORDED.values()) <= told
    taking_papers = {name.partition(".")[0] for name in told if ".document_kept." in name}
    assert {f"{service}.document_read.v1" for service in taking_papers} <= told


def test_a_new_one_is_seen() -> None:
    shown = "async def show(store):\n    return await store.disclosures([1])\n"
    revealed = "async def show(reveal):\n    return (await reveal(1)).name\n"
    assert [*openings(shown), *openings(revealed)] == ["show", "show"]
    assert not [*openings("async def show(store):\n    return await store.load(1)\n")]
