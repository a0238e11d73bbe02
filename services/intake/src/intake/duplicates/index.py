"""The blind index in the database: who might be whom, by keyed tokens and nothing else."""

from events.service import Connection
from events.values import PersonId


async def forget(tables: Connection, person: PersonId) -> None:
    """Whoever is erased is not found any more."""
    await tables.execute("delete from blind_person where person_id = $1", person)
