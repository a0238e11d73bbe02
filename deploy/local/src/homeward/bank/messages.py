"""What the bank writes: pain.002 (how an order fares), camt.054 and camt.053 (money moved)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree

from homeward.bank.orders import MESSAGES, Order

STATUS = "pain.002.001.12"
NOTIFICATION = "camt.054.001.08"
STATEMENT = "camt.053.001.08"


@dataclass(frozen=True)
class Verdict:
    """The bank's word on one transfer: ACCP, PDNG or RJCT."""

    code: str
    reason: str | None = None


@dataclass(frozen=True)
class Movement:
    """One booked movement on a customer's account."""

    reference: str
    """The bank's own, AcctSvcrRef."""
    message_id: str
    group: str
    end_to_end_id: str
    uetr: str | None
    amount: str
    currency: str
    returned: str | None
    """The reason, when it is money that came back."""

    @property
    def signed(self) -> Decimal:
        return Decimal(self.amount) if self.returned else -Decimal(self.amount)


@dataclass(frozen=True)
class Account:
    """A customer's account, as the customer writes it."""

    number: str
    scheme: str
    currency: str


def status_report(
    answer_id: str, at: datetime, order: Order, verdicts: dict[str, Verdict]
) -> bytes:
    """What the bank will do with each transfer of an order, by EndToEndId."""
    document, message = _document(STATUS, "CstmrPmtStsRpt")
    _header(message, answer_id, at)
    codes = {verdict.code for verdict in verdicts.values()}
    status = codes.pop() if len(codes) == 1 else "PART"
    _original(message, order.message_id, status, of=order.message)
    for group in order.groups:
        info = _add(message, "OrgnlPmtInfAndSts")
        _add(info, "OrgnlPmtInfId", group.id)
        for transfer in group.transfers:
            verdict = verdicts[transfer.end_to_end_id]
            tx = _add(info, "TxInfAndSts")
            _add(tx, "OrgnlInstrId", transfer.end_to_end_id)
            _add(tx, "OrgnlEndToEndId", transfer.end_to_end_id)
            _add(tx, "TxSts", verdict.code)
            if verdict.reason:
                _reason(_add(tx, "StsRsnInf"), verdict.reason)
    return _bytes(document)


def refusal(
    answer_id: str, at: datetime, message_id: str | None, reason: str, detail: str
) -> bytes:
    """The bank does not take the whole file."""
    document, message = _document(STATUS, "CstmrPmtStsRpt")
    _header(message, answer_id, at)
    original = _original(message, message_id or "NOTPROVIDED", "RJCT")
    info = _add(original, "StsRsnInf")
    _reason(info, reason)
    _add(info, "AddtlInf", detail[:105])
    return _bytes(document)


def notification(
    answer_id: str, at: datetime, account: Account, movements: Sequence[Movement]
) -> bytes:
    """Money has moved on the account."""
    document, message = _document(NOTIFICATION, "BkToCstmrDbtCdtNtfctn")
    _header(message, answer_id, at)
    body = _add(message, "Ntfctn")
    _add(body, "Id", answer_id)
    _add(body, "CreDtTm", _instant(at))
    _account(body, account)
    for movement in movements:
        _entry(body, movement, at)
    return _bytes(document)


def statement(
    answer_id: str,
    at: datetime,
    account: Account,
    movements: Sequence[Movement],
    *,
    number: int,
    opening: Decimal,
) -> bytes:
    """The account's `number`th statement: the movements between two balances."""
    document, message = _document(STATEMENT, "BkToCstmrStmt")
    _header(message, answer_id, at)
    body = _add(message, "Stmt")
    _add(body, "Id", answer_id)
    _add(body, "ElctrncSeqNb", str(number))
    _add(body, "CreDtTm", _instant(at))
    _account(body, account)
    closing = opening + sum((movement.signed for movement in movements), Decimal(0))
    for kind, balance in (("OPBD", opening), ("CLBD", closing)):
        element = _add(body, "Bal")
        _add(_add(_add(element, "Tp"), "CdOrPrtry"), "Cd", kind)
        _amount(element, str(abs(balance)), account.currency)
        _add(element, "CdtDbtInd", "DBIT" if balance < 0 else "CRDT")
        _add(_add(element, "Dt"), "Dt", at.date().isoformat())
    for movement in movements:
        _entry(body, movement, at)
    return _bytes(document)


