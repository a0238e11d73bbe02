"""camt.052, camt.053 and camt.054: what moves on an account, told as a report of the day so far, as
the statement, or as a notice.
"""

from collections.abc import Iterator
from datetime import date

from lxml import etree

from disbursement.domain.bank_statement import Kind
from disbursement.iso20022.answers import (
    NO_REASON,
    BankEntry,
    BankStatement,
    Direction,
    Movement,
    Told,
)
from disbursement.iso20022.elements import every, money, required, text
from disbursement.iso20022.schema import NotReadable
from events.money import Money

OPENINGS = ("OPBD", "PRCD", "ITBD")
"""What a page begins with, the best first: opening, previously closed, or carried over."""
CLOSINGS = ("CLBD", "ITBD")
VALUE_DAY = ("ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm")
"""The booking date where the bank gives no value date."""
BALANCE_DAY = ("Dt/Dt", "Dt/DtTm")
RETURNED = "RRTN"
"""The bank transaction sub-family of money that comes back."""


def told(message: etree._Element, tag: str, kind: Kind) -> Told:
    message_id = required(message, "GrpHdr/MsgId")
    lines: list[BankEntry] = []
    statements = tuple(
        _statement(element, message_id, kind, lines) for element in every(message, tag)
    )
    return Told(tuple(lines), statements)


def _statement(
    element: etree._Element, message_id: str, kind: Kind, lines: list[BankEntry]
) -> BankStatement:
    """Its lines go to the others of the file."""
    identifier = required(element, "Id")
    began, movements = len(lines), []
    for number, entry in enumerate(every(element, "Ntry"), start=1):
        first = len(lines) + 1
        lines += _lines(entry, message_id, identifier, since=began - len(lines))
        movements.append(_movement(entry, number, first, len(lines)))
    opening = _balance(element, OPENINGS, last=False)
    closing = _balance(element, CLOSINGS, last=True)
    page = text(element, "StmtPgntn/PgNb") or text(element, "RptPgntn/PgNb")
    page = page or text(element, "NtfctnPgntn/PgNb")
    return BankStatement(
        kind=kind,
        identifier=identifier,
        page=page or "1",
        account=text(element, "Acct/Id/IBAN") or text(element, "Acct/Id/Othr/Id"),
        opening=_signed(opening) if opening is not None else None,
        closing=_signed(closing) if closing is not None else None,
        closed_on=_day(closing, BALANCE_DAY) if closing is not None else None,
        movements=tuple(movements),
    )


def _balance(
    statement: etree._Element, kinds: tuple[str, ...], *, last: bool
) -> etree._Element | None:
    found: dict[str | None, list[etree._Element]] = {}
    for balance in every(statement, "Bal"):
        found.setdefault(text(balance, "Tp/CdOrPrtry/Cd"), []).append(balance)
    for kind in kinds:
        if kind in found:
            return found[kind][-1 if last else 0]
    return None


def _signed(element: etree._Element) -> Money:
    """The amount of an entry or a balance; below zero for a debit."""
    amount = element.find("{*}Amt")
    if amount is None:
        raise NotReadable("Amt is missing")
    debit = _direction(required(element, "CdtDbtInd")) is Direction.DEBIT
    return -money(amount) if debit else money(amount)


def _movement(entry: etree._Element, number: int, first: int, last: int) -> Movement:
    return Movement(
        entry=number,
        first=first,
        last=last,
        amount=_signed(entry),
        booked=_booked(entry),
        value_date=_day(entry, VALUE_DAY),
        bank_reference=text(entry, "AcctSvcrRef"),
    )


def _lines(
    entry: etree._Element, message_id: str, statement: str, *, since: int
) -> Iterator[BankEntry]:
    """One for each transaction of the entry; one for an entry that tells none, or only how many."""
    transactions = every(entry, "NtryDtls/TxDtls")
    for number, own in enumerate(transactions or [entry], start=1):
        direction = _direction(text(own, "CdtDbtInd") or required(entry, "CdtDbtInd"))
        yield BankEntry(
            message_id=message_id,
            statement=statement,
            line=number - since,
            end_to_end_id=text(own, "Refs/EndToEndId"),
            amount=_money(own, entry, alone=len(transactions) <= 1),
            direction=direction,
            booked=_booked(entry),
            value_date=_day(entry, VALUE_DAY),
            bank_reference=text(own, "Refs/AcctSvcrRef") or text(entry, "AcctSvcrRef"),
            return_reason=_return_reason(own, entry, direction),
            instructed=_first(own, "AmtDtls/InstdAmt/Amt"),
            group=None if transactions else text(entry, "NtryDtls/Btch/PmtInfId"),
        )


def _booked(entry: etree._Element) -> bool:
    return (text(entry, "Sts/Cd") or text(entry, "Sts")) == "BOOK"


def _return_reason(own: etree._Element, entry: etree._Element, direction: Direction) -> str | None:
    """Money comes back with `RtrInf`, or as a credit that is marked as a reversal or a return."""
    for info in every(own, "RtrInf"):
        return text(info, "Rsn/Cd") or text(info, "Rsn/Prtry") or NO_REASON
    if direction is Direction.DEBIT:
        return None
    codes = (text(each, "BkTxCd/Domn/Fmly/SubFmlyCd") for each in (own, entry))
    back = text(entry, "RvslInd") == "true" or RETURNED in codes
    return NO_REASON if back else None


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
    found = next((amount for path in paths if (amount := _first(own, path)) is not None), None)
    if found is None and alone:
        found = _first(entry, "Amt")
        if found is None:
            raise NotReadable("Amt is missing")
    return found


def _first(element: etree._Element, path: str) -> Money | None:
    found = every(element, path)
    return money(found[0]) if found else None


def _day(element: etree._Element, paths: tuple[str, ...]) -> date | None:
    for path in paths:
        found = text(element, path)
        if found is not None:
            try:
                return date.fromisoformat(found[:10])
            except ValueError:
                raise NotReadable("a date that is none") from None
    return None
