"""One pass over the log's own table: each entry under its leaf, all leaves under the signed root.

The table is the audit service's; who holds its database can change it as well as any other.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from audit.checking.compare import PAGE, Found, Pass
from audit.domain.difference import Kind
from audit.domain.note import Checkpoint
from audit.domain.tiles import Edge
from audit.log import table
from events.service import Connection


async def compare_own(
    log: Connection, signed: Checkpoint | None, pace: Callable[[], Awaitable[None]]
) -> Pass:
    """Every entry of the log. `pace` is awaited between pages."""
    end, edge = await table.size_of(log), Edge()
    found: list[Found] = []
    for start in range(0, end, PAGE):
        rows = await log.fetch(
            "select index, stream, leaf, leaf = sha256('\\x00'::bytea || entry) as sound"
            " from log_entry where index >= $1 and index < $2 order by index",
            start,
            min(start + PAGE, end),
        )
        found += _unsound(rows, start, min(start + PAGE, end))
        for row in rows:
            for _ in edge.add(bytes(row["leaf"])):
                continue
            if signed and edge.size == signed.size and edge.root() != signed.root and not found:
                found.append(Found(Kind.REPLACED, 0, signed.size - 1, 0, ""))
        await pace()
    return Pass(end, end, tuple(found))


def _unsound(rows: Sequence[Any], start: int, end: int) -> Iterator[Found]:
    stands = {row["index"]: row for row in rows}
    for index in range(start, end):
        row = stands.get(index)
        if row is None:
            yield Found(Kind.DELETED, index, index, index, "")
        elif not row["sound"]:
            yield Found(Kind.EDITED, index, index, index, row["stream"])
