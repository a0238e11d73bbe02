"""Screening: how many of those who are listed are found under a name that the list was not given.

The UN's real list, of which aliases (those that it calls good, of two words and more) and names in
their original script are left out, each then searched for. What is no match: invented names of
seven countries, which cannot be on it but by chance. The threshold is set on one half of these,
carefully: so high that no more than 1% (5%) of such names alert, with nine chances in ten. How many
of each half do is told beside the figure, which does not hold when the half that did not set the
threshold alerts more often than chance explains. Recall: how many of the names left out find their
own entry above the threshold.

The peer, nomenklatura's logic-v2, takes the same in the same run, with a threshold set in the same
way: a sample, since it is slow. It is large and not among what the project pins:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install nomenklatura==4.17.4
    HOMEWARD_BENCH_NOMENKLATURA=/tmp/peer/bin/python ./homeward bench screening
"""

import asyncio
import math
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
NEGATIVES_EACH = 300
LOCALES = ("ar_SA", "fa_IR", "en_PK", "vi_VN", "sk_SK", "tr_TR", "en_US")
SAMPLED = 4
"""The peer takes every so many'th name of each kind."""
SPEED_NAMES = 400
NAMES_PER_SECOND = 100.0
ALIAS_LIMIT = {1: 0.55, 5: 0.65}
SCRIPT_LIMIT = {1: 0.63, 5: 0.80}
"""Without the peer. With it, the ratio decides: as many Latin aliases, twice as many scripts."""

DOUBT = 0.1
"""The chance that more than so many percent alert after all."""
CHANCE = 0.05
"""What happens more seldom by chance is no chance."""
INSTALL = "pip install nomenklatura==4.17.4 in a venv, and name its Python in"

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

    def recall(self, found: Sequence[float], percent: int) -> "Recall":
        """How many are above the threshold that one half of the negatives sets."""
        setting, others = self.negatives[::2], self.negatives[1::2]
        threshold = sorted(setting, reverse=True)[may_alert(len(setting), percent)]
        alerts = sum(score > threshold for score in others)
        return Recall(
            value=_share(found, threshold),
            set_on=_share(setting, threshold),
            measured=alerts / len(others),
            within=chance_of(alerts, len(others), percent) >= CHANCE,
        )


class Recall(msgspec.Struct, frozen=True):
    """What is found at a threshold, and what it costs in false alerts."""

    value: float
    set_on: float
    """Alerts on the half that set the threshold."""
    measured: float
    """Alerts on the other half."""
    within: bool
    """Whether so many are explained by chance."""

    @property
    def told(self) -> str:
        return (
            f"{self.value:.3f} (alerts: {self.set_on:.2%} of the names that set the threshold,"
            f" {self.measured:.2%} of the others)"
        )


def may_alert(names: int, percent: int) -> int:
    """How many of so many may alert, for that share to be no larger but by a chance of `DOUBT`."""
    below = (k for k in range(names) if _at_most(k, names, percent) > DOUBT)
    return max(next(below, 0) - 1, 0)


def chance_of(alerts: int, names: int, percent: int) -> float:
    """That so many or more alert, if that share of all such names does."""
    return 1.0 - _at_most(alerts - 1, names, percent)


def _at_most(alerts: int, names: int, percent: int) -> float:
    share = percent / 100
    return math.fsum(
        math.comb(names, k) * share**k * (1 - share) ** (names - k) for k in range(alerts + 1)
    )


def _share(scores: Sequence[float], threshold: float) -> float:
    return sum(score > threshold for score in scores) / len(scores)


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
    found = ours.recall(_of(ours, of), percent)
    value, within = found.value, found.within
    setting.told(f"{name}: {found.told}")
    limit = (ALIAS_LIMIT if of == "alias" else SCRIPT_LIMIT)[percent]
    if peer is None:
        setting.told(f"{name}: there is no peer: {INSTALL} {PEER}")
        baseline = ratio = None
    else:
        same = sampled.recall(_of(sampled, of), percent)
        peers = peer.recall(_of(peer, of), percent)
        value, baseline, within = same.value, peers.value, within and same.within
        limit = 1.0 if of == "alias" else 2.0
        ratio = round(value / max(baseline, 0.001), 2)
        setting.told(f"{name}: the row is of the sample: ours {same.told}, peer {peers.told}")
    return Figure(
        figure=name,
        value=round(value, 3),
        unit="recall",
        baseline=None if baseline is None else round(baseline, 3),
        ratio=ratio,
        limit=limit,
        holds=within and (value if ratio is None else ratio) >= limit,
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
