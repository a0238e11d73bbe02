"""The calendars of countries, as the holidays library has them (public holidays and weekends)."""

from datetime import date
from functools import lru_cache

from events.values import Code
from vendors.domain.calendar import Calendar

UNKNOWN = Calendar(country=None, rest_days=frozenset({5, 6}), holidays=frozenset())


@lru_cache(maxsize=256)
def calendar_of(country: Code | None, year: int) -> Calendar:
    """The country's calendar for the year and the next; where none is known, weekends alone."""
    import holidays  # noqa: PLC0415  large, and needed where offers are waited for

    try:
        known = holidays.country_holidays(country or "", years=(year, year + 1))
    except NotImplementedError:
        return UNKNOWN
    days = frozenset(date.fromordinal(each.toordinal()) for each in known)
    return Calendar(country=country, rest_days=frozenset(known.weekend), holidays=days)
