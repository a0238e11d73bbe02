"""pain.001, the instruction to pay: deterministic bytes, valid against the schema.

Two versions are written, by what the bank of the debtor takes: .09 and the older .03, which knows
no UETR. The schema lets through much that a bank does not, so these rules stand beside it:

- the decimals of an amount are those of its currency (ISO 4217; the schema allows five);
- every transfer of a group is in the group's currency (one group per debtor account, currency
  and execution date);
- one EndToEndId appears once;
- names and references are in SWIFT's letters, and an address has a town and a country (no
  unstructured addresses from November 2026);
- `CtrlSum` is the plain sum of the figures, whatever their currencies.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from lxml import etree

from disbursement.iso20022.references import SWIFT_X
from disbursement.iso20022.schema import NotValid, validate
from events.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


class Message(StrEnum):
    """Which version a bank takes."""

    V03 = "pain.001.001.03"
    V09 = "pain.001.001.09"


class Scheme(StrEnum):
    """How an account is numbered."""

    IBAN = "iban"
    BBAN = "bban"
    """The bank's own number, in countries without an IBAN."""


@dataclass(frozen=True)
class BankAccount:
    scheme: Scheme
    number: str
    """Without spaces; at most 34 characters."""


@dataclass(frozen=True)
class Member:
    """A branch by the number under which it clears payments in its country."""

    number: str
    system: str | None = None
    """ISO's code for the country's clearing, where ISO has one: `INFSC` in India."""


@dataclass(frozen=True)
class Bank:
    """Known by its BIC, or else by its name and country; and by its branch where that is needed."""

    bic: str | None = None
    name: str | None = None
    country: str | None = None
    member: Member | None = None
    branch: str | None = None
    """The bank's own word for it, where it does not clear under a number."""


@dataclass(frozen=True)
class Party:
    name: str
    """In SWIFT's letters: `references.latin` makes them."""
    country: str
    """ISO 3166-1, two letters."""
    town: str


@dataclass(frozen=True)
class Transfer:
    end_to_end_id: str
    uetr: str
    amount: Money
    creditor: Party
    account: BankAccount
    bank: Bank
    remittance: str
    """What the creditor reads beside the money, at most 140 letters: `Invoice A-7`."""


@dataclass(frozen=True)
class Group:
    """Transfers of one currency from one account on one day."""

    debtor: Party
    account: BankAccount
    bank: Bank
    currency: str
    execution: date
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True)
class Instruction:
    """One file for the bank."""

    message_id: str
    """Unique per debtor for ever, at most 35 letters."""
    created_at: datetime
    initiator: str
    groups: tuple[Group, ...]

    @property
    def transfers(self) -> Iterator[Transfer]:
        return (transfer for group in self.groups for transfer in group.transfers)


