"""Everybody against everybody, by splink: `python -m intake.duplicates.batch`, a process that ends.

splink (Fellegi and Sunter's model over DuckDB) chooses whom to compare by the blind keys and adds
up the same agreements and the same weights as the look-up at registration; nothing is trained, so
both say the same of the same two. It works on tokens: no value is opened. It is a process of its
own so that the service stays small; it reads the index and prints what it found as JSON.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Collection, Sequence
from enum import IntEnum
from typing import Any

import asyncpg
import msgspec

from events.values import CaseId, PersonId
from intake.domain.duplicate import Known
from intake.domain.matching.features import Features
from intake.domain.matching.weighing import FIELDS, PRIOR, SUSPECT_FROM, Weighed, weigh
from intake.duplicates.index import TOO_COMMON

AT_ONCE = 500
"""So many new pairs are brought up by one search, the likeliest; nobody decides on more."""
IMPROBABLE = 2.0**-60
"""splink wants two probabilities for each outcome; only their ratio counts."""


class Entry(msgspec.Struct, frozen=True):
    """Somebody in the books, as the index knows them."""

    known: Known
    features: Features


class Pair(msgspec.Struct, frozen=True):
    one: Known
    other: Known
    weighed: Weighed


class Found(msgspec.Struct, frozen=True):
    compared: int
    pairs: tuple[Pair, ...]
    left: int


def suspects(entries: Sequence[Entry]) -> list[Pair]:
    """All pairs of two people that are to be suspected, the likeliest first."""
    from splink import Linker, block_on  # noqa: PLC0415  large, and only this process needs it
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415

    database = _database(entries)
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "place",
        "probability_two_random_records_match": 2.0**PRIOR / (1.0 + 2.0**PRIOR),
        "blocking_rules_to_generate_predictions": [block_on("keys", arrays_to_explode=["keys"])],
        "comparisons": [
            {"output_column_name": field.value, "comparison_levels": _levels(field.value, worth)}
            for field, _, worth in FIELDS
        ],
    }
    linker = Linker(DuckDBAPI(database).register("entries"), settings)
    likely = linker.inference.predict(threshold_match_probability=(SUSPECT_FROM - 1) / 10_000)
    database.execute(f"select place_l, place_r from {likely.physical_name}")  # noqa: S608
    places = database.fetchall()
    database.close()
    return _told([(entries[one], entries[other]) for one, other in places])


def _database(entries: Sequence[Entry]) -> Any:
    """The entries in memory, with those of their keys that are worth looking under."""
    import duckdb  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    from duckdb.func import PythonUDFType  # noqa: PLC0415

    database = duckdb.connect(":memory:")
    places = [place for place, entry in enumerate(entries) for _ in entry.features.keys]
    keys = [key for entry in entries for key in entry.features.keys]
    told = pa.table({"place": pa.array(places, pa.int64()), "key": pa.array(keys, pa.int64())})
    database.register("told", told)
    database.execute(
        "create table entries as select place, list(key) as keys from told where key in"
        " (select key from told group by key having count(*) between 2 and ?) group by place",
        [TOO_COMMON],
    )

    def outcome(compare: Callable[[Features, Features], IntEnum]) -> Callable[[Any, Any], Any]:
        def of(ones: Any, others: Any) -> Any:
            pairs = zip(ones.to_pylist(), others.to_pylist(), strict=True)
            found = [compare(entries[a].features, entries[b].features) for a, b in pairs]
            return pa.array(found, pa.int32())

        return of

    for field, compare, _ in FIELDS:
        database.create_function(
            f"agreement_in_{field}",
            outcome(compare),
            ["BIGINT", "BIGINT"],
            "INTEGER",
            type=PythonUDFType.ARROW,
        )
    return database


def _levels(field: str, worth: Any) -> list[dict[str, Any]]:
    """The outcomes of one field as splink has them: m/u is two to the power of the bits."""
    levels: list[dict[str, Any]] = []
    for outcome, bits in worth.items():
        level: dict[str, Any] = {
            "sql_condition": f"agreement_in_{field}(place_l, place_r) = {int(outcome)}",
            "label_for_charts": outcome.name.lower(),
        }
        if int(outcome) == 0:
            level["is_null_level"] = True
        else:
            level |= {"m_probability": IMPROBABLE * 2.0**bits, "u_probability": IMPROBABLE}
        levels.append(level)
    return levels


def _told(pairs: Sequence[tuple[Entry, Entry]]) -> list[Pair]:
    """Each two people once, by those of their entries that agree best."""
    likeliest: dict[frozenset[PersonId], Pair] = {}
    for one, other in pairs:
        weighed = weigh(one.features, other.features)
        people = frozenset((one.known.person, other.known.person))
        if len(people) == 1 or weighed.score < SUSPECT_FROM:
            continue
        best = likeliest.get(people)
        if best is None or weighed.score > best.weighed.score:
            likeliest[people] = Pair(one.known, other.known, weighed)
    return sorted(
        likeliest.values(), key=lambda p: (-p.weighed.score, sorted((p.one.person, p.other.person)))
    )


async def search(url: str) -> Found:
    """What the index of this database has, without the pairs that are there already."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select person_id, case_id, features from blind_person")
        decided = await connection.fetch("select person_id, other_person_id from duplicate_pair")
    finally:
        await connection.close()
    decoder = msgspec.msgpack.Decoder(Features)
    entries = [
        Entry(
            Known(PersonId(row["person_id"]), CaseId(row["case_id"])),
            decoder.decode(row["features"]),
        )
        for row in rows
    ]
    known: Collection[frozenset[str]] = {frozenset(tuple(row)) for row in decided}
    new = [p for p in suspects(entries) if frozenset((p.one.person, p.other.person)) not in known]
    return Found(len(entries), tuple(new[:AT_ONCE]), max(0, len(new) - AT_ONCE))


if __name__ == "__main__":
    found = asyncio.run(search(os.environ["HOMEWARD_DATABASE_URL"]))
    sys.stdout.buffer.write(msgspec.json.encode(found))
    sys.stdout.flush()
