"""Samples over HTTP: drawn once, told for ever, drawn again by whoever has the file."""

import csv
import hashlib
import io
import json
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import Teller, Told

from audit.domain import registry
from audit.domain.note import parse_keys
from audit.domain.proof import check_receipt
from audit.domain.sample import SampleDrawn
from audit.exports import view as exports_view
from events.delivery.consume import Ear
from events.envelope import Entry
from events.io.http.trial import Caller, Trial
from events.roles import Role
from events.values import Code

Zip = dict[str, bytes]
FUNDS: list[Told] = [
    ("per_maria", "disbursement.grant_opened", "gra_1", {"grant": "gra_1", "reference": "SK-1"}),
    (
        "per_maria",
        "disbursement.budget_line_established",
        "bud_1",
        {"line": "bud_1", "grant": "gra_1"},
    ),
]


def paid(number: int, euros: str, vendor: str = "ven_1", currency: str = "EUR") -> list[Told]:
    """A commitment, an invoice and a payment."""
    com, inv, pay, rec = (f"{kind}_{number:03d}" for kind in ("com", "inv", "pay", "rec"))
    price = {"amount": euros, "currency": currency}
    of = {"commitment": com, "invoice": inv, "vendor": vendor, "budget_line": "bud_1"}
    value = {"amount": price, "reserved": price, "functional_amount": price}
    billed = {**of, "amount": price, "number": f"A-{number}", "pro_forma": number == 0}
    arrived = {"commitment": com, "receipt": rec, "date": "2026-11-20"}
    day = {"value_date": f"2026-11-{1 + number % 28:02d}"}
    return [
        ("per_hana", "disbursement.commitment_requested", com, of | value),
        ("per_dalia", "disbursement.goods_received", com, arrived),
        ("per_hana", "disbursement.invoice_received", com, billed),
        ("per_hana", "disbursement.payment_requested", pay, {**of, **value, "payment": pay}),
        ("per_system", "disbursement.vendor_paid", pay, {**of, **value, **day, "payment": pay}),
    ]


def amount(number: int) -> str:
    return f"{(number * 7919) % 900 + 10}.{number % 100:02d}"


def history() -> list[tuple[str, Entry]]:
    """Forty payments of two offices to four vendors, one of them large."""
    teller = Teller()
    entries = [teller.tell(*each) for each in FUNDS]
    for number in range(40):
        teller.office = Code("bratislava" if number % 4 else "baghdad")
        euros = "20000.00" if number == 17 else amount(number)
        entries += [teller.tell(*each) for each in paid(number, euros, f"ven_{number % 4}")]
    return entries


ALL = history()


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.keep(ALL)
    await desk.publisher().publish()
    return desk


