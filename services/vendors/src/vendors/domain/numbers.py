"""Account numbers: how they are written, checked, shown and told apart without being known.

An IBAN is checked by its country's structure and check digits (ISO 13616). A country without
IBAN has its banks' own numbers (BBAN), checked as `numbering` knows of the country. A wallet of
mobile money has the number of a phone (E.164, without its plus), checked by its country's rules.
"""

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import phonenumbers
from stdnum import iban, numdb
from stdnum.exceptions import ValidationError

from events.decider import Rejected
from events.values import Code
from vendors.domain.numbering import numbered_right

_BBAN = re.compile(r"[A-Z0-9]{4,34}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/]+")


class Scheme(StrEnum):
    """How an account is numbered."""

    IBAN = "iban"
    BBAN = "bban"


@dataclass(unsafe_hash=True)
class AccountNumberWrong(Rejected):
    """The account number cannot be right: its letters, length or check digits."""

    scheme: Scheme
    country: Code


@dataclass(unsafe_hash=True)
class IbanNeeded(Rejected):
    """Accounts in this country have an IBAN: by another number one would be on file twice."""

    country: Code


def normalised(
    scheme: Scheme,
    country: Code,
    number: str,
    wallet: Code | None = None,
    bank: Code | None = None,
) -> str:
    """The number as banks exchange it, without separators; `AccountNumberWrong`, `IbanNeeded`.

    `wallet`: the provider of mobile money whose wallet it is; then it is a phone's number.
    """
    if wallet is not None:
        return _of_a_phone(scheme, country, number)
    plain = _SEPARATORS.sub("", number).upper()
    match scheme:
        case Scheme.IBAN:
            right = plain.startswith(country) and _is_iban(plain)
        case Scheme.BBAN:
            if _has_ibans(country):
                raise IbanNeeded(country)
            right = _BBAN.fullmatch(plain) is not None
            right = right and numbered_right(country, bank, plain)
    if not right:
        raise AccountNumberWrong(scheme, country)
    return plain


def _of_a_phone(scheme: Scheme, country: Code, number: str) -> str:
    try:
        phone = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        raise AccountNumberWrong(scheme, country) from None
    right = phonenumbers.is_valid_number_for_region(phone, country)
    if scheme is not Scheme.BBAN or not right:
        raise AccountNumberWrong(scheme, country)
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164).lstrip("+")


def _has_ibans(country: Code) -> bool:
    """By SWIFT's registry of IBANs, as stdnum has it."""
    _, known = numdb.get("iban").info(country)[0]
    return bool(known)


def _is_iban(number: str) -> bool:
    try:
        return bool(iban.validate(number) == number)
    except ValidationError:
        return False


def last4(number: str) -> Code:
    return Code(number[-4:])


def blinded(
    key: bytes,
    scheme: Scheme,
    country: Code,
    bank: Code | None,
    number: str,
    *,
    branch: Code | None = None,
) -> str:
    """The same for the same account, and telling nothing of it without the key (HMAC-SHA-256).

    Account numbers are few enough to try them all, so a plain hash would give them away.
    """
    kept_at = (bank or "") if scheme is Scheme.BBAN else ""
    parts = (scheme, country, kept_at, number)
    if scheme is Scheme.BBAN and branch is not None:
        parts = (scheme, country, f"{kept_at}/{branch}", number)
    return hmac.new(key, "\n".join(parts).encode(), sha256).hexdigest()
