"""Numbers as their owner wrote or computed them: exact, whatever type they arrive in.

A binary float stands for the decimal it prints as (0.1 is one tenth), so that hours and money can
be kept in integers from the boundary on. Where that decimal needs more than six places the float
was computed: 1 / 3 is read as one third, and 0.1 + 0.2 on a grid, as `Digits` says for each kind
of number. Strings and bools are never numbers here.
"""

import math
import numbers
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import numpy as np

PLACES = 6
"""Decimal places that amounts, limits and usages may be written with."""

LARGEST_DENOMINATOR = 1_000
"""A computed float is read as the fraction it is the nearest float to, up to this denominator. Such
fractions lie 1e-6 apart, and floats of this size 1e-16: hardly any other float meets one."""

LARGEST_QUOTIENT = 10**6
"""Above it, floats lie too far apart to tell which fraction was meant."""

COMPUTED_DIGITS = 13
"""Whoever writes a number by hand uses fewer significant digits than this."""

NOISE = Fraction(1, 10**12)
"""Computing in floats leaves a number this close to what was meant, as a share of it."""

LARGEST_NOISE = Fraction(1, 10**9)
"""No difference beyond this is noise; what is left of a difference that should be nothing, such as
0.3 - 0.1 - 0.2 = -2.8e-17, is smaller."""

Number = int | float | Decimal | Fraction


class Digits(Enum):
    """What becomes of a number with more decimals than its field keeps.

    A fraction with a denominator up to `LARGEST_DENOMINATOR` is kept as it is for `LIMIT` and
    `FACTOR`: a limit of 2 / 3 is two thirds.
    """

    WRITTEN = "written"
    """Hours, money, heads: what people write. Refused; a computed float is rounded to the field's
    places, and to a whole number only where noise alone sets it apart."""
    LIMIT = "limit"
    """Limits of sums: a float is rounded to the field's places, below 1 to seven significant
    digits. Decimals and Fractions were written, and are refused."""
    MEASURED = "measured"
    """Coordinates, levels, shares, minutes: rounded to the field's places, whatever the type."""
    FACTOR = "factor"
    """Weights and prices: what a float can hold is kept, without the noise of a computation: twelve
    significant digits, or the field's places where those are more."""


_SIGNIFICANT = {Digits.LIMIT: 7, Digits.FACTOR: 12}


def read_number(value: object) -> Fraction:
    """Read one number exactly.

    Parameters
    ----------
    value
        An int, float, Decimal, Fraction or numpy number. A float stands for the decimal it prints
        as; where that has more than six places, for the fraction with a denominator of at most
        1,000 that it is the nearest float to, if there is one.

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
    exact = Fraction(decimal)
    if not isinstance(value, float) or _fits(exact, PLACES) or abs(exact) >= LARGEST_QUOTIENT:
        return exact
    near = exact.limit_denominator(LARGEST_DENOMINATOR)
    return near if float(near) == value else exact


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


def read_rounded(value: object, places: int, digits: Digits) -> Fraction | None:
    """Read one number on the grid of its field; None where it may not be rounded.

    Parameters
    ----------
    value
        As in `read_number`.
    places
        Decimal places of the field.
    digits
        What becomes of more decimals than that.

    Raises
    ------
    TypeError, ValueError
        As `read_number`.
    """
    exact = read_number(value)
    is_float = isinstance(value, float | np.floating)
    if _fits(exact, places):
        return exact
    if digits is Digits.MEASURED:
        return rounded(exact, places)
    if digits is Digits.WRITTEN:
        return _computed(exact, value, places) if is_float else None
    if exact.denominator <= LARGEST_DENOMINATOR:
        return exact
    if digits is Digits.LIMIT and (not is_float or -LARGEST_NOISE <= exact < 0):
        return Fraction(0) if is_float else None
    return rounded(exact, max(places, _SIGNIFICANT[digits] - _magnitude(exact)))


def _fits(exact: Fraction, places: int) -> bool:
    power: int = 10**places
    return power % exact.denominator == 0


def rounded(exact: Fraction, places: int) -> Fraction:
    """Return the nearest decimal of so many places, halves to even."""
    return Fraction(round(exact * 10**places), 10**places)


def _computed(exact: Fraction, value: object, places: int) -> Fraction | None:
    """Round a float that nobody wrote by hand; None for any other."""
    near = rounded(exact, places)
    noise = min(NOISE * abs(exact), LARGEST_NOISE) if near else LARGEST_NOISE
    is_long = len(_printed_decimal(value).as_tuple().digits) >= COMPUTED_DIGITS
    return near if abs(near - exact) <= noise or (is_long and places and near) else None


def _magnitude(exact: Fraction) -> int:
    """Return how many digits stand before the decimal sign; 0 for 0.5, -2 for 0.005."""
    size = abs(exact)
    guess = math.floor((size.numerator.bit_length() - size.denominator.bit_length()) * 0.30103)
    while size >= Fraction(10) ** guess:
        guess += 1
    while size < Fraction(10) ** (guess - 1):
        guess -= 1
    return guess
