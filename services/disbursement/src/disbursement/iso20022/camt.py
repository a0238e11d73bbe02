"""camt.052, camt.053 and camt.054: what moves on an account, told as a report of the day so far, as
the statement, or as a notice.
"""

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
from events.money import Money, total

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
        before = len(lines)
        transactions = every(entry, "NtryDtls/TxDtls")
        movement = _movement(entry, number, before, len(transactions) or 1)
        movements.append(movement)
        for own in transactions or [entry]:
            head = (message_id, identifier, len(lines) - began + 1)
            lines.append(_line(head, entry, own, movement, alone=len(transactions) <= 1))
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


def _movement(entry: etree._Element, number: int, before: int, lines: int) -> Movement:
    return Movement(
        entry=number,
        first=before + 1,
        last=before + lines,
        amount=_signed(entry),
        booked=(text(entry, "Sts/Cd") or text(entry, "Sts")) == "BOOK",
        value_date=_day(entry, VALUE_DAY),
        bank_reference=text(entry, "AcctSvcrRef"),
    )


def _line(
    head: tuple[str, str, int],
    entry: etree._Element,
    own: etree._Element,
    movement: Movement,
    *,
    alone: bool,
) -> BankEntry:
    """A transaction (`own`) says for itself what it says; its entry speaks for the rest."""
    message_id, statement, line = head
    whole = own is entry
    direction = _direction(text(own, "CdtDbtInd") or required(entry, "CdtDbtInd"))
    references = own.find("{*}Refs")
    details = own.find("{*}AmtDtls")
    instructed = _first(details, "InstdAmt/Amt") if details is not None else None
    amount = None if whole else _first(own, "Amt")
    if amount is None and details is not None:
        amount = _first(details, "TxAmt/Amt") or instructed
    if amount is None and alone:
        amount = -movement.amount if movement.amount.minor < 0 else movement.amount
    reference = mine = None
    if references is not None:
        reference, mine = text(references, "EndToEndId"), text(references, "AcctSvcrRef")
    return BankEntry(
        message_id=message_id,
        statement=statement,
        line=line,
        end_to_end_id=reference,
        amount=amount,
        direction=direction,
        booked=movement.booked,
        value_date=movement.value_date,
        bank_reference=mine or movement.bank_reference,
        return_reason=_return_reason(own, entry, direction),
        instructed=instructed,
        charges=_charges(own),
        group=text(entry, "NtryDtls/Btch/PmtInfId") if whole else None,
    )


def _charges(own: etree._Element) -> Money | None:
    """Of one currency, or not told: `Amt` alone is how camt of before 2013 told it."""
    told = [money(each) for each in (*every(own, "Chrgs/Rcrd/Amt"), *every(own, "Chrgs/Amt"))]
    if len({each.currency for each in told}) != 1:
        return None
    return total(told, told[0].currency)


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
