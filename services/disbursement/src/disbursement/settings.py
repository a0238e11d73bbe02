"""Whose money it is: the account that payments leave from, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import msgspec


class BadDebtor(ValueError):
    """`HOMEWARD_DEBTOR` does not say from which account to pay."""


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    country: str
    town: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Debtor:
    """The organisation as its bank knows it."""

    name: str = "International Organization for Migration"
    country: str = "SK"
    town: str = "Bratislava"
    iban: str = field(default="SK3112000000198742637541", repr=False)
    """The example of the IBAN registry; a real one comes from the environment."""
    bic: str = "TATRSKBX"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """From `HOMEWARD_DEBTOR`, a JSON object of all five; the sandbox's account without it."""
        text = environment.get("HOMEWARD_DEBTOR")
        if not text:
            return cls()
        try:
            told = msgspec.json.decode(text, type=_Told)
        except msgspec.MsgspecError as error:
            raise BadDebtor(f"HOMEWARD_DEBTOR: {error}") from None
        return cls(told.name, told.country, told.town, told.iban, told.bic)
