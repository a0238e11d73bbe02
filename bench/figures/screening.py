"""Screening: how many of those who are listed are found under a name that the list was not given.

The UN's real list, of which aliases (those that it calls good, of two words and more) and names in
their original script are left out, each then searched for. What is no match: invented names of
seven countries, which cannot be on it but by chance. The threshold is set on one half of these, so
that 1% (5%) of them alert; how many of the other half then do is told beside the figure. Recall:
how many of the names left out find their own entry above the threshold.

The peer, nomenklatura's logic-v2, takes the same in the same run: a sample, since it is slow. It is
large and not among what the project pins; name a Python that has it in HOMEWARD_BENCH_NOMENKLATURA.
"""

import asyncio
import os
import random  # noqa: TID251  a seeded generator chooses the same names every time
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter

import faker
import msgspec

from bench.figures import Figure, Setting, other_load
from vendors.screening.child import read, romanise
from vendors.screening.lists import Listed
from vendors.screening.names import Index, in_arabic

ROOT = Path(__file__).parents[2]
LIST = ROOT.parent / "shared" / "data" / "sanctions" / "un-consolidated-2026-02-27.xml"
PEER = "HOMEWARD_BENCH_NOMENKLATURA"
PEER_PROGRAM = Path(__file__).parent / "peers" / "nomenklatura_logic.py"
PEER_SECONDS = 900.0

ALIASES, SCRIPTS = 400, 250
NEGATIVES_EACH = 150
LOCALES = ("ar_SA", "fa_IR", "en_PK", "vi_VN", "sk_SK", "tr_TR", "en_US")
SAMPLED = 4
"""The peer takes every so many'th name of each kind."""
SPEED_NAMES = 400
NAMES_PER_SECOND = 100.0
ALIAS_LIMIT = {1: 0.55, 5: 0.65}
SCRIPT_LIMIT = {1: 0.63, 5: 0.80}
"""Without the peer. With it, the ratio decides: as many Latin aliases, twice as many scripts."""

Best = Callable[[str, str | None], float]
"""The best likeness of a name to anybody, or to this entry."""


class Case(msgspec.Struct, frozen=True):
    """What is searched for, and in what."""

    listed: tuple[Listed, ...]
    aliases: tuple[Listed, ...]
    scripts: tuple[Listed, ...]
    negatives: tuple[str, ...]

    def sampled(self) -> "Case":
        return Case(
            self.listed,
            self.aliases[::SAMPLED],
            self.scripts[::SAMPLED],
            self.negatives[::SAMPLED],
        )


