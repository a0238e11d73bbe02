"""A labelled set of invented people, across scripts, made anew from a seed.

Each person has a true identity and one or two records, as two offices would make them: in another
script or spelling, a name left out or put first, the date of birth by halves, another phone. Beside
them stand those who are somebody else and look the same: brothers and sisters, twins, father and
son, namesakes. The label is who the record is of; nothing of the matcher is used in making it.

The names are dealt out to two splits that share none but the commonest few: `development`, by which
the weights were chosen, and `held_out`, which the figures are taken on.
"""

import random  # noqa: TID251  a seeded generator makes the same people every time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from intake.domain.matching.features import Known
from intake.domain.people import Sex

NAMES = Path(__file__).with_name("names.txt")
SHARED = 3
"""So many of the commonest of each kind are in both splits: no population lacks them."""
FAMILY_SHARES_A_PHONE = 0.7

Word = tuple[str, ...]
"""One name: as it is written at home, then as papers elsewhere have it."""


class Split(StrEnum):
    DEVELOPMENT = "development"
    HELD_OUT = "held_out"


@dataclass(frozen=True)
class Person:
    """Who somebody truly is."""

    custom: str
    words: tuple[Word, ...]
    sex: Sex
    born: date
    phone: str
    document: str


@dataclass(frozen=True)
class Record:
    """What one office wrote down."""

    of: int
    """The number of the person: the label."""
    known: Known


COUNTRY = {"arabic": "IQ", "urdu": "PK", "vietnamese": "VN", "slovak": "SK", "albanian": "AL"}
PREFIX = {"IQ": "964", "PK": "92", "VN": "84", "SK": "421", "AL": "355"}


def records(split: Split, people: int, seed: int = 1) -> list[Record]:
    """So many people of that split, with those who look like them; the same for the same seed."""
    making = _Making(split, random.Random(f"{split} {seed}"))
    made: list[Record] = []
    for number, person in enumerate(making.population(people)):
        made.append(Record(number, making.recorded(person)))
        if making.dice.random() < 0.5:
            made.append(Record(number, making.recorded(person)))
            if making.dice.random() < 0.15:
                made.append(Record(number, making.recorded(person)))
    return made


