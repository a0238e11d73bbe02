"""Numbers by which a vendor is told from others: checked by the rules of who gives them out.

A tax number is checked as its country checks it, where python-stdnum knows how; elsewhere only its
letters can be. An LEI has check digits (ISO 17442), a telephone its country's numbering plan.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

import phonenumbers
import stdnum
from stdnum import lei
from stdnum.exceptions import ValidationError

from events.decider import Rejected
from events.values import Code

_ANY = re.compile(r"[A-Z0-9]{3,32}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/]+")
_ALSO = {
    "PK": ("pk.cnic",),
    "SK": ("sk.rc",),
    "TR": ("tr.tckimlik",),
    "UA": ("ua.edrpou", "ua.rntrc"),
}
"""Numbers that are tax numbers there too, of people or of companies."""


class Numbered(StrEnum):
    """By which number."""

    TAX = "tax"
    REGISTRATION = "registration"
    LEI = "lei"


@dataclass(unsafe_hash=True)
class IdentifierWrong(Rejected):
    """The number cannot be right: its letters, length or check digits."""

    numbered: Numbered
    country: Code


@dataclass(unsafe_hash=True)
class PhoneWrong(Rejected):
    """No telephone has this number."""


def identified(numbered: Numbered, country: Code, number: str) -> str:
    """The number without separators; `IdentifierWrong`."""
    plain = _SEPARATORS.sub("", number).upper()
    match numbered:
        case Numbered.LEI:
            right = _is(lei, plain)
        case Numbered.REGISTRATION:
            right = _ANY.fullmatch(plain) is not None
        case Numbered.TAX:
            known = list(_of_country(country))
            by_rule = any(_is(each, plain) or _is(each, number) for each in known)
            right = _ANY.fullmatch(plain) is not None and (by_rule or not known)
    if not right:
        raise IdentifierWrong(numbered, country)
    return plain


def _of_country(country: Code) -> Iterator[Any]:
    found = stdnum.get_cc_module(country, "vat")
    if found is not None:
        yield found
    for name in _ALSO.get(country, ()):
        yield import_module(f"stdnum.{name}")


def _is(kind: Any, number: str) -> bool:
    try:
        kind.validate(number)
    except ValidationError:
        return False
    return True


@dataclass(unsafe_hash=True)
class CountryUnknown(Rejected):
    """No country has this code (ISO 3166-1), as far as telephones reach."""

    country: Code


def require_country(country: Code) -> None:
    """`CountryUnknown`."""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise CountryUnknown(country)


def called(phone: str) -> str:
    """The telephone's number as all networks know it (E.164); `PhoneWrong`."""
    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        raise PhoneWrong from None
    if not phonenumbers.is_valid_number(parsed):
        raise PhoneWrong
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
