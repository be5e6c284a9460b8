"""How one value of a record is read: what is accepted, and how a mistake is told.

A reader is put in ``Annotated[...]``. It refuses instead of repairing: no string becomes a number.
Whole numbers as ids are read as their digits.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

from placement_opt.basics.bsn import looks_like_bsn
from placement_opt.basics.number_texts import rounded_text, without_quotes
from placement_opt.basics.quantities import Digits, read_number, read_rounded

MISTAKE = "placement_opt_mistake"
LEAVE_OUT = "leave the field out when it is not known"
_ISO_LENGTH = len("2026-02-01")


def mistake(expected: str, hint: str) -> PydanticCustomError:
    """Build the error of one field from the two texts of a Problem."""
    return PydanticCustomError(MISTAKE, "{expected}", {"expected": expected, "hint": hint})


class Reader:
    """A field type that is read by one function of ours, outside the rules of pydantic."""

    def read(self, value: Any) -> Any:
        """Return `value` as the field holds it, or raise a `mistake`."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()


@dataclass(frozen=True, slots=True)
class Text(Reader):
    """A label or id without surrounding blanks.

    Parameters
    ----------
    is_id
        Whether it is an id: a whole number is read as its digits then.
    of_person
        Whether it is the id of a person, which could not be a BSN. Fiscal numbers of employers and
        numbers of openings may: every RSIN passes the same test.
    """

    is_id: bool = False
    of_person: bool = False

    @override
    def read(self, value: Any) -> str:
        """Return `value` as it is used as a label or an id."""
        noun = "an id" if self.is_id else "a text"
        if type(value) is not str:
            if isinstance(value, str):  # the string scalars of numpy and string enums
                return self.read(str.__str__(value))
            if self.is_id and isinstance(value, Integral) and not isinstance(value, bool):
                return self.read(str(int(value)))
            raise mistake(f"must be {noun} (a string)", _text_hint(value))
        if not value or value.isspace():
            raise mistake("must not be empty", LEAVE_OUT)
        clean = value.strip() if value.isprintable() else "".join(filter(str.isprintable, value))
        if self.of_person and looks_like_bsn(clean):
            raise mistake(
                "must be a pseudonymous id, not a number that could be a BSN",
                "replace it by an id of your own that only you can trace to the person",
            )
        if clean != value:
            expected = "must have no surrounding blanks and no control characters"
            raise mistake(expected, _clean_hint(value, clean.strip()))
        return value

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        return {"type": "string", "minLength": 1}


def _clean_hint(value: str, joined: str) -> str:
    """Say how to write a text without its control characters; both ways where they part words."""
    if looks_like_bsn(joined):
        return "write it without them"
    spaced = "".join(char if char.isprintable() else " " for char in value).strip()
    if not joined:
        return LEAVE_OUT
    return "write " + " or ".join(map(repr, dict.fromkeys((joined, spaced))))


