"""Exchange rates as the UN and the ECB publish them; and what follows for two other currencies."""

import asyncio
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from tests.architecture.tree import ROOT

from disbursement.domain.exchange_rate import Rate, RateStands, RateValue, convert, cross, rate_id
from disbursement.rates.load import SOME_WAIT, publish, waits
from disbursement.rates.published import NotRates, read
from disbursement.views import lookups
from disbursement.views.wrong_rates import known_rates
from events.money import Money
from events.values import SYSTEM, Code
from homeward.postgres import Database

REAL = ROOT.parent / "shared" / "data" / "rates" / "un_operational_rates_2026-10-01_sample.xml"
ROW = (
    "<UN_OPERATIONAL_RATES><abbrv_name>{country}</abbrv_name><f_curr_code>{code}</f_curr_code>"
    "<eff_date>{day}</eff_date><rate>{rate}</rate></UN_OPERATIONAL_RATES>"
)
OCTOBER = date(2026, 10, 1)
MARCH = "01 Mar 2026"


def un(*rows: tuple[str, str], day: str = "01 Oct 2026") -> bytes:
    told = "".join(ROW.format(country="x", code=code, day=day, rate=rate) for code, rate in rows)
    return f"<UN_OPERATIONAL_RATES_DATASET>{told}</UN_OPERATIONAL_RATES_DATASET>".encode()


ECB = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates
</gesmes:subject><Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.0850'/>
<Cube currency='CZK' rate='25.12'/></Cube><Cube time='2026-11-19'>
<Cube currency='USD' rate='1.0841'/></Cube></Cube></gesmes:Envelope>"""


def rate(base: str, quote: str, value: str, source: str = "UNORE") -> Rate:
    return Rate(
        base=Code(base),
        quote=Code(quote),
        value=RateValue(value),
        source=Code(source),
        date=OCTOBER,
    )


@pytest.mark.skipif(not REAL.exists(), reason=f"the UN's own file is not at {REAL}")
def test_the_uns_own_file_is_read_with_each_currency_once() -> None:
    found = read(REAL.read_bytes())
    values = {each.quote: each.value for each in found.rates}
    assert len(values) == len(found.rates) >= 30
    assert (values[Code("IQD")], values[Code("VND")], values[Code("ALL")]) == (
        "1310",
        "25969",
        "80.79",
    )
    assert {(each.base, each.source, each.date) for each in found.rates} == {
        ("USD", "UNORE", OCTOBER)
    }


def test_blanks_and_repetitions_are_how_the_file_is() -> None:
    found = read(un(("EUR\t", " 0.882\t"), ("EUR", "0.8820"), ("USD", "1"), ("IQD", "1310")))
    assert [(each.quote, each.value) for each in found.rates] == [("EUR", "0.882"), ("IQD", "1310")]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (un(("EUR", "0.882"), ("EUR", "0.883")), "EUR of 2026-10-01 is both 0.882 and 0.883"),
        (un(("EUR", "n/a")), "'n/a' is no rate of 'EUR'"),
        (un(("EUR", "-1")), "'-1' is no rate of 'EUR'"),
        (un(("USD", "2")), "one USD is 2 USD"),
        (un(("EUR", "0.882"), day="2026-10-01"), "'2026-10-01' is no date such as 01 Oct 2026"),
        (un(), "it holds no rate"),
        (b"<html/>", "its root is 'html'"),
        (b"EUR,0.882", "it is not XML"),
    ],
    ids=["conflict", "no-number", "negative", "base", "date", "empty", "page", "csv"],
)
def test_a_file_that_contradicts_itself_or_is_none_is_refused_as_a_whole(
    file: bytes, said: str
) -> None:
    with pytest.raises(NotRates, match=said):
        read(file)


def test_a_currency_that_nothing_is_paid_in_is_left_out_and_named() -> None:
    found = read(un(("EUR", "0.882"), ("ZZZ", "4")))
    assert [each.quote for each in found.rates] == ["EUR"]
    assert found.unknown == ("'ZZZ'",)


def test_the_ecbs_days_are_told_for_the_euro() -> None:
    found = read(ECB)
    assert [(r.base, r.quote, r.value, r.date.day) for r in found.rates] == [
        ("EUR", "USD", "1.0841", 19),
        ("EUR", "CZK", "25.12", 20),
        ("EUR", "USD", "1.085", 20),
    ]


def test_between_two_currencies_that_are_told_for_a_third() -> None:
    crossed = cross(rate("USD", "EUR", "0.882"), rate("USD", "IQD", "1310"))
    assert crossed == rate("EUR", "IQD", "1485.260770975057")
    assert cross(rate("USD", "IQD", "1310"), rate("USD", "EUR", "0.882")) == crossed
    assert convert(Money(1_485_260_771, "IQD"), "EUR", crossed) == Money(100_000, "EUR")


async def test_what_is_loaded_is_published_once_and_a_day_all_or_nothing(till: Cashier) -> None:
    march = read(un(("EUR", "0.882"), ("IQD", "1310"), day=MARCH))
    assert await publish(march, till.handler) == 2
    assert await publish(march, till.handler) == 0
    assert (await till.told()).count("exchange_rate_published") == 2
    other = read(un(("EUR", "0.882"), ("IQD", "1311"), ("ALL", "80.79"), day=MARCH))
    with pytest.raises(RateStands):
        await publish(other, till.handler)
    assert (await till.told()).count("exchange_rate_published") == 2


async def test_what_a_file_tells_far_off_the_day_before_waits_for_a_person(till: Cashier) -> None:
    """Whoever holds the database's key puts no such rate in force alone."""
    await publish(read(un(("EUR", "0.882"), ("IQD", "1310"), day=MARCH)), till.handler)
    april = read(un(("EUR", "0.9"), ("IQD", "13100000"), day="01 Apr 2026"))
    for _ in range(2):  # loaded twice it waits once
        await publish(april, till.handler)
    [waiting] = await waits(april, till.handler)
    assert (waiting.rate.quote, waiting.by) == ("IQD", SYSTEM)
    await till.settle()
    day = date(2026, 4, 1)
    standing = await lookups.rate_of(till.tables, "USD", "IQD", day)
    assert standing
    assert standing.value == "1310"
    [told] = ok(await till.hana.get("/v1/proposed-rates"))["items"]
    assert (told["far_from"]["value"], told["far_because"]) == ("1310", "as_published")
    path, as_read = "/v1/exchange-rates/rat_unore_usd_iqd", {"date": "2026-04-01"}
    ok(await till.hana.post(f"{path}/confirm", as_read | {"value": "13100000"}))
    assert await waits(april, till.handler) == []


