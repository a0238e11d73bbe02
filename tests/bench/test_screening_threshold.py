"""A figure "at 1%" is at 1% of names that did not set the threshold, but for chance."""

import random  # noqa: TID251  seeded: the same names every time
from types import SimpleNamespace
from typing import Any

import pytest
from bench.figures import screening
from bench.figures.screening import Scores, chance_of, may_alert


@pytest.mark.parametrize(
    ("names", "percent", "alerts"),
    [(1050, 1, 5), (1050, 5, 43), (262, 5, 8), (262, 1, 0), (20, 1, 0)],
)
def test_fewer_may_alert_than_the_share_says(names: int, percent: int, alerts: int) -> None:
    assert may_alert(names, percent) == alerts
    assert alerts <= names * percent / 100


@pytest.mark.parametrize("percent", [1, 5])
def test_other_names_of_the_same_kind_seldom_alert_more_often(percent: int) -> None:
    dice = random.Random(1)
    above = 0
    for _ in range(100):
        negatives = tuple(dice.random() for _ in range(2100))
        found = Scores((1.0,), (1.0,), negatives).recall((1.0,), percent)
        assert found.value == 1.0
        assert found.set_on <= percent / 100
        above += not found.within
    assert above <= 5


def test_more_alerts_than_chance_explains_are_told() -> None:
    assert chance_of(68, 1050, 5) < 0.05
    assert chance_of(60, 1050, 5) > 0.05
    quiet, loud = [n / 2000 for n in range(1000)], [0.4 + n / 2000 for n in range(1000)]
    mixed = tuple(each for pair in zip(quiet, loud, strict=True) for each in pair)
    assert not Scores((), (), mixed).recall((1.0,), 5).within


async def test_beside_a_peer_the_row_is_of_the_sample_that_it_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet = (0.1,) * 400
    full = Scores((0.9, 0.9, 0.9, 0.05), (), quiet)
    sampled = Scores((0.9, 0.05), (), quiet)
    peer = Scores((0.9, 0.05, 0.05, 0.05), (), quiet)
    monkeypatch.setattr(screening, "_ours", lambda: (full, sampled))
    monkeypatch.setattr(screening, "_peers", lambda: peer)
    setting: Any = SimpleNamespace(told=lambda _: None)
    row = await screening.recall_alias_at_5pct(setting)
    assert (row.value, row.baseline, row.ratio) == (0.5, 0.25, 2.0)
    monkeypatch.setattr(screening, "_peers", lambda: None)
    alone = await screening.recall_alias_at_5pct(setting)
    assert (alone.value, alone.baseline, alone.ratio) == (0.75, None, None)
