"""Paths in a bank's message, by local names: banks write many versions, some in namespaces of
their own, and the paths that we need have hardly changed between them.
"""

import re
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from disbursement.iso20022.answers import exact
from disbursement.iso20022.schema import NotReadable
from events.money import Money

AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?", re.ASCII)
"""ActiveOrHistoricCurrencyAndAmount: figures, and at most five decimals. No sign, no exponent."""


@lru_cache(maxsize=256)
def _path(path: str) -> str:
    return "/".join(f"{{*}}{tag}" for tag in path.split("/"))


def every(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(_path(path))


def text(element: etree._Element, path: str) -> str | None:
    """The text at the path, None when there is none or it is blank."""
    found = element.find(_path(path))
    return (found.text or "").strip() or None if found is not None else None


def required(element: etree._Element, path: str) -> str:
    found = text(element, path)
    if found is None:
        raise NotReadable(f"{path} is missing")
    return found


def money(amount: etree._Element) -> Money:
    """An `Amt` with its `Ccy`."""
    figures = (amount.text or "").strip()
    if not AMOUNT.fullmatch(figures):
        raise NotReadable("an amount that is none")
    return exact(Decimal(figures), amount.get("Ccy") or "")