def write(instruction: Instruction, message: Message = Message.V09) -> bytes:
    """The file's bytes, the same for the same instruction. `NotValid` when a bank would refuse."""
    _refuse_what_the_schema_lets_through(instruction)
    namespace = NAMESPACE + message
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]
    root = _add(document, "CstmrCdtTrfInitn")
    header = _add(root, "GrpHdr")
    _add(header, "MsgId", instruction.message_id)
    _add(header, "CreDtTm", f"{instruction.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _totals(header, tuple(instruction.transfers))
    _add(_add(header, "InitgPty"), "Nm", instruction.initiator)
    for number, group in enumerate(instruction.groups, start=1):
        _group(root, f"{instruction.message_id}-{number}", group, message)
    validate(document, message)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _refuse_what_the_schema_lets_through(instruction: Instruction) -> None:
    if not next(instruction.transfers, None):
        raise NotValid("an instruction without a transfer")
    seen = Counter(transfer.end_to_end_id for transfer in instruction.transfers)
    twice = sorted(reference for reference, times in seen.items() if times > 1)
    if twice:
        raise NotValid(f"EndToEndId {twice[0]} stands twice")
    _letters("MsgId", instruction.message_id)
    _letters("InitgPty", instruction.initiator)
    for group in instruction.groups:
        _party("Dbtr", group.debtor)
        for transfer in group.transfers:
            if transfer.amount.currency != group.currency:
                raise NotValid(
                    f"{transfer.end_to_end_id} is {transfer.amount.currency} in a group of "
                    f"{group.currency}"
                )
            if transfer.amount.minor <= 0:
                raise NotValid(f"{transfer.end_to_end_id} is for {transfer.amount!r}")
            _letters("EndToEndId", transfer.end_to_end_id)
            _letters("RmtInf", transfer.remittance)
            _party("Cdtr", transfer.creditor)
            _letters("CdtrAcct", transfer.account.number)
            _branch("CdtrAgt", transfer.bank)


def _party(where: str, party: Party) -> None:
    _letters(where, party.name)
    _letters(f"{where} town", party.town)


def _branch(where: str, bank: Bank) -> None:
    if bank.member is not None:
        _letters(f"{where} clearing", bank.member.number)
    if bank.branch is not None:
        _letters(f"{where} branch", bank.branch)


def _letters(where: str, text: str) -> None:
    """Personal values are not repeated in the message: it may reach a log."""
    if not text.strip():
        raise NotValid(f"{where} is empty")
    if not SWIFT_X.fullmatch(text):
        raise NotValid(f"{where} has letters that SWIFT does not carry")


def _group(root: etree._Element, identifier: str, group: Group, message: Message) -> None:
    info = _add(root, "PmtInf")
    _add(info, "PmtInfId", identifier)
    _add(info, "PmtMtd", "TRF")
    _totals(info, group.transfers)
    execution = group.execution.isoformat()
    match message:
        case Message.V03:
            _add(info, "ReqdExctnDt", execution)
        case Message.V09:
            _add(_add(info, "ReqdExctnDt"), "Dt", execution)
    _named(info, "Dbtr", group.debtor)
    account = _account(info, "DbtrAcct", group.account)
    _add(account, "Ccy", group.currency)
    _agent(info, "DbtrAgt", group.bank, message)
    _add(info, "ChrgBr", "SHAR")
    for transfer in group.transfers:
        _transfer(info, transfer, message)


def _transfer(info: etree._Element, transfer: Transfer, message: Message) -> None:
    tx = _add(info, "CdtTrfTxInf")
    references = _add(tx, "PmtId")
    _add(references, "InstrId", transfer.end_to_end_id)
    _add(references, "EndToEndId", transfer.end_to_end_id)
    if message is not Message.V03:
        _add(references, "UETR", transfer.uetr)
    amount = _add(_add(tx, "Amt"), "InstdAmt", transfer.amount.amount)
    amount.set("Ccy", transfer.amount.currency)
    _agent(tx, "CdtrAgt", transfer.bank, message)
    _named(tx, "Cdtr", transfer.creditor)
    _account(tx, "CdtrAcct", transfer.account)
    _add(_add(tx, "RmtInf"), "Ustrd", transfer.remittance)


def _totals(parent: etree._Element, transfers: tuple[Transfer, ...]) -> None:
    _add(parent, "NbOfTxs", str(len(transfers)))
    amounts = (Decimal(transfer.amount.amount) for transfer in transfers)
    _add(parent, "CtrlSum", str(sum(amounts, Decimal(0))))


def _named(parent: etree._Element, tag: str, party: Party) -> None:
    element = _add(parent, tag)
    _add(element, "Nm", party.name)
    address = _add(element, "PstlAdr")
    _add(address, "TwnNm", party.town)
    _add(address, "Ctry", party.country)


def _account(parent: etree._Element, tag: str, account: BankAccount) -> etree._Element:
    element = _add(parent, tag)
    identifier = _add(element, "Id")
    match account.scheme:
        case Scheme.IBAN:
            _add(identifier, "IBAN", account.number)
        case Scheme.BBAN:
            other = _add(identifier, "Othr")
            _add(other, "Id", account.number)
            _add(_add(other, "SchmeNm"), "Cd", "BBAN")
    return element


def _agent(parent: etree._Element, tag: str, bank: Bank, message: Message) -> None:
    agent = _add(parent, tag)
    institution = _add(agent, "FinInstnId")
    if bank.bic is not None:
        _add(institution, "BIC" if message is Message.V03 else "BICFI", bank.bic)
    if bank.member is not None:
        clearing = _add(institution, "ClrSysMmbId")
        if bank.member.system is not None:
            _add(_add(clearing, "ClrSysId"), "Cd", bank.member.system)
        _add(clearing, "MmbId", bank.member.number)
    if bank.name is not None:
        _add(institution, "Nm", bank.name)
    if bank.country is not None:
        _add(_add(institution, "PstlAdr"), "Ctry", bank.country)
    if bank.branch is not None:
        _add(_add(agent, "BrnchId"), "Id", bank.branch)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    """An element in its parent's namespace."""
    namespace, _, _ = parent.tag.partition("}")
    element = etree.SubElement(parent, f"{namespace}}}{tag}")
    element.text = text
    return element
