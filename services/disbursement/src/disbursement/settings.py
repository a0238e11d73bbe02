"""Whose money it is: the accounts that payments leave from, and who may decide on how much of it;
read once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import FAR_OFF_PERCENT
from disbursement.iso20022.pain001 import Message
from events.money import Money, NotMoney
from events.values import CODE

IBAN = r"^[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}$"
BIC = r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"


AHEAD_DAYS = 30
RETURN_CHARGE_PERCENT = 10


class BadDebtor(ValueError):
    """`HOMEWARD_DEBTOR` does not say from which account to pay."""


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the organisation's accounts, for what is paid in one currency."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    iban: Annotated[str, Meta(pattern=IBAN)]
    bic: Annotated[str, Meta(pattern=BIC)]

    def __repr__(self) -> str:
        return f"Account({self.currency})"


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    """In the letters that banks carry: a debtor that no bank takes would stop every file."""

    name: Annotated[str, Meta(pattern=r"^(?=.*[A-Za-z])[A-Za-z0-9/\-?:().,'+ ]{1,140}$")]
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
    town: Annotated[str, Meta(pattern=r"^(?=.*[A-Za-z])[A-Za-z0-9/\-?:().,'+ ]{1,35}$")]
    iban: Annotated[str, Meta(pattern=IBAN)]
    bic: Annotated[str, Meta(pattern=BIC)]
    message: Message = Message.V09
    accounts: tuple[Account, ...] = ()
    ahead_days: Annotated[int, Meta(ge=0, le=90)] = AHEAD_DAYS
    return_charge_percent: Annotated[int, Meta(ge=0, le=100)] = RETURN_CHARGE_PERCENT


@dataclass(frozen=True)
class Debtor:
    """The organisation as its bank knows it."""

    name: str = "International Organization for Migration"
    country: str = "SK"
    town: str = "Bratislava"
    iban: str = field(default="SK3112000000198742637541", repr=False)
    """The example of the IBAN registry; a real one comes from the environment."""
    bic: str = "TATRSKBX"
    message: Message = Message.V09
    """What its bank takes."""
    accounts: tuple[Account, ...] = ()
    """Those for one currency alone; what is paid in another leaves from the first."""
    ahead_days: int = AHEAD_DAYS
    """How many days ahead the bank may be told of a payment."""
    return_charge_percent: int = RETURN_CHARGE_PERCENT
    """As much of a payment the bank may keep of its return without saying that it does."""

    @property
    def ibans(self) -> frozenset[str]:
        """Of all its accounts."""
        return frozenset({self.iban, *(each.iban for each in self.accounts)})

    def account(self, currency: str) -> Account:
        """From which what is paid in that currency leaves."""
        first = Account(currency=currency, iban=self.iban, bic=self.bic)
        return next((each for each in self.accounts if each.currency == currency), first)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """From `HOMEWARD_DEBTOR`, a JSON object of these; the sandbox's account without it."""
        text = environment.get("HOMEWARD_DEBTOR")
        if not text:
            return cls()
        try:
            told = msgspec.json.decode(text, type=_Told)
        except msgspec.MsgspecError as error:
            raise BadDebtor(f"HOMEWARD_DEBTOR: {error}") from None
        currencies = [each.currency for each in told.accounts]
        if len(set(currencies)) < len(currencies):
            raise BadDebtor("HOMEWARD_DEBTOR: one account for one currency - at `$.accounts`")
        return cls(**{name: getattr(told, name) for name in told.__struct_fields__})


class BadWallets(ValueError):
    """`HOMEWARD_MOBILE_MONEY` does not say how to reach a provider."""


