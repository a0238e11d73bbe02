"""Importing: people of a spreadsheet registered, from the request to the last row's result.

The file is posted as an office would, read at the door, sealed, worked off by the service's own
task through the store's one append, and every person has keys and values of their own in the vault.
"""

import io
import os
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date
from time import perf_counter
from typing import Any

import openpyxl

from bench.figures import Figure, Setting, other_load
from bench.figures.append import empty_database
from bench.people.invented import Split, records
from events.handler import Handler
from events.io.http.trial import Trial, trial
from events.io.postgres import EpochKeys, PostgresStore, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.roles import Role
from events.values import Code, ProgrammeId
from intake.domain.programme import Eligibility, ReturnType, Terms
from intake.gateways import Gateways
from intake.importing.work import Importer
from intake.main import service
from intake.views.rows import written

ROWS = 10_000
AT_LEAST = 170.0
"""Rows a second: 10,000 of them in under a minute."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("reference", "name", "dob", "sex", "phone", "country", "return type", "language", "age")
TERMS = Terms(
    programme=ProgrammeId("prg_bench"),
    version=1,
    currency=Code("EUR"),
    organisation=Code("iom"),
    since=date(2020, 1, 1),
    until=date(2100, 1, 1),
    eligibility=Eligibility(returns=(ReturnType.VOLUNTARY,), countries=(), criteria=()),
    entitlements=(),
    claim_within_days=90,
    use_within_months=12,
    keep_years=5,
)


async def import_rows_per_second(setting: Setting) -> Figure:
    """10,000 invented people of one spreadsheet, the median of the rounds."""
    file = spreadsheet(ROWS)
    values: list[float] = []
    with other_load() as load:
        for number in range(1, setting.rounds + 1):
            values.append(await _round(setting, file))
            setting.told(f"import {number}/{setting.rounds}: {values[-1]:,.0f} rows/s")
    value = statistics.median(values)
    return Figure(
        figure="import_rows_per_second",
        value=round(value, 1),
        unit="rows/s",
        limit=AT_LEAST,
        holds=value >= AT_LEAST,
        rounds=setting.rounds,
        other_load=round(load[0], 2),
    )


async def _round(setting: Setting, file: bytes) -> float:
    key = os.urandom(32)
    with empty_database(setting) as database:
        await migrate(database.owner, service.migrations)
        async with AsyncExitStack() as stack:
            store = await stack.enter_async_context(open_store(database.app, EpochKeys(key)))
            await store.pool.execute(
                "insert into programme_version (programme_id, version, terms) values ($1, $2, $3)",
                TERMS.programme,
                TERMS.version,
                written(TERMS),
            )
            given = Gateways(epoch_key=key, blind_index_key=os.urandom(32))
            running = await stack.enter_async_context(
                trial(
                    service.api,
                    service.registry,
                    store=store,
                    view=store.pool,
                    gateways=given,
                    clock=SystemClock(),
                )
            )
            return await _timed(running, store, given, file)


async def _timed(running: Trial, store: PostgresStore, given: Gateways, file: bytes) -> float:
    who = running.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
    handler = Handler(service.registry, store, SystemClock(), SystemIds())
    importer = Importer.of(handler, store.pool, given)
    began = perf_counter()
    said = await who.client.post(
        f"/v1/imports?programme={TERMS.programme}&office=baghdad",
        content=file,
        headers={
            "authorization": f"Bearer {who.token}",
            "content-type": XLSX,
            "idempotency-key": "bench",
        },
    )
    assert said.status_code == 202, said.text
    await importer.work_all()
    passed = perf_counter() - began
    stands = (await who.get(said.headers["location"])).json()
    assert (stands["completed"], stands["refused"]) == (True, 0), stands
    return float(stands["worked"] / passed)


def spreadsheet(rows: int) -> bytes:
    """So many invented people, as an office would list them."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for number, each in enumerate(records(Split.HELD_OUT, rows)[:rows]):
        known: Any = each.known
        sheet.append(_row(number, known))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _row(number: int, known: Any) -> Sequence[str]:
    born = next(iter(known.born), "")
    phone = next(iter(known.phones), "")
    age = "" if len(born) == len("1988-01-01") else "25_59"
    return (
        f"R{number}",
        known.names[0],
        born if not age else "",
        known.sex,
        f"+{phone.lstrip('+')}" if phone else "",
        known.country,
        "voluntary",
        "en",
        age,
    )
