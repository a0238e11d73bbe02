"""An order on paper: the same bytes each time, right in every script, on file like any document."""

import hashlib
import json
import re
import struct
import zlib
from typing import Any

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import httpx
import pytest
import segno
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import ACCOUNT, OVENS, on_order

from disbursement.domain.commitment import Commitment, commitment
from disbursement.orders import Addressee, Buyer, Language
from disbursement.orders.paper import order_digest, order_paper, words
from events.canonical import canonical

US = Buyer("Returns Agency", "Kosice, SK")
EVERY_SCRIPT = "Lò bánh Ánh Sáng / أفران / Пекарня / Ľubica Šťastná"
INJECTED = '#panic("run") *bold* $x$ \\ @label'


def ordered() -> Commitment:
    state = commitment.fold(on_order)
    assert state is not None
    return state


def to(name: str = "أفران النور 24") -> Addressee:
    return Addressee(OVENS, name, "Al-Noor Ovens", "بغداد")


@pytest.mark.parametrize("language", Language)
def test_of_equal_facts_it_is_the_same_bytes(language: Language) -> None:
    first = order_paper(ordered(), to(), US, language)
    assert first.startswith(b"%PDF-")
    assert order_paper(ordered(), to(), US, language) == first


def test_another_name_or_language_is_another_paper() -> None:
    made = {
        order_paper(ordered(), to(name), US, language)
        for name in ("Ovens", "Other Ovens")
        for language in (Language.ARABIC, Language.VIETNAMESE)
    }
    assert len(made) == 4


def test_every_language_has_every_word_in_its_own_letters() -> None:
    assert set(words()) == set(Language)
    for language in set(Language) - {Language.ENGLISH}:
        own = words()[language]
        assert set(own) == set(words()["en"]) - {"check"}
        assert not set(own.values()) & set(words()["en"].values())


def glyphs(font: bytes) -> set[int]:
    """The characters that a font file has, by its table `cmap` of format 4 and 12."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {font[12 + 16 * n : 16 + 16 * n]: 12 + 16 * n for n in range(count)}
    start = struct.unpack_from(">I", font, tables[b"cmap"] + 8)[0]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">I", font, start + 8 + 8 * n)[0]
        if struct.unpack_from(">H", font, at)[0] == 12:
            for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                found |= set(range(first, last + 1))
        elif struct.unpack_from(">H", font, at)[0] == 4:
            size = struct.unpack_from(">H", font, at + 6)[0]
            ends = struct.unpack_from(f">{size // 2}H", font, at + 14)
            starts = struct.unpack_from(f">{size // 2}H", font, at + 16 + size)
            for first, last in zip(starts, ends, strict=True):
                found |= set(range(first, last + 1))
    return found


def test_every_letter_has_a_glyph_in_the_fonts_that_come_with_it() -> None:
    fonts = (fontpkg_noto_sans, fontpkg_noto_sans_arabic)
    paths = [path for each in fonts for path in (each.ROOT / "files").glob("*.ttf")]
    has = set().union(*(glyphs(path.read_bytes()) for path in paths))
    said = {letter for own in words().values() for text in own.values() for letter in text}
    assert {letter for letter in said | set(EVERY_SCRIPT) if ord(letter) not in has} == set()
    assert ord("漢") not in has, "it would be seen"


def unfolded(pdf: bytes) -> bytes:
    """All streams of the file, inflated."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    out = b""
    for each in found:
        try:
            out += zlib.decompress(each)
        except zlib.error:
            out += each
    return out


def test_what_a_name_says_is_set_and_never_run() -> None:
    made = order_paper(ordered(), to(INJECTED), US, Language.ENGLISH)
    assert made.startswith(b"%PDF-")


def test_it_is_archival_and_names_neither_case_nor_returnee() -> None:
    made = order_paper(ordered(), to(), US, Language.ENGLISH)
    assert b"pdfaid:part" in made
    for hidden in (ordered().case, ordered().plan, ordered().programme, ordered().counsellor):
        assert hidden.encode() not in made + unfolded(made)


def test_its_code_holds_number_total_and_the_digest_of_the_order() -> None:
    seen: dict[str, Any] = {}

    def make(text: str, **how: Any) -> Any:
        seen["text"] = text
        return real(text, **how)

    real = segno.make
    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(segno, "make", make)
        order_paper(ordered(), to(), US, Language.ENGLISH)
    assert seen["text"] == (
        f"homeward:order?number=PO-118&total=1400000.000+IQD&sha256={order_digest(ordered())}"
    )


def test_anybody_makes_the_digest_from_the_events() -> None:
    order = json.loads(canonical(ordered().order))
    again = canonical([ordered().id, ordered().vendor, order])
    assert hashlib.sha256(again).hexdigest() == order_digest(ordered())


# Over HTTP


async def prints(till: Cashier, commitment: str, language: str = "ar") -> httpx.Response:
    asked = {"commitment": commitment.rpartition("/")[2], "language": language}
    return await till.hana.post("/v1/order-papers", asked)


async def test_an_order_is_printed_once_and_read_by_its_digest(till: Cashier) -> None:
    path = await chain.ordered(till)
    printed = ok(await prints(till, path), 201)
    again = ok(await prints(till, path), 201)
    assert printed == again
    read = await till.hana.get(f"/v1/documents/{printed['document']}")
    assert read.content.startswith(b"%PDF-")
    assert len(read.content) == printed["size"]
    await till.settle()
    assert (await till.told())[-2:] == ["document_kept", "document_read"]


async def test_what_is_not_ordered_is_not_printed(till: Cashier) -> None:
    line = await chain.funded(till)
    new = await chain.committed(till, line)
    assert refused(await prints(till, new)) == (409, "CommitmentIsAt")
    assert refused(await prints(till, "com_nobody")) == (404, "NoSuchCommitment")
    assert refused(await prints(till, new, language="xx")) == (422, "body_invalid")


async def test_while_vendors_is_away_it_is_asked_again_and_an_erased_vendor_gets_none(
    till: Cashier,
) -> None:
    path = await chain.ordered(till)
    till.payees.is_down = True
    assert refused(await prints(till, path))[0] == 503
    till.payees.is_down = False
    till.payees.erased = {ACCOUNT}
    assert refused(await prints(till, path)) == (409, "person_erased")
