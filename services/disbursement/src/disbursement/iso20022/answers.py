"""What a bank answers: pain.002 (how an instruction fares), camt.053 and camt.054 (money moved).

Read by local names: banks write many versions, some in namespaces of their own, and the paths we
need have hardly changed between them. An answer is a claim to be weighed, never an instruction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from enum import StrEnum

from lxml import etree

from disbursement.iso20022.schema import NotReadable, parse
from events.money import Money, NotMoney, exponent

AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?", re.ASCII)
"""ActiveOrHistoricCurrencyAndAmount: figures, and at most five decimals. No sign, no exponent."""
NO_REASON = "NOREASON"
"""Stands for the reason of a return where the bank gives none."""


class Status(StrEnum):
    """How far the bank is. The ISO codes are in `BankStatus.code`."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    """Some transfers of the file or group are accepted; each has its own status."""
    SETTLED = "settled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """A code that is none of ours: a person looks."""


_STATUS = {
    "RCVD": Status.PENDING,
    "PDNG": Status.PENDING,
    "ACTC": Status.PENDING,
    "ACCP": Status.ACCEPTED,
    "ACSP": Status.ACCEPTED,
    "ACWC": Status.ACCEPTED,
    "ACWP": Status.ACCEPTED,
    "PART": Status.PARTLY,
    "ACSC": Status.SETTLED,
    "ACCC": Status.SETTLED,
    "RJCT": Status.REJECTED,
    "CANC": Status.REJECTED,
}


@dataclass(frozen=True)
class BankStatus:
    """One status out of a pain.002."""

    message_id: str
    """Of the answer itself."""
    original_message_id: str
    original_group_id: str | None
    """PmtInfId; with `end_to_end_id` None, the status is the group's."""
    end_to_end_id: str | None
    """None with `original_group_id` None: the status is the whole file's."""
    status: Status
    code: str
    """As the bank wrote it: `ACCP`, `RJCT`, …"""
    reasons: tuple[str, ...]
    """ISO external reason codes, such as `AC01`."""


class Direction(StrEnum):
    DEBIT = "debit"
    """Money left our account."""
    CREDIT = "credit"


@dataclass(frozen=True)
class BankEntry:
    """One movement on our account, out of a camt.053 or camt.054."""

    message_id: str
    statement: str
    """Of the statement or notification in the message."""
    line: int
    """Which transaction of that statement, from 1."""
    end_to_end_id: str | None
    amount: Money | None
    """None where the bank tells it only for several transactions together: a person looks."""
    direction: Direction
    booked: bool
    """False while the bank only announces it."""
    value_date: date | None
    bank_reference: str | None
    """AcctSvcrRef of the transaction, else of its entry."""
    return_reason: str | None
    """Set when it is money of ours that came back: the ISO reason code, or `NO_REASON`."""


BankAnswer = BankStatus | BankEntry


def read(data: bytes) -> list[BankAnswer]:
    """All answers of a file, in its order. `NotReadable` for what is none of the three kinds."""
    root = parse(data)
    message = root[0] if len(root) else root
    match etree.QName(message).localname:
        case "CstmrPmtStsRpt":
            return list(_statuses(message))
        case "BkToCstmrStmt":
            return list(_entries(message, "Stmt"))
        case "BkToCstmrDbtCdtNtfctn":
            return list(_entries(message, "Ntfctn"))
        case other:
            raise NotReadable(f"neither pain.002, camt.053 nor camt.054: {other:.40}")


def _statuses(message: etree._Element) -> Iterator[BankStatus]:
    message_id = _required(message, "GrpHdr/MsgId")
    original = _required(message, "OrgnlGrpInfAndSts/OrgnlMsgId")

    def status(
        element: etree._Element, tag: str, group: str | None, end_to_end: str | None
    ) -> Iterator[BankStatus]:
        code = _text(element, tag)
        if code is not None:
            known = _STATUS.get(code, Status.UNKNOWN)
            yield BankStatus(
                message_id, original, group, end_to_end, known, code, _reasons(element)
            )

    for whole in _all(message, "OrgnlGrpInfAndSts"):
        yield from status(whole, "GrpSts", None, None)
    for payments in [message, *_all(message, "OrgnlPmtInfAndSts")]:
        group = _text(payments, "OrgnlPmtInfId")
        yield from status(payments, "PmtInfSts", group, None)
        for transaction in _all(payments, "TxInfAndSts"):
            reference = _text(transaction, "OrgnlEndToEndId")
            reference = reference or _required(transaction, "OrgnlInstrId")
            yield from status(transaction, "TxSts", group, reference)