class Scores(msgspec.Struct, frozen=True):
    """The best likeness of each."""

    aliases: tuple[float, ...]
    scripts: tuple[float, ...]
    negatives: tuple[float, ...]

    def recall(self, found: Sequence[float], percent: int) -> tuple[float, float]:
        """How many are above the threshold, and how many of the negatives that did not set it."""
        setting = sorted(self.negatives[::2], reverse=True)
        threshold = setting[len(setting) * percent // 100]
        others = self.negatives[1::2]
        return (
            sum(score > threshold for score in found) / len(found),
            sum(score > threshold for score in others) / len(others),
        )


async def recall_alias_at_1pct(setting: Setting) -> Figure:
    return await _recall(setting, "alias", 1)


async def recall_alias_at_5pct(setting: Setting) -> Figure:
    return await _recall(setting, "alias", 5)


async def recall_script_at_1pct(setting: Setting) -> Figure:
    return await _recall(setting, "script", 1)


async def recall_script_at_5pct(setting: Setting) -> Figure:
    return await _recall(setting, "script", 5)


async def _recall(setting: Setting, of: str, percent: int) -> Figure:
    name = f"recall_{of}_at_{percent}pct"
    with other_load() as load:
        ours, sampled = _ours()
        peer = await asyncio.to_thread(_peers)
    value, alarms = ours.recall(_of(ours, of), percent)
    setting.told(f"{name}: {value:.3f}, and {alarms:.2%} of the other negatives alert")
    limit = (ALIAS_LIMIT if of == "alias" else SCRIPT_LIMIT)[percent]
    if peer is None:
        setting.told(f"{name}: {PEER} names no Python with nomenklatura, so there is no peer")
        baseline = ratio = None
    else:
        same, _ = sampled.recall(_of(sampled, of), percent)
        baseline, false = peer.recall(_of(peer, of), percent)
        limit = 1.0 if of == "alias" else 2.0
        ratio = round(same / max(baseline, 0.001), 2)
        setting.told(f"{name}: sample: ours {same:.3f}, peer {baseline:.3f} ({false:.2%} alert)")
    return Figure(
        figure=name,
        value=round(value, 3),
        unit="recall",
        baseline=None if baseline is None else round(baseline, 3),
        ratio=ratio,
        limit=limit,
        holds=(value if ratio is None else ratio) >= limit,
        rounds=1,
        other_load=round(load[0], 2),
    )


def _of(scores: Scores, of: str) -> Sequence[float]:
    return scores.aliases if of == "alias" else scores.scripts


async def names_per_second(setting: Setting) -> Figure:
    """Names of all kinds, romanised where they are Arabic, against the whole list."""
    case = _case()
    names = [*case.negatives, *(each.name for each in (*case.aliases, *case.scripts))]
    asked = random.Random(3).sample(names, SPEED_NAMES)
    index = Index(case.listed, romanise)
    index.find("Somebody Else")
    with other_load() as load:
        romanise.cache_clear()
        began = perf_counter()
        for each in asked:
            index.find(each)
        value = len(asked) / (perf_counter() - began)
    setting.told(f"names_per_second: {value:.0f} against {len(case.listed):,} listed names")
    return Figure(
        figure="names_per_second",
        value=round(value, 1),
        unit="names/s",
        limit=NAMES_PER_SECOND,
        holds=value >= NAMES_PER_SECOND,
        rounds=1,
        other_load=round(load[0], 2),
    )


@cache
def _case() -> Case:
    if not LIST.exists():
        raise SystemExit(f"The UN's list is not on this machine: {LIST}")
    found = read(LIST.read_bytes()).found
    assert found is not None
    dice = random.Random(2)
    persons = [each for each in found.names if each.person]
    first = {each.entry: each for each in reversed(persons)}
    aliases = [
        each
        for each in persons
        if each.name.isascii() and not each.weak and first[each.entry] != each and " " in each.name
    ]
    scripts = [each for each in persons if in_arabic(each.name) or _is_foreign(each.name)]
    dice.shuffle(aliases)
    dice.shuffle(scripts)
    aliases, scripts = aliases[:ALIASES], scripts[:SCRIPTS]
    left_out = {*aliases, *scripts}
    listed = tuple(each for each in found.names if each not in left_out)
    return Case(listed, tuple(aliases), tuple(scripts), tuple(_invented()))


def _is_foreign(name: str) -> bool:
    return sum(ord(letter) > 0x36F for letter in name) > len(name) / 2


def _invented() -> list[str]:
    names: list[str] = []
    for locale in LOCALES:
        invent = faker.Faker(locale)
        invent.seed_instance(7)
        names += [f"{invent.first_name()} {invent.last_name()}" for _ in range(NEGATIVES_EACH)]
    random.Random(4).shuffle(names)
    return names


@cache
def _ours() -> tuple[Scores, Scores]:
    """On all, and on the peer's sample."""
    case = _case()
    index = Index(case.listed, romanise)

    def best(name: str, entry: str | None) -> float:
        found = index.find(name, 0.3)
        return max((f.likeness for f in found if entry in (None, f.listed.entry)), default=0.0)

    return _scores(case, best), _scores(case.sampled(), best)


def _scores(case: Case, best: Best) -> Scores:
    return Scores(
        tuple(best(each.name, each.entry) for each in case.aliases),
        tuple(best(each.name, each.entry) for each in case.scripts),
        tuple(best(name, None) for name in case.negatives),
    )


@cache
def _peers() -> Scores | None:
    python = os.environ.get(PEER)
    if not python:
        return None
    ended = subprocess.run(
        [python, str(PEER_PROGRAM)],
        input=msgspec.json.encode(msgspec.to_builtins(_plain(_case().sampled()))),
        capture_output=True,
        timeout=PEER_SECONDS,
        check=True,
    )
    return msgspec.json.decode(ended.stdout, type=Scores)


def _plain(case: Case) -> dict[str, object]:
    """As the peer's program reads it."""
    return {
        "listed": [[each.entry, each.name] for each in case.listed if each.person],
        "aliases": [[each.entry, each.name] for each in case.aliases],
        "scripts": [[each.entry, each.name] for each in case.scripts],
        "negatives": list(case.negatives),
    }
