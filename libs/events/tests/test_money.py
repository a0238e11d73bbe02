"""Money: exact, in the currency's own minor units, never a float."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.money import Money, NotMoney, exponent, total

currencies = st.sampled_from(["EUR", "IQD", "VND", "ALL", "USD", "BHD"])
minors = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(
    ("currency", "digits"), [("IQD", 3), ("VND", 0), ("EUR", 2), ("ALL", 2), ("LAK", 2)]
)
def test_the_exponent_is_the_one_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


def test_dinars_have_three_decimals_on_the_wire() -> None:
    assert Money(2_423_500_500, "IQD").to_wire() == {"amount": "2423500.500", "currency": "IQD"}


def test_dong_have_none() -> None:
    assert Money(1_500_000, "VND").amount == "1500000"


def test_people_read_it_with_groups() -> None:
    assert f"{Money(-2_423_500_500, 'IQD')}" == "-2,423,500.500 IQD"


@pytest.mark.parametrize(
    "amount",
    ["1", "1.5", "1.505", "01.50", "1,50", "1.50 ", "+1.50", "1e2", "NaN", "", "-0.00", "١.٥٠"],
)
def test_another_scale_or_spelling_is_refused(amount: str) -> None:
    with pytest.raises(NotMoney):
        Money.parse(amount, "EUR")


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "XAU", "XXX", "ZZZ"])
def test_what_one_cannot_pay_in_is_refused(currency: str) -> None:
    with pytest.raises(NotMoney):
        Money(1, currency)


@pytest.mark.parametrize(
    "wire",
    [
        1.5,
        "1.50 EUR",
        {"amount": 1.5, "currency": "EUR"},
        {"amount": "1.50"},
        {"amount": "1.50", "currency": "EUR", "rate": "1"},
        {"amount": "1.50", "currency": 978},
    ],
)
def test_a_number_or_another_shape_on_the_wire_is_refused(wire: object) -> None:
    with pytest.raises(NotMoney):
        Money.from_wire(wire)


def test_a_float_never_gets_in() -> None:
    with pytest.raises(NotMoney):
        Money(1.0, "EUR")  # type: ignore[arg-type]
    with pytest.raises(NotMoney):
        Money(100, "EUR") * 0.5  # type: ignore[operator]


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(NotMoney):
        Money(1, "EUR") + Money(1, "USD")


def test_money_does_not_change() -> None:
    with pytest.raises(AttributeError):
        Money(1, "EUR").minor = 2


@given(minors, currencies)
def test_what_is_written_reads_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.from_wire(money.to_wire()) == money


@given(minors, currencies, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_sum_to_the_whole_and_are_within_one_minor_unit(
    minor: int, currency: str, weights: list[int]
) -> None:
    money = Money(minor, currency)
    if sum(weights) == 0:
        with pytest.raises(NotMoney):
            money.allocate(weights)
        return
    parts = money.allocate(weights)
    assert total(parts, currency) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)
