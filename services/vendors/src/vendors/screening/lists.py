"""Sanctions lists as their publishers write them: the UN's, the EU's and OFAC's XML, one shape.

UN: Security Council Consolidated List, `sanctions.xsd`. EU: consolidated financial sanctions list,
`http://eu.europa.ec/fpi/fsd/export` 1.1. OFAC: Specially Designated Nationals, `sdn.xsd`. Which of
them a file is, its root element tells. Namespaces are not asked: the publishers change them.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

Element = Any


class Source(StrEnum):
    """Who publishes the list."""

    UN = "un"
    EU = "eu"
    OFAC = "ofac"


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """One name of one who is listed."""

    entry: str
    """The publisher's own reference: QDi.001, EU.36.64, 7157."""
    name: str
    weak: bool
    """The publisher says that it alone identifies nobody."""
    person: bool
    spellings: tuple[str, ...] = ()
    """How a name in the Arabic script may be written in Latin letters."""


class SanctionsList(msgspec.Struct, frozen=True):
    """One version of a list."""

    source: Source
    version: str
    dated: date
    digest: str
    """SHA-256 of the file."""
    entries: int
    names: tuple[Listed, ...]


class NotAList(ValueError):
    """The file is no sanctions list that is known here."""


def read_list(content: bytes) -> SanctionsList:
    """The list in this file. `NotAList`."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        raise NotAList(f"it is not well-formed XML: {error}") from None
    except DefusedXmlException:
        raise NotAList("it declares a document type or entities, which no list does") from None
    known = _PUBLISHERS.get(_tag(root))
    if known is None:
        raise NotAList(f"its root element is {_tag(root)[:60]}")
    source, about, listed = known
    try:
        version, dated = about(root)
    except ValueError:
        raise NotAList("it does not say when it was made") from None
    names = tuple(dict.fromkeys(each for each in listed(root) if each.name and each.entry))
    if not names:
        raise NotAList("there is nobody on it")
    entries = len({each.entry for each in names})
    return SanctionsList(
        source, version, dated, hashlib.sha256(content).hexdigest(), entries, names
    )


# United Nations


def _un_about(root: Element) -> tuple[str, date]:
    made = datetime.fromisoformat(root.get("dateGenerated", ""))
    return made.date().isoformat(), made.date()


def _un_names(root: Element) -> Iterator[Listed]:
    for kind, person in (("INDIVIDUAL", True), ("ENTITY", False)):
        for each in root.iter(kind):
            entry = _text(each, "REFERENCE_NUMBER")
            parts = [_text(each, f"{number}_NAME") for number in _UN_NAMES]
            told = [(_one(*parts), False), (_text(each, "NAME_ORIGINAL_SCRIPT"), False)]
            for alias in each.findall(f"{kind}_ALIAS"):
                weak = _text(alias, "QUALITY").casefold() == "low"
                told.append((_text(alias, "ALIAS_NAME"), weak))
            for names, weak in told:
                yield from (Listed(entry, name, weak, person) for name in _several(names))


_UN_NAMES = ("FIRST", "SECOND", "THIRD", "FOURTH")
_ASIDE = re.compile(r"\([^)]*\)|,? born .*", re.IGNORECASE)
_AND_ANOTHER = re.compile(r"[;؛]|(?:^|\s)[a-z]\)\s")


def _several(text: str) -> Iterator[str]:
    """The UN writes several spellings into one field, and remarks in brackets beside them."""
    return (_one(name) for name in _AND_ANOTHER.split(_ASIDE.sub(" ", text)))


# European Union


def _eu_about(root: Element) -> tuple[str, date]:
    made = datetime.fromisoformat(root.get("generationDate", ""))
    file = root.get("globalFileId", "")
    return f"{made.date().isoformat()}:{file}" if file.isalnum() else made.date().isoformat(), (
        made.date()
    )


def _eu_names(root: Element) -> Iterator[Listed]:
    for each in _all(root, "sanctionEntity"):
        entry = each.get("euReferenceNumber") or each.get("logicalId", "")
        person = any(kind.get("code") == "person" for kind in _all(each, "subjectType"))
        for alias in _all(each, "nameAlias"):
            parts = [alias.get(f"{part}Name", "") for part in ("first", "middle", "last")]
            whole = _one(alias.get("wholeName", "")) or _one(*parts)
            yield Listed(entry, whole, alias.get("strong") == "false", person)


# Office of Foreign Assets Control


def _ofac_about(root: Element) -> tuple[str, date]:
    told = next((_one(each.text or "") for each in _all(root, "Publish_Date")), "")
    made = datetime.strptime(told, "%m/%d/%Y").date()  # noqa: DTZ007  a day, without a time
    return made.isoformat(), made


def _ofac_names(root: Element) -> Iterator[Listed]:
    for each in _all(root, "sdnEntry"):
        told = _children(each)
        entry = told.get("uid", "")
        kind = told.get("sdnType", "")
        if kind not in ("Individual", "Entity"):
            continue  # ships and aircraft sell nothing to us
        person = kind == "Individual"
        yield Listed(
            entry, _one(told.get("firstName", ""), told.get("lastName", "")), False, person
        )
        for alias in _all(each, "aka"):
            also = _children(alias)
            name = _one(also.get("firstName", ""), also.get("lastName", ""))
            yield Listed(entry, name, also.get("category") == "weak", person)


# Reading XML


def _tag(element: Element) -> str:
    """Without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _all(element: Element, tag: str) -> Iterator[Element]:
    return (each for each in element.iter() if _tag(each) == tag)


def _children(element: Element) -> Mapping[str, str]:
    return {_tag(each): _one(each.text or "") for each in element}


def _text(element: Element, tag: str) -> str:
    return _one(element.findtext(tag) or "")


def _one(*parts: str) -> str:
    """The parts as one text, with single spaces."""
    return " ".join(" ".join(parts).split())


_PUBLISHERS: Mapping[
    str,
    tuple[
        Source,
        Callable[[Element], tuple[str, date]],
        Callable[[Element], Iterator[Listed]],
    ],
] = {
    "CONSOLIDATED_LIST": (Source.UN, _un_about, _un_names),
    "export": (Source.EU, _eu_about, _eu_names),
    "sdnList": (Source.OFAC, _ofac_about, _ofac_names),
}
