"""Columns of numbers as exact integers over one denominator; what is no number is named by row.

The scalar readings are in `quantities`; a column follows them value by value.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.errors import PlacementError
from placement_opt.basics.quantities import (
    LARGEST_DENOMINATOR,
    LARGEST_QUOTIENT,
    PLACES,
    decimals_of,
    read_number,
    scaled_int,
)

INT64_MAX = 2**63 - 1
# Up to here the product x * 10**k is off by less than half a unit, so rounding finds the integer
# that was meant; larger values are read one by one.
_EXACT_PRODUCT = 2.0**51
_EXACT_FLOAT = 2**53
_BEYOND_INT64 = 2.0**63
_ROOM = 2.0**62  # far enough from the end of 64 bits for products rounded to doubles
# Beyond, powers of ten leave the range of doubles; such values differ from 0 by less than 1e-285.
_LARGEST_POWER = 300
_SHOWN_POSITIONS = 5


class UnreadableNumberError(PlacementError, ValueError):
    """Some values of a column are no decimals with the number of places that was asked for.

    Parameters
    ----------
    positions
        Positions of the bad values, counted from 0, ascending.
    values
        The bad values, aligned with `positions`.
    expected
        What each value has to be, as the end of the sentence "the values ...".
    """

    def __init__(self, positions: Sequence[int], values: Sequence[object], expected: str) -> None:
        self.positions = tuple(positions)
        self.values = tuple(values)
        self.expected = expected
        super().__init__(self.positions, self.values, expected)

    @override
    def __str__(self) -> str:
        shown = ", ".join(
            f"{value!r} at position {position}"
            for position, value in zip(
                self.positions[:_SHOWN_POSITIONS], self.values[:_SHOWN_POSITIONS], strict=True
            )
        )
        more = len(self.positions) - _SHOWN_POSITIONS
        tail = f" and {more} more" if more > 0 else ""
        return f"the values {self.expected}, got {shown}{tail}"


def scaled_array(values: npt.ArrayLike, places: int = 6) -> tuple[npt.NDArray[np.int64], int]:
    """Read a column of numbers as exact integers at the smallest common power of ten.

    Cost: linear in the number of values, vectorised for integer and float columns.

    Parameters
    ----------
    values
        Numbers of one column, shape (n,): a numpy array, a pandas column or a sequence. Object
        columns are read one by one, with `read_number`.
    places
        Most decimal places a value may have.

    Returns
    -------
    integers : ndarray of int64, shape (n,)
        ``values * scale``, exactly, in the order of `values`.
    scale : int
        ``10**k`` with the smallest ``k <= places`` that makes every value an integer.

    Raises
    ------
    TypeError
        If the column holds bools, strings, dates or anything else that is no number by its type.
    UnreadableNumberError
        If values are missing, not finite, have too many decimal places, or do not fit 64 bits at
        the common scale; names their positions. It is a ValueError.
    """
    column = _column(values)
    kind = column.dtype.kind
    if not column.size:
        return np.zeros(0, dtype=np.int64), 1
    if kind in "iu":
        _refuse(column, column > INT64_MAX, "must fit a signed 64-bit integer")
        return column.astype(np.int64), 1
    return _common_scale(column, *_decimals(column, places), places)


def rounded_array(values: npt.ArrayLike, *, fine: bool) -> tuple[npt.NDArray[np.int64], int]:
    """Read a column of computed numbers, with any number of decimals, over one scale.

    Decimals of up to six places are exact, and fractions with denominators up to 1,000, as for
    `read_number`; the latter only while their common denominator is at most 1,000, or 10^6 in a
    column of such numbers alone. All other values are rounded to the nearest multiple of

    - 10^-6, or where the largest value is below 0.1, the power of ten that leaves six of its
      digits: values that are summed against a limit;
    - with `fine`, the smallest power of ten that leaves every value of the column an integer of at
      most 2^53: values that only the objective counts. It holds for the whole column.

    Cost: linear in the number of values.

    Parameters
    ----------
    values
        As for `scaled_array`.
    fine
        Which of both grids.

    Returns
    -------
    integers : ndarray of int64, shape (n,)
        ``values * scale``, in the order of `values`.
    scale : int
        The common denominator.

    Raises
    ------
    TypeError, UnreadableNumberError
        As `scaled_array`, but for the number of decimals.
    """
    column = _column(values)
    floats = _as_floats(column)
    _refuse(column, ~(np.abs(floats) < _BEYOND_INT64), "must be finite numbers below 2^63")
    digits, decimals = _decimals(column, PLACES)
    divisor = np.where(decimals < 0, _denominators(column, floats), 1)
    largest = float(np.abs(floats).max(initial=0))
    rest, shared = divisor == 0, math.lcm(*np.unique(divisor[divisor > 0]).tolist())
    places, scale = _scale(rest, shared, decimals, largest)
    most = LARGEST_DENOMINATOR if rest.any() else 10**PLACES
    if shared > most or largest >= _ROOM / scale:  # quotients become part of the rest
        rest, shared = decimals < 0, 1
        places, scale = _scale(rest, shared, decimals, largest)
    beyond = np.abs(floats) >= _ROOM / scale
    if fine and (rest.any() or beyond.any()):
        places = _most_places(largest)
        return np.rint(floats * 10.0**places).astype(np.int64), 10**places
    _refuse(column, beyond, f"must fit a signed 64-bit integer in units of 1/{scale}")
    integers = np.rint(floats * 10.0**places).astype(np.int64) * shared
    # Where the scale leaves 64 bits, every value is far below 10^-6: what was written is zero.
    for k in range(PLACES + 1 if scale <= INT64_MAX else 0):
        rows = decimals == k
        integers[rows] = digits[rows] * (scale // 10**k)
    for q in np.unique(divisor[(decimals < 0) & ~rest]).tolist():
        rows = (decimals < 0) & (divisor == q)
        integers[rows] = np.rint(floats[rows] * q).astype(np.int64) * (scale // q)
    return integers, scale


def _scale(
    rest: npt.NDArray[np.bool_], shared: int, decimals: npt.NDArray[np.int64], largest: float
) -> tuple[int, int]:
    """Return the decimal places of a column, and its whole denominator."""
    places = _grid_places(largest) if rest.any() else int(decimals.max(initial=0))
    return places, shared * 10**places


def _grid_places(largest: float) -> int:
    """Return the places of sums: six, or those that leave six digits of the largest value."""
    return min(_LARGEST_POWER, max(PLACES, PLACES - 1 - math.floor(math.log10(largest))))


def _most_places(largest: float) -> int:
    """Return the most places that keep the largest value an integer of at most 2^53."""
    places = 0
    while 0 < largest * 10.0 ** (places + 1) <= _EXACT_FLOAT and places < _LARGEST_POWER:
        places += 1
    return places


def _column(values: npt.ArrayLike) -> npt.NDArray[Any]:
    declared = getattr(values, "dtype", None)
    if getattr(declared, "type", None) in {str, bool, np.bool_}:  # also the columns of pandas
        raise TypeError(f"a column of numbers is expected, got dtype {declared}")
    column = np.asarray(values)
    if column.ndim != 1:
        raise TypeError(f"a column of numbers is expected, got an array of shape {column.shape}")
    if column.dtype.kind not in "iufO":
        raise TypeError(f"a column of numbers is expected, got dtype {column.dtype}")
    return column


def _is_double(column: npt.NDArray[Any]) -> bool:
    return column.dtype.kind == "f" and column.dtype.itemsize <= np.dtype(np.float64).itemsize


def _as_floats(column: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the values in double precision; not-a-number for what is no number."""
    if _is_double(column):
        return printed_float64(column)
    return np.array([_as_float(value) for value in column], dtype=np.float64)


