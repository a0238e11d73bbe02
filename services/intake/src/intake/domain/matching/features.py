"""What is known of a person, turned into tokens under a key.

Who has the tokens and not the key learns nothing of the values but which tokens are the same. Who
has the key could try values out: the key is kept like the vault's, and the tokens of a person go
when the person is erased.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from itertools import combinations

import msgspec
import phonenumbers

from events.spelling import Part, Spelt, spelt
from intake.domain.people import Sex

Token = int
"""64 bits of an HMAC."""
Blind = Callable[[str], Token]

LAYOUT = 2
"""Raised whenever the same values would give other tokens: an index of another layout is remade."""
CERTAIN_CONSONANTS = 3
"""Skeletons of so many sounds, and more than one syllable, hardly meet by chance in Latin."""
LAST_DIGITS = 8
"""Of a phone number: what stays when country and trunk prefixes are written or left out."""
FULL = 3
"""Parts of a date of which nothing is unknown."""


def blinding(key: bytes) -> Blind:
    """Tokens under this key."""

    def blind(value: str) -> Token:
        digest = hmac.digest(key, value.encode(), "sha256")
        return int.from_bytes(digest[:8], signed=True)

    return blind


def made_with(key: bytes) -> str:
    """The name of this layout under this key, which tells nothing of the key."""
    return f"{LAYOUT}:{hashlib.sha256(b'homeward blind index' + key).hexdigest()[:16]}"


class Known(msgspec.Struct, frozen=True):
    """What the vault holds of a person that others can be compared with. Never stored."""

    names: tuple[str, ...] = ()
    """All spellings, in whichever scripts."""
    born: tuple[str, ...] = ()
    """Dates of birth as far as they are known: a year, a year and month, or a date."""
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    country: str | None = None
    """Where phone numbers without a country code are of."""
    sex: Sex = Sex.UNKNOWN


class PartTokens(msgspec.Struct, frozen=True, array_like=True):
    bare: Token
    marked: Token | None
    skeletons: tuple[Token, ...]
    grams: tuple[Token, ...]
    vowels: bool
    certain: bool
    """The skeletons are long enough to go by."""


class NameTokens(msgspec.Struct, frozen=True, array_like=True):
    parts: tuple[PartTokens, ...]
    own: int


class DateTokens(msgspec.Struct, frozen=True, array_like=True):
    year: Token
    month: Token | None
    day: Token | None
    """None: not known, or a registry's default."""
    around: tuple[Token, ...]
    """Two years that follow each other share one."""
    nearly: tuple[Token, ...]
    """The whole with one digit left out, each in turn."""


class NumberTokens(msgspec.Struct, frozen=True, array_like=True):
    whole: Token
    nearly: tuple[Token, ...]


class Features(msgspec.Struct, frozen=True, array_like=True):
    """All that a comparison needs, and no value."""

    names: tuple[NameTokens, ...]
    born: tuple[DateTokens, ...]
    phones: tuple[Token, ...]
    documents: tuple[NumberTokens, ...]
    sex: Sex
    keys: tuple[Token, ...]
    """Two people are compared when they share one of these."""


def featured(known: Known, blind: Blind) -> Features:
    """The tokens of what is known of one person."""
    names = [name for name in map(spelt, known.names) if name.parts]
    dates = [_date(text) for text in known.born]
    phones = sorted({_phone(text, known.country) for text in known.phones} - {""})
    documents = sorted({_document(text) for text in known.documents} - {""})
    return Features(
        names=tuple(_name(name, blind) for name in names),
        born=tuple(_born(parts, blind) for parts in dates),
        phones=tuple(blind(f"phone:{digits}") for digits in phones),
        documents=tuple(_number(text, blind) for text in documents),
        sex=known.sex,
        keys=tuple(sorted({blind(key) for key in _keys(names, dates, phones, documents)})),
    )


# Names


def _name(name: Spelt, blind: Blind) -> NameTokens:
    return NameTokens(tuple(_tokens(part, blind) for part in name.parts), name.own)


def _tokens(part: Part, blind: Blind) -> PartTokens:
    padded = f"^{part.sounded}$"
    grams = {padded[at : at + 2] for at in range(len(padded) - 1)} if part.vowels else set()
    return PartTokens(
        bare=blind(f"bare:{part.bare}"),
        marked=blind(f"marked:{part.marked}") if part.marked else None,
        skeletons=tuple(sorted(blind(f"skeleton:{each}") for each in part.skeletons)),
        grams=tuple(sorted(blind(f"gram:{gram}") for gram in grams)),
        vowels=part.vowels,
        certain=len(part.skeletons[0]) >= CERTAIN_CONSONANTS and part.syllables > 1,
    )


# Dates


def _date(text: str) -> tuple[str, ...]:
    """Year, month and day as far as they are told: the first of January tells the year only."""
    parts = tuple(text.split("-"))
    return parts[:1] if parts[1:] == ("01", "01") else parts


def _born(parts: tuple[str, ...], blind: Blind) -> DateTokens:
    whole = "-".join(parts)
    return DateTokens(
        year=blind(f"year:{parts[0]}"),
        month=blind(f"of year:{parts[1]}") if len(parts) > 1 else None,
        day=blind(f"of year:{parts[2]}") if len(parts) == FULL else None,
        around=(blind(f"to year:{parts[0]}"), blind(f"to year:{int(parts[0]) + 1}")),
        nearly=tuple(sorted(blind(f"born:{each}") for each in _one_left_out(whole))),
    )


# Numbers


def _phone(text: str, country: str | None) -> str:
    """The last digits, in ASCII, of the number as it is dialled from abroad."""
    try:
        number = phonenumbers.parse(text, country)
        digits = str(number.national_number)
    except phonenumbers.NumberParseException:
        digits = "".join(str(int(c)) for c in text if c.isdecimal()).lstrip("0")
    return digits[-LAST_DIGITS:]


def _document(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def _number(text: str, blind: Blind) -> NumberTokens:
    nearly = tuple(sorted(blind(f"document:{each}") for each in _one_left_out(text)))
    return NumberTokens(blind(f"document:{text}"), nearly)


def _one_left_out(text: str) -> set[str]:
    """Two texts that differ in one character share one of these."""
    return {f"{text[:at]}?{text[at + 1 :]}" for at in range(len(text)) if text[at] != "-"}


# Keys


def _keys(
    names: Iterable[Spelt],
    dates: Iterable[tuple[str, ...]],
    phones: list[str],
    documents: list[str],
) -> Iterable[str]:
    """Under what a person is looked for: rare enough together, and seldom all of them wrong."""
    dates = list(dates)
    yield from (f"key phone:{digits}" for digits in phones)
    yield from (f"key document:{text}" for text in documents)
    yield from (f"key born:{_unswapped(parts)}" for parts in dates if len(parts) == FULL)
    for name in names:
        for part in name.parts:
            for year in {parts[0] for parts in dates}:
                yield from (f"key {each}:{year}" for each in part.skeletons)
        for one, other in combinations(name.parts, 2):
            for mine in one.skeletons[:4]:
                for yours in other.skeletons[:4]:
                    yield f"key {min(mine, yours)}+{max(mine, yours)}"
        if len(name.parts) == 1:
            yield f"key only:{name.parts[0].skeletons[0]}"


def _unswapped(parts: tuple[str, ...]) -> str:
    return f"{parts[0]}:{min(parts[1:])}:{max(parts[1:])}"
