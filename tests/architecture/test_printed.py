"""What is public is ids, codes, digests, numbers: no words that somebody wrote, but for those that
are named here, with why they name nobody.
"""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from homeward.generate import registries

AS_PRINTED = {
    "InvoiceNumber": "a vendor's number of its own invoice, at most 35 letters and digits",
    "OrganisationName": "how a legal person is called in public; who may be a person is not named",
}


def texts(hint: Any) -> Iterator[tuple[str, str]]:
    """The bounded texts in a field: each type's name and its pattern."""
    if isinstance(hint, NewType):
        bounded = get_args(hint.__supertype__)
        pattern = next((m.pattern for m in bounded if isinstance(m, msgspec.Meta)), None)
        if bounded[0] is str:
            yield hint.__name__, pattern or ""
    elif get_origin(hint) in (Union, UnionType, tuple, Annotated):
        for part in get_args(hint):
            yield from texts(part)
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        for part in get_type_hints(hint, include_extras=True).values():
            yield from texts(part)


def test_words_as_somebody_wrote_them_are_public_only_where_it_is_said_here() -> None:
    public = {
        (name, pattern)
        for registry in registries()
        for kind in registry
        for hint in kind.public.values()
        for name, pattern in texts(hint)
    }
    assert ("Code", dict(public)["Code"]) in public
    written = {name for name, pattern in public if re.search(pattern, "Ana Maria")}
    assert written == set(AS_PRINTED)