def _as_float(value: object) -> float:
    try:
        return float(read_number(value))
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _decimals(
    column: npt.NDArray[Any], places: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if _is_double(column):
        return _float_decimals(printed_float64(column), places)
    return _single_decimals(column, places)


def _denominators(
    column: npt.NDArray[Any], floats: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Find the denominator of each value that is a fraction as `read_number` reads it, else 0.

    The convergents of a continued fraction hold every fraction p / q that is nearer to the value
    than 1 / (2 q^2), so that a dozen steps over the whole column find it.
    """
    found = np.zeros(column.size, dtype=np.int64)
    if not _is_double(column):
        exact = [read_number(value).denominator for value in column]
        found[:] = [d if d <= LARGEST_DENOMINATOR else 0 for d in exact]
        return found
    left = np.flatnonzero(np.abs(floats) < LARGEST_QUOTIENT)
    rest = np.abs(floats[left]) % 1.0
    before, last = np.zeros(left.size), np.ones(left.size)
    while left.size:
        value = floats[left]
        is_it = (np.rint(value * last) / last == value) & (np.rint(value * last) != 0)
        found[left[is_it]] = last[is_it].astype(np.int64)
        goes_on = ~is_it & (rest > 0.5 / LARGEST_DENOMINATOR)  # else the next is larger
        left, rest, before, last = (a[goes_on] for a in (left, rest, before, last))
        turned = 1.0 / rest
        before, last = last, np.floor(turned) * last + before
        rest = turned % 1.0
        small = last <= LARGEST_DENOMINATOR
        left, rest, before, last = (a[small] for a in (left, rest, before, last))
    return found


def printed_float64(column: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return a column of floats in double precision, every value printing as it did before.

    A plain cast would turn the single-precision 0.1 into 0.10000000149011612.
    """
    if column.dtype == np.float64:
        return column.astype(np.float64, copy=False)
    return column.astype(str).astype(np.float64)


def _float_decimals(
    column: npt.NDArray[np.float64], places: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find digits and decimal places of each float: ``value = digits / 10**decimals``.

    Where no decimal of at most `places` places fits, the places are -1.
    """
    digits = np.zeros(column.size, dtype=np.int64)
    decimals = np.full(column.size, -1, dtype=np.int64)
    left = np.flatnonzero(np.isfinite(column))
    for k in range(places + 1):
        power = 10.0**k
        rounded = np.rint(column[left] * power)
        # Both numbers below are exact integers, so their quotient is the float nearest to the
        # decimal: equal to the value if and only if the value prints as that decimal.
        fits = (np.abs(rounded) <= _EXACT_PRODUCT) & (rounded / power == column[left])
        digits[left[fits]] = rounded[fits].astype(np.int64)
        decimals[left[fits]] = k
        left = left[~fits]
        if not left.size:
            break
    large = left[np.abs(column[left]) * 10.0**places > _EXACT_PRODUCT]
    digits[large], decimals[large] = _single_decimals(column[large], places)
    return digits, decimals


def _single_decimals(
    column: Iterable[object], places: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Do what `_float_decimals` does, value by value and for any type of number."""
    pairs = [_digits_and_decimals(value, places) for value in column]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _digits_and_decimals(value: object, places: int) -> tuple[int, int]:
    try:
        decimals = decimals_of(value)
    except TypeError:
        return 0, -1
    if decimals is None or decimals > places:
        return 0, -1
    digits = scaled_int(value, decimals)
    return (digits, decimals) if abs(digits) <= INT64_MAX else (0, -1)


def _common_scale(
    column: npt.NDArray[Any],
    digits: npt.NDArray[np.int64],
    decimals: npt.NDArray[np.int64],
    places: int,
) -> tuple[npt.NDArray[np.int64], int]:
    expected = f"must be finite numbers with at most {places} decimal places that fit 64 bits"
    _refuse(column, decimals < 0, expected)
    most = int(decimals.max(initial=0))
    factors = 10 ** (most - decimals)
    _refuse(
        column,
        np.abs(digits) > INT64_MAX // factors,
        f"must fit a signed 64-bit integer in units of 1/{10**most}",
    )
    return digits * factors, 10**most


def _refuse(column: npt.NDArray[Any], wrong: npt.NDArray[np.bool_], expected: str) -> None:
    positions = np.flatnonzero(wrong)
    if positions.size:
        raise UnreadableNumberError(positions.tolist(), column[positions].tolist(), expected)
