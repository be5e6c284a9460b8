from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.number_columns import UnreadableNumberError, scaled_array
from placement_opt.basics.quantities import decimals_of, read_number, scaled_int


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (3, Fraction(3)),
        (0.1, Fraction(1, 10)),
        (3.825, Fraction(3825, 1000)),
        (1e-6, Fraction(1, 10**6)),
        (1e23, Fraction(10**23)),
        (Decimal("2.50"), Fraction(5, 2)),
        (Fraction(1, 3), Fraction(1, 3)),
        (np.int32(7), Fraction(7)),
        (np.uint64(2**63), Fraction(2**63)),
        (np.float64(0.1), Fraction(1, 10)),
        (np.float32(0.1), Fraction(1, 10)),
        (np.float16(0.1), Fraction(1, 10)),
    ],
)
def test_a_number_is_the_decimal_it_prints_as(value, exact):
    read = read_number(value)
    assert read == exact
    assert type(read.numerator) is int


@pytest.mark.parametrize(
    "value", [True, np.True_, "3", b"3", None, 3j, [3], np.timedelta64(1, "D"), np.array([1.5])]
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="a number is expected"):
        read_number(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), np.float32("inf")]
)
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="a finite number is expected"):
        read_number(value)
    assert decimals_of(value) is None


@pytest.mark.parametrize(
    ("value", "places"),
    [(5, 0), (5.0, 0), (0.5, 1), (Decimal("1.500"), 1), (Fraction(1, 8), 3), (Fraction(1, 5), 1)],
)
def test_decimal_places(value, places):
    assert decimals_of(value) == places


def test_a_third_has_no_decimal_places():
    assert decimals_of(Fraction(1, 3)) is None


def test_scaled_int_is_exact_or_refuses():
    assert scaled_int(3.825, 3) == 3825
    assert scaled_int(Decimal("0.29"), 2) == 29
    assert scaled_int(-1.1, 1) == -11
    with pytest.raises(ValueError, match=r"at most 2 decimal places is expected, got 3\.825"):
        scaled_int(3.825, 2)


@given(st.lists(st.decimals(-(10**9), 10**9, places=6), max_size=20))
def test_a_float_column_is_read_as_its_decimals(values):
    floats = np.array([float(value) for value in values], dtype=np.float64)
    integers, scale = scaled_array(floats)
    assert [Fraction(int(n), scale) for n in integers] == [read_number(x) for x in floats]
    assert scale == 10 ** max((decimals_of(x) for x in floats), default=0)


@given(st.lists(st.integers(-(2**62), 2**62) | st.decimals(-1000, 1000, places=3), max_size=9))
def test_an_object_column_is_read_as_a_float_column_is(values):
    column = np.empty(len(values), dtype=object)
    column[:] = values
    most = max((abs(value) for value in values), default=0)
    places = max((decimals_of(value) for value in values), default=0)
    if most * 10**places >= 2**63:
        with pytest.raises(UnreadableNumberError, match="64"):
            scaled_array(column)
        return
    integers, scale = scaled_array(column)
    assert integers.dtype == np.int64
    assert [Fraction(int(n), scale) for n in integers] == [Fraction(value) for value in values]


@pytest.mark.parametrize(
    ("column", "integers", "scale"),
    [
        (np.array([1, 2], dtype=np.uint8), [1, 2], 1),
        (np.array([0.1, 2.25], dtype=np.float32), [10, 225], 100),
        (np.array([1e15, 0.5]), [10**16, 5], 10),
        (np.array([2.0**53 + 2, 1.0]), [2**53 + 2, 1], 1),
        (pd.Series([1.5, 2.0]), [15, 20], 10),
        (pd.array([1, 2], dtype="Int64"), [1, 2], 1),
        (pd.Series([Decimal("0.001"), 2]), [1, 2000], 1000),
        ([0.25, 1], [25, 100], 100),
        ([], [], 1),
    ],
)
def test_columns_of_many_types(column, integers, scale):
    read, found = scaled_array(column)
    assert (read.tolist(), found, read.dtype) == (integers, scale, np.int64)


@pytest.mark.parametrize(
    ("column", "positions"),
    [
        (np.array([1.0, np.nan, np.inf]), (1, 2)),
        (np.array([0.1, 1 / 3]), (1,)),
        (np.array([1e300, 1.0]), (0,)),
        (np.array([3e9 + 1 / 3, 1.0]), (0,)),
        (np.array([9.2e18, 0.5]), (0,)),
        (np.array([2**63], dtype=np.uint64), (0,)),
        (pd.array([1, None], dtype="Int64"), (1,)),
        (np.array([1, "2", True, None], dtype=object), (1, 2, 3)),
        (np.array([Fraction(1, 3), 2], dtype=object), (0,)),
    ],
)
def test_bad_values_are_named_by_position(column, positions):
    with pytest.raises(UnreadableNumberError, match=f"at position {positions[0]}") as caught:
        scaled_array(column)
    assert caught.value.positions == positions
    assert isinstance(caught.value, ValueError)


def test_only_the_first_bad_values_are_shown():
    with pytest.raises(UnreadableNumberError, match="at position 4 and 3 more"):
        scaled_array(np.full(8, np.nan))


def test_fewer_places_refuse_more_values():
    assert scaled_array(np.array([0.125]), places=3)[1] == 1000
    with pytest.raises(UnreadableNumberError, match="at most 2 decimal places"):
        scaled_array(np.array([0.125]), places=2)


@pytest.mark.parametrize(
    "column",
    [
        np.array([True]),
        np.array(["1"]),
        pd.Series(["1", "2"]),
        pd.array([True, None], dtype="boolean"),
        np.array([1j]),
        np.array(["2026-01-01"], dtype="datetime64[D]"),
        np.ones((2, 2)),
    ],
)
def test_columns_that_are_no_numbers_are_refused(column):
    with pytest.raises(TypeError, match="a column of numbers is expected"):
        scaled_array(column)
