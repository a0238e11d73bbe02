"""Working days: when offers have been waited for long enough, in the country where one buys."""

from datetime import date, timedelta

import msgspec

from events.values import Code

A_DAY = timedelta(days=1)
WEEK = frozenset(range(7))


class Calendar(msgspec.Struct, frozen=True):
    """On which days a country's offices rest."""

    country: Code | None
    """ISO 3166-1 alpha-2; None: not known, so that nothing but its rest days is."""
    rest_days: frozenset[int]
    """Of a week; 0: Monday."""
    holidays: frozenset[date]

    def works_on(self, day: date) -> bool:
        return day.weekday() not in self.rest_days and day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """The last of so many working days that follow the day."""
        assert self.rest_days < WEEK, "a country works on some days"
        while working_days > 0:
            day += A_DAY
            working_days -= self.works_on(day)
        return day
