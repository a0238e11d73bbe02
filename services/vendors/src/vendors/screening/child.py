"""The process in which names are read and compared: `python -m vendors.screening.child read|find`.

What it needs (a whole list made ready to be searched, the model that romanises) is much more than
the service keeps resident, and it needs it seldom: so it ends when it has answered. It is given
all by its standard input, opens no database and no socket, and writes nothing but its answer.
"""

import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from vendors.screening.asking import Answered, Asked, Hit, Read
from vendors.screening.lists import NotAList, read_list
from vendors.screening.names import SUSPECT_FROM, Index, in_arabic

SPELLINGS = 3


@lru_cache(maxsize=4096)
def romanise(name: str) -> tuple[str, ...]:
    """How people write this name in Latin letters, as far as they are known to: by a dictionary.

    Of a name that is in none the consonant skeleton tells enough, and much sooner than a model.
    """
    return _told(_romaniser(by_model=False), name)


def romanise_any(name: str) -> tuple[str, ...]:
    """The same, and by a model where no dictionary knows the name: for a list, once."""
    return _told(_romaniser(by_model=True), name)


@lru_cache(maxsize=2)
def _romaniser(*, by_model: bool) -> Any:
    from arabic_name_romanizer import Transliterator  # noqa: PLC0415  who meets no Arabic needs none

    return Transliterator(auto_load_model=by_model)


def _told(romaniser: Any, name: str) -> tuple[str, ...]:
    try:
        told: Iterable[Any] = romaniser.transliterate(name, top_k=SPELLINGS)
    except ValueError:
        return ()
    return tuple(each.text for each in told)


def read(content: bytes) -> Read:
    """The list in this file, its Arabic names romanised."""
    try:
        found = read_list(content)
    except NotAList as wrong:
        return Read(wrong=str(wrong))
    names = tuple(
        replace(each, spellings=romanise_any(each.name)) if in_arabic(each.name) else each
        for each in found.names
    )
    return Read(replace(found, names=names))


def find(asked: Asked) -> Answered:
    """Whom each of them may be."""
    index = Index(asked.listed, romanise)
    place = {each: number for number, each in enumerate(asked.listed)}
    answered = []
    for names in asked.names:
        best: dict[str, Hit] = {}
        for number, name in enumerate(names):
            for found in index.find(name, SUSPECT_FROM):
                hit = Hit(number, place[found.listed], round(found.likeness * 10_000))
                before = best.get(found.listed.entry)
                if before is None or hit.likeness > before.likeness:
                    best[found.listed.entry] = hit
        answered.append(tuple(best.values()))
    return tuple(answered)


def main() -> None:
    """Answer what the standard input asks."""
    content = sys.stdin.buffer.read()
    match sys.argv[1:]:
        case ["read"]:
            answer: Read | Answered = read(content)
        case _:
            answer = find(msgspec.json.decode(content, type=Asked))
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
