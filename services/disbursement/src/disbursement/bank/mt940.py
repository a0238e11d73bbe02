"""MT940, the older statement: the same lines and balances as out of a camt.053.

The payment's reference is too long for the 16 letters of field 61, so banks carry it in field 86,
as `/EREF/…/` or, in German-speaking countries, as `?20EREF+…` which goes on in `?21`. A reversal of
a debit (`RD`) is money of ours that came back; one of a credit (`RC`) is money that left.
"""

import re
from datetime import date
from typing import Any

import mt940
from mt940.options import Options

from disbursement.domain.bank_statement import Kind
from disbursement.iso20022.answers import (
    NO_REASON,
    BankEntry,
    BankStatement,
    Direction,
    Movement,
    Told,
    exact,
)
from disbursement.iso20022.schema import FILE_MAX_BYTES, NotReadable
from events.money import Money

BEGINNING = re.compile(r"^:20:", re.MULTILINE)
EREF = re.compile(r"EREF[+/]([^/+]+?)(?=/|[A-Z]{4}\+|$)")
RETURN = re.compile(r"/RTRN/([A-Z0-9]{4})|RTRN\+([A-Z0-9]{4})")
NONE = ("NONREF", "NOTPROVIDED", "")
DEBITS = ("D", "RC")
REVERSED_DEBIT = "RD"


def is_mt940(data: bytes) -> bool:
    """Whether the file begins as a statement in MT940 does, within SWIFT's blocks or without."""
    return data.lstrip(b"\xef\xbb\xbf \r\n").startswith((b":20:", b"{1:", b"{4:", b"\x01{1:"))


def read(data: bytes) -> Told:
    """All statements of the file; `NotReadable` for what is none."""
    if len(data) > FILE_MAX_BYTES:
        raise NotReadable(f"larger than {FILE_MAX_BYTES} bytes")
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    starts = [found.start() for found in BEGINNING.finditer(text)]
    if not starts:
        raise NotReadable("an MT940 without a statement")
    lines: list[BankEntry] = []
    statements = [
        _statement(text[start:end], lines)
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    return Told(tuple(lines), tuple(statements))


def _statement(text: str, lines: list[BankEntry]) -> BankStatement:
    """Its lines go to the others of the file."""
    try:
        parsed = mt940.parse(text, options=Options.all())
        return _understood(parsed, lines)
    except NotReadable:
        raise
    except (ArithmeticError, AttributeError, KeyError, RuntimeError, TypeError, ValueError):
        raise NotReadable("an MT940 that does not follow its format") from None


def _understood(parsed: Any, lines: list[BankEntry]) -> BankStatement:
    told = parsed.data
    number = f"{told['statement_number']}/{told.get('sequence_number') or 1}"
    opening, _ = _balance(told, "final_opening_balance", "intermediate_opening_balance")
    closing, day = _balance(told, "final_closing_balance", "intermediate_closing_balance")
    movements: list[Movement] = []
    for entry, transaction in enumerate(parsed, start=1):
        line = _line(transaction.data, told["transaction_reference"], entry)
        lines.append(line)
        movements.append(_movement(line, len(lines)))
    return BankStatement(
        kind=Kind.STATEMENT,
        identifier=told["transaction_reference"],
        page=number,
        account=told["account_identification"].replace(" ", ""),
        opening=opening,
        closing=closing,
        closed_on=day,
        movements=tuple(movements),
    )


def _balance(told: dict[str, Any], *names: str) -> tuple[Money | None, date | None]:
    """And its day."""
    for name in names:
        if name in told:
            balance = told[name]
            return exact(balance.amount.amount, balance.amount.currency), _date(balance.date)
    return None, None


def _line(told: dict[str, Any], message: str, entry: int) -> BankEntry:
    debit = told["status"] in DEBITS
    details = told.get("transaction_details") or ""
    reference = told.get("end_to_end_reference") or _reference(details)
    return BankEntry(
        message_id=message,
        statement=message,
        line=entry,
        end_to_end_id=_said(reference) or _said(told.get("customer_reference")),
        amount=_unsigned(told["amount"]),
        direction=Direction.DEBIT if debit else Direction.CREDIT,
        booked=True,
        value_date=_date(told["date"]),
        bank_reference=told.get("bank_reference") or None,
        return_reason=_return_reason(told["status"], details),
    )


def _movement(line: BankEntry, number: int) -> Movement:
    assert line.amount is not None, "each line has its own"
    return Movement(
        entry=line.line,
        first=number,
        last=number,
        amount=-line.amount if line.direction is Direction.DEBIT else line.amount,
        booked=True,
        value_date=line.value_date,
        bank_reference=line.bank_reference,
    )


def _unsigned(amount: Any) -> Money:
    return exact(abs(amount.amount), amount.currency)


def _reference(details: str) -> str | None:
    """Out of field 86, whose lines break anywhere."""
    found = EREF.search(re.sub(r"\?2[0-9]|\n", "", details))
    return found[1] if found else None


def _said(reference: str | None) -> str | None:
    told = (reference or "").strip()
    return None if told in NONE else told


def _return_reason(mark: str, details: str) -> str | None:
    found = RETURN.search(details)
    if found:
        return found[1] or found[2]
    return NO_REASON if mark == REVERSED_DEBIT else None


def _date(told: Any) -> date:
    return date(told.year, told.month, told.day)
