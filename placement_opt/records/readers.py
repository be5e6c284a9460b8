"""How one value of a record is read: what is accepted, and how a mistake is told.

A reader is put in ``Annotated[...]``. It refuses instead of repairing: no string becomes a number,
no number an id.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

from placement_opt.bsn import looks_like_bsn
from placement_opt.quantities import decimals_of, read_number

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
    """A label without surrounding blanks; with `is_id`, one that could not be a BSN."""

    is_id: bool = False

    @override
    def read(self, value: Any) -> str:
        """Return `value` unchanged if it may be used as a label or an id."""
        noun = "an id" if self.is_id else "a text"
        if type(value) is not str:
            if isinstance(value, str):  # the string scalars of numpy and string enums
                return self.read(str.__str__(value))
            hint = f"write it as text: {str(value)!r}" if type(value) is int else LEAVE_OUT
            if type(value) is int and looks_like_bsn(str(value)):
                hint = "use a pseudonymous id, as text"
            raise mistake(f"must be {noun} (a string)", hint)
        if not value or value.isspace():
            raise mistake("must not be empty", LEAVE_OUT)
        clean = value.strip() if value.isprintable() else "".join(filter(str.isprintable, value))
        if self.is_id and looks_like_bsn(clean):
            raise mistake(
                "must be a pseudonymous id, not a number that could be a BSN",
                "replace it by an id of your own that only you can trace to the person",
            )
        if clean != value:
            expected = "must have no surrounding blanks and no control characters"
            raise mistake(expected, f"write {clean.strip()!r}")
        return value

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Quantity(Reader):
    """A number from `minimum` to `maximum` with at most `places` decimals; 0 means an int."""

    minimum: int
    maximum: int
    places: int
    unit: str = ""

    @override
    def read(self, value: Any) -> int | float:
        """Return `value` as an int or a float that prints as the same decimal."""
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
        try:
            exact = read_number(value)
        except TypeError:
            raise mistake(self._expected(), _number_hint(value)) from None
        except ValueError:
            raise mistake(self._expected(), LEAVE_OUT) from None
        if not self.minimum <= exact <= self.maximum:
            raise mistake(self._expected(), self._range_hint(exact))
        decimals = decimals_of(exact)
        if decimals is None or decimals > self.places:
            raise mistake(self._expected(), self._rounding_hint(exact))
        if exact.denominator == 1 and not (isinstance(value, float) and self.places):
            return exact.numerator
        number = float(exact)
        if read_number(number) != exact:
            raise mistake(self._expected(), "give at most 15 digits, or scale the unit")
        return number

    def _expected(self) -> str:
        noun = f"a number with at most {self.places} decimals" if self.places else "a whole number"
        unit = f" ({self.unit})" if self.unit else ""
        return f"must be {noun} from {self.minimum} to {self.maximum:_}{unit}"

    def _range_hint(self, number: float | Fraction) -> str:
        if number < self.minimum:
            return f"give at least {self.minimum}, or leave the field out when it is not known"
        return f"give at most {self.maximum:_}; check the unit"

    def _rounding_hint(self, exact: Fraction) -> str:
        return f"round it, for example to {round(Decimal(float(exact)), self.places)}"

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        kind = "number" if self.places else "integer"
        return {"type": kind, "minimum": self.minimum, "maximum": self.maximum}


def _number_hint(value: object) -> str:
    if isinstance(value, str):
        try:
            return f"write the number without quotes: {Decimal(value)}"
        except ArithmeticError:
            return "write a number, with a point as decimal sign"
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
