"""Names across scripts and spellings: what two ways of writing one name have in common.

A name is taken apart into parts, and each part is told in three ways. *Bare*: lower-case letters
without marks, so that Kováč is kovac and Nguyễn is nguyen. *Marked*: the same with its marks, when
it has any, since Hùng and Hưng are two names where both are written out. *Skeletons*: consonants in
classes that scripts share, with long vowels where they are written; Arabic and Urdu leave short
vowels out, and Latin spellings of them differ most in vowels. A letter that may be read in two
ways gives two skeletons: two names meet when one of theirs is the same.
"""

import re
import unicodedata
from itertools import product
from typing import NamedTuple

MAX_PARTS = 6
MAX_SKELETONS = 16


class Part(NamedTuple):
    """One word of a name."""

    bare: str
    marked: str
    """Empty when it is written without marks."""
    skeletons: tuple[str, ...]
    sounded: str
    """Bare, with one letter for what languages spell in several ways: xh, dz and gj are j."""
    syllables: int
    vowels: bool
    """Whether the script writes them."""


class Spelt(NamedTuple):
    """A name, taken apart."""

    parts: tuple[Part, ...]
    own: int
    """Which of them is the person's own name, not the family's or the father's."""


def spelt(name: str) -> Spelt:
    """Take a name apart. A name without a letter has no parts."""
    family_first = "," in name
    words = [word for text in name.split(",") for word in _words(text)]
    if family_first:
        before = len(_words(name.split(",", maxsplit=1)[0]))
        words = words[before:] + words[:before]
    parts = tuple(_part(word) for word in _joined(words))[:MAX_PARTS]
    own = 0
    if len(parts) > 1 and parts[0].bare in _VIETNAMESE_FAMILIES:
        own = len(parts) - 1
    return Spelt(parts, own)


def _words(text: str) -> list[str]:
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    lowered = _NOT_WRITTEN.sub("", lowered)
    return [word for word in _BETWEEN.split(lowered) if word]


def _joined(words: list[str]) -> list[str]:
    """Articles go; `abd` and what it serves is one name, however it is spaced."""
    joined: list[str] = []
    serving = False
    for word in words:
        if word in _PARTICLES and len(words) > 1:
            continue
        if serving:
            joined[-1] += _without_article(word)
            serving = False
            continue
        serving = word in _ABD
        joined.append("عبد" if word == "عبد" else "abd" if serving else _without_article(word))
    return [_written_out(word) for word in joined]


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > _ARTICLE_IN else word


def _written_out(word: str) -> str:
    return _SHORT_FOR.get(word, _abd(word))


def _abd(word: str) -> str:
    """abdulrahman, abdurrahman, abderrahmane: the article between is left out."""
    found = _SERVANT.fullmatch(word)
    if found:
        return "abd" + found[2]
    return word.replace("عبدال", "عبد", 1) if word.startswith("عبدال") else word


def _part(word: str) -> Part:
    if any(letter in _ARABIC for letter in word):
        skeletons = _arabic_skeletons(word)
        return Part(skeletons[0], "", skeletons, skeletons[0], 0, vowels=False)
    plain = word.translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    marked = word if word != bare else ""
    sounded = _DOUBLED.sub(r"\1", _SPELT_IN_SEVERAL_WAYS.sub(_one_letter, bare))
    syllables = len(_VOWELS.findall(bare))
    return Part(bare, marked, _latin_skeletons(bare), sounded, syllables, vowels=True)


def _one_letter(found: re.Match[str]) -> str:
    return _ONE_LETTER[found[0]]


# Skeletons


def _arabic_skeletons(word: str) -> tuple[str, ...]:
    sounds: list[tuple[str, ...]] = []
    word = _TWICE.sub(r"\1", word)
    for place, letter in enumerate(word):
        first, last = place == 0, place == len(word) - 1
        if first and letter in _BEGINS_WITH_A_VOWEL:
            sounds.append(("a",))
        elif last and letter == "ه":
            sounds.append(("", "h"))
        elif letter in _ARABIC:
            sounds.append(_ARABIC[letter])
    return _spoken(sounds)


def _latin_skeletons(bare: str) -> tuple[str, ...]:
    sounds: list[tuple[str, ...]] = []
    text = _DOUBLED.sub(r"\1", bare)
    text = _FINAL_OVA.sub(r"\1", text)
    text = re.sub(r"(?<=[aeiou])h$", "", text)
    place = 0
    while place < len(text):
        for length in (4, 3, 2, 1):
            sound = _LATIN.get(text[place : place + length])
            if sound is not None and len(text) - place >= length:
                break
        else:
            sound, length = (text[place],), 1
        if place == 0 and text[0] in "aeiou":
            sounds.append(("a",))
            length = 1
        elif place == 0 and text[0] == "y":
            sounds.append(("y",))
        elif place == 1 and sound == ("w",) and length > 1:
            sounds.append(("w", ""))  # Moustafa and Mustafa, Nour and Nur
        else:
            sounds.append(sound)
        place += length
    return _spoken(sounds)


