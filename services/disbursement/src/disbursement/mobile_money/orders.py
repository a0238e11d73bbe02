"""Requests to a provider of mobile money: deterministic bytes, in the words of GSMA 1.2."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from disbursement.iso20022.pain001 import Transfer
from events.money import Money

BEGINNING = b'{"mobile_money":"1.2"'
VERSION = "1.2"


class Party(msgspec.Struct, frozen=True):
    """One identifier of one side of a transaction."""

    key: str
    value: str


class Transaction(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A request body of `POST /transactions/type/disbursement`."""

    amount: str
    currency: str
    credit_party: tuple[Party, ...]
    debit_party: tuple[Party, ...]
    requesting_organisation_transaction_reference: str
    description_text: str
    request_date: str


class Order(msgspec.Struct, frozen=True):
    """One payment: under which correlation id it is asked for, and what is asked."""

    correlation: str
    transaction: Transaction

    @property
    def reference(self) -> str:
        return self.transaction.requesting_organisation_transaction_reference


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a file for one provider."""

    mobile_money: str = VERSION
    message_id: str
    provider: str
    orders: tuple[Order, ...]


def write(
    message_id: str, provider: str, payer: str, transfers: Sequence[Transfer], created_at: datetime
) -> bytes:
    """The same bytes for the same payments. `payer`: our own account with the provider."""
    return msgspec.json.encode(
        Orders(
            message_id=message_id,
            provider=provider,
            orders=tuple(_order(each, payer, created_at) for each in transfers),
        )
    )


def _order(transfer: Transfer, payer: str, created_at: datetime) -> Order:
    return Order(
        correlation=transfer.uetr,
        transaction=Transaction(
            amount=figure(transfer.amount),
            currency=transfer.amount.currency,
            credit_party=(Party("msisdn", f"+{transfer.account.number}"),),
            debit_party=(Party("accountid", payer),),
            requesting_organisation_transaction_reference=transfer.end_to_end_id,
            description_text=transfer.remittance,
            request_date=created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
    )


def figure(amount: Money) -> str:
    """Without trailing zeros: the use-case specifications refuse `5.00`, and all take `5`."""
    units, point, rest = amount.to_wire()["amount"].partition(".")
    rest = rest.rstrip("0")
    return f"{units}{point}{rest}" if rest else units


def is_orders(content: bytes) -> bool:
    """Whether a sealed file is for a provider of mobile money."""
    return content.startswith(BEGINNING)


def read(content: bytes) -> Orders:
    """A file that `write` made."""
    return msgspec.json.decode(content, type=Orders)
