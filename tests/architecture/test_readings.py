"""Whoever is shown a personal value is on record for it: each place that opens the vault is named
here, with the event that tells of it, or with why nobody is shown anything.

And so is who looks on, an auditor or a donor, for all that is protected: personal values, what has
to do with a restricted case, what was told in confidence. Each route that is open to them records
it, or is named here with what it shows instead.
"""

import ast
from collections.abc import Iterator

import pytest

from events.io.http.operation import Operation
from events.roles import OUTSIDERS
from homeward.generate import SERVICES, declared, registries
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
    "vendors/holders.py:called_alike": "holds a name against the vendor's, and forgets both",
    "vendors/screening/screener.py:_names_of": "holds names against lists, and forgets them",
}

RECORDS_ITSELF = {
    "intake": {"read_indicators": "intake.protected_values_counted.v1"},
}
"""Routes of which only some answers show what is protected, and the event that tells of those."""
NOTHING_PROTECTED = {
    "intake": {
        "by ids and codes, of cases that are not restricted": {
            *("read_case", "list_cases", "read_duplicate", "list_duplicates"),
            *("read_pre_notification", "list_pre_notifications"),
        },
        "rules and figures": {"list_programmes", "read_duplicate_search"},
    },
    "plans": {
        "by ids and codes, of cases that are not restricted": {
            *("read_plan", "list_plans", "read_item", "list_items", "list_item_referrals"),
            *("read_project", "list_projects", "read_emergency", "list_emergencies"),
            *("read_delivery", "list_deliveries", "read_visit", "list_visits", "list_surveys"),
            *("read_entitlement", "list_documents"),
        },
        "rules and figures": {
            *("list_programmes", "read_programme", "read_programme_version", "read_proposal"),
            "read_indicators",
        },
    },
    "vendors": {
        "what is bought, and of a restricted case not for whom": {
            *("read_need", "list_needs", "read_sourcing", "list_sourcings", "read_rivals"),
        },
        "of vendors, by ids and codes": {
            *("read_vendor", "list_vendors", "read_dossier", "read_duplicates"),
            *("read_account", "list_accounts"),
        },
        "of staff, by ids; of a restricted case not which": {"read_conflicts", "list_conflicts"},
        "rules and figures": {"read_diligence", "read_screening"},
    },
    "disbursement": {
        "what is paid, and of a restricted case not for whom": {
            *("read_commitment", "list_commitments", "read_payment", "list_payments", "read_item"),
            *("read_recovery", "list_recoveries", "read_cash", "list_cash", "read_delivery_code"),
        },
        "of the bank, by references and amounts": {
            *("read_bank_file", "list_bank_files", "read_bank_answer", "list_bank_answers"),
            *("list_bank_lines", "reconcile_accounts", "preview_bank_answer"),
        },
        "of grants, the organisation's own": {
            *("read_grant", "list_grants", "read_budget_line", "list_budget_lines", "read_budget"),
            *("read_ledger", "read_trial_balance", "reconcile_grant"),
            *("read_delegation", "list_delegations", "read_device"),
            *("read_exchange_rates", "list_exchange_rates", "list_proposed_rates"),
        },
        "files that leave out what could tell of a person": {
            *("read_export", "list_exports", "read_export_file"),
        },
    },
    "audit": {
        "hashes, which anybody has as files": {"read_proof", "read_consistency"},
        "figures, and where something differs": {
            *("read_log", "read_checks", "list_differences", "list_gaps"),
            *("list_periods", "read_period"),
        },
        "digests of what was taken": {
            *("read_export", "list_exports", "read_sample", "list_samples"),
        },
    },
}
"""What the other routes show, by the service and in words. A new route is to be named here, if it
records nobody."""


def onlooking(service: str) -> dict[str, Operation]:
    """The routes by which auditors and donors look."""
    operations = declared(service).api.operations
    return {
        each.function.__name__: each
        for each in operations
        if each.allows & OUTSIDERS and each.method == "GET"
    }


@pytest.mark.parametrize("service", SERVICES)
def test_each_route_by_which_somebody_looks_on_records_it_or_shows_nothing_protected(
    service: str,
) -> None:
    named = [name for names in NOTHING_PROTECTED[service].values() for name in names]
    quiet = {name for name, route in onlooking(service).items() if not route.records}
    assert quiet == {*named, *RECORDS_ITSELF.get(service, ())}
    assert len(named) == len(set(named))


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_onlooker_posts_is_an_act_or_a_reading_and_on_record(service: str) -> None:
    posts = (each for each in declared(service).api.operations if each.method == "POST")
    for each in posts:
        assert each.keyed or each.records or not each.allows & OUTSIDERS, each.name


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
    assert {event for each in RECORDS_ITSELF.values() for event in each.values()} <= told
    taking_papers = {name.partition(".")[0] for name in told if ".document_kept." in name}
    assert {f"{service}.document_read.v1" for service in taking_papers} <= told


def test_a_new_one_is_seen() -> None:
    shown = "async def show(store):\n    return await store.disclosures([1])\n"
    revealed = "async def show(reveal):\n    return (await reveal(1)).name\n"
    assert [*openings(shown), *openings(revealed)] == ["show", "show"]
    assert not [*openings("async def show(store):\n    return await store.load(1)\n")]
