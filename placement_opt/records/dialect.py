"""How a table writes numbers, dates and lists, and how to find out from what it holds.

'180.000' is 180 thousand in one file and 180 in another; 01-02-2026 is in February or in January.
What only one reading fits decides for the table, and the tables beside it help where it holds
nothing that decides. Where both readings stay open nobody guesses: the cell is `UNDECIDED`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids

_BLANKS = "[ \u00a0\u2007\u2009\u202f'\u2019]"
_NUMBER_WITH = {
    sign: re.compile(
        rf"[+-]?(?:[1-9]\d{{0,2}}(?:(?:{group}|{_BLANKS})\d{{3}})+|\d+|(?={re.escape(sign)}))"
        rf"(?:{re.escape(sign)}\d+)?(?:[eE][+-]?\d{{1,3}})?",
        re.ASCII,
    )
    for sign, group in ((",", r"\."), (".", ","))
}
_BLANK = re.compile(_BLANKS)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_LONGEST_NUMBER = 60
_MIDNIGHT = r"(?:[T ]0?0:00(?::00(?:\.0+)?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.]?(\d{{2}})[-/.]?(\d{{2}}){_MIDNIGHT}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_MIDNIGHT}", re.ASCII)
_MONTH_IN_WORDS = re.compile(r"(\d{1,2})[ -]([a-z]{3,9})\.?[ -](\d{4})", re.IGNORECASE | re.ASCII)
_MONTHS = {
    name: month
    for month, names in enumerate(
        ("jan", "feb", "mar maa mrt", "apr", "may mei", "jun", "jul", "aug", "sep", "oct okt",
         "nov", "dec"), start=1
    )
    for name in names.split()
}  # fmt: skip
_SAFE_FLOAT_LENGTH = 17
_SHORTEST_KEY = 8

Sign = Literal[",", "."]
DateOrder = Literal["day first", "month first"]
SIGNS: tuple[Sign, ...] = (",", ".")
ORDERS: tuple[DateOrder, ...] = ("day first", "month first")


class Undecided(Enum):
    """What stands for a cell that two readings fit, where nothing decides between them."""

    TWO_READINGS = "two readings"


UNDECIDED = Undecided.TWO_READINGS


@dataclass(frozen=True, slots=True)
class Dialect:
    """How tables are written; None for what is to be recognised.

    Parameters
    ----------
    separator
        What stands between the columns of a text file, such as ``";"``.
    encoding
        Encoding of a text file, such as ``"utf-8"``.
    decimal
        Decimal sign, ``","`` or ``"."``; the other one may then group thousands.
    dates
        ``"day first"`` or ``"month first"``, for dates that end in the year.
    lists
        What stands between the entries of one cell, such as ``";"``.
    missing
        Texts that mean "not given", beside the empty cell.
    pseudonym_key
        Secret that turns numbers that could be a BSN into pseudonyms; None refuses them.
    """

    separator: str | None = None
    encoding: str | None = None
    decimal: Sign | None = None
    dates: DateOrder | None = None
    lists: str | None = None
    missing: tuple[str, ...] = (
        "NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "NaT", "None", "null", "NULL", "nvt", "n.v.t.",
    )  # fmt: skip
    pseudonym_key: str | None = field(default=None, repr=False)


_CHOICES: Mapping[str, tuple[str, ...]] = {"decimal": SIGNS, "dates": ORDERS}


def as_dialect(given: object, pseudonym_key: str | None = None) -> Dialect:
    """Read ``dialect=`` and ``pseudonym_key=``.

    Parameters
    ----------
    given
        ``"auto"``, ``"dutch"``, or a mapping of what is known.
    pseudonym_key
        A secret text; None where ids that could be a BSN are to be refused.

    Raises
    ------
    InvalidInputError
        With all that is wrong with it.
    """
    if pseudonym_key is not None:
        if len(pseudonym_key) < _SHORTEST_KEY:
            expected, hint = "must be a secret text", "take at least 8 characters, and keep it"
            raise InvalidInputError.single("files", None, "pseudonym_key", "***", expected, hint)
        return replace(as_dialect(given), pseudonym_key=pseudonym_key)
    if isinstance(given, Dialect):
        return given
    if given is None or (isinstance(given, str) and given == "auto"):
        return Dialect()
    if given == "dutch":
        return Dialect(decimal=",", dates="day first")
    names = [one.name for one in fields(Dialect) if one.repr]
    if not isinstance(given, Mapping):
        expected = 'must be "auto", "dutch" or a mapping'
        hint = 'write what is known, such as {"separator": ";", "decimal": ","}'
        raise InvalidInputError.single("files", None, "dialect", given, expected, hint)
    problems = [
        Problem("files", None, f"dialect[{name!r}]", value, expected, hint)
        for name, value in given.items()
        for expected, hint in _wrong_in_dialect(name, value, names)
    ]
    if problems:
        raise InvalidInputError(problems)
    known: dict[str, Any] = {str(name): value for name, value in given.items()}
    if "missing" in known:
        known["missing"] = tuple(known["missing"])
    return replace(Dialect(), **known)


def _wrong_in_dialect(name: object, value: object, names: list[str]) -> Iterable[tuple[str, str]]:
    if name not in names:
        close = closest_ids(name, names)
        yield f"must be one of {', '.join(names)}", closest_hint(close)
    elif name in _CHOICES and value not in {None, *_CHOICES[str(name)]}:
        choices = " or ".join(map(repr, _CHOICES[str(name)]))
        yield f"must be {choices}", "leave it out where it is to be recognised"
    elif name == "missing" and (isinstance(value, str) or not isinstance(value, Iterable)):
        yield "must be a list of texts", 'write it as ["NA", "onbekend"]'
    elif name in {"separator", "lists"} and value is not None and len(str(value)) != 1:
        yield "must be one character", 'write it as ";"'


def number_with(text: str, sign: Sign) -> int | float | Decimal | None:
    """Read a number that is written with this decimal sign; None if it is not."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER_WITH[sign].fullmatch(text):
        return None
    group = "." if sign == "," else ","
    plain = _BLANK.sub("", text.replace(group, "")).replace(",", ".")
    if plain.lstrip("+-").isdecimal():
        return int(plain)
    number = float(plain)
    is_exact = len(plain) <= _SAFE_FLOAT_LENGTH or Decimal(plain) == Decimal(repr(number))
    return number if is_exact else Decimal(plain)