def statement_mt940(
    answer_id: str,
    at: datetime,
    account: Account,
    movements: Sequence[Movement],
    *,
    number: int,
    opening: Decimal,
) -> bytes:
    """The same statement in the older format: the payment's reference is in field 86."""
    closing = opening + sum((movement.signed for movement in movements), Decimal(0))
    lines = [
        f":20:{answer_id[:16]}",
        f":25:{account.number}",
        f":28C:{number:05}/001",
        f":60F:{_balance(opening, at, account)}",
    ]
    for movement in movements:
        mark = "C" if movement.returned else "D"
        amount = movement.amount.replace(".", ",")
        amount = amount if "," in amount else f"{amount},"
        lines += [
            f":61:{at:%y%m%d%m%d}{mark}{amount}NTRFNONREF//{movement.reference}",
            f":86:/EREF/{movement.end_to_end_id}/",
        ]
        if movement.returned:
            lines.append(f"/RTRN/{movement.returned}/")
    lines += [f":62F:{_balance(closing, at, account)}", "-"]
    return "\r\n".join(lines).encode()


def _balance(amount: Decimal, at: datetime, account: Account) -> str:
    mark = "D" if amount < 0 else "C"
    figure = str(abs(amount)).replace(".", ",")
    return f"{mark}{at:%y%m%d}{account.currency}{figure if ',' in figure else figure + ','}"


def _entry(body: etree._Element, movement: Movement, at: datetime) -> None:
    direction = "CRDT" if movement.returned else "DBIT"
    entry = _add(body, "Ntry")
    _amount(entry, movement.amount, movement.currency)
    _add(entry, "CdtDbtInd", direction)
    _add(_add(entry, "Sts"), "Cd", "BOOK")
    for tag in ("BookgDt", "ValDt"):
        _add(_add(entry, tag), "Dt", at.date().isoformat())
    _add(entry, "AcctSvcrRef", movement.reference)
    domain = _add(_add(entry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", "ICDT")
    _add(family, "SubFmlyCd", "RRTN" if movement.returned else "XBCT")
    tx = _add(_add(entry, "NtryDtls"), "TxDtls")
    references = _add(tx, "Refs")
    _add(references, "MsgId", movement.message_id)
    _add(references, "AcctSvcrRef", movement.reference)
    _add(references, "PmtInfId", movement.group)
    _add(references, "EndToEndId", movement.end_to_end_id)
    if movement.uetr:
        _add(references, "UETR", movement.uetr)
    _amount(tx, movement.amount, movement.currency)
    _add(tx, "CdtDbtInd", direction)
    if movement.returned:
        _reason(_add(tx, "RtrInf"), movement.returned)


def _document(message: str, tag: str) -> tuple[etree._Element, etree._Element]:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]
    return document, _add(document, tag)


def _header(message: etree._Element, answer_id: str, at: datetime) -> None:
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", answer_id)
    _add(header, "CreDtTm", _instant(at))


def _original(
    message: etree._Element, message_id: str, status: str, *, of: str = MESSAGES[0]
) -> etree._Element:
    original = _add(message, "OrgnlGrpInfAndSts")
    _add(original, "OrgnlMsgId", message_id)
    _add(original, "OrgnlMsgNmId", of)
    _add(original, "GrpSts", status)
    return original


def _reason(parent: etree._Element, code: str) -> None:
    _add(_add(parent, "Rsn"), "Cd", code)


def _account(body: etree._Element, account: Account) -> None:
    element = _add(body, "Acct")
    identifier = _add(element, "Id")
    if account.scheme == "iban":
        _add(identifier, "IBAN", account.number)
    else:
        _add(_add(identifier, "Othr"), "Id", account.number)
    _add(element, "Ccy", account.currency)


def _amount(parent: etree._Element, amount: str, currency: str) -> None:
    _add(parent, "Amt", amount).set("Ccy", currency)


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    namespace = etree.QName(parent).namespace
    element = etree.SubElement(parent, f"{{{namespace}}}{tag}")
    element.text = text
    return element


def _bytes(document: etree._Element) -> bytes:
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
