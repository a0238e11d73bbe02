"""The audit service over HTTP: the log's files, proofs, trails and bundles."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import EVIDENCE, history

from audit.domain.note import parse_keys, read_checkpoint
from audit.domain.proof import check_receipt
from audit.domain.tiles import WIDTH
from audit.verify import verify
from events.io.http.trial import Caller, Trial
from events.roles import Role

ALL = history(2)


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.keep(ALL)
    await desk.publisher().publish()
    return desk


@pytest.fixture
def elif_(audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


@pytest.fixture
def hana(audit: Trial) -> Caller:
    return audit.sign_in("per_hana", Role.FINANCE_OFFICER)


async def test_anybody_may_have_checkpoint_key_and_hashes(filled: Desk, audit: Trial) -> None:
    keys = parse_keys((await audit.client.get("/log/vkey")).text)
    note = await audit.client.get("/log/checkpoint")
    assert note.headers["cache-control"] == "no-cache"
    assert read_checkpoint(note.content, keys).size == len(ALL)
    tile = await audit.client.get(f"/log/tile/0/000.p/{len(ALL)}")
    assert tile.status_code == 200
    assert len(tile.content) == 32 * len(ALL)
    assert "immutable" in tile.headers["cache-control"]


FOR_EVER = "max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/log/checkpoint", "no-cache"),
        ("/log/vkey", "no-cache"),
        ("/log/pending", "no-store"),  # there is none
        ("/log/tile/0/000", f"public, {FOR_EVER}"),
        ("/log/tile/0/001.p/{rest}", f"public, {FOR_EVER}"),
        ("/log/tile/1/000.p/1", f"public, {FOR_EVER}"),
        ("/log/tile/entries/000", f"private, {FOR_EVER}"),  # it takes a token
        ("/log/tile/entries/001.p/{rest}", f"private, {FOR_EVER}"),
        ("/log/tile/0/002", "no-store"),  # not there yet
        ("/log/tile/entries/002", "no-store"),
        ("/v1/log/proof?index=7", "no-cache"),
        ("/v1/log/consistency?old=7&new=9", "no-cache"),
        ("/v1/log/proof?index=99999", "no-store"),
    ],
)
async def test_each_kind_of_file_says_how_long_it_may_be_kept_and_by_whom(
    desk: Desk, elif_: Caller, path: str, told: str
) -> None:
    entries = history(14)
    assert WIDTH < len(entries) < 2 * WIDTH
    await desk.keep(entries)
    await desk.publisher().publish()
    answer = await elif_.get(path.format(rest=len(entries) - WIDTH))
    assert answer.headers["cache-control"] == told
    assert (answer.status_code == 200) == (told != "no-store")


@pytest.mark.parametrize(
    "path", ["checkpoint", "vkey", "tile/0/000.p/{size}", "tile/entries/000.p/{size}"]
)
async def test_who_has_a_file_is_told_so_instead_of_sent_it(
    filled: Desk, elif_: Caller, path: str
) -> None:
    url = f"/log/{path}".format(size=len(ALL))
    sent = await elif_.get(url)
    tag = sent.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = await elif_.get(url, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == sent.headers["cache-control"]
    other = await elif_.get(url, **{"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, sent.content)


async def test_a_checkpoint_that_is_new_is_sent(desk: Desk, audit: Trial) -> None:
    publisher = desk.publisher()
    await desk.keep(ALL[:10])
    await publisher.publish()
    tag = (await audit.client.get("/log/checkpoint")).headers["etag"]
    await desk.keep(ALL[10:])
    await publisher.publish()
    answer = await audit.client.get("/log/checkpoint", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


async def test_entries_are_for_who_has_a_token(
    filled: Desk, audit: Trial, elif_: Caller, hana: Caller
) -> None:
    path = f"/log/tile/entries/000.p/{len(ALL)}"
    assert (await audit.client.get(path)).status_code == 401
    assert (await hana.get(path)).status_code == 403
    bundle = await elif_.get(path)
    assert bundle.status_code == 200
    assert bundle.content == filled.files.read(f"tile/entries/000.p/{len(ALL)}")


@pytest.mark.parametrize(
    "name",
    [
        "../signer/log.key",
        "0/../../signer/log.key",
        "%2e%2e/%2e%2e/signer/log.key",
        "000.p/9999",
        "000.p/0",
        "000.p/256",
        "000.p/010",
        "000.p",
        "000.p/",
        "000%0a",
        f"000.p/{len(ALL)}%0a",
        f"000.p/{len(ALL)}%00",
        "%00",
        "x000/000",
        "x" * 300,
        "x000/" * 2000 + "000",
        "",
        "٠٠٠",
        "%ff",
    ],
)
async def test_nothing_else_is_served(filled: Desk, audit: Trial, elif_: Caller, name: str) -> None:
    for level in ("0", "1", "00", "-1", "٠", "9" * 5000):
        assert (await audit.client.get(f"/log/tile/{level}/{name}")).status_code == 404
    assert (await elif_.get(f"/log/tile/entries/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["tile/0/500", "tile/1/000", "tile/entries/500"])
async def test_nothing_is_given_for_ever_that_the_log_does_not_have(
    filled: Desk, elif_: Caller, path: str
) -> None:
    filled.files.write([(path, b"hello")])
    answer = await elif_.get(f"/log/{path}")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_before_the_first_checkpoint_there_is_none(audit: Trial, elif_: Caller) -> None:
    assert (await audit.client.get("/log/checkpoint")).status_code == 404
    assert (await elif_.get("/v1/log")).json()["size"] == 0


async def test_the_log_tells_how_it_stands(filled: Desk, hana: Caller) -> None:
    told = (await hana.get("/v1/log")).json()
    assert told["entries"] == told["size"] == len(ALL)
    assert told["checkpoints"] == 1
    assert {source["name"]: source["gaps"] for source in told["sources"]} == {
        "disbursement": 0,
        "intake": 0,
        "plans": 0,
        "vendors": 0,
    }
    assert told["findings"] == []


async def test_a_receipt_proves_its_event(filled: Desk, elif_: Caller, hana: Caller) -> None:
    keys = filled.signer().keys
    for index, (source, entry) in enumerate(ALL):
        receipt = await hana.get(f"/v1/log/proof?source={source}&position={entry.position}")
        assert check_receipt(receipt.text, entry.raw, keys).size == len(ALL)
        told = (await elif_.get(f"/v1/log/entries/{index}")).json()
        assert told["entry"].encode() == entry.raw
        assert told["receipt"] == receipt.text


async def test_no_receipt_for_what_is_not_there(filled: Desk, hana: Caller) -> None:
    assert (await hana.get(f"/v1/log/proof?index={len(ALL)}")).status_code == 404
    assert (await hana.get("/v1/log/proof")).status_code == 404


async def test_the_trail_of_a_payment_has_its_case_and_nobody_elses(
    filled: Desk, hana: Caller
) -> None:
    told = (await hana.get("/v1/trail/pay_1")).json()
    lines = told["lines"]
    assert [line["index"] for line in lines] == sorted(line["index"] for line in lines)
    assert all(line["proven"] for line in lines)
    assert {line["service"] for line in lines} == {"intake", "plans", "vendors", "disbursement"}
    streams = {line["stream"] for line in lines}
    given = {"del_1", "del_2", "del_3", "del_4"}
    own = {"cas_1", "pla_1", "com_1", "pay_1", "ven_1", "acc_1", "bud_1", "src_1"}
    assert streams == own | given
    named = {name for line in lines for name in line["names"]}
    assert not named & {"cas_2", "pla_2", "com_2", "pay_2", "src_2"}
    said = [line["said"] for line in lines]
    assert said[-1] == "learned that the bank paid 2,423,500.500 IQD on 21 November 2026"
    assert {
        "approved the plan: 2,400.00 EUR",
        "granted up to 2,400.00 EUR, programme iom-slovakia v1",
        "recorded invoice INV23: 2,423,500.500 IQD, a corrected one",
        "certified the payment, evidence 5b5b…, under delegation del_1",
    } <= set(said)


async def test_the_trail_of_a_case_has_its_payment(filled: Desk, hana: Caller) -> None:
    lines = (await hana.get("/v1/trail/cas_2")).json()["lines"]
    streams = {line["stream"] for line in lines}
    assert {"cas_2", "pla_2", "com_2", "pay_2", "src_2"} <= streams
    assert not streams & {"cas_1", "pla_1", "com_1", "pay_1", "src_1"}


async def test_the_trail_of_a_person_is_what_they_were_given_and_did(
    filled: Desk, hana: Caller
) -> None:
    lines = (await hana.get("/v1/trail/per_jozef")).json()["lines"]
    assert [line["who"] for line in lines] == ["per_maria", *["per_jozef"] * 4]
    assert lines[0]["said"] == "gave Jozef authority to certify up to 5,000.00 EUR"


async def test_a_long_trail_comes_in_pages(
    filled: Desk, hana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("ven_1", "per_hana", "pay_1"):
        whole = (await hana.get(f"/v1/trail/{key}")).json()
        assert whole["next"] is None
        with monkeypatch.context() as patch:
            patch.setattr("audit.trail.sight.PAGE_LINES", 7)
            lines, after = [], -1
            while after is not None:
                page = (await hana.get(f"/v1/trail/{key}?after={after}")).json()
                assert len(page["lines"]) <= 7
                lines += page["lines"]
                after = page["next"]
        assert lines == whole["lines"], key


async def test_the_trail_of_a_document_is_all_that_cites_it(filled: Desk, hana: Caller) -> None:
    lines = (await hana.get(f"/v1/trail/{EVIDENCE}")).json()["lines"]
    assert {line["stream"] for line in lines} == {"pay_1", "pay_2"}
    assert [line["who"] for line in lines[:5]] == [
        *("per_hana", "per_jozef", "per_eva", "per_marta", "per_ivan")
    ]
    assert all(line["proven"] for line in lines)
    assert (await hana.get(f"/v1/trail/{'0' * 64}")).status_code == 404


async def test_a_partners_counsellor_sees_no_trail_of_others(filled: Desk, audit: Trial) -> None:
    arben = audit.sign_in("per_arben", Role.COUNSELLOR, organisation="ngo_tirana")
    for there_or_not in ("cas_1", "pay_1", "per_jozef", "cas_9"):
        assert (await arben.get(f"/v1/trail/{there_or_not}")).status_code == 403


async def test_the_trail_of_nothing(filled: Desk, hana: Caller) -> None:
    assert (await hana.get("/v1/trail/pay_9")).status_code == 404
    assert (await hana.get("/v1/trail/what")).status_code == 404


async def test_an_auditor_takes_a_bundle_home_and_that_is_an_event(
    filled: Desk, audit: Trial, elif_: Caller, hana: Caller, tmp_path: Path
) -> None:
    assert (await hana.post("/v1/bundles")).status_code == 403
    made = await elif_.post("/v1/bundles")
    assert made.status_code == 201
    [event] = await audit.events()
    assert event.by == "per_elif"
    packed = await elif_.get(made.headers["location"])
    assert packed.headers["content-type"] == "application/zip"
    (tmp_path / "bundle.zip").write_bytes(packed.content)
    key = filled.signer().vkey
    assert not verify(tmp_path / "bundle.zip", key).failures
    ZipFile(BytesIO(packed.content)).extractall(tmp_path / "bundle")
    report = verify(tmp_path / "bundle", key, why="pay_2")
    assert report.exit_code == 0
    assert sum("because" in line for line in report.why) == 16


async def test_a_bundle_stays_what_it_was(filled: Desk, elif_: Caller) -> None:
    made = await elif_.post("/v1/bundles")
    before = await elif_.get(made.headers["location"])
    await filled.keep(history(3))
    await filled.publisher().publish()
    assert (await elif_.get(made.headers["location"])).content == before.content
