"""A clock that goes back is told once: what is told of it comes behind it, in the same history."""

from datetime import timedelta

from specimens.histories import NOON, Teller

from audit.checking.order import _back_in_time
from audit.log.logged import Logged

AHEAD = NOON + timedelta(days=30)


def test_what_follows_a_step_back_is_no_other() -> None:
    teller = Teller()
    told = [
        teller.tell("per_a", "audit.finding_raised", f"fnd_{number}", {}, at)
        for number, at in enumerate((NOON, AHEAD, NOON, NOON + timedelta(seconds=1)))
    ]
    entries = [Logged.opened(at, source, entry.raw) for at, (source, entry) in enumerate(told)]
    assert [index for index, _, _ in _back_in_time(entries, {})] == [2]
