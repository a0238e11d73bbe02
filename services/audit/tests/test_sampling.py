"""Samples: how large by the textbook, how probable each item, and the same for everybody."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.sampling.draw import (
    Item,
    TooManyStrata,
    at_random,
    by_monetary_unit,
    hit,
    shares,
    start,
    ticket,
)
from audit.domain.sampling.sizes import NoSampleWillDo, confidence_factor, interval, items

TABLE = {
    95: "3.00 3.31 3.68 4.11 4.63 5.24 6.00 6.92 8.09 9.59 11.54",
    90: "2.31 2.52 2.77 3.07 3.41 3.83 4.33 4.95 5.72 6.71 7.99",
}
"""The AICPA's confidence factors, for an expectation of 0, 5, 10, ... 50 percent of what may be."""

POPULATIONS = st.lists(st.integers(1, 500), min_size=1, max_size=20).map(
    lambda values: [Item(f"pay_{n}", value=value) for n, value in enumerate(values)]
)
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=16)


@pytest.mark.parametrize("confidence", TABLE)
def test_confidence_factors_are_those_of_the_aicpas_table(confidence: int) -> None:
    found = [confidence_factor(confidence, Decimal(part) / 100) for part in range(0, 55, 5)]
    assert found == [Decimal(each) for each in TABLE[confidence].split()]


def test_the_interval_of_a_textbook_example() -> None:
    """Messier, Glover and Prawitt, Auditing & Assurance Services, problem 9-21: at 95 percent, of
    300,000 with 15,000 tolerable and 6,000 expected, 161 items, one each 1,853.93.

    Their program does not round the factor (8.09) as the table does.
    """
    found = interval(95, 1_500_000, 600_000)
    assert 300_000_00 // found == 161
    assert abs(found - 185_393) < 50


@pytest.mark.parametrize(
    ("confidence", "tolerable", "expected", "size"),
    [
        (95, 5, 0, 59),
        (95, 5, 1, 93),
        (95, 5, 2, 181),
        (95, 10, 0, 29),
        (95, 10, 3, 61),
        (90, 5, 0, 45),
    ],
)
def test_sizes_are_those_of_the_aicpas_table(
    confidence: int, tolerable: int, expected: int, size: int
) -> None:
    assert items(confidence, tolerable * 100, expected * 100) == size


def test_who_expects_that_much_wrong_looks_at_everything() -> None:
    with pytest.raises(NoSampleWillDo):
        interval(95, 100, 61)
    with pytest.raises(NoSampleWillDo):
        items(95, 500, 500)
    with pytest.raises(NoSampleWillDo):
        items(99, 500, 499)


@settings(deadline=None)
@given(POPULATIONS, st.integers(1, 300))
def test_each_items_chance_is_its_value_over_the_interval(
    population: list[Item], every: int
) -> None:
    """Exactly so: over all starts there are, each item is drawn as often as is its value, and
    what is as large as the interval always is."""
    drawn = dict.fromkeys(population, 0)
    for first in range(1, every + 1):
        for each in hit(population, every, first):
            drawn[each.item] += 1
            assert each.chance == min(Fraction(each.item.value, every), 1)
    for item, times in drawn.items():
        assert times == min(item.value, every)


@given(POPULATIONS, st.integers(1, 300), SEEDS)
def test_there_is_one_hit_in_each_interval(population: list[Item], every: int, seed: str) -> None:
    hits = sum(each.hits for each in by_monetary_unit(population, every, seed))
    whole = sum(item.value for item in population)
    assert hits == (whole - start(seed, every)) // every + 1
    assert abs(hits - whole / every) < 1


def test_strata_are_hit_in_proportion_to_their_value() -> None:
    population = [
        Item(f"pay_{n}", stratum=stratum, value=value)
        for n, (stratum, value) in enumerate([("a", 70)] * 30 + [("b", 10)] * 90)
    ]
    for number in range(50):
        drawn = list(by_monetary_unit(population, 100, str(number)))
        of_a = sum(each.hits for each in drawn if each.item.stratum == "a")
        assert of_a == 21
        assert len(drawn) - of_a == 9


@given(POPULATIONS, st.integers(1, 50), SEEDS)
def test_a_random_sample_has_its_size_and_nothing_twice(
    population: list[Item], size: int, seed: str
) -> None:
    drawn = list(at_random(population, size, seed))
    assert len({each.item for each in drawn}) == len(drawn) == min(size, len(population))
    assert sum(each.chance for each in drawn) * len(population) == len(drawn) ** 2


def test_each_item_is_as_probable_as_any_other() -> None:
    """Over 4,000 seeds each of 20 items is among 5 a quarter of the time, within 4 deviations."""
    population = [Item(f"pay_{n}") for n in range(20)]
    drawn = dict.fromkeys(population, 0)
    for number in range(4_000):
        for each in at_random(population, 5, str(number)):
            drawn[each.item] += 1
    spread = (4_000 * 0.25 * 0.75) ** 0.5
    assert all(abs(times - 1_000) < 4 * spread for times in drawn.values())


def test_a_random_start_is_as_probable_as_any_other() -> None:
    starts = [start(str(number), 10) for number in range(5_000)]
    spread = (5_000 * 0.1 * 0.9) ** 0.5
    assert all(abs(starts.count(first) - 500) < 4 * spread for first in range(1, 11))


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 200), min_size=1),
    st.integers(1, 300),
)
def test_each_stratum_has_its_part(counts: dict[str, int], size: int) -> None:
    whole = sum(counts.values())
    if size < len(counts) and size < whole:
        with pytest.raises(TooManyStrata):
            shares(counts, size)
        return
    parts = shares(counts, size)
    assert sum(parts.values()) == min(size, whole)
    for name, part in parts.items():
        assert 1 <= part <= counts[name]
        assert part <= max(1, min(size, whole) * counts[name] / whole + 1)


def test_an_outsider_draws_the_same() -> None:
    """Written out anew, as one would in another language."""
    population = [Item(f"inv_{n}", stratum="ab"[n % 2], value=7 * n + 1) for n in range(100)]
    seed = "5b" * 32
    tickets = {
        item.id: hashlib.sha256(f"{seed},{item.id}".encode()).hexdigest() for item in population
    }
    lowest = sorted(
        (item for item in population if item.stratum == "a"), key=lambda i: tickets[i.id]
    )[:4]
    assert [each.item for each in at_random(population, 8, seed)][:4] == lowest
    first = int(hashlib.sha256(f"{seed},start".encode()).hexdigest(), 16) % 900 + 1
    units = [
        item
        for item in sorted(population, key=lambda i: (i.stratum, tickets[i.id]))
        for _ in range(item.value)
    ]
    wanted = list(dict.fromkeys(units[first - 1 :: 900]))
    assert [each.item for each in by_monetary_unit(population, 900, seed)] == wanted


def test_a_ticket_is_what_any_tool_says_of_that_text() -> None:
    """`printf 1,pay_1 | sha256sum`"""
    assert ticket("1", "pay_1") == (
        "41a8f048d7269a20e1fe8b7483c93e001b7aa86838880e27a4f89f77d2257933"
    )
