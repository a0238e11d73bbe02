"""Money: integer minor units and an ISO 4217 currency. No float ever touches it.

The number of minor units in a unit is the currency's exponent in ISO 4217 (the maintenance
agency's table, as the `iso4217` package ships it): IQD 3, EUR 2, VND 0.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, total_ordering
from typing import Any, Self

from iso4217 import Currency

_AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.([0-9]{1,4}))?", re.ASCII)
MINOR_MAX = 10**18
"""Amounts stay under this in absolute value: they fit a Postgres `bigint` with room to add."""


class NotMoney(ValueError):
    """The text or number is not an amount of that currency. The message says why."""


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """How many decimals ISO 4217 gives the currency; `NotMoney` when it gives none."""
    try:
        digits = Currency(currency).exponent
    except ValueError:
        raise NotMoney("not an ISO 4217 currency") from None
    if digits is None:
        raise NotMoney(f"{currency} is not a currency to pay in")
    return int(digits)


@total_ordering
class Money:
    """An amount of one currency, in its minor units: `Money(2_423_500_500, "IQD")`."""

    __slots__ = ("currency", "minor")
    minor: int
    currency: str

    def __init__(self, minor: int, currency: str) -> None:
        if type(minor) is not int:
            raise NotMoney("minor units are a whole number")
        if abs(minor) >= MINOR_MAX:
            raise NotMoney("the amount is too large")
        exponent(currency)
        object.__setattr__(self, "minor", minor)
        object.__setattr__(self, "currency", currency)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("money does not change")

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read `"1234.50"`; the scale must be exactly the currency's, or `NotMoney`."""
        match = _AMOUNT.fullmatch(amount)
        digits = exponent(currency)
        if match is None or len(match[3] or "") != digits:
            example = "1250" + ("." + "0" * digits if digits else "")
            raise NotMoney(f"write {currency} with {digits} decimals, such as {example}")
        minor = int(amount.replace(".", ""))
        if minor == 0 and amount.startswith("-"):
            raise NotMoney("zero has no sign")
        return cls(minor, currency)

    @classmethod
    def from_wire(cls, wire: object) -> Self:
        """Read `{"amount": "1234.50", "currency": "EUR"}`, those two keys and no other."""
        if not isinstance(wire, dict) or set(wire) != {"amount", "currency"}:
            raise NotMoney('money is {"amount": "1234.50", "currency": "EUR"}')
        if not isinstance(wire["amount"], str) or not isinstance(wire["currency"], str):
            raise NotMoney("amount and currency are both strings; a JSON number is refused")
        return cls.parse(wire["amount"], wire["currency"])

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @property
    def amount(self) -> str:
        """The decimal string with exactly the currency's decimals."""
        digits = exponent(self.currency)
        if digits == 0:
            return str(self.minor)
        sign, plain = ("-" if self.minor < 0 else ""), str(abs(self.minor)).zfill(digits + 1)
        return f"{sign}{plain[:-digits]}.{plain[-digits:]}"

    def to_wire(self) -> dict[str, str]:
        return {"amount": self.amount, "currency": self.currency}

    def allocate(self, weights: Sequence[int]) -> tuple[Self, ...]:
        """Share it out by weights, largest remainders first, so that the parts sum to the whole."""
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise NotMoney("weights are whole numbers, none below zero, not all zero")
        sign, whole = (-1 if self.minor < 0 else 1), abs(self.minor)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in by_remainder[: whole - sum(parts)]:
            parts[i] += 1
        return tuple(type(self)(sign * part, self.currency) for part in parts)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise NotMoney(f"{self.currency} and {other.currency} do not add up")
        return other.minor

    def __add__(self, other: "Money") -> Self:
        return type(self)(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> Self:
        return type(self)(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __mul__(self, times: int) -> Self:
        if type(times) is not int:
            raise NotMoney("money is multiplied by a whole number; share it out with allocate")
        return type(self)(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor == other.minor and self.currency == other.currency

    def __hash__(self) -> int:
        return hash((self.minor, self.currency))

    def __bool__(self) -> bool:
        return self.minor != 0

    def __repr__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __format__(self, spec: str) -> str:
        """For people, in the C locale: `2,423,500.500 IQD`."""
        whole, dot, rest = self.amount.lstrip("-").partition(".")
        sign = "-" if self.minor < 0 else ""
        return format(f"{sign}{int(whole):,}{dot}{rest} {self.currency}", spec)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, Any]:
        return {
            "type": "function-plain",
            "function": {"type": "no-info", "function": cls._from_pydantic},
            "serialization": {"type": "function-plain", "function": cls.to_wire},
            "metadata": {"pydantic_js_functions": [cls._json_schema]},
        }

    @classmethod
    def _from_pydantic(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.from_wire(value)

    @classmethod
    def _json_schema(cls, _core: object, _handler: object) -> dict[str, Any]:
        return MONEY_SCHEMA


MONEY_SCHEMA: dict[str, Any] = {
    "title": "Money",
    "type": "object",
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "examples": [{"amount": "1234.50", "currency": "EUR"}],
}


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; zero of that currency when there is nothing to add."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