@pytest.fixture
def elif_(filled: Desk, audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def drawn(elif_: Caller, **asked: object) -> tuple[dict[str, object], Zip]:
    made = await elif_.post("/v1/samples", {"population": "payments"} | asked)
    assert made.status_code == 201, made.text
    file = await elif_.get(f"{made.headers['location']}/file")
    assert file.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(file.content)) as archive:
        return made.json(), {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


MUS = {
    "method": "monetary_unit",
    "confidence_percent": 95,
    "materiality": {"amount": "6000.00", "currency": "EUR"},
    "seed": "dice:6-2-5-1-3",
}


async def test_who_has_the_file_draws_the_same_again(elif_: Caller) -> None:
    """With nothing of ours: the population, the seed, the interval and SHA-256."""
    told, files = await drawn(elif_, **MUS)
    population = rows(files["population.csv"])
    assert told["population_digest"] == hashlib.sha256(files["population.csv"]).hexdigest()
    interval = int(str(told["interval"]["amount"]).replace(".", ""))  # type: ignore[index]
    assert interval == 200_000

    def of(text: str) -> str:
        return hashlib.sha256(f"{told['seed']},{text}".encode()).hexdigest()

    following = 1 + int(of("start"), 16) % interval
    end, wanted = 0, []
    for item in sorted(population, key=lambda each: of(each["item"])):
        end += int(item["value"].replace(".", ""))
        if following <= end:
            wanted.append(item["item"])
        while following <= end:
            following += interval
    assert [row["item"] for row in rows(files["worksheet.csv"])] == wanted
    assert told["items"] == len(wanted)


async def test_what_is_not_below_the_interval_is_drawn_surely(elif_: Caller) -> None:
    _, files = await drawn(elif_, **MUS)
    large = {row["item"]: row for row in rows(files["worksheet.csv"]) if row["surely"] == "true"}
    assert set(large) == {"pay_017"}
    assert large["pay_017"]["chance"] == "1.000000"
    assert int(large["pay_017"]["hits"]) == 10


async def test_each_item_has_the_receipt_of_its_entry(filled: Desk, elif_: Caller) -> None:
    told, files = await drawn(elif_, **MUS)
    keys = parse_keys(filled.signer().vkey)
    for row in rows(files["worksheet.csv"]):
        entry = ALL[int(row["entry"])][1].raw
        data = json.loads(entry)["data"]
        assert (data["payment"], data["functional_amount"]["amount"]) == (row["item"], row["value"])
        proven = check_receipt(files[row["receipt"]].decode(), entry, keys)
        assert (proven.size, proven.root.hex()) == (told["cut_off"], told["root"])


async def test_it_is_an_event_with_all_that_it_takes(audit: Trial, elif_: Caller) -> None:
    told, files = await drawn(elif_, **MUS)
    event, *_readings = await audit.events()
    assert isinstance(event, SampleDrawn)
    assert event.by == "per_elif"
    assert event.drawing.seed == told["seed"]
    assert event.outcome.population_digest == told["population_digest"]
    assert event.outcome.population_items == 40
    worksheet = hashlib.sha256(files["worksheet.csv"]).hexdigest()
    assert event.outcome.worksheet_digest == worksheet == told["worksheet_digest"]
    assert event.cut_off == len(ALL)


async def test_the_same_seed_draws_the_same_and_another_does_not(elif_: Caller) -> None:
    asked = {"method": "random", "items": 10}
    (one, _), (again, _), (other, _) = [
        await drawn(elif_, **asked, seed=seed) for seed in ("a", "a", "b")
    ]
    assert one["worksheet_digest"] == again["worksheet_digest"] != other["worksheet_digest"]


async def test_without_a_seed_it_is_the_root_of_the_log(elif_: Caller) -> None:
    told, _ = await drawn(elif_, method="random", items=5)
    assert told["seed"] == told["root"]


async def test_a_size_is_planned_from_rates(elif_: Caller) -> None:
    """45 items would do at 90 percent for 5 of 100; there are 40."""
    told, _ = await drawn(elif_, method="random", confidence_percent=90, tolerable_basis_points=500)
    assert told["items"] == 40
    told, _ = await drawn(
        elif_, method="random", confidence_percent=95, tolerable_basis_points=1000
    )
    assert told["items"] == 29


@pytest.mark.parametrize(
    ("by", "bands", "strata"),
    [
        ("office", [], {"baghdad": 2, "bratislava": 6}),
        ("vendor", [], {"ven_0": 2, "ven_1": 2, "ven_2": 2, "ven_3": 2}),
        ("band", ["400.00", "5000.00"], None),
    ],
)
async def test_each_stratum_has_its_part(
    elif_: Caller, by: str, bands: list[str], strata: dict[str, int] | None
) -> None:
    begins = [{"amount": each, "currency": "EUR"} for each in bands]
    _, files = await drawn(elif_, method="random", items=8, stratified_by=by, bands=begins)
    found = rows(files["worksheet.csv"])
    counts: dict[str, int] = {}
    for row in found:
        counts[row["stratum"]] = counts.get(row["stratum"], 0) + 1
    if strata is not None:
        assert counts == strata
    else:
        assert set(counts) == {"00 below", "01 from 400.00 EUR", "02 from 5000.00 EUR"}
        for row in found:
            low = float(row["value"])
            assert row["stratum"][:2] == ("02" if low >= 5000 else "01" if low >= 400 else "00")


@pytest.mark.parametrize("population", ["payments", "deliveries", "invoices", "commitments"])
async def test_the_office_is_that_of_the_case_whoever_asked_for_it(
    desk: Desk, audit: Trial, population: str
) -> None:
    teller = Teller()
    entries = [teller.tell(*each) for each in FUNDS]
    for number, office in enumerate(("tirana", "mosul", "mosul"), 1):
        teller.office = Code(office)
        at = {"case": f"cas_{number}", "office": office}
        entries.append(teller.tell("per_lina", "intake.returnee_registered", f"cas_{number}", at))
        teller.office = Code("baghdad")
        for who, kind, stream, data in paid(number, "100.00"):
            of = {"case": f"cas_{number}"} if "requested" in kind or "paid" in kind else {}
            entries.append(teller.tell(who, kind, stream, data | of))
    await desk.keep(entries)
    await desk.publisher().publish()
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    asked = {"method": "random", "items": 2, "stratified_by": "office"}
    _, files = await drawn(elif_, population=population, **asked)
    strata = [row["stratum"] for row in rows(files["population.csv"])]
    assert sorted(strata) == ["mosul", "mosul", "tirana"]
    assert strata == [row["office"] for row in rows(files["population.csv"])]


async def test_a_population_is_of_a_grant_and_of_days(elif_: Caller) -> None:
    asked = {"method": "random", "items": 1}
    whole, _ = await drawn(elif_, **asked, grant="gra_1")
    assert whole["population_items"] == 40
    some, files = await drawn(elif_, **asked, since="2026-11-01", until="2026-11-10")
    days = [n for n in range(40) if 1 + n % 28 <= 10]
    assert [row["item"] for row in rows(files["population.csv"])] == [f"pay_{n:03d}" for n in days]
    assert some["population_items"] == len(days)


@pytest.mark.parametrize(
    ("population", "count"),
    [("commitments", 40), ("invoices", 39), ("deliveries", 40), ("payments", 40)],
)
async def test_other_populations(elif_: Caller, population: str, count: int) -> None:
    told, _ = await drawn(elif_, method="random", items=3, population=population, grant="gra_1")
    assert (told["population_items"], told["items"]) == (count, 3)


EURO = {"amount": "5.00", "currency": "EUR"}
MONETARY = {"method": "monetary_unit"}
RANDOM = {"method": "random"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (MONETARY, "SizeNotSaid"),
        (RANDOM | {"confidence_percent": 95}, "SizeNotSaid"),
        (RANDOM | {"materiality": EURO}, "SizeOfAnotherMethod"),
        (MONETARY | {"items": 1, "tolerable_basis_points": 1}, "SizeOfAnotherMethod"),
        (MONETARY | {"items": 1, "population": "deliveries"}, "HasNoAmounts"),
        (MONETARY | {"items": 1, "population": "vendors"}, "HasNoAmounts"),
        (RANDOM | {"items": 1, "population": "vendors"}, "NothingToDrawFrom"),
        (RANDOM | {"items": 1, "population": "vendors", "grant": "gra_1"}, "OfNoGrant"),
        (RANDOM | {"items": 1, "population": "cash", "stratified_by": "vendor"}, "CannotDivide"),
        (RANDOM | {"items": 3, "stratified_by": "vendor"}, "MoreStrataThanItems"),
        (RANDOM | {"items": 3, "stratified_by": "band"}, "BandsNotSaid"),
        (RANDOM | {"items": 3, "bands": [EURO]}, "BandsNotSaid"),
        (RANDOM | {"items": 3, "since": "2026-02-01", "until": "2026-01-01"}, "DaysOutOfOrder"),
        (RANDOM | {"items": 3, "cut_off": 3}, "CutOffNotSigned"),
        (
            MONETARY | {"confidence_percent": 95, "materiality": EURO, "expected": EURO},
            "LookAtEverything",
        ),
        (
            MONETARY | {"confidence_percent": 95, "materiality": EURO | {"currency": "USD"}},
            "SeveralCurrencies",
        ),
        (
            MONETARY | {"confidence_percent": 95, "materiality": EURO | {"amount": "0.00"}},
            "NotAboveZero",
        ),
        (
            MONETARY | {"items": 1, "expected": EURO | {"amount": "-1.00"}},
            "NotAboveZero",
        ),
        (RANDOM | {"items": 0}, "body_invalid"),
        (RANDOM | {"items": 1, "currency": "euro"}, "body_invalid"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_by_name(
    elif_: Caller, audit: Trial, asked: dict[str, object], code: str
) -> None:
    said = await elif_.post("/v1/samples", {"population": "payments"} | asked)
    assert (said.status_code, said.json()["code"]) == (422, code)
    assert await audit.events() == []


async def test_a_grant_of_which_the_log_does_not_tell_is_not_found(elif_: Caller) -> None:
    asked = {"population": "payments", **RANDOM, "items": 1, "grant": "gra_9"}
    assert (await elif_.post("/v1/samples", asked)).status_code == 404


async def test_amounts_of_several_currencies_do_not_add_up(desk: Desk, audit: Trial) -> None:
    teller = Teller()
    stories = [*FUNDS, *paid(1, "10.00"), *paid(2, "10.000", currency="IQD")]
    await desk.keep([teller.tell(*each) for each in stories])
    await desk.publisher().publish()
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    asked = {"population": "payments", **MONETARY, "items": 1}
    refused = await elif_.post("/v1/samples", asked)
    assert refused.json()["code"] == "SeveralCurrencies"
    told, _ = await drawn(elif_, **MONETARY, items=1, currency="IQD")
    assert told["population_items"] == 1


async def test_samples_are_for_auditors(filled: Desk, audit: Trial, elif_: Caller) -> None:
    made = await elif_.post("/v1/samples", {"population": "payments", **RANDOM, "items": 2})
    for role in set(Role) - {Role.AUDITOR, Role.DONOR}:
        other = audit.sign_in("per_x", role)
        assert (await other.post("/v1/samples", {})).status_code == 403
        assert (await other.get(f"{made.headers['location']}/file")).status_code == 403


async def test_samples_are_listed(filled: Desk, elif_: Caller) -> None:
    made = [(await drawn(elif_, **RANDOM, items=2))[0] for _ in range(3)]
    ear = Ear("audit", registry)
    heard = [ear.hear(entry) for entry in await filled.store.read(0, 1000)]
    await exports_view.view.project([each for each in heard if each], filled.store.pool)
    first = (await elif_.get("/v1/samples?limit=2")).json()
    second = (await elif_.get(f"/v1/samples?limit=2&cursor={first['next']}")).json()
    assert first["items"] + second["items"] == made
