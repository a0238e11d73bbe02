"""Whatever a service tells, in whichever stream: a donor reads of no other grant's money."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_grant_bundle import of_another_grant
from specimens.histories import GRANT, OTHER_GRANT, VENDOR, Teller, Told, case
from tests.architecture.tree import ROOT

from audit.domain.kinds import OF_A_GRANT, kind
from events.io.http.trial import Caller, Trial
from events.roles import Role
from homeward.generate import SERVICES, declared, golden_path

KINDS = {"ban": "ans", "con": "cof", "dra": "pla", "ite": "itm", "sou": "src", "tra": "trf"}
KINDS |= {"fin": "fnd", "pai": "dup", "pro": "prg", "rep": "rpl", "sam": "smp", "sea": "sch"}
"""Which kind of id a golden event's is of, where that does not begin as its type does."""
OWN = {"gra": "gra_1", "bud": "bud_1", "com": "com_1", "pay": "pay_1", "inv": "inv_1"}
OWN |= {"rec": "rec_1", "cas": "cas_1", "pla": "pla_1", "itm": "itm_1", "ven": "ven_1"}
OWN |= {"acc": "acc_1", "del": "del_1", "csh": "csh_1", "rcv": "rcv_1", "per": "per_hana"}
OWN |= {"prg": "prg_iom_slovakia"}
THEIRS = {"gra": "gra_2", "bud": "bud_2", "per": "per_amina"}
OF_NOBODY = ("acc", "del", "prg")
STREAMS = ("gra_1", "bud_1", "com_1", "pay_1", "csh_1", "rcv_1", "ven_1", "acc_1", "del_1", "rat_1")
"""Of each kind one that is in the grant's bundle."""
BESIDE: list[Told] = [
    ("per_hana", "disbursement.cash_requested", f"csh_{n}", {"cash": f"csh_{n}", **of})
    for n, of in ((1, {"budget_line": "bud_1"}), (3, {"budget_line": "bud_2"}))
]
BESIDE += [
    ("per_hana", "disbursement.recovery_initiated", f"rcv_{n}", {"payment": f"pay_{n}"})
    for n in (1, 3)
]
OF_THEIRS: list[Told] = [
    *OTHER_GRANT,
    *of_another_grant(case(3)),
    ("per_hana", "disbursement.grant_exported", "exp_3", {"export": "exp_3", "grant": "gra_2"}),
]


def theirs(kind_: str) -> str:
    return THEIRS.get(kind_, f"{kind_}_3")


def golden() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each event that any service tells: its service, its name, its data."""
    for service in SERVICES:
        for type_ in declared(service).registry:
            entry = json.loads((ROOT / golden_path(service, type_.name)).read_bytes())
            yield service, type_.name.rpartition(".v")[0], entry["data"]


def naming() -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Each of them, one id after the other of another grant, all others of this one; and one that
    names what no event of today names, in words of its own.
    """
    for _, name, data in golden():
        text = json.dumps(data)
        ids = sorted(set(re.findall(r'"([a-z]{3})_example"', text)))
        for foreign in ids or [""]:
            told = text
            for each in ids:
                of = KINDS.get(each, each)
                id_ = theirs(of) if each == foreign else OWN.get(of, f"{of}_1")
                told = told.replace(f'"{each}_example"', f'"{id_}"')
            of = KINDS.get(foreign, foreign)
            yield name, json.loads(told), {theirs(of)} - {theirs(each) for each in OF_NOBODY}
    for one in ("pay_3", "case:cas_3", "pay_3/1", "of.itm_3"):
        yield "disbursement.payment_not_counted", {"of": one}, {one}


def may_be_named(foreign: set[str], service: str, stream: str) -> bool:
    """What is named with an order of the grant, and is no other grant's money, is the grant's."""
    own = service == "disbursement" and kind(stream) in OF_A_GRANT
    return own and not {each for each in foreign if kind(each) in OF_A_GRANT}


