"""Whom on a list a name may be: across scripts, spellings, order and missing parts.

Both names are taken apart into words (`events.spelling`). A word of one is as like a word of the
other as their spellings are, or as their consonant skeletons are where one script leaves vowels
out. Arabic names are romanised besides, as people write them, and other scripts letter by letter;
the form that agrees best counts. A rare word tells more than one that many on the list bear. A
name that is shorter than the other one is half forgiven for it.

Pure, and slow to begin (it reads the whole list): it lives in a process of its own that ends.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz import fuzz, process

from events.spelling import Part, spelt
from vendors.screening.lists import Listed

SUSPECT_FROM = 0.68
"""From this likeness on, a person decides."""
LESS_IN_ARABIC = 0.84
"""A name that is written without its vowels may be many: its likeness counts for so much."""
ALIKE_FROM = 0.66
"""Words that are less alike than this are other words."""
CERTAIN = 3
"""Consonants in a skeleton that hardly meets another by chance."""
FORGIVEN = 0.5
"""How far a name that lacks words of the longer one is forgiven for them."""
JOINED_FROM = 0.8
JOINED_LESS = 0.08
"""So much less certain is a likeness of whole names whose words are joined in another way."""

Romanise = Callable[[str], Iterable[str]]
"""How people may write this Arabic name in Latin letters, the likeliest first."""


class Found(NamedTuple):
    """One of the list's names that the asked one may be."""

    listed: Listed
    likeness: float


class _Form(NamedTuple):
    """One way to write a name."""

    words: tuple[Part, ...]
    weights: tuple[float, ...]
    weight: float
    """Of all of them."""
    together: str
    """The words as one: they are written apart here and joined there."""


_Pair = tuple[float, int, Part]
"""What two like words weigh together, the place of the asked one, and the listed one."""


def in_arabic(text: str) -> bool:
    return _ARABIC.search(text) is not None


def _nothing(_: str) -> Iterable[str]:
    return ()


class Index:
    """A list, made ready to be searched."""

    def __init__(self, names: Sequence[Listed], romanise: Romanise = _nothing) -> None:
        self._romanise = romanise
        parts = [
            (each, words) for each in names for words in _taken_apart(each.name, each.spellings)
        ]
        self._df = Counter(key for _, words in parts for key in {_key(word) for word in words})
        self._rarest = math.log(len(parts) + 1)
        self._forms: list[tuple[Listed, _Form]] = [
            (each, self._form(words)) for each, words in parts if not _tells_nothing(each, words)
        ]
        self._having: dict[Part, list[int]] = defaultdict(list)
        for number, (_, form) in enumerate(self._forms):
            for word in set(form.words):
                self._having[word].append(number)
        self._together = [form.together for _, form in self._forms]
        self._words = list(self._having)
        self._weight_of = [self._weight(word) for word in self._words]
        self._sounded = [word.sounded for word in self._words]
        self._by_skeleton: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for skeleton in word.skeletons:
                self._by_skeleton[skeleton].append(number)
        self._like = lru_cache(maxsize=4096)(self._look_for)

    def find(self, name: str, at_least: float = SUSPECT_FROM) -> list[Found]:
        """Who on the list it may be, the likeliest first, each entry once."""
        best: dict[str, Found] = {}
        spellings = self._romanise(name) if in_arabic(name) else ()
        counts = LESS_IN_ARABIC if in_arabic(name) else 1.0
        for words in _taken_apart(name, spellings):
            asked = self._form(words)
            for listed, alike in self._against(asked, at_least / counts):
                likeness = alike * counts
                before = best.get(listed.entry)
                if before is None or likeness > before.likeness:
                    best[listed.entry] = Found(listed, likeness)
        return sorted(best.values(), key=lambda found: (-found.likeness, found.listed.entry))

    def _form(self, words: tuple[Part, ...]) -> _Form:
        together = "".join(word.sounded for word in words)
        weights = tuple(self._weight(word) for word in words)
        return _Form(words, weights, sum(weights), together)

    def _weight(self, word: Part) -> float:
        """From a half, which every other bears, to one, which nobody does."""
        return 1.0 - 0.5 * math.log(1 + self._df[_key(word)]) / self._rarest

    def _look_for(self, word: Part) -> tuple[tuple[int, float], ...]:
        """The list's words that are like this one, and how much."""
        found: dict[int, float] = {}
        for skeleton in word.skeletons:
            for number in self._by_skeleton.get(skeleton, ()):
                found[number] = max(
                    found.get(number, 0.0), _by_skeleton(word, self._words[number], skeleton)
                )
        spelling = process.extract(
            word.sounded, self._sounded, scorer=fuzz.ratio, score_cutoff=72, limit=None
        )
        for _, score, number in spelling:
            other = self._words[number]
            if word.vowels and other.vowels:
                like = 1.0 if word.bare == other.bare else score / 100
                found[number] = max(found.get(number, 0.0), like)
            elif min(len(word.sounded), len(other.sounded)) > CERTAIN:
                found[number] = max(found.get(number, 0.0), score / 100 - 0.1)
        return tuple((number, like) for number, like in found.items() if like >= ALIKE_FROM)

    def _against(self, asked: _Form, at_least: float) -> Iterable[tuple[Listed, float]]:
        """Every listed name that is so like it."""
        pairs: dict[int, list[_Pair]] = defaultdict(list)
        for place, (word, weight) in enumerate(zip(asked.words, asked.weights, strict=True)):
            for number, like in self._like(word):
                shared = like * (weight + self._weight_of[number]) / 2
                pair = (shared, place, self._words[number])
                for having in self._having[self._words[number]]:
                    pairs[having].append(pair)
        for number, alike in pairs.items():
            listed, form = self._forms[number]
            likeness = _likeness(asked, form, alike)
            if likeness >= at_least:
                yield listed, likeness
        joined = process.extract(
            asked.together,
            self._together,
            scorer=fuzz.ratio,
            score_cutoff=100 * max(JOINED_FROM, at_least + JOINED_LESS),
            limit=None,
        )
        for _, score, number in joined:
            listed, form = self._forms[number]
            if len(asked.words) > 1 or len(form.words) > 1:
                yield listed, score / 100 - JOINED_LESS


