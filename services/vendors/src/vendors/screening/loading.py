"""A list on its way into force: its file is kept, and held against what is searched now."""

from collections.abc import Sequence
from typing import Any

from events.handler import Act
from events.service import Connection
from events.values import Code, Digest
from vendors.domain.sanctions import (
    Compared,
    ListVersion,
    LoadSanctionsList,
    SanctionsListState,
    sanctions_list,
    stream_of,
)
from vendors.screening import keeping
from vendors.screening.lists import Listed, SanctionsList


async def loading(
    found: SanctionsList, state: SanctionsListState | None, tables: Connection, **who: Any
) -> Act[Any, Any, Any]:
    """The act that loads this list; `state`: how the list of its publisher stands."""
    await keeping.keep_list(tables, found)
    told = ListVersion(
        version=Code(found.version),
        dated=found.dated,
        digest=Digest(found.digest),
        entries=found.entries,
        names=len(found.names),
    )
    load = LoadSanctionsList(
        source=Code(found.source), list=told, compared=await _compared(found, state, tables), **who
    )
    return Act(sanctions_list, stream_of(found.source), load)


async def _compared(
    found: SanctionsList, state: SanctionsListState | None, tables: Connection
) -> Compared | None:
    if state is None or state.in_force is None:
        return None
    before = await keeping.names_on(tables, state.in_force.digest)
    return None if before is None else compare(state.in_force.digest, before, found.names)


def compare(against: Digest, before: Sequence[Listed], after: Sequence[Listed]) -> Compared:
    """An entry that keeps its number and loses a name is dropped: nobody finds it by that name."""
    there = {(each.entry, each.name) for each in after}
    dropped = {each.entry for each in before if (each.entry, each.name) not in there}
    added = {each.entry for each in after} - {each.entry for each in before}
    return Compared(against=against, added=len(added), dropped=len(dropped))