async def test_what_was_declined_is_no_news_when_the_file_is_loaded_again(till: Cashier) -> None:
    await publish(read(un(("IQD", "1310"), day=MARCH)), till.handler)
    april = read(un(("IQD", "131"), day="01 Apr 2026"))
    await publish(april, till.handler)
    no = {"date": "2026-04-01", "value": "131", "reason": "slip_of_the_pen"}
    ok(await till.maria.post("/v1/exchange-rates/rat_unore_usd_iqd/decline", no))
    await publish(april, till.handler)
    assert await waits(april, till.handler) == []


async def test_the_first_rate_that_a_source_tells_is_held_against_what_is_known(
    till: Cashier,
) -> None:
    await publish(read(ECB.replace(b"2026-11", b"2026-02")), till.handler)
    await till.settle()
    known = {rate_id("UNORE", "USD", "EUR"): await known_rates(till.tables, "USD", "EUR")}
    march = read(un(("EUR", "0.0882"), ("IQD", "1310"), day=MARCH))
    assert await publish(march, till.handler, known) == 1
    assert [each.rate.quote for each in await waits(march, till.handler)] == ["EUR"]


async def test_the_command_says_what_waits_and_how_it_is_confirmed_and_ends_with_3(
    database: Database, tmp_path: Path
) -> None:
    async def load(rate: str, day: str) -> tuple[int, str]:
        (tmp_path / "un.xml").write_bytes(un(("EUR", "0.882"), ("IQD", rate), day=day))
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "disbursement.rates.load", "load", str(tmp_path / "un.xml")],
            env=os.environ | {"HOMEWARD_DATABASE_URL": database.app},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    assert await load("1310", MARCH) == (
        0,
        "UNORE: 2 rates of 2026-03-01, 2 of them new.\n",
    )
    code, said = await load("13100000", "01 Apr 2026")
    assert code == SOME_WAIT == 3
    assert "1 of them new" in said
    assert "USD/IQD 13100000 of 2026-04-01 (before: 1310 of 2026-03-01)" in said
    assert "/v1/exchange-rates/rat_unore_usd_iqd/confirm" in said


async def test_a_grant_in_euros_pays_dinars_by_rates_that_are_told_for_dollars(
    till: Cashier,
) -> None:
    early = replace(read(un(("EUR", "0.882"), ("IQD", "1310"), day=MARCH)))
    await publish(early, till.handler)
    await till.settle()
    found = await lookups.rate_of(till.tables, "EUR", "IQD", date(2026, 3, 2), source=Code("UNORE"))
    assert found
    assert (found.base, found.quote, found.value) == ("EUR", "IQD", "1485.260770975057")
    nobodys = await lookups.rate_of(till.tables, "EUR", "IQD", date(2026, 3, 2), source=Code("ECB"))
    assert nobodys is None
    await chain.funded(till)
    told = await lookups.rate_of(till.tables, "EUR", "IQD", date(2026, 3, 2))
    assert told is not None
    assert told.value == "1400", "what is told of the pair itself comes first"
