"""Numbers of the law, read and written without binary floating point."""

import numbers
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import SupportsFloat, TypeAlias

from placement_opt.basics.errors import InvalidInputError

Exact: TypeAlias = str | SupportsFloat
"""What the rulebook takes as a number: int, float, Decimal, Fraction, numpy scalar or "25.5"."""

SUBJECT = "rulebook"
LARGEST_EXPONENT = 30


def read_exact(
    value: object, field: str, *, minimum: int | None = 0, maximum: int | None = None
) -> Fraction:
    """Read a number exactly; a float is the decimal it prints as.

    Parameters
    ----------
    value
        int, float, Decimal, Fraction, numpy scalar or decimal string.
    field
        Name of the argument, for the error.
    minimum, maximum
        Bounds, both allowed values; None for no bound.

    Raises
    ------
    InvalidInputError
        For anything that is no finite number, and for a number outside the bounds.
    """
    number = _fraction(value)
    if number is None:
        expected = "must be a finite number"
        hint = 'give an int, a Decimal or a decimal string such as "25.5"'
        raise InvalidInputError.single(SUBJECT, None, field, value, expected, hint)
    if minimum is not None and number < minimum:
        hint = f"give {minimum} or more"
        expected = f"must be >= {minimum}"
        raise InvalidInputError.single(SUBJECT, None, field, value, expected, hint)
    if maximum is not None and number > maximum:
        hint = f"give {maximum} or less"
        expected = f"must be <= {maximum}"
        raise InvalidInputError.single(SUBJECT, None, field, value, expected, hint)
    return number


def read_decimal(
    value: object, field: str, *, minimum: int | None = 0, maximum: int | None = None
) -> Decimal:
    """Read a number that is a decimal of finite length.

    Raises
    ------
    InvalidInputError
        As `read_exact`, and for a fraction such as 1/3.
    """
    number = read_exact(value, field, minimum=minimum, maximum=maximum)
    decimal = finite_decimal(number)
    if decimal is None:
        expected = "must be a decimal of finite length"
        hint = "round it first, to as many decimals as the figure deserves"
        raise InvalidInputError.single(SUBJECT, None, field, value, expected, hint)
    return decimal


def finite_decimal(number: Fraction) -> Decimal | None:
    """Return the decimal that equals `number`, or None where it has no end."""
    twos, rest = _divided_out(number.denominator, 2)
    fives, rest = _divided_out(rest, 5)
    if rest != 1:
        return None
    places = max(twos, fives)
    scaled = number.numerator * 10**places // number.denominator
    # Built from digits, because arithmetic on Decimal rounds to the caller's context.
    digits = tuple(int(digit) for digit in str(abs(scaled)))
    return Decimal((int(scaled < 0), digits, -places))


def euros(amount: Fraction) -> Decimal:
    """Round an amount of money to the cent, half a cent away from zero."""
    cents = (2 * abs(amount.numerator) * 100 + amount.denominator) // (2 * amount.denominator)
    digits = tuple(int(digit) for digit in str(cents))
    return Decimal((int(amount < 0 and cents > 0), digits, -2))


def _fraction(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    try:
        if isinstance(value, Decimal | str):
            decimal = Decimal(value)
        elif isinstance(value, float):
            decimal = Decimal(float.__repr__(value))
        elif isinstance(value, numbers.Real):
            decimal = Decimal(str(value))
        else:
            return None
    except InvalidOperation:
        return None
    # A bound on the exponent, since 1e999999 as a fraction would fill the memory.
    if not decimal.is_finite() or abs(decimal.adjusted()) > LARGEST_EXPONENT:
        return None
    return Fraction(decimal)


def _divided_out(number: int, prime: int) -> tuple[int, int]:
    times = 0
    while number % prime == 0:
        number //= prime
        times += 1
    return times, number
