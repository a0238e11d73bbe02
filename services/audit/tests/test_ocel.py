"""The log as an object-centric event log: valid by the schema, each event in its place."""

import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from specimens.histories import history, told

from audit.domain.kinds import OBJECTS
from audit.exports.ocel import write_ocel
from audit.exports.scope import Scope
from events import values

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared" / "data" / "ocel" / "ocel20-schema-json.json"
ENTRIES = [(index, entry.raw) for index, (_, entry) in enumerate(history(2))]


def written(entries: Iterable[tuple[int, bytes]] = ENTRIES, scope: Scope | None = None) -> Any:
    out = io.BytesIO()
    write_ocel(entries, out, scope=scope or Scope())
    return json.loads(out.getvalue())


def values_of(of: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in of["attributes"]}


def test_it_is_valid_by_the_schema_of_ocel() -> None:
    if not SCHEMA.exists():
        pytest.skip(f"{SCHEMA} is not there")
    schema = json.loads(SCHEMA.read_text())
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    jsonschema.Draft7Validator(schema, format_checker=checker).validate(written())


def test_every_entry_is_an_event_in_its_place() -> None:
    events = written()["events"]
    assert [values_of(each)["log_index"] for each in events] == [str(i) for i, _ in ENTRIES]
    assert [each["id"] for each in events] == [json.loads(raw)["id"] for _, raw in ENTRIES]


def test_every_type_attribute_and_object_is_declared() -> None:
    log = written()
    objects = {each["id"]: each["type"] for each in log["objects"]}
    assert len(objects) == len(log["objects"])
    for of, kind in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {e["name"]: {a["name"] for a in e["attributes"]} for e in log[kind]}
        for each in log[of]:
            assert set(values_of(each)) <= declared[each["type"]], each["id"]
            assert all(relation["objectId"] in objects for relation in each["relationships"])


def test_a_payment_is_related_to_what_it_is_for() -> None:
    log = written()
    [paid] = [
        each
        for each in log["events"]
        if each["type"] == "disbursement.vendor_paid.v1"
        and {"objectId": "pay_1", "qualifier": "payment"} in each["relationships"]
    ]
    related = {(each["qualifier"], each["objectId"]) for each in paid["relationships"]}
    assert {("vendor", "ven_1"), ("case", "cas_1"), ("actor", "per_system")} <= related
    assert values_of(paid)["amount"] == "2423500.500"
    assert values_of(paid)["amount_currency"] == "IQD"
    [payment] = [each for each in log["objects"] if each["id"] == "pay_1"]
    assert payment["type"] == "payment"
    assert {"objectId": "inv_1", "qualifier": "invoice"} in payment["relationships"]
    stages = [a["value"] for a in payment["attributes"] if a["name"] == "stands_at"]
    assert stages[0] == "disbursement.payment_requested.v1"
    assert stages[-1] == "disbursement.vendor_paid.v1"
    assert len(stages) == len(set(stages)) == 6


def test_nothing_is_told_of_the_people_who_are_assisted() -> None:
    about = {"case": "cas_1", "member": "per_child", "sex": "female", "age_bracket": "5_11"}
    entries = told([("per_lina", "intake.household_member_added", "cas_1", about)])
    log = written([(0, entries[0][1].raw)])
    assert {each["id"] for each in log["objects"]} == {"cas_1", "per_lina"}
    assert not {"sex", "age_bracket"} & set(values_of(log["events"][0]))


def test_of_a_hidden_case_there_is_what_its_money_did_and_no_more() -> None:
    hidden = frozenset({"cas_1", "pla_1", "itm_1", "src_1"})
    log = written(scope=Scope(hidden=hidden))
    text = json.dumps(log)
    assert not any(f'"{each}"' in text for each in hidden)
    paid = [each for each in log["events"] if each["type"] == "disbursement.vendor_paid.v1"]
    assert len(paid) == 2
    approved = [each for each in log["events"] if each["type"] == "plans.plan_approved.v1"]
    assert len(approved) == 1


def test_every_kind_of_id_has_a_word() -> None:
    source = Path(values.__file__).read_text()
    kinds = set(re.findall(r"\(`([a-z]{2,5})_`", source))
    assert kinds - set(OBJECTS) == set()
