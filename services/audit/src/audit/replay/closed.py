"""Closed months held against the log: a replay has to come to the figures that were closed."""

import json
import sys

import msgspec

from audit.domain import registry
from audit.domain.period import Figures, Month, PeriodClosed
from audit.replay.figures import figures_of
from audit.replay.history import BadHistory, History
from audit.replay.rebuild import declared
from events.values import Digest

DIFFERS_STATUS = 1
CLOSED = "audit.period_closed.v1"


async def closes_in(history: History) -> list[PeriodClosed]:
    """Every close that the log tells of."""
    found = []
    async for page in history.pages():
        for told in page:
            if told.envelope.type == CLOSED:
                event = registry.read(told.envelope)
                assert isinstance(event, PeriodClosed)
                found.append(event)
    return found


async def check_period(
    month: str, history: History, scratch: str, *, as_json: bool, size: int | None
) -> int:
    """Work out the month as it was closed, or as it stands; 1 where the two differ."""
    period = Month(month)
    closed = next((each for each in await closes_in(history) if each.period == period), None)
    known = closed.size if closed else size or history.size
    if not known:
        raise BadHistory("The log is empty.")
    services = tuple(declared(name) for name in declared("audit").copies[0].sources)
    figures, made = await figures_of(period, services, history, known, scratch)
    statement = figures.statement(period)
    if as_json:
        told = {"period": period, "statement": statement, "figures": msgspec.to_builtins(figures)}
        sys.stdout.write(json.dumps(told | {"closed": _closed_on(closed)}) + "\n")
    else:
        sys.stdout.write(_text(period, figures, statement, closed))
        sys.stdout.write(f"{made.speed}\n")
    return DIFFERS_STATUS if closed is not None and closed.statement != statement else 0


def _closed_on(closed: PeriodClosed | None) -> Digest | None:
    return closed.statement if closed else None


def _text(period: Month, figures: Figures, statement: Digest, closed: PeriodClosed | None) -> str:
    lines = [f"{period}, over the log's first {figures.size:,} entries, root {figures.root}", ""]
    was = {(each.service, each.view): each.digest for each in closed.projections} if closed else {}
    for each in figures.projections:
        before = was.get((each.service, each.view))
        name = f"{each.service}.{each.view}"
        verdict = "" if before is None else "as closed" if before == each.digest else "DIFFERS"
        lines.append(f"{name:<34}{each.rows:>8}  {each.digest[:16]}  {verdict}".rstrip())
    lines.append("")
    for total in figures.totals:
        amount = total.total.to_wire()
        told = f"{amount['amount']:>18} {amount['currency']}"
        lines.append(f"{total.field:<52}{total.count:>6}  {told}")
    lines += ["", f"statement {statement}"]
    if closed is None:
        lines.append("Nobody has closed it in this log.")
    elif closed.statement == statement:
        lines.append(f"It was closed on the same by {closed.by} at {closed.at:%Y-%m-%d %H:%M} UTC.")
    else:
        lines.append(f"IT WAS CLOSED ON OTHER FIGURES: {closed.statement}")
    return "\n".join(lines) + "\n"