def _reasons(element: etree._Element) -> tuple[str, ...]:
    codes = (
        _text(info, "Rsn/Cd") or _text(info, "Rsn/Prtry") for info in _all(element, "StsRsnInf")
    )
    return tuple(code for code in codes if code)


def _entries(message: etree._Element, kind: str) -> Iterator[BankEntry]:
    message_id = _required(message, "GrpHdr/MsgId")
    for statement in _all(message, kind):
        identifier = _required(statement, "Id")
        line = 0
        for entry in _all(statement, "Ntry"):
            transactions = _all(entry, "NtryDtls/TxDtls")
            for own in transactions or [entry]:
                line += 1
                alone = len(transactions) <= 1
                yield _entry(message_id, identifier, line, entry, own, alone=alone)


def _entry(
    message_id: str,
    statement: str,
    line: int,
    entry: etree._Element,
    own: etree._Element,
    *,
    alone: bool,
) -> BankEntry:
    """A transaction (`own`) says for itself what it says; its entry speaks for the rest."""
    direction = _direction(_text(own, "CdtDbtInd") or _required(entry, "CdtDbtInd"))
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return BankEntry(
        message_id=message_id,
        statement=statement,
        line=line,
        end_to_end_id=_text(own, "Refs/EndToEndId"),
        amount=_money(own, entry, alone=alone),
        direction=direction,
        booked=status == "BOOK",
        value_date=_date(entry),
        bank_reference=_text(own, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef"),
        return_reason=_return_reason(own, entry, direction),
    )


def _return_reason(own: etree._Element, entry: etree._Element, direction: Direction) -> str | None:
    """Money comes back with `RtrInf`, or as a credit that is marked as a reversal."""
    for info in _all(own, "RtrInf"):
        return _text(info, "Rsn/Cd") or _text(info, "Rsn/Prtry") or NO_REASON
    reversal = _text(entry, "RvslInd") == "true" and direction is Direction.CREDIT
    return NO_REASON if reversal else None


def _direction(indicator: str) -> Direction:
    match indicator:
        case "DBIT":
            return Direction.DEBIT
        case "CRDT":
            return Direction.CREDIT
        case _:
            raise NotReadable("CdtDbtInd is neither CRDT nor DBIT")


def _money(own: etree._Element, entry: etree._Element, *, alone: bool) -> Money | None:
    """`Amt` (from version 4 on) or `AmtDtls/TxAmt/Amt`; the entry's when it has one transaction."""
    paths = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    found = next((amount for path in paths for amount in _all(own, path)), None)
    if found is None:
        if not alone:
            return None
        found = next(iter(_all(entry, "Amt")), None)
    if found is None:
        raise NotReadable("Amt is missing")
    currency, text = found.get("Ccy") or "", (found.text or "").strip()
    if not AMOUNT.fullmatch(text):
        raise NotReadable("an amount that is none")
    try:
        scaled = Decimal(text).scaleb(exponent(currency))
        if scaled != int(scaled):
            raise NotReadable(f"an amount finer than {currency} has minor units")
        return Money(int(scaled), currency)
    except (DecimalException, NotMoney) as error:
        raise NotReadable("an amount that is none") from error


def _date(entry: etree._Element) -> date | None:
    """The value date, the booking date where the bank gives none."""
    for path in ("ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm"):
        text = _text(entry, path)
        if text is not None:
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                raise NotReadable("a date that is none") from None
    return None


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{tag}" for tag in path.split("/")))


def _text(element: etree._Element, path: str) -> str | None:
    """The text at the path, None when there is none or it is blank."""
    found = _all(element, path)
    return (found[0].text or "").strip() or None if found else None


def _required(element: etree._Element, path: str) -> str:
    text = _text(element, path)
    if text is None:
        raise NotReadable(f"{path} is missing")
    return text
