"""What a replay came to, as a table for people or as JSON for a machine."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.domain.period import PeriodClosed
from audit.replay.history import Cut
from audit.replay.live import Compared
from audit.replay.rebuild import Replayed, ViewMade
from audit.replay.what_if import JUDGED, NOT_JUDGED, WhatIf
from events.service import Service

SHORT = 12
"""So many digits of a digest are enough for people."""
WARNING = (
    "WHAT IF. This never happened: it is made of a history in which a page said something else."
)


@dataclass(frozen=True)
class Report:
    """All that is to be told of a replay."""

    size: int
    cut: Cut
    made: Replayed
    compared: Sequence[Compared] | None
    services: Sequence[Service]
    what_if: WhatIf | None
    closes: Sequence[PeriodClosed]

    @property
    def digest(self) -> str:
        """Over all views that were made."""
        lines = (f"{each.name} {each.digest}\n" for each in self.made.views)
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()

    def as_json(self) -> str:
        compared = {(each.service, each.made.table): each for each in self.compared or ()}
        told = {
            "what_if": self.what_if is not None,
            "size": self.size,
            "as_of": _instant(self.cut.happened),
            "known_at": _instant(self.cut.known),
            "entries": self.made.entries,
            "happened_later": self.cut.later,
            "behind_what_happened_later": self.cut.behind,
            "not_known_yet": self.cut.unknown,
            "digest": self.digest,
            "entries_per_second": round(self.made.entries / self.made.seconds),
            "facts_per_second": round(self.made.facts / self.made.seconds),
            "views": [
                {
                    "service": view.service,
                    "view": view.view.name,
                    "digest": view.digest if view.stands_at is None else None,
                    "stands_still_at": view.stands_at,
                    "because": view.because or None,
                    "tables": [
                        {
                            "table": table.table,
                            "rows": table.rows,
                            "digest": table.digest,
                            **_live(compared.get((view.service, table.table))),
                        }
                        for table in view.tables
                    ],
                }
                for view in self.made.views
            ],
            "not_in_the_log": {
                f"{service.name}.{table}": why
                for service in self.services
                for table, why in service.apart.items()
            },
            "refused": [
                {"entry": e.index, "rule": e.rule, "about": e.about, "detail": e.detail}
                for e in (self.what_if.not_passed if self.what_if else ())
            ],
            "rules": list(JUDGED) if self.what_if else [],
            "in_another_currency": dict(self.what_if.not_judged) if self.what_if else {},
            "not_judged": dict(NOT_JUDGED) if self.what_if else {},
        }
        return json.dumps(told, indent=1) + "\n"

    def as_text(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        if self.what_if is not None:
            yield WARNING
            yield ""
        yield self._scope()
        yield ""
        live = "" if self.compared is None else "  live"
        yield f"{'view':<30}{'table':<24}{'rows':>8}  {'digest':<{SHORT}}{live}"
        compared = {(each.service, each.made.table): each for each in self.compared or ()}
        for view in self.made.views:
            yield from _view(view, compared)
        yield ""
        yield from self._apart()
        if self.compared is not None:
            yield from self._verdict(self.compared)
        if self.what_if is not None:
            yield from _refused(self.what_if)
        if self.closes:
            months = ", ".join(each.period for each in self.closes)
            yield f"Closed in this log: {months}. Check each with --period."
        yield self.made.speed
        yield f"digest of all views {self.digest}"

    def _scope(self) -> str:
        told = f"The log has {self.size:,} entries; {self.made.entries:,} were replayed"
        if self.cut.happened:
            left = f"{self.cut.later:,} happened later"
            if self.cut.behind:
                left += f", and {self.cut.behind:,} stand behind one of these in their streams"
            told += f", as of {_instant(self.cut.happened)} ({left})"
        if self.cut.known:
            told += f", as known at {_instant(self.cut.known)} ({self.cut.unknown:,} were not)"
        if self.cut.size is not None and self.cut.size > self.size:
            told += f"; it has no {self.cut.size:,} entries, so these are all"
        return f"{told}."

    def _apart(self) -> Iterator[str]:
        apart = [
            (f"{service.name}.{table}", why)
            for service in self.services
            for table, why in service.apart.items()
        ]
        if apart:
            yield "Not made, since the log does not tell of it:"
            for name, why in apart:
                yield f"  {name}: {why}"
        personal = sum(len(k.personal) for service in self.services for k in service.registry)
        yield (
            f"No personal value is in the log: {personal} fields of these services' events are"
            " known by their digests alone, and no view is made of them."
        )
        yield ""

    def _verdict(self, compared: Sequence[Compared]) -> Iterator[str]:
        differ = [each for each in compared if not each.same]
        for each in differ:
            yield f"{each.service}.{each.made.table}:"
            for line in each.told():
                yield f"  {line}"
        if not differ:
            yield f"All {len(compared)} tables are what the live ones are."
        elif self.cut.happened or self.cut.known or self.what_if:
            yield f"{len(differ)} of {len(compared)} tables are not what the live ones are now."
        else:
            yield f"{len(differ)} of {len(compared)} tables DIFFER from the live ones."


def _view(view: ViewMade, compared: dict[tuple[str, str], Compared]) -> Iterator[str]:
    if view.stands_at is not None:
        yield f"{view.name:<30}stands still at entry {view.stands_at}: {view.because}"
        return
    for number, table in enumerate(view.tables):
        against = compared.get((view.service, table.table))
        told = "" if against is None else "  same" if against.same else "  DIFFERS"
        name = view.name if number == 0 else ""
        yield f"{name:<30}{table.table:<24}{table.rows:>8}  {table.digest[:SHORT]}{told}"


def _refused(what_if: WhatIf) -> Iterator[str]:
    told = what_if.not_passed
    yield f"{len(told)} acts of the true history would not have passed under this page:"
    for each in told:
        yield f"  entry {each.index}  {each.rule}  {each.about}  {each.detail}"
    for rule, acts in sorted(what_if.not_judged.items()):
        yield f"  {rule}: {acts} more are in a currency that the page does not speak of"
    yield f"Held against the page, each act by itself: {', '.join(JUDGED)}."
    yield "Not judged:"
    for what, why in NOT_JUDGED.items():
        yield f"  {what}: {why}"
    yield ""
    yield WARNING


def _live(compared: Compared | None) -> dict[str, object]:
    if compared is None:
        return {}
    return {"live_rows": compared.stands.rows, "same": compared.same, "differs_in": compared.told()}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
