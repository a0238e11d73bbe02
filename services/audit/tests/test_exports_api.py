"""Exports over HTTP: what was handed out is an event, and nothing in it leads to a hidden case."""

import hashlib
import io
import json
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, VENDOR, Told, case, told

from audit.domain import registry
from audit.domain.export import ExportMade
from audit.exports import view as exports_view
from events.delivery.consume import Ear
from events.io.http.trial import Caller, Trial
from events.roles import Role

RESTRICTED: list[Told] = [
    ("per_lina", "intake.case_restricted", "cas_2", {"case": "cas_2", "returnee": "per_salma"}),
    ("per_ruth", "intake.complaint_received", "cmp_1", {"complaint": "cmp_1", "case": "cas_1"}),
    ("per_hana", "intake.access_requested", "acs_1", {"access": "acs_1", "case": "cas_2"}),
]
ELSEWHERE: list[Told] = [
    ("per_maria", "disbursement.grant_opened", "gra_2", {"grant": "gra_2"}),
    ("per_maria", "disbursement.grant_closed", "gra_2", {"grant": "gra_2"}),
]
ALL = told(VENDOR, GRANT, case(1), case(2), RESTRICTED, ELSEWHERE)
FORMS = ("ocel", "tables")


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.keep(ALL)
    await desk.publisher().publish()
    return desk


@pytest.fixture
def elif_(filled: Desk, audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def exported(elif_: Caller, **asked: object) -> tuple[dict[str, object], bytes]:
    made = await elif_.post("/v1/exports", asked)
    assert made.status_code == 201, made.text
    file = await elif_.get(f"{made.headers['location']}/file")
    assert file.headers["content-type"] == "application/zip"
    return made.json(), file.content


def unpacked(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_is_an_event_with_its_digest_cut_off_and_scope(
    audit: Trial, elif_: Caller, form: str
) -> None:
    told_of, content = await exported(elif_, form=form, grant="gra_1", since="2026-11-01")
    event, *_readings = await audit.events()
    assert isinstance(event, ExportMade)
    assert (event.by, event.form, event.grant) == ("per_elif", form, "gra_1")
    assert str(event.since) == "2026-11-01"
    assert event.until is None
    assert event.cut_off == len(ALL) == told_of["cut_off"]
    assert event.digest == hashlib.sha256(content).hexdigest() == told_of["digest"]
    assert event.size == len(content)
    said = json.loads(unpacked(content)["manifest.jsonl"].splitlines()[0])
    assert (said["cut_off"], said["root"]) == (event.cut_off, event.root)
    assert (said["grant"], said["since"], said["until"]) == ("gra_1", "2026-11-01", None)


@pytest.mark.parametrize("form", FORMS)
async def test_nothing_in_it_leads_to_a_restricted_case(elif_: Caller, form: str) -> None:
    told_of, content = await exported(elif_, form=form)
    whole = b"".join(unpacked(content).values())
    for hidden in ("cas_2", "pla_2", "itm_2", "src_2", "per_salma", "acs_1"):
        assert hidden.encode() not in whole, hidden
    for shown in ("cas_1", "pla_1", "pay_1", "pay_2", "com_2", "inv_2"):
        assert shown.encode() in whole, shown
    assert told_of["withheld"] == 6


async def test_nothing_that_was_told_in_confidence_is_in_it(elif_: Caller) -> None:
    _, content = await exported(elif_, form="ocel")
    types = {each["type"] for each in json.loads(unpacked(content)["ocel.json"])["events"]}
    assert "intake.returnee_registered.v1" in types
    assert not any("complaint" in each or "access" in each or "restrict" in each for each in types)


async def test_an_export_of_a_grant_has_what_is_its_own(elif_: Caller) -> None:
    _, content = await exported(elif_, form="ocel", grant="gra_2")
    types = [each["type"] for each in json.loads(unpacked(content)["ocel.json"])["events"]]
    assert types == ["disbursement.grant_opened.v1", "disbursement.grant_closed.v1"]
    _, content = await exported(elif_, form="ocel", grant="gra_1")
    log = json.loads(unpacked(content)["ocel.json"])
    named = {r["objectId"] for each in log["events"] for r in each["relationships"]}
    assert {"gra_1", "bud_1", "com_1", "pay_1", "pay_2", "ven_1"} <= named
    assert not {"gra_2", "cas_2", "pla_2", "itm_2"} & named
    services = {each["type"].partition(".")[0] for each in log["events"]}
    assert services == {"disbursement", "vendors"}


async def test_it_stays_what_it_was_and_the_same_checkpoint_gives_the_same(
    filled: Desk, elif_: Caller
) -> None:
    before, content = await exported(elif_, form="tables")
    await filled.keep(
        told(VENDOR, GRANT, case(1), case(2), RESTRICTED, ELSEWHERE, case(3))[len(ALL) :]
    )
    await filled.publisher().publish()
    after, _ = await exported(elif_, form="tables")
    again, same = await exported(elif_, form="tables", cut_off=len(ALL))
    assert before["digest"] != after["digest"]
    assert before["digest"] == again["digest"]
    assert same == content == (await elif_.get(f"/v1/exports/{before['export']}/file")).content


async def test_only_what_was_signed_is_exported(elif_: Caller, audit: Trial) -> None:
    refused = await elif_.post("/v1/exports", {"form": "ocel", "cut_off": 7})
    assert (refused.status_code, refused.json()["code"]) == (422, "CutOffNotSigned")
    days = {"since": "2026-12-01", "until": "2026-11-01"}
    refused = await elif_.post("/v1/exports", {"form": "ocel"} | days)
    assert (refused.status_code, refused.json()["code"]) == (422, "DaysOutOfOrder")
    unknown = await elif_.post("/v1/exports", {"form": "ocel", "grant": "gra_9"})
    assert unknown.status_code == 404
    assert await audit.events() == []


async def test_entries_that_are_not_the_signed_ones_are_not_exported(
    filled: Desk, elif_: Caller, audit: Trial
) -> None:
    path = filled.files.folder / f"tile/entries/000.p/{len(ALL)}"
    path.write_bytes(path.read_bytes().replace(b"2423500.500", b"2423500.501"))
    answer = await elif_.post("/v1/exports", {"form": "tables"})
    assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed")
    assert not [each for each in await audit.events() if isinstance(each, ExportMade)]
    assert not list((filled.folder / "exports").iterdir())


async def test_before_the_first_checkpoint_there_is_nothing(audit: Trial) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    assert (await elif_.post("/v1/exports", {"form": "ocel"})).status_code == 404


async def test_exports_are_listed(filled: Desk, elif_: Caller) -> None:
    made = [(await exported(elif_, form=form))[0] for form in FORMS]
    ear = Ear("audit", registry)
    heard = [ear.hear(entry) for entry in await filled.store.read(0, 1000)]
    await exports_view.view.project([each for each in heard if each], filled.store.pool)
    assert (await elif_.get("/v1/exports")).json()["items"] == made
    assert (await elif_.get(f"/v1/exports/{made[0]['export']}")).json() == made[0]
