"""Numbers as their owner wrote them: exact decimals, whatever type they arrive in.

A binary float stands for the decimal it prints as (0.1 is one tenth), so that hours and money can
be kept in integers from the boundary on. Strings and bools are never numbers here.
"""

import numbers
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.errors import PlacementError

INT64_MAX = 2**63 - 1
# Up to here the product x * 10**k is off by less than half a unit, so rounding finds the integer
# that was meant; larger values are read one by one.
_EXACT_PRODUCT = 2.0**51
_SHOWN_POSITIONS = 5

Number = int | float | Decimal | Fraction


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


def read_number(value: object) -> Fraction:
    """Read one number exactly; a float stands for the decimal it prints as.

    Parameters
    ----------
    value
        An int, float, Decimal, Fraction or numpy number.

    Returns
    -------
    Fraction
        The exact value.

    Raises
    ------
    TypeError
        If `value` is no number; strings, bools and durations are none.
    ValueError
        If `value` is not finite.
    """
    if isinstance(value, (bool, np.bool_, np.timedelta64)):
        raise TypeError(f"a number is expected, got {value!r}")
    if isinstance(value, numbers.Rational):  # int, Fraction and the integers of numpy
        return Fraction(int(value.numerator), int(value.denominator))
    decimal = _printed_decimal(value)
    if not decimal.is_finite():
        raise ValueError(f"a finite number is expected, got {value!r}")
    return Fraction(decimal)


def _printed_decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if isinstance(value, np.floating):
        return Decimal(str(value))
    raise TypeError(f"a number is expected, got {value!r}")


def decimals_of(value: object) -> int | None:
    """Count the decimal places a number needs; None if it is not a finite decimal.

    Parameters
    ----------
    value
        As in `read_number`. One third needs infinitely many places, so it gives None, as do
        infinities and not-a-number.

    Raises
    ------
    TypeError
        If `value` is no number.
    """
    try:
        denominator = read_number(value).denominator
    except ValueError:
        return None
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def scaled_int(value: object, places: int) -> int:
    """Return ``value * 10**places`` as an exact integer.

    Parameters
    ----------
    value
        As in `read_number`.
    places
        Decimal places kept; hours take 3 (thousandths), euros take 2 (cents).

    Raises
    ------
    TypeError
        If `value` is no number.
    ValueError
        If `value` is not finite or has more decimal places than `places`.
    """
    power: int = 10**places
    scaled = read_number(value) * power
    if scaled.denominator != 1:
        expected = f"a number with at most {places} decimal places"
        raise ValueError(f"{expected} is expected, got {value!r}")
    return scaled.numerator


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
    declared = getattr(values, "dtype", None)
    if getattr(declared, "type", None) in {str, bool, np.bool_}:  # also the columns of pandas
        raise TypeError(f"a column of numbers is expected, got dtype {declared}")
    column = np.asarray(values)
    if column.ndim != 1:
        raise TypeError(f"a column of numbers is expected, got an array of shape {column.shape}")
    kind = column.dtype.kind
    if column.size == 0 and kind in "fO":
        return np.zeros(0, dtype=np.int64), 1
    if kind in "iu":
        _refuse(column, column > INT64_MAX, "must fit a signed 64-bit integer")
        return column.astype(np.int64), 1
    if kind == "f" and column.dtype.itemsize <= np.dtype(np.float64).itemsize:
        return _common_scale(column, *_float_decimals(printed_float64(column), places), places)
    if kind in "fO":
        return _common_scale(column, *_single_decimals(column, places), places)
    raise TypeError(f"a column of numbers is expected, got dtype {column.dtype}")


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
    column: npt.NDArray[np.generic],
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


def _refuse(column: npt.NDArray[np.generic], wrong: npt.NDArray[np.bool_], expected: str) -> None:
    positions = np.flatnonzero(wrong)
    if positions.size:
        raise UnreadableNumberError(positions.tolist(), column[positions].tolist(), expected)
