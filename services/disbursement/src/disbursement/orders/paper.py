"""An order as a PDF: of equal facts the same bytes, so that it is one document however often made.

The text is set by typst (https://typst.app), which shapes Arabic and Vietnamese. What the order
says is handed to it as data, so that nothing in a name is run. The code is a QR code (ISO 18004)
that a vendor or an auditor reads with a telephone: number, total, and the digest of the order as
the events have it.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urlencode

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import msgspec
import segno
import typst

from disbursement.domain.commitment import Commitment
from disbursement.orders import Addressee, Buyer, Language
from events.canonical import canonical
from events.money import Money
from events.values import Digest

ARCHIVAL: Literal["a-3b"] = "a-3b"
"""PDF/A-3b: it looks the same in ten years."""
CODE_MODULES = 3


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """What stands on an order, by language."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


@cache
def _fonts() -> typst.Fonts:
    """Two families, and none of the machine's: the same order looks the same everywhere."""
    folders = [str(each.ROOT / "files") for each in (fontpkg_noto_sans, fontpkg_noto_sans_arabic)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def order_digest(of: Commitment) -> Digest:
    """SHA-256 over the order in canonical JSON, as anybody makes it from the events."""
    assert of.order is not None, "an order that was not issued"
    return Digest(hashlib.sha256(canonical([of.id, of.vendor, of.order])).hexdigest())


def order_number(of: Commitment) -> str:
    """The order's number; when it was amended, with its version, that nobody mixes them up."""
    assert of.order is not None, "an order that was not issued"
    version = of.order_version
    return of.order.number if version == 1 else f"{of.order.number}/{version}"


def order_paper(of: Commitment, to: Addressee, by: Buyer, language: Language) -> bytes:
    """The PDF."""
    told = _told(of, to, by, language)
    assert of.order is not None, "an order that was not issued"
    inputs = {"told": msgspec.json.encode(told).decode(), "code": _code(told, str(of.amount))}
    issued = datetime.combine(of.order.issued, time(), UTC)
    made = typst.compile(
        (files(__package__) / "order.typ").read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=ARCHIVAL,
        timestamp=issued,
    )
    assert isinstance(made, bytes), "one document"
    return made


def _told(of: Commitment, to: Addressee, by: Buyer, language: Language) -> dict[str, Any]:
    order = of.order
    assert order is not None, "an order that was not issued"
    day = order.issued
    return {
        "number": order_number(of),
        "commitment": of.id,
        "digest": order_digest(of),
        "language": language,
        "right_to_left": language is Language.ARABIC,
        "words": {"en": words()["en"], "own": words()[language]},
        "buyer": by.name,
        "buyer_place": by.place,
        "vendor": to,
        "issued": day.isoformat(),
        "issued_on": {"year": day.year, "month": day.month, "day": day.day},
        "deliver_by": order.deliver_by.isoformat(),
        "lines": [
            {
                "line": str(line.line),
                "goods": line.spec.replace("_", " "),
                "quantity": f"{line.quantity:,}",
                "unit_price": f"{line.unit_price}",
                "amount": f"{_times(line.unit_price, line.quantity)}",
            }
            for line in order.lines
        ],
        "total": f"{of.amount}",
    }


def _times(price: Money, quantity: int) -> Money:
    return Money(price.minor * quantity, price.currency)


def _code(told: Mapping[str, Any], total: str) -> str:
    """The QR code, as SVG."""
    said = {"number": told["number"], "total": total, "sha256": told["digest"]}
    drawn = BytesIO()
    code = segno.make(f"homeward:order?{urlencode(said)}", error="m", micro=False)
    code.save(drawn, kind="svg", scale=CODE_MODULES, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
