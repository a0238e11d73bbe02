"""One way to read what a bank leaves for us, whatever its format."""

from lxml import etree

from disbursement.bank import mt940
from disbursement.domain.bank_statement import Kind
from disbursement.iso20022 import camt
from disbursement.iso20022.answers import Told
from disbursement.iso20022.pain002 import statuses
from disbursement.iso20022.schema import NotReadable, parse
from disbursement.mobile_money import answers, statement


def is_ours(data: bytes) -> bool:
    """Whether it is what we write ourselves of a provider of mobile money, after asking it."""
    return answers.is_answer(data) or statement.is_statement(data)


def read(data: bytes) -> Told:
    """All that a file says, in its order. `NotReadable` for what is no answer that we know."""
    if answers.is_answer(data):
        return answers.read(data)
    if statement.is_statement(data):
        return statement.read(data)
    if mt940.is_mt940(data):
        return mt940.read(data)
    root = parse(data)
    message = root[0] if len(root) else root
    match etree.QName(message).localname:
        case "CstmrPmtStsRpt":
            return Told(tuple(statuses(message)))
        case "BkToCstmrStmt":
            return camt.told(message, "Stmt", Kind.STATEMENT)
        case "BkToCstmrAcctRpt":
            return camt.told(message, "Rpt", Kind.REPORT)
        case "BkToCstmrDbtCdtNtfctn":
            return camt.told(message, "Ntfctn", Kind.NOTICE)
        case other:
            raise NotReadable(f"neither pain.002, camt.05x nor MT940: {other:.40}")
