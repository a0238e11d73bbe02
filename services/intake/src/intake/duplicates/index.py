"""The blind index in the database: who might be whom, by keyed tokens and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from events.service import Connection
from events.values import CaseId, PersonId
from intake.domain.duplicate import Known
from intake.domain.matching.features import Features
from intake.domain.matching.weighing import SUSPECT_FROM, Weighed, weigh

TOO_COMMON = 200
"""A key that so many share tells nothing: two entries of one person share rarer ones."""
LOOKED_AT = 100
"""So many at most are weighed for one person: those who share the most keys."""

_decoder = msgspec.msgpack.Decoder(Features)


@dataclass(frozen=True)
class Suspicion:
    """Somebody in the books who may be the one that was asked for."""

    known: Known
    weighed: Weighed


async def look_up(
    tables: Connection, features: Features, *, not_: PersonId | None = None
) -> Sequence[Suspicion]:
    """Who may be this person, the likeliest first; their own entries are `not_` looked at."""
    rows = await tables.fetch(
        "select p.person_id, p.case_id, p.features from ("
        " select person_id, case_id, count(*) as shared from ("
        "  select person_id, case_id, count(*) over (partition by asked.key) as sharing"
        "  from unnest($1::bigint[]) asked (key) cross join lateral ("
        "   select person_id, case_id from blind_key b where b.key = asked.key limit $4 + 1"
        "  ) held"
        " ) rare where sharing <= $4 and person_id is distinct from $2"
        " group by person_id, case_id order by shared desc, person_id, case_id limit $3"
        ") likely join blind_person p using (person_id, case_id)",
        list(features.keys),
        not_,
        LOOKED_AT,
        TOO_COMMON,
    )
    found = [
        Suspicion(
            Known(PersonId(row["person_id"]), CaseId(row["case_id"])),
            weigh(features, _decoder.decode(row["features"])),
        )
        for row in rows
    ]
    found.sort(key=lambda each: (-each.weighed.score, each.known.person, each.known.case))
    likeliest: dict[PersonId, Suspicion] = {}
    for each in found:
        if each.weighed.score >= SUSPECT_FROM:
            likeliest.setdefault(each.known.person, each)
    return list(likeliest.values())


async def lock(tables: Connection, people: Sequence[PersonId]) -> None:
    """Nobody of these is erased before this transaction ends, nor was meanwhile."""
    await tables.execute(
        "select pg_advisory_xact_lock(hashtextextended('homeward erasure ' || person, 0))"
        " from (select unnest($1::text[]) as person order by 1) as asked",
        sorted(people),
    )


async def put(
    tables: Connection, entries: Mapping[Known, Features | None], *, made_with: str
) -> None:
    """Write these tokens in place of those before; None: nothing is known any more."""
    kept = {known: features for known, features in entries.items() if features is not None}
    await tables.executemany(
        "delete from blind_person where person_id = $1 and case_id = $2",
        [(known.person, known.case) for known in entries],
    )
    await tables.executemany(
        "insert into blind_person (person_id, case_id, made_with, features)"
        " values ($1, $2, $3, $4)",
        [
            (known.person, known.case, made_with, msgspec.msgpack.encode(features))
            for known, features in kept.items()
        ],
    )
    keys = [(key, known) for known, features in kept.items() for key in features.keys]
    await tables.execute(
        "insert into blind_key (key, person_id, case_id)"
        " select * from unnest($1::bigint[], $2::text[], $3::text[])",
        [key for key, _ in keys],
        [known.person for _, known in keys],
        [known.case for _, known in keys],
    )


async def forget(tables: Connection, person: PersonId) -> None:
    """Whoever is erased is not found any more."""
    await tables.execute("delete from blind_person where person_id = $1", person)


async def is_of_another_key(tables: Connection, made_with: str) -> bool:
    """Whether there are tokens that this key's never meet."""
    other: bool = await tables.fetchval(
        "select exists (select from blind_person where made_with <> $1)", made_with
    )
    return other