def _text_hint(value: object) -> str:
    """Say how to write an id or label that came as another type, with no digit changed."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        if looks_like_bsn(str(value)):
            return "use a pseudonymous id, as text"
        return f"write it as text: {str(value)!r}"
    if isinstance(value, float) and value == value:  # noqa: PLR0124 - not-a-number was not given
        return "write it as text; a missing value turns a column of integers into floats"
    return LEAVE_OUT


@dataclass(frozen=True, slots=True)
class Quantity(Reader):
    """A number from `minimum` to `maximum`.

    Parameters
    ----------
    minimum, maximum
        Both allowed.
    places
        Decimal places of the field's grid; 0 means an int.
    unit
        The unit, for the errors.
    digits
        What becomes of more decimals than `places`.
    """

    minimum: int
    maximum: int
    places: int
    unit: str = ""
    digits: Digits = Digits.WRITTEN

    @override
    def read(self, value: Any) -> int | float:
        """Return `value` as an int or a float that `read_number` reads as the field's number."""
        kind = type(value)
        if kind is int:
            number: int | float = value
        elif kind is float and self.places and round(value, self.places) == value:
            number = value + 0.0  # so that minus zero is never kept
        else:
            number = self._unusual(value)
        if self.minimum <= number <= self.maximum:
            return number
        raise mistake(self._expected(), self._range_hint(number))

    def _unusual(self, value: Any) -> int | float:
        plain = value[()] if getattr(value, "ndim", None) == 0 else value  # a bare array of numpy
        try:
            exact = read_rounded(plain, self.places, self.digits)
        except TypeError:
            raise mistake(self._expected(), _number_hint(plain, self.takes)) from None
        except ValueError:
            raise mistake(self._expected(), LEAVE_OUT) from None
        given = read_number(plain) if exact is None else exact
        if not self.minimum <= given <= self.maximum:
            raise mistake(self._expected(), self._range_hint(given))
        if exact is None:
            raise mistake(self._expected(), self._rounding_hint(given))
        if exact.denominator == 1 and not (isinstance(plain, float) and self.places):
            return exact.numerator
        number = float(exact)
        if read_number(number) != exact:
            raise mistake(self._expected(), "give at most 15 digits, or scale the unit")
        return number

    def takes(self, number: Decimal) -> bool:
        """Tell whether a number is one the field can hold."""
        exact = read_rounded(number, self.places, self.digits)
        return exact is not None and self.minimum <= exact <= self.maximum

    def _expected(self) -> str:
        noun = "a number" if self.places else "a whole number"
        if self.places and self.digits in {Digits.WRITTEN, Digits.LIMIT}:
            noun += f" with at most {self.places} decimals"
        unit = f" ({self.unit})" if self.unit else ""
        return f"must be {noun} from {self.minimum} to {self.maximum:_}{unit}"

    def _range_hint(self, number: float | Fraction) -> str:
        if number < self.minimum:
            return f"give at least {self.minimum}, or leave the field out when it is not known"
        return f"give at most {self.maximum:_}; check the unit"

    def _rounding_hint(self, exact: Fraction) -> str:
        return f"round it, for example to {rounded_text(exact, self.places)}"

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        kind = "number" if self.places else "integer"
        return {"type": kind, "minimum": self.minimum, "maximum": self.maximum}


def _number_hint(value: object, takes: Callable[[Decimal], bool]) -> str:
    if isinstance(value, str):
        return without_quotes(value, takes)
    if isinstance(value, bool):
        return f"write {int(value)} if that is meant"
    return "give a number, or leave the whole field out when it is not known"


@dataclass(frozen=True, slots=True)
class Flag(Reader):
    """True or false, and nothing that merely looks like it."""

    @override
    def read(self, value: Any) -> bool:
        """Return `value` if it is a bool."""
        if value is True or value is False:
            return bool(value)
        if type(value).__module__ == "numpy" and type(value).__name__ in {"bool", "bool_"}:
            return bool(value)
        raise mistake("must be true or false", "write true or false, without quotes")

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day(Reader):
    """A calendar day, as a date or as its ISO text; a time of day is refused."""

    @override
    def read(self, value: Any) -> dt.date:
        """Return the day that `value` names."""
        if type(value) is dt.date:
            return value
        if isinstance(value, np.datetime64) and not np.isnat(value):
            return self.read(value.astype("datetime64[us]").item())
        if isinstance(value, dt.datetime):
            return self._midnight(value)
        if isinstance(value, str) and len(value) == _ISO_LENGTH and value[4] == value[7] == "-":
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise mistake("must be a day that exists", "check the month and the day") from None
        hint = 'write the day as "2026-02-01" (year, month, day)'
        raise mistake("must be a date or an ISO date text", hint)

    @staticmethod
    def _midnight(value: dt.datetime) -> dt.date:
        midnight = value.timetz() == dt.time.min if value == value else False  # noqa: PLR0124 - NaT
        if not midnight:
            raise mistake("must be a day without a time of day", "give the date only")
        return dt.date(value.year, value.month, value.day)

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        return {"type": "string", "format": "date"}
