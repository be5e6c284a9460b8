"""Numbers of the law: read as printed, rounded once."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook.exact import euros, finite_decimal, read_decimal, read_exact

finite_decimals = st.decimals(-(10**9), 10**9, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    "value",
    [
        25.5,
        "25.5",
        " 25.50 ",
        Decimal("25.5"),
        Fraction(51, 2),
        np.float64(25.5),
        np.float32(25.5),
    ],
)
def test_every_kind_of_number_reads_the_same(value: object) -> None:
    assert read_exact(value, "hours") == Fraction(51, 2)


@pytest.mark.parametrize("value", [0.1, "0.1", np.float32(0.1), np.float64(0.1)])
def test_a_float_is_the_decimal_it_prints_as(value: object) -> None:
    assert read_exact(value, "share") == Fraction(1, 10)


@pytest.mark.parametrize("value", [np.int32(7), np.uint8(7), 7])
def test_whole_numbers_of_any_width_read(value: object) -> None:
    assert read_exact(value, "jobs") == 7


@pytest.mark.parametrize(
    "value",
    [True, np.True_, None, "", "ten", "25,5", "nan", float("inf"), [1], 1j, Decimal("sNaN")],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidInputError, match="hours must be a finite number"):
        read_exact(value, "hours")


def test_bounds_are_allowed_values() -> None:
    assert read_exact(0, "share", maximum=1) == 0
    assert read_exact(1, "share", maximum=1) == 1
    assert read_exact(-1, "balance", minimum=None) == -1
    with pytest.raises(InvalidInputError, match=r"share must be <= 1, got '1\.0001'"):
        read_exact("1.0001", "share", maximum=1)
    with pytest.raises(InvalidInputError, match=r"share must be >= 0, got -0\.1"):
        read_exact(-0.1, "share")


@given(finite_decimals)
def test_decimals_survive_the_round_trip(value: Decimal) -> None:
    assert finite_decimal(read_exact(value, "x", minimum=None)) == value
    assert read_decimal(str(value), "x", minimum=None) == value


@given(finite_decimals)
def test_euros_round_half_away_from_zero(value: Decimal) -> None:
    expected = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert euros(Fraction(value)) == expected
    assert euros(Fraction(value)).as_tuple().exponent == -2


def test_the_callers_decimal_context_changes_nothing() -> None:
    with localcontext(Context(prec=3)):
        assert str(finite_decimal(Fraction(123456789, 1000))) == "123456.789"
        assert str(euros(Fraction("11607.8137"))) == "11607.81"


def test_a_fraction_without_end_has_no_decimal() -> None:
    assert finite_decimal(Fraction(1, 3)) is None
    with pytest.raises(InvalidInputError, match="must be a decimal of finite length"):
        read_decimal(Fraction(1, 3), "hours")