class Wallets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our own account with one provider of mobile money, and how to reach it."""

    provider: Annotated[str, Meta(pattern=CODE, max_length=40)]
    """As vendors' wallets name it. One account with each: from which one pays is no question."""
    url: Annotated[str, Meta(pattern=r"^(https://|http://127\.0\.0\.1:)[^\s?#]+[^\s?#/]$")]
    client: Annotated[str, Meta(min_length=1, max_length=256)]
    key: Annotated[str, Meta(min_length=1)]
    account: Annotated[str, Meta(min_length=4, max_length=256)]
    callback: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+[^\s?#/]$")] | None = None
    """Where the provider knocks when something is decided; None: it is asked, and nothing else."""
    listen: Annotated[str, Meta(pattern=r"^[^:\s]+:[0-9]{1,5}$")] | None = None
    """The address at which we hear it."""

    def __repr__(self) -> str:
        return f"Wallets({self.provider})"

    @property
    def label(self) -> str:
        """Which account with which provider; its number is not in it."""
        return f"{self.provider}-{sha256(self.account.encode()).hexdigest()[:12]}"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "tuple[Wallets, ...]":
        """From `HOMEWARD_MOBILE_MONEY`, a JSON array of these; none without it."""
        text = environment.get("HOMEWARD_MOBILE_MONEY") or "[]"
        try:
            told = msgspec.json.decode(text, type=tuple[Wallets, ...])
        except msgspec.MsgspecError as error:
            raise BadWallets(f"HOMEWARD_MOBILE_MONEY: {error}") from None
        if len({each.provider for each in told}) < len(told):
            raise BadWallets("HOMEWARD_MOBILE_MONEY: one account with one provider")
        return told


class BadDelegated(ValueError):
    """`HOMEWARD_DELEGATED_AT_MOST` does not say how much authority is delegated."""


USUAL = {
    each.currency: each
    for each in (
        Money.parse("50000.00", "CHF"),
        Money.parse("50000.00", "EUR"),
        Money.parse("50000.00", "GBP"),
        Money.parse("8000000", "JPY"),
        Money.parse("50000.00", "USD"),
    )
}


@dataclass(frozen=True)
class Delegated:
    """How much of each authority the organisation delegates to one person, by currency."""

    at_most: Mapping[Authority, Mapping[str, Money]] = field(
        default_factory=lambda: dict.fromkeys(Authority, USUAL)
    )

    def most(self, authority: Authority, currency: str) -> Money | None:
        """None: in that currency nothing is delegated."""
        return self.at_most[authority].get(currency)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """From `HOMEWARD_DELEGATED_AT_MOST`, by authority an object of amounts by currency; for an
        authority that it leaves out, the usual.
        """
        text = environment.get("HOMEWARD_DELEGATED_AT_MOST") or "{}"
        try:
            told = msgspec.json.decode(text, type=dict[Authority, dict[str, str]])
            said = {
                authority: {each: Money.parse(most, each) for each, most in amounts.items()}
                for authority, amounts in told.items()
            }
        except (msgspec.MsgspecError, NotMoney) as error:
            raise BadDelegated(f"HOMEWARD_DELEGATED_AT_MOST: {error}") from None
        return cls({**dict.fromkeys(Authority, USUAL), **said})


FILES_WAIT_SECONDS = 30


class BadWait(ValueError):
    """`HOMEWARD_FILES_WAIT_SECONDS` does not say how long a sealed file waits."""


def files_wait(environment: Mapping[str, str]) -> timedelta:
    """How long a sealed file waits before it leaves: what the rules find of its payments, some ten
    seconds after the last signature, comes before that and stops it.
    """
    text = environment.get("HOMEWARD_FILES_WAIT_SECONDS") or str(FILES_WAIT_SECONDS)
    if re.fullmatch("[0-9]{1,5}", text) is None:
        raise BadWait("HOMEWARD_FILES_WAIT_SECONDS: a whole number of seconds, up to five digits")
    return timedelta(seconds=int(text))


class BadPercent(ValueError):
    """`HOMEWARD_RATES_WITHIN_PERCENT` does not say how far off a rate may be."""


def rates_within_percent(environment: Mapping[str, str]) -> int:
    """How far from the newest one of its pair a rate may be that nobody asks why."""
    text = environment.get("HOMEWARD_RATES_WITHIN_PERCENT") or str(FAR_OFF_PERCENT)
    if re.fullmatch("[1-9][0-9]?", text) is None:
        raise BadPercent("HOMEWARD_RATES_WITHIN_PERCENT: a whole number from 1 to 99")
    return int(text)