@pytest.fixture
async def foreign(desk: Desk, audit: Trial) -> dict[int, str]:
    """The entries that name something of the other grant, each with what it is; all others too."""
    teller, odd = Teller(), dict[int, str]()
    entries = [teller.tell(*e) for e in (*VENDOR, *GRANT, *case(1), *OF_THEIRS, *BESIDE)]
    for name, data, ids in naming():
        service = name.partition(".")[0]
        for stream in STREAMS:
            if not may_be_named(ids, service, stream):
                if ids - {"_3"}:
                    odd[len(entries)] = f"{name} in {stream}: {sorted(ids)}"
                entries.append(teller.tell("per_hana", name, stream, data))
    await desk.keep(entries)
    await desk.publisher().publish()
    assert await desk.size() == len(entries)
    return odd


@pytest.fixture
def elif_(audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


FOREIGN = re.compile(
    r"(?<![0-9a-z])(?:(?!acc|del|prg|fil|ans)[a-z]{3}_3|gra_2|bud_2|per_amina)(?![0-9a-z_])"
)


async def unpacked(elif_: Caller, path: str, body: dict[str, str]) -> ZipFile:
    made = await elif_.post(path, body)
    assert made.status_code == 201, made.text
    location = made.headers["location"]
    packed = await elif_.get(location if "bundles" in location else f"{location}/file")
    return ZipFile(BytesIO(packed.content))


async def test_no_event_of_any_service_tells_a_donor_of_what_is_not_their_grants(
    foreign: dict[int, str], elif_: Caller, audit: Trial
) -> None:
    bundle = await unpacked(elif_, "/v1/grants/gra_1/bundles", {})
    lines = [json.loads(line) for line in bundle.read("entries.jsonl").splitlines()]
    told = {line["index"] for line in lines if "entry" in line}
    assert len(told) > len(STREAMS)
    assert [foreign[index] for index in sorted(told & foreign.keys())] == []
    assert FOREIGN.findall("".join(line.get("entry", "") for line in lines)) == []
    assert {line.get("stream", "") for line in lines} <= {"", *STREAMS}
    asked = [(bundle, name) for name in bundle.namelist() if name.startswith(("ocel", "tables/"))]
    for form in ("ocel", "tables"):
        export = await unpacked(elif_, "/v1/exports", {"form": form, "grant": "gra_1"})
        asked += [(export, name) for name in export.namelist() if name != "checkpoint"]
    for file, name in asked:
        if name.endswith((".csv", "ocel.json")):
            assert FOREIGN.findall(file.read(name).decode()) == [], name


async def test_nor_does_a_trail_or_a_receipt(foreign: dict[int, str], audit: Trial) -> None:
    dana = audit.sign_in("per_dana", Role.DONOR, organisation="AMIF", grants=["SK-2023-AVRR"])
    for key in ("gra_1", "bud_1", "com_1", "pay_1"):
        after: int | None = -1
        while after is not None:
            answer = await dana.get(f"/v1/trail/{key}?after={after}")
            page = answer.json()
            assert page["lines"]
            shown = {line["index"] for line in page["lines"]}
            named = {index for index in shown & foreign.keys() if "/" not in foreign[index]}
            assert [foreign[index] for index in sorted(named)] == []  # a trail tells no codes
            assert FOREIGN.findall(answer.text) == []
            after = page["next"]
    for key in ("pay_3", "com_3", "inv_3", "rec_3", "gra_2", "csh_3", "rcv_3"):
        assert (await dana.get(f"/v1/trail/{key}")).status_code == 404
    named_by_id = [index for index in sorted(foreign) if "/" not in foreign[index]]
    for index in named_by_id[:: len(named_by_id) // 40]:  # nor does a receipt tell codes
        assert (await dana.get(f"/v1/log/proof?index={index}")).status_code == 404


async def test_the_other_donor_reads_of_its_own_as_before(
    foreign: dict[int, str], audit: Trial, elif_: Caller
) -> None:
    """What is named beside another grant's is nobody else's for that."""
    bundle = await unpacked(elif_, "/v1/grants/gra_2/bundles", {})
    told = [json.loads(line) for line in bundle.read("entries.jsonl").splitlines()]
    entries = [json.loads(each["entry"]) for each in told if "entry" in each]
    of = {each["subject"] for each in entries if kind(each["subject"]) in OF_A_GRANT}
    assert of == {"gra_2", "bud_2", "com_3", "pay_3", "csh_3", "rcv_3", "exp_3"}
