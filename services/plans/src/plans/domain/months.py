"""Days that are counted in months."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January + 1 = 28 February."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
