"""IATI 2.03: the grant as an activity that the public reads.

A payment to a vendor is expenditure (transaction type 4): 3, a disbursement, is money handed on to
another organisation that reports. Payments are told by periods that stand for enough cases each, in
the order in which they were booked; what is too little waits, and the description says so. So it is
with what orders promise to vendors (type 2), each from the day of its order; what is taken back of
it is below zero.

The grant's budget is told by calendar year, in proportion to the days: how much of it is for which
year the grant does not say, and so it is indicative.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from lxml import etree

from disbursement.exports.publisher import Publisher
from disbursement.exports.report import Moved, Period, Report, periods
from events.money import Money

VERSION = "2.03"
INCOMING_COMMITMENT, OUTGOING_COMMITMENT, EXPENDITURE = "11", "2", "4"
ORIGINAL, INDICATIVE = "1", "1"
FUNDING, IMPLEMENTING = "1", "4"
PLANNED_START, PLANNED_END = "1", "3"
IMPLEMENTATION, CLOSED = "2", "4"
GENERAL, OTHER_NOTES = "1", "4"
UNSPECIFIED_REGION = "998"
"""Developing countries, unspecified: where returnees may go to any of them."""


def write(report: Report, publisher: Publisher) -> bytes:
    """The file, in bytes that are the same whenever the report is the same."""
    root = etree.Element("iati-activities", version=VERSION)
    told, waiting = periods(report)
    promised, _ = periods(report, report.promised)
    _activity(root, report, publisher, (promised, told), waiting)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _activity(
    root: Any,
    report: Report,
    publisher: Publisher,
    told: tuple[Sequence[Period], Sequence[Period]],
    waiting: Sequence[Moved],
) -> None:
    grant = report.grant
    activity = _add(root, "iati-activity", **{"default-currency": grant.currency})
    activity.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    activity.set("last-updated-datetime", report.as_of.isoformat())
    _add(activity, "iati-identifier").text = f"{publisher.iati}-{grant.reference}"
    reporting = _add(
        activity, "reporting-org", ref=publisher.iati, type=publisher.organisation_type
    )
    _narrate(reporting, publisher.name)
    _narrate(_add(activity, "title"), f"Reintegration assistance, {grant.reference}")
    for kind, text in _descriptions(report, waiting):
        _narrate(_add(activity, "description", type=kind), text)
    _narrate(_add(activity, "participating-org", role=FUNDING), grant.donor)
    us = _add(activity, "participating-org", role=IMPLEMENTING, ref=publisher.iati)
    _narrate(us, publisher.name)
    over = grant.closes < report.as_of.date()
    _add(activity, "activity-status", code=CLOSED if over else IMPLEMENTATION)
    for kind, day in ((PLANNED_START, grant.opens), (PLANNED_END, grant.closes)):
        _add(activity, "activity-date", type=kind, **{"iso-date": day.isoformat()})
    _recipients(activity, report)
    _add(activity, "sector", vocabulary="1", code=publisher.sector)
    for first, last, amount in by_year(report):
        _budget(activity, first, last, amount)
    _transaction(activity, INCOMING_COMMITMENT, grant.opens, report.ceiling, "The grant")
    kinds = ((OUTGOING_COMMITMENT, "Orders"), (EXPENDITURE, "Payments"))
    for (kind, what), those in zip(kinds, told, strict=True):
        for period in those:
            day = max(each.day for each in period.moved)
            _transaction(activity, kind, day, period.amount, f"{what}, {_months(period)}")


def by_year(report: Report) -> Iterator[tuple[date, date, Money]]:
    """The grant's window by calendar year, and each part's share of the ceiling by its days."""
    opens, closes = report.grant.opens, report.grant.closes
    parts = [
        (max(opens, date(year, 1, 1)), min(closes, date(year, 12, 31)))
        for year in range(opens.year, closes.year + 1)
    ]
    days = [(last - first).days + 1 for first, last in parts]
    for (first, last), amount in zip(parts, report.ceiling.allocate(days), strict=True):
        yield first, last, amount


def _budget(activity: Any, first: date, last: date, amount: Money) -> None:
    budget = _add(activity, "budget", type=ORIGINAL, status=INDICATIVE)
    _add(budget, "period-start", **{"iso-date": first.isoformat()})
    _add(budget, "period-end", **{"iso-date": last.isoformat()})
    _value(budget, first, amount)


def _descriptions(report: Report, waiting: Sequence[Moved]) -> list[tuple[str, str]]:
    """What the activity is; and, where payments wait to be told, that they do."""
    about = "Reintegration assistance to returnees: goods and services, paid for with the vendors."
    if not waiting:
        return [(GENERAL, about)]
    later = (
        f"Payments from {min(each.day for each in waiting):%Y-%m} on are for fewer than"
        f" {report.below} cases of their kind so far, and are told with those that follow."
    )
    return [(GENERAL, about), (OTHER_NOTES, later)]


def _recipients(activity: Any, report: Report) -> None:
    """The one country that people return to, by the programme's page; else no one in particular."""
    countries = {country for each in report.wordings for country in each.countries or ("",)}
    if len(countries) == 1 and (country := countries.pop()):
        _add(activity, "recipient-country", code=country)
    else:
        _add(activity, "recipient-region", vocabulary="1", code=UNSPECIFIED_REGION)


def _transaction(activity: Any, kind: str, day: date, amount: Money, text: str) -> None:
    transaction = _add(activity, "transaction")
    _add(transaction, "transaction-type", code=kind)
    _add(transaction, "transaction-date", **{"iso-date": day.isoformat()})
    _value(transaction, day, amount)
    _narrate(_add(transaction, "description"), text)


def _value(parent: Any, day: date, amount: Money) -> None:
    value = _add(parent, "value", **{"value-date": day.isoformat()})
    value.set("currency", amount.currency)
    value.text = amount.amount


def _months(period: Period) -> str:
    first, last = f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"
    return first if first == last else f"{first} to {last}"


def _add(parent: Any, name: str, **attributes: str) -> Any:
    return etree.SubElement(parent, name, attributes)


def _narrate(parent: Any, text: str) -> None:
    etree.SubElement(parent, "narrative").text = text
