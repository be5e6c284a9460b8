"""Texts that look like numbers: never read as one here, but told with what they can mean.

'180.000' is 180 thousand in a Dutch file and 180 in an English one. A hint names a number only
where there is one reading, and all of them where there are two.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from placement_opt.basics.bsn import looks_like_bsn

_MOST_DIGITS = 18  # more would be rounded by decimal arithmetic, and no amount has them
_BLANKS = "[ \u00a0\u2007\u2009\u202f'\u2019_]"
_CURRENCY = re.compile(r"^(€|euro?\b)|(€|\beuro?|,--?|\.-)$", re.IGNORECASE)
_BLANK_GROUPS = re.compile(rf"^[0-9]{{1,3}}(?:{_BLANKS}[0-9]{{3}})+(?![0-9])")
_ONE_SIGN = re.compile(r"[0-9]*(?:[.,][0-9]+)?")
_GROUPS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}(?:\1[0-9]{3})*")
_GROUPS_AND_SIGN = re.compile(_GROUPS.pattern + r"(?!\1)[.,][0-9]+")
_EXPONENT = re.compile(r"(.*[0-9])[eE]([+-]?[0-9]{1,2})")


def number_readings(text: str) -> tuple[Decimal, ...]:
    """Return every number that a text can sensibly mean: none, one, or two.

    Two where a single point or comma stands before exactly three digits, or where a per cent sign
    leaves open whether a share or a percentage is asked for.
    """
    if sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return ()
    bare = _CURRENCY.sub("", text.replace("\ufeff", "").strip()).strip()
    if bare.endswith("%"):
        percents = number_readings(bare[:-1])
        return tuple(sorted({reading for n in percents for reading in (n / 100, n)}))
    sign = -1 if bare[:1] in {"-", "\u2212"} else 1
    bare = bare.lstrip("+-\u2212").strip() if bare[1:2] not in {"+", "-"} else ""
    exponent = 0
    if written := _EXPONENT.fullmatch(bare):
        bare, exponent = written[1], int(written[2])
    joined = _BLANK_GROUPS.sub(lambda groups: re.sub(_BLANKS, "", groups[0]), bare)
    return tuple((sign * reading).scaleb(exponent) for reading in _unsigned(joined))


def _unsigned(digits: str) -> tuple[Decimal, ...]:
    """Read digits with points and commas; each of them may group thousands or be the sign."""
    readings = set()
    if digits and _ONE_SIGN.fullmatch(digits):
        readings.add(Decimal(digits.replace(",", ".")))
    if _GROUPS.fullmatch(digits):
        readings.add(Decimal(re.sub("[.,]", "", digits)))
    if mixed := _GROUPS_AND_SIGN.fullmatch(digits):
        readings.add(Decimal(digits.replace(mixed[1], "").replace(",", ".")))
    return tuple(sorted(readings))


def without_quotes(text: str, accepts: Callable[[Decimal], bool] | None = None) -> str:
    """Return the remedy for a text where a number is expected; what could be a BSN is not shown.

    Parameters
    ----------
    text
        The text that was given.
    accepts
        Tells which numbers the field takes; None, and a field that takes none of the readings:
        all are named.
    """
    if looks_like_bsn(text):
        return "give the number that is asked for; this could be a citizen service number"
    every = number_readings(text)
    taken = [reading for reading in every if accepts is None or accepts(reading)]
    readings = [_shown(reading) for reading in taken or every]
    if not readings:
        return "write a number, with a point as decimal sign"
    if len(readings) == 1:
        return f"write the number without quotes: {readings[0]}"
    return f"write the number that is meant, without quotes: {' or '.join(readings)}"


def _shown(number: Decimal) -> str:
    """Write a number as Python reads it back, without an exponent and without zeros at the end."""
    shown = f"{number + 0:f}"  # so that minus zero is never shown
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) or "0"


def rounded_text(exact: Fraction, places: int) -> str:
    """Write a number with at most so many decimals, exactly and without an exponent."""
    whole: int = round(exact * 10**places)
    digits = f"{abs(whole):0{places + 1}}"
    shown = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".") if places else digits
    return f"-{shown}" if whole < 0 else shown
