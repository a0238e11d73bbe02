"""A file of exchange rates: the UN's operational rates, the ECB's reference rates, one shape.

UN: `xsql2XML.php` of treasury.un.org, units for one US dollar, one row for each country, so that
currencies repeat; blanks around codes and rates come with it, and its own schema is not kept to.
ECB: `eurofxref*.xml`, units for one euro, one or many days. Which of them a file is, its root
element tells. A file that says two things about one currency and day is refused as a whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec
from lxml import etree

from disbursement.domain.exchange_rate import RATE, Rate, RateValue, Source
from events.money import NotMoney, exponent
from events.values import Code

UN, ECB = Code(Source.UNORE), Code(Source.ECB)
DOLLAR, EURO = Code("USD"), Code("EUR")
LONGEST_SHOWN = 40


class NotRates(ValueError):
    """The file is none that is known here, or says two things about one rate."""


class Published(msgspec.Struct, frozen=True):
    """What a file holds."""

    source: Code
    rates: tuple[Rate, ...]
    """By day and currency, each once."""
    unknown: tuple[str, ...]
    """Currencies that nothing can be paid in here: they are left out."""


def read(content: bytes) -> Published:
    """The file's rates. `NotRates`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotRates(f"it is not XML: {error.msg}") from None
    match etree.QName(root).localname:
        case "UN_OPERATIONAL_RATES_DATASET":
            return _once(UN, DOLLAR, _of_the_un(root))
        case "Envelope":
            return _once(ECB, EURO, _of_the_ecb(root))
        case other:
            raise NotRates(f"its root is {_shown(other)}")


Told = tuple[date, str, str]


def _of_the_un(root: etree._Element) -> Iterator[Told]:
    for row in root.iter("UN_OPERATIONAL_RATES"):
        said = {part: (row.findtext(part) or "").strip() for part in ("f_curr_code", "rate")}
        day = (row.findtext("eff_date") or "").strip()
        try:
            # In English, whatever this machine speaks.
            effective = datetime.strptime(day, "%d %b %Y").date()  # noqa: DTZ007  a day
        except ValueError:
            raise NotRates(f"{_shown(day)} is no date such as 01 Oct 2026") from None
        yield effective, said["f_curr_code"], said["rate"]


def _of_the_ecb(root: etree._Element) -> Iterator[Told]:
    for days in root.iter("{*}Cube"):
        if (day := days.get("time")) is None:
            continue
        try:
            effective = date.fromisoformat(day.strip())
        except ValueError:
            raise NotRates(f"{_shown(day)} is no date such as 2026-10-01") from None
        for each in days.iter("{*}Cube"):
            if (currency := each.get("currency")) is not None:
                yield effective, currency.strip(), (each.get("rate") or "").strip()


def _once(source: Code, base: Code, told: Iterator[Told]) -> Published:
    values: dict[tuple[date, str], RateValue] = {}
    unknown: set[str] = set()
    for day, currency, text in told:
        value = _value(currency, text)
        if not _is_paid_in(currency):
            unknown.add(_shown(currency))
        elif currency == base:
            if value != "1":
                raise NotRates(f"one {base} is {value} {base}")
        elif values.setdefault((day, currency), value) != value:
            first = values[day, currency]
            raise NotRates(f"{currency} of {day} is both {first} and {value}")
    if not values:
        raise NotRates("it holds no rate")
    return Published(source, tuple(_rates(source, base, values)), tuple(sorted(unknown)))


def _rates(
    source: Code, base: Code, values: Mapping[tuple[date, str], RateValue]
) -> Iterator[Rate]:
    for (day, currency), value in sorted(values.items()):
        yield Rate(base=base, quote=Code(currency), value=value, source=source, date=day)


def _value(currency: str, text: str) -> RateValue:
    """As a plain decimal; `83` and `83.000` are one rate."""
    if not re.fullmatch(RATE, text):
        raise NotRates(f"{_shown(text)} is no rate of {_shown(currency)}")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return RateValue(f"{whole}.{decimals}" if decimals else whole)


def _is_paid_in(currency: str) -> bool:
    try:
        exponent(currency)
    except NotMoney:
        return False
    return True


def _shown(text: str) -> str:
    return repr(text[:LONGEST_SHOWN])


def by_day(rates: Sequence[Rate]) -> Mapping[date, Sequence[Rate]]:
    """The rates of each day, the earliest first."""
    days: dict[date, list[Rate]] = {}
    for rate in rates:
        days.setdefault(rate.date, []).append(rate)
    return days