def _readings(text: str, takes: Callable[[Decimal], bool]) -> dict[Sign, int | float | Decimal]:
    """Return what a number can mean; a reading that its field takes goes before one it does not."""
    if _WHOLE.fullmatch(text):
        return dict.fromkeys(SIGNS, int(text))
    every = {sign: number for sign in SIGNS if (number := number_with(text, sign)) is not None}
    if len(set(every.values())) < len(SIGNS):
        return every
    return {sign: number for sign, number in every.items() if takes(Decimal(str(number)))} or every


def number_of(
    text: str, sign: Sign | None, takes: Callable[[Decimal], bool]
) -> int | float | Decimal | Undecided | None:
    """Read a number; `UNDECIDED` where two readings differ and no sign decides, None for neither.

    Parameters
    ----------
    text
        The number, without its unit.
    sign
        The decimal sign, where it is known.
    takes
        Tells which numbers the field takes.
    """
    readings = _readings(text, takes)
    if len(set(readings.values())) > 1:
        return UNDECIDED if sign is None else readings[sign]
    return next(iter(readings.values()), None)


def signs_of(text: str, takes: Callable[[Decimal], bool]) -> set[Sign]:
    """Return the decimal signs that a number can be written with: both where it has none."""
    return set(_readings(text, takes))


def day_of(text: str, order: DateOrder | None) -> dt.date | Undecided | None:
    """Read a day; `UNDECIDED` where two readings differ and no order decides, None for neither."""
    if written := _YEAR_FIRST.fullmatch(text):
        return _day(written[1], written[2], written[3])
    if written := _MONTH_IN_WORDS.fullmatch(text):
        month = _MONTHS.get(written[2][:3].lower())
        return None if month is None else _day(written[3], month, written[1])
    readings = _days(text)
    if len(set(readings.values())) > 1:
        return UNDECIDED if order is None else readings[order]
    return next(iter(readings.values()), None)


def orders_of(text: str) -> set[DateOrder]:
    """Return the orders that a date can be written in: none where its year comes first."""
    return set(_days(text))


def _days(text: str) -> dict[DateOrder, dt.date]:
    written = _YEAR_LAST.fullmatch(text)
    if written is None:
        return {}
    one, other, year = written[1], written[3], written[4]
    days = {"day first": _day(year, other, one), "month first": _day(year, one, other)}
    return {order: day for order in ORDERS if (day := days[order]) is not None}


def _day(year: str, month: str | int, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