def _likeness(asked: _Form, other: _Form, alike: list[_Pair]) -> float:
    """The weight of the words that they share, of all that they have."""
    if len(alike) == 1:
        return 2 * alike[0][0] / (asked.weight + other.weight)
    shared, matched = 0.0, 0
    mine: set[int] = set()
    left = list(other.words)
    for weight, place, word in sorted(alike, key=_by_weight, reverse=True):
        if place not in mine and word in left:
            mine.add(place)
            left.remove(word)
            matched += 1
            shared += weight
    both = 2 * shared / (asked.weight + other.weight)
    if matched > 1:
        within = min(1.0, shared / min(asked.weight, other.weight))
        both += FORGIVEN * (within - both)
    return both


def _by_weight(pair: _Pair) -> float:
    return pair[0]


def _taken_apart(name: str, spellings: Iterable[str]) -> list[tuple[Part, ...]]:
    """Each way to write the name, as words; those without any left out."""
    forms = [_SYLLABLE.sub(r"\1 \2", anyascii(name)) if _is_foreign(name) else name, *spellings]
    told = (spelt(form).parts for form in forms)
    return list(dict.fromkeys(words for words in told if words))


def _by_skeleton(word: Part, other: Part, skeleton: str) -> float:
    """How like two words are that may be read with the same consonants."""
    if word.bare == other.bare:
        return 1.0
    by_length = {0: 0.0, 1: 0.5, 2: 0.8}.get(len(skeleton), 0.92)
    if word.vowels and other.vowels:
        return by_length * (0.55 + 0.45 * fuzz.ratio(word.sounded, other.sounded) / 100)
    return by_length


def _key(word: Part) -> str:
    return word.skeletons[0]


def _tells_nothing(listed: Listed, words: tuple[Part, ...]) -> bool:
    """One word, of which the publisher says that it identifies nobody."""
    return listed.weak and len(words) == 1


def _is_foreign(text: str) -> bool:
    """Neither Latin, with its marks, nor Arabic."""
    return _NEITHER.search(text) is not None


_NEITHER = re.compile("[\u0370-\u05ff\u0900-\u1dff\u2c00-\ud7ff]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_SYLLABLE = re.compile(r"([a-z])([A-Z])")
