"""What who gave the money takes home: its grant's entries, each with its path to the root."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, NOON, VENDOR, Teller, Told, case

from audit.domain.bundle import GrantBundleExported
from audit.verify import Kind, Report, verify
from events.envelope import Entry
from events.io.http.trial import Caller, Trial
from events.roles import Role

RESTRICTED: Told = ("per_lina", "intake.case_restricted", "cas_4", {"case": "cas_4"})


THEIRS = {"bud_1": "bud_2", "gra_1": "gra_2", "rec_1": "rec_3", "inv_0": "inv_30"}


def of_another_grant(story: list[Told]) -> list[Told]:
    """The same, paid for by another grant."""
    text = json.dumps(story)
    for ours, theirs in THEIRS.items():
        text = text.replace(f'"{ours}"', f'"{theirs}"')
    return [(who, kind, stream, data) for who, kind, stream, data in json.loads(text)]


OWED = {"recovery": "rcv_1", "payment": "pay_1", "commitment": "com_1"}
BESIDE: list[Told] = [
    (
        "per_hana",
        "disbursement.cash_requested",
        "csh_1",
        {"cash": "csh_1", "budget_line": "bud_1", "case": "cas_4", "delegation": "del_1"},
    ),
    ("per_hana", "disbursement.recovery_initiated", "rcv_1", OWED),
]
OTHER = [*of_another_grant(GRANT[:2]), *of_another_grant(case(3))]


def failed(number: int) -> dict[str, str]:
    return {"payment": f"pay_{number}", "commitment": f"com_{number}"}


def counted(number: int) -> Told:
    of = {"payment": f"pay_{number}", "vendor": "ven_1", "case": f"cas_{number}"}
    return ("per_eva", "disbursement.payment_counted", "ven_1", of)


LIKE_INV_3 = {"commitment": "com_2", "invoice": "inv_2", "alike": [{"invoice": "inv_3"}]}
NAME = "Mobileri Ilira"
ALIKE = {"vendor": "ven_1", "other": "ven_2"}
OF_BOTH: list[Told] = [
    counted(1),
    counted(3),
    ("per_hana", "disbursement.duplicate_invoice_suspected", "com_2", LIKE_INV_3),
    ("per_hana", "disbursement.commitment_expired", "com_2", {"commitment": "com_2"}),
    (
        "per_hana",
        "disbursement.failures_left_unconfirmed",
        "ans_1",
        {"answer": "ans_1", "failures": [failed(1), failed(3)]},
    ),
    ("per_system", "vendors.duplicate_vendor_suspected", "ven_1", ALIKE),
    ("per_system", "vendors.organisation_named", "ven_1", {"vendor": "ven_1", "name": NAME}),
    ("per_karim", "vendors.vendor_screened", "ven_1", {"vendor": "ven_1", "result": "clear"}),
    ("per_tomas", "disbursement.payment_reconciled", "pay_3", {"payment": "pay_3"}),
]
"""What names something of either grant, and what comes after that in the same streams."""


def everything() -> list[tuple[str, Entry]]:
    """Two cases of the first grant a day apart, one of another grant, one that is restricted."""
    teller = Teller()
    told = [teller.tell(*each) for each in (*VENDOR, *GRANT, *case(1), *BESIDE)]
    teller.minutes += 24 * 60
    told += [teller.tell(*each) for each in (*case(2), *OTHER)]
    restricted = case(4)
    told += [teller.tell(*each) for each in (*restricted[:3], RESTRICTED, *restricted[3:])]
    return told + [teller.tell(*each) for each in OF_BOTH]


@pytest.fixture
async def elif_(desk: Desk, audit: Trial) -> Caller:
    await desk.keep(everything())
    await desk.publisher().publish()
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def taken(elif_: Caller, grant: str = "gra_1", **period: str) -> bytes:
    made = await elif_.post(f"/v1/grants/{grant}/bundles", period)
    assert made.status_code == 201, made.text
    packed = await elif_.get(made.headers["location"])
    assert packed.headers["content-type"] == "application/zip"
    return packed.content


def subject(told: dict[str, Any]) -> str:
    """The stream of one line."""
    return str(json.loads(told["entry"])["subject"] if "entry" in told else told["stream"])


def of_entry(told: dict[str, Any], part: str) -> bool:
    """Whether the entry of that line has this in it."""
    return part in told.get("entry", "")


class Copy:
    """The bundle, unpacked, and what the verifier says of it."""

    def __init__(self, folder: Path, packed: bytes, vkey: str) -> None:
        self.folder, self.vkey = folder, vkey
        ZipFile(BytesIO(packed)).extractall(folder)

    @property
    def lines(self) -> list[dict[str, Any]]:
        text = (self.folder / "entries.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    @property
    def told(self) -> list[dict[str, Any]]:
        """The lines that are not left out."""
        return [line for line in self.lines if "entry" in line]

    def text(self) -> str:
        """Everything in it that is of this log."""
        forms = (self.folder / "ocel.json", *(self.folder / "tables").glob("*.csv"))
        entries = (str(told["entry"]) for told in self.told)
        return "\n".join([*entries, *(form.read_text() for form in forms)])

    def put(self, lines: list[dict[str, Any]]) -> None:
        """These lines instead, and no manifest and no tables that would tell of others."""
        form: Any = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True}
        written = (json.dumps(told, **form) for told in lines)
        (self.folder / "entries.jsonl").write_text("".join(f"{each}\n" for each in written))
        (self.folder / "manifest.jsonl").unlink(missing_ok=True)
        for table in (self.folder / "tables").glob("*"):
            table.unlink()

    def streams(self) -> set[str]:
        return {subject(told) for told in self.lines}

    def verified(self) -> Report:
        return verify(self.folder, self.vkey)


@pytest.fixture
async def copy(desk: Desk, elif_: Caller, tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy", await taken(elif_), desk.signer().vkey)


async def test_it_has_the_grants_entries_and_no_others(copy: Copy) -> None:
    assert copy.streams() == {
        *("gra_1", "bud_1", "com_1", "com_2", "com_4", "pay_1", "pay_2", "pay_4"),
        *("csh_1", "rcv_1"),
        *("ven_1", "acc_1", "rat_1", "del_1", "del_2", "del_3", "del_4"),
    }
    about = json.loads((copy.folder / "manifest.jsonl").read_text().partition("\n")[0])
    assert (about["grant"], about["from"], about["to"]) == ("gra_1", None, None)


async def test_it_and_the_donors_trail_tell_of_the_same_payments(copy: Copy, audit: Trial) -> None:
    """Else what the one has and the other has not would tell which cases are restricted."""
    dana = audit.sign_in("per_dana", Role.DONOR, organisation="AMIF", grants=["SK-2023-AVRR"])
    lines = (await dana.get("/v1/trail/gra_1")).json()["lines"]
    of_the_trail = {line["stream"] for line in lines}
    assert of_the_trail > {"pay_1", "pay_2", "pay_4", "csh_1", "rcv_1"}
    of_the_bundle = {told["index"] for told in copy.told if subject(told) in of_the_trail}
    assert of_the_bundle == {line["index"] for line in lines}
    beside = copy.streams() - of_the_trail
    assert {stream.partition("_")[0] for stream in beside} == {"ven", "acc", "rat", "del"}


async def test_it_holds_and_says_that_nothing_proves_that_it_is_all(copy: Copy) -> None:
    report = copy.verified()
    assert not report.failures
    assert report.entries == len(copy.told) < len(copy.lines) < report.size
    assert report.payments == 3
    assert report.not_checked[0].startswith("that no entry was left out: nothing proves")
    assert not [told for told in report.not_checked if "restricted" in told]
    assert report.not_checked[-1].endswith("UTC: the excerpt ends there"), "and not the log"


async def test_of_what_names_anything_of_another_grant_only_its_place_is_told(copy: Copy) -> None:
    left_out = [told for told in copy.lines if "entry" not in told]
    assert {(told["service"], told["stream"]) for told in left_out} == {
        ("disbursement", "com_2"),
        ("vendors", "ven_1"),
    }
    assert not [told for told in copy.told if of_entry(told, "payment_counted")]
    not_checked = copy.verified().not_checked
    for stream, places in (("disbursement com_2", 1), ("vendors ven_1", 2)):
        said = f"{stream}: left out, of others or a name, told by the place alone: {places}"
        assert said in not_checked
    foreign = ("pay_3", "com_3", "inv_3", "rec_3", "cas_3", "gra_2", "bud_2", "ven_2")
    assert not [each for each in foreign if each in copy.text()]


async def test_nobody_is_named_in_words(copy: Copy) -> None:
    """A vendor that has to do with a restricted case is as any other."""
    assert not [told for told in copy.told if of_entry(told, "organisation_named")]
    for path in copy.folder.rglob("*"):
        assert path.is_dir() or NAME.encode() not in path.read_bytes(), path
    assert not copy.verified().failures


async def test_it_is_verified_packed_as_it_came(desk: Desk, elif_: Caller, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(await taken(elif_))
    assert not verify(tmp_path / "bundle.zip", desk.signer().vkey).failures


async def test_a_period_chooses_orders_and_each_comes_whole(
    desk: Desk, elif_: Caller, tmp_path: Path
) -> None:
    first = NOON.date().isoformat()
    next_one = (NOON + timedelta(days=1)).date().isoformat()
    vkey = desk.signer().vkey
    early = Copy(tmp_path / "early", await taken(elif_, since=first, until=first), vkey)
    late = Copy(tmp_path / "late", await taken(elif_, since=next_one), vkey)
    assert "pay_1" in early.streams()
    assert "pay_2" not in early.streams()
    assert "pay_2" in late.streams()
    assert "pay_1" not in late.streams()
    assert not early.verified().failures
    assert not late.verified().failures


async def test_a_period_that_ends_before_it_begins_is_refused(elif_: Caller) -> None:
    body = {"since": "2026-11-22", "until": "2026-11-21"}
    refused = await elif_.post("/v1/grants/gra_1/bundles", body)
    assert refused.status_code == 422


async def test_that_it_was_taken_is_an_event(elif_: Caller, audit: Trial) -> None:
    await taken(elif_, since="2026-11-21")
    event, *_readings = await audit.events()
    assert isinstance(event, GrantBundleExported)
    assert (event.by, event.grant, event.until) == ("per_elif", "gra_1", None)


async def test_another_role_takes_none(elif_: Caller, audit: Trial) -> None:
    hana = audit.sign_in("per_hana", Role.FINANCE_OFFICER)
    assert (await hana.post("/v1/grants/gra_1/bundles", {})).status_code == 403


async def test_there_is_none_of_a_grant_that_nobody_opened(elif_: Caller) -> None:
    assert (await elif_.post("/v1/grants/gra_9/bundles", {})).status_code == 404


# Somebody changes it


def about(told: dict[str, Any], kind: str) -> bool:
    return of_entry(told, f".{kind}.v1")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param(
            lambda lines: [
                told | {"entry": told["entry"].replace("2423500.500", "9423500.500")}
                for told in lines
                if "entry" in told
            ],
            Kind.TREE,
            id="an amount",
        ),
        pytest.param(
            lambda lines: [told | {"index": told["index"] + 1} for told in lines],
            Kind.TREE,
            id="another place",
        ),
        pytest.param(
            lambda lines: [told | {"path": told["path"][:-1]} for told in lines],
            Kind.TREE,
            id="a shorter path",
        ),
        pytest.param(
            lambda lines: [told | {"path": [*told["path"], told["path"][0]]} for told in lines],
            Kind.TREE,
            id="a longer path",
        ),
        pytest.param(lambda lines: [*lines, lines[-1]], Kind.TREE, id="one twice"),
        pytest.param(lambda lines: lines[::-1], Kind.TREE, id="backwards"),
        pytest.param(
            lambda lines: [told for told in lines if not about(told, "payment_approved")],
            Kind.ORDER,
            id="one left out of the middle of its stream",
        ),
        pytest.param(
            lambda lines: [told for told in lines if not of_entry(told, "del_2")],
            Kind.ORDER,
            id="a delegation and what was done under it",
        ),
        pytest.param(
            lambda lines: [told for told in lines if not of_entry(told, ':"del_2","tenant')],
            Kind.DUTIES,
            id="a whole stream that a payment rests on",
        ),
        pytest.param(
            lambda lines: [told for told in lines if "entry" in told],
            Kind.ORDER,
            id="the place of what is left out",
        ),
        pytest.param(
            lambda lines: [told | {"leaf": lines[0]["path"][0]} for told in lines],
            Kind.TREE,
            id="the place of what never was",
        ),
        pytest.param(
            lambda lines: [
                told | ({} if "entry" in told else {"stream": "pay_1"}) for told in lines
            ],
            Kind.ORDER,
            id="the place of another stream",
        ),
    ],
)
async def test_a_change_is_caught(
    copy: Copy, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], kind: Kind
) -> None:
    copy.put(change(copy.lines))
    assert copy.verified().exit_code == kind


async def test_what_is_not_caught_is_what_is_said(copy: Copy) -> None:
    """A whole payment left out, with all that tells of it: nothing can show that."""
    copy.put([told for told in copy.lines if subject(told) != "pay_2"])
    report = copy.verified()
    assert report.exit_code == 0
    assert report.not_checked[0].startswith("that no entry was left out")