def _spoken(sounds: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Every way to read it, the plainest first, at most so many."""
    found: dict[str, None] = {}
    for choice in product(*sounds):
        skeleton = _LONG_TWICE.sub(r"\1", "".join(choice))
        found[skeleton] = None
        if len(found) == MAX_SKELETONS:
            break
    return tuple(found)


_NOT_WRITTEN = re.compile("[\u0300-\u036f\u064b-\u0652\u0640\u0670'’‘ʼʿʾ`´.]")
"""Vowel signs and lengthening of the Arabic script, apostrophes, full stops of initials."""
_BETWEEN = re.compile(r"[^\w]+|[\d_]+")
_DOUBLED = re.compile(r"([bcdfghjklmnpqrstvwxyz])\1+")
_VOWELS = re.compile(r"[aeiouy]+")
_ONE_LETTER = {
    **dict.fromkeys(("dzh", "xh", "dz", "dj", "gj", "zh"), "j"),
    **dict.fromkeys(("sch", "sh"), "s"),
    **dict.fromkeys(("tch", "cz"), "c"),
    **dict.fromkeys(("ck", "q"), "k"),
    **dict.fromkeys(("ou", "oo"), "u"),
    "ee": "i",
    "w": "v",
}
_SPELT_IN_SEVERAL_WAYS = re.compile("|".join(sorted(_ONE_LETTER, key=len, reverse=True)))
_TWICE = re.compile(r"(\w)\1+")
_LONG_TWICE = re.compile(r"([wy])\1+")
_FINAL_OVA = re.compile(r"^(\w{3,})ova$")
"""Slovak surnames of women; papers of other countries leave the ending out."""
_SERVANT = re.compile(r"abd(?:[aeiou]?l(?=[^aeiou])|[aeiou](?=([^aeiou])\1))?(\w{3,})")
_ARTICLE_IN = 4
"""ال begins an article only in words longer than this: الي is no article and يا."""


def _set(told: str) -> frozenset[str]:
    return frozenset(told.split())


_PARTICLES = _set(
    "al el ul ad ar as ash at az an bin ben ibn bint binti ould bou haj hajj hajji sayed syed"
    " ال بن ابن بنت حاج الحاج سيد mr mrs"
)
_ABD = _set("abd abdul abdel abdal abdol abdur abdus abder عبد")
_VIETNAMESE_FAMILIES = _set(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly giang vang lu lo"
    " sung thao trieu dinh luong truong doan"
)

_SHORT_FOR = dict.fromkeys(("md", "mohd", "muhd", "mhd"), "muhammad")

_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)

_BEGINS_WITH_A_VOWEL = "اأإآعٱئ"
_ARABIC: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("اأإآٱءعىةەۃؤ", ("",)),
    "ئ": ("", "y"),
    "ؤ": ("", "w"),
    **dict.fromkeys("وۆۇ", ("w",)),
    **dict.fromkeys("يېێ", ("y",)),
    **dict.fromkeys("یے", ("y", "")),
    **dict.fromkeys("هح", ("h",)),
    "ہ": ("h", ""),
    "ھ": ("h", ""),
    "خ": ("x", "h"),
    "غ": ("g",),
    "گ": ("g",),
    "ب": ("b",),
    "پ": ("p",),
    "ف": ("f",),
    "ڤ": ("w",),
    "م": ("m",),
    **dict.fromkeys("تطٹ", ("t",)),
    "ث": ("t", "s"),
    **dict.fromkeys("سص", ("s",)),
    "ش": ("ʃ",),
    "چ": ("č",),
    "ژ": ("j",),
    "ج": ("j", "g"),
    **dict.fromkeys("دڈ", ("d",)),
    **dict.fromkeys("ذضظ", ("z", "d")),
    "ز": ("z",),
    "ق": ("k", "g"),
    **dict.fromkeys("كک", ("k",)),
    **dict.fromkeys("لڵ", ("l",)),
    **dict.fromkeys("نںڻ", ("n",)),
    **dict.fromkeys("رڕڑ", ("r",)),
}
"""What a letter may sound like. A long vowel is written, so it is heard."""

_LATIN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("a", "e"), ("",)),
    "i": ("", "y"),
    "y": ("y", ""),
    **dict.fromkeys(("o", "u"), ("", "w")),
    **dict.fromkeys(("ou", "oo", "uu"), ("w",)),
    "au": ("w", ""),
    **dict.fromkeys(("ee", "ei", "ai", "ay", "ey"), ("y",)),
    **dict.fromkeys(("sh", "sch"), ("ʃ",)),
    **dict.fromkeys(("tch", "cz"), ("č",)),
    "ch": ("č", "ʃ", "x"),
    "kh": ("x",),
    "gh": ("g",),
    "ph": ("f",),
    "th": ("t", "s"),
    "dh": ("d", "z"),
    **dict.fromkeys(("zh", "dj", "gj", "xh", "dzh", "dz"), ("j",)),
    "j": ("j", "y"),
    "w": ("w",),
    "v": ("w",),
    **dict.fromkeys(("q", "k", "ck"), ("k",)),
    "c": ("k", "s", "č"),
    "x": ("x", "ks"),
}
"""What letters may sound like, in the languages that our people are written down in."""