class _Making:
    def __init__(self, split: Split, dice: random.Random) -> None:
        self.dice = dice
        self._names = _names(split)

    def population(self, wanted: int) -> Iterator[Person]:
        made = 0
        while made < wanted:
            person = self._person()
            for each in (person, *self._look_alikes(person)):
                yield each
                made += 1

    # True identities

    def _person(self) -> Person:
        custom = self.dice.choice(tuple(COUNTRY))
        sex = self.dice.choice((Sex.FEMALE, Sex.MALE))
        return Person(
            custom=custom,
            words=self._words(custom, sex),
            sex=sex,
            born=date(1950, 1, 1) + timedelta(days=self.dice.randrange(60 * 365)),
            phone=self._phone(custom),
            document=self._document(),
        )

    def _words(self, custom: str, sex: Sex) -> tuple[Word, ...]:
        own = self._one(f"{custom} {sex}")
        if custom == "arabic":
            fathers = (self._one("arabic male"), self._one("arabic male"))
            return (own, *fathers, self._one("arabic family"))
        if custom == "urdu":
            middle = (self._one("urdu male"),) if sex is Sex.MALE else ()
            return (own, *middle, self._one("urdu family"))
        if custom == "vietnamese":
            return (self._one("vietnamese family"), self._one(f"vietnamese middle {sex}"), own)
        return (own, self._one(f"{custom} family"))

    def _one(self, kind: str) -> Word:
        """The first of a list are commoner than the last, as everywhere."""
        known = self._names[kind]
        return known[int(len(known) * self.dice.random() ** 1.5)]

    def _look_alikes(self, person: Person) -> Iterator[Person]:
        chance = self.dice.random()
        if chance < 0.15:
            yield self._sibling(person, years=self.dice.choice((-3, -2, 2, 4)))
        elif chance < 0.22:
            yield self._sibling(person, years=0)
        elif chance < 0.30:
            yield self._parent(person)
        elif chance < 0.42:
            yield self._namesake(person)

    def _sibling(self, person: Person, years: int) -> Person:
        """Another own name, the same family; born with the other when `years` is 0."""
        at = len(person.words) - 1 if person.custom == "vietnamese" else 0
        words = list(person.words)
        while words[at] == person.words[at]:
            words[at] = self._one(f"{person.custom} {person.sex}")
        born = person.born
        if years:
            born += timedelta(days=365 * years + self.dice.randrange(300))
        return replace(self._related(person), words=tuple(words), born=born)

    def _parent(self, person: Person) -> Person:
        words = person.words
        if person.custom == "arabic":
            words = (words[1], words[2], self._one("arabic male"), words[3])
        else:
            at = len(words) - 1 if person.custom == "vietnamese" else 0
            own = self._one(f"{person.custom} male")
            words = (*words[:at], own, *words[at + 1 :])
        born = person.born - timedelta(days=self.dice.randrange(20 * 365, 40 * 365))
        return replace(self._related(person), words=words, born=born, sex=Sex.MALE)

    def _related(self, person: Person) -> Person:
        """The papers of a family are often issued one after the other."""
        shares = self.dice.random() < FAMILY_SHARES_A_PHONE
        following = f"{person.document[:-1]}{(int(person.document[-1]) + 1) % 10}"
        return replace(
            person,
            phone=person.phone if shares else self._phone(person.custom),
            document=following if self.dice.random() < 0.5 else self._document(),
        )

    def _namesake(self, person: Person) -> Person:
        """The very same name, and nothing else."""
        born = person.born
        while abs(born.year - person.born.year) < 2:
            born = date(1950, 1, 1) + timedelta(days=self.dice.randrange(60 * 365))
        return replace(
            person, born=born, phone=self._phone(person.custom), document=self._document()
        )

    def _phone(self, custom: str) -> str:
        start = {"IQ": "77", "PK": "30", "VN": "90", "SK": "90", "AL": "69"}[COUNTRY[custom]]
        length = {"IQ": 10, "PK": 10, "VN": 9, "SK": 9, "AL": 9}[COUNTRY[custom]]
        return start + "".join(str(self.dice.randrange(10)) for _ in range(length - len(start)))

    def _document(self) -> str:
        return self.dice.choice("ABCG") + "".join(str(self.dice.randrange(10)) for _ in range(8))

    # What offices make of them

    def recorded(self, person: Person) -> Known:
        dice = self.dice
        return Known(
            names=(self._written(person),),
            born=self._told(person.born),
            phones=(self._dialled(person),) if dice.random() < 0.75 else (),
            documents=(self._copied(person.document),) if dice.random() < 0.3 else (),
            country=COUNTRY[person.custom],
            sex=person.sex if dice.random() < 0.97 else Sex.UNKNOWN,
        )

    def _written(self, person: Person) -> str:
        dice = self.dice
        words = list(person.words)
        if len(words) > 3 and dice.random() < 0.5:
            del words[-1 if dice.random() < 0.5 else 2]
        elif len(words) == 3 and dice.random() < 0.25:
            del words[1]
        at_home = dice.random() < 0.5
        spelt = [word[0] if at_home else dice.choice(word[1:]) for word in words]
        if person.custom == "slovak" and person.sex is Sex.FEMALE and dice.random() < 0.85:
            spelt[-1] += "ová" if at_home else "ova"
        if not at_home and dice.random() < 0.12:
            at = dice.randrange(len(spelt))
            spelt[at] = self._slip(spelt[at])
        if person.custom in ("slovak", "albanian") and dice.random() < 0.1:
            return f"{spelt[-1]}, {' '.join(spelt[:-1])}"
        if person.custom != "arabic" and dice.random() < 0.06:
            spelt.reverse()
        text = " ".join(spelt)
        return text.upper() if not at_home and dice.random() < 0.2 else text

    def _slip(self, word: str) -> str:
        at = self.dice.randrange(1, max(2, len(word) - 1))
        kind = self.dice.randrange(3)
        if kind == 0:
            return word[:at] + word[at + 1 :]
        if kind == 1:
            return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        return word[:at] + self.dice.choice("aeimnrst") + word[at + 1 :]

    def _told(self, born: date) -> tuple[str, ...]:
        chance = self.dice.random()
        if chance < 0.55:
            return (born.isoformat(),)
        if chance < 0.70:
            return (f"{born.year}-01-01",)
        if chance < 0.78:
            return (f"{born.year}",)
        if chance < 0.87 and born.day <= 12:
            return (f"{born.year}-{born.day:02}-{born.month:02}",)
        if chance < 0.93:
            wrong = born + timedelta(days=self.dice.choice((-10, -1, 1, 2, 10, 31)))
            return (wrong.isoformat(),)
        return () if chance < 0.98 else (f"{born.year + self.dice.choice((-1, 1))}",)

    def _dialled(self, person: Person) -> str:
        number = person.phone
        if self.dice.random() < 0.2:
            number = self._phone(person.custom)
        abroad = f"+{PREFIX[COUNTRY[person.custom]]} {number}"
        return self.dice.choice((abroad, f"0{number[:3]} {number[3:]}", abroad.replace(" ", "")))

    def _copied(self, document: str) -> str:
        if self.dice.random() < 0.08:
            at = self.dice.randrange(1, len(document))
            return f"{document[:at]}{self.dice.randrange(10)}{document[at + 1 :]}"
        return document if self.dice.random() < 0.7 else document.lower()


def _names(split: Split) -> dict[str, list[Word]]:
    kinds: dict[str, list[Word]] = {}
    kind = ""
    for line in NAMES.read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
            kinds[kind] = []
        elif line and not line.startswith("#"):
            kinds[kind].append(_word(line))
    own = 0 if split is Split.DEVELOPMENT else 1
    return {
        kind: [w for at, w in enumerate(words) if at < SHARED or at % 2 == own]
        for kind, words in kinds.items()
    }


def _word(line: str) -> Word:
    """A name of two words at home has a Latin one in one word: the first Latin one ends it."""
    words = line.split()
    latin = next((at for at, word in enumerate(words) if at and word[0].isascii()), len(words))
    if words[0][0] > "\u0600":
        return (" ".join(words[:latin]), *words[latin:])
    return (words[0], *words[1:])
