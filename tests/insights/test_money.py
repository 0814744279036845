"""Rounding: half up, once, to the currency's own minor unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.harvest.currencies import minor_units
from harvest_bridge.insights.money import EXACT, Amounts, from_micros, money, plain, product, rounded

BIGGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("currency", "units"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("BYR", 0), ("HRK", 2), ("XAU", 2)]
)
def test_each_currency_has_its_own_minor_unit(currency: str, units: int) -> None:
    assert minor_units(currency) == minor_units(currency.lower()) == units


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-2.665", "EUR", "-2.67"),
        ("0.005", "EUR", "0.01"),
        ("-0.004", "EUR", "0.00"),
        ("99.5", "JPY", "100"),
        ("1.0005", "KWD", "1.001"),
        ("3", "KWD", "3.000"),
    ],
)
def test_one_half_goes_up(amount: str, currency: str, text: str) -> None:
    assert money(Decimal(amount), currency) == text


@given(st.integers(-BIGGEST, BIGGEST), st.integers(-BIGGEST, BIGGEST))
def test_a_product_of_millionths_is_exact(hours: int, rate: int) -> None:
    assert EXACT.scaleb(product(hours, rate), 12) == Decimal(hours * rate)


@given(st.integers(-BIGGEST, BIGGEST))
def test_a_number_that_is_no_money_keeps_every_digit(value: int) -> None:
    assert Decimal(plain(from_micros(value))) * 1_000_000 == value


@given(st.lists(st.integers(-(10**15), 10**15), max_size=20), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_sums_of_rounded_amounts_do_not_depend_on_their_order(values: list[int], currency: str) -> None:
    amounts = [rounded(from_micros(value), currency) for value in values]
    there, back = (Amounts.of((one, currency) for one in order) for order in (amounts, amounts[::-1]))
    assert there == back


def test_currencies_are_never_added() -> None:
    assert Amounts.of([(Decimal(1), "EUR"), (Decimal(2), "USD")]) == {"EUR": Decimal(1), "USD": Decimal(2)}
