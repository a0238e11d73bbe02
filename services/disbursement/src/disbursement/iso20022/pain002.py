"""pain.002: how an instruction fares, of the whole file, of a group or of one transfer."""

from collections.abc import Iterator

from lxml import etree

from disbursement.iso20022.answers import BankStatus, Status
from disbursement.iso20022.elements import every, required, text

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


def statuses(message: etree._Element) -> Iterator[BankStatus]:
    message_id = required(message, "GrpHdr/MsgId")
    original = required(message, "OrgnlGrpInfAndSts/OrgnlMsgId")

    def status(
        element: etree._Element, tag: str, group: str | None, end_to_end: str | None
    ) -> Iterator[BankStatus]:
        code = text(element, tag)
        if code is not None:
            known = _STATUS.get(code, Status.UNKNOWN)
            yield BankStatus(
                message_id, original, group, end_to_end, known, code, _reasons(element)
            )

    for whole in every(message, "OrgnlGrpInfAndSts"):
        yield from status(whole, "GrpSts", None, None)
    for payments in [message, *every(message, "OrgnlPmtInfAndSts")]:
        group = text(payments, "OrgnlPmtInfId")
        yield from status(payments, "PmtInfSts", group, None)
        for transaction in every(payments, "TxInfAndSts"):
            reference = text(transaction, "OrgnlEndToEndId")
            reference = reference or required(transaction, "OrgnlInstrId")
            yield from status(transaction, "TxSts", group, reference)


def _reasons(element: etree._Element) -> tuple[str, ...]:
    codes = (
        text(info, "Rsn/Cd") or text(info, "Rsn/Prtry") for info in every(element, "StsRsnInf")
    )
    return tuple(code for code in codes if code)
