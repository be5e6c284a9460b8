"""What one cell of a table means for the field it fills, by the kind of that field.

A cell that cannot be read stays as it is: the record refuses it in its own words. Whatever becomes
something else than it was comes back with the words that the reading note tells of it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from numbers import Integral
from typing import Any

from typing_extensions import override

from placement_opt.basics.bsn import looks_like_bsn
from placement_opt.records import dutch
from placement_opt.records.dialect import UNDECIDED, Dialect, day_of, number_of
from placement_opt.records.pseudonyms import pseudonym
from placement_opt.records.readers import Quantity

_EXACT = 2**53
_CURRENCY = re.compile(r"^(?:€|eur\b|euro\b)\s*|\s*(?:€|\beuro?)$", re.IGNORECASE)

Read = tuple[Any, str | None]
"""What a cell means, and what became of it where that is something else."""


class Cells:
    """How the cells of one kind of field are read; this one leaves them as they are."""

    def read(self, cell: Any, how: Dialect) -> Read:
        """Read a cell that is not empty."""
        return (self.text(cell, how) if isinstance(cell, str) else self.value(cell, how)) or (
            cell,
            None,
        )

    def text(self, text: str, how: Dialect) -> Read | None:
        """Read a text without surrounding blanks; None where it is none of this kind."""

    def value(self, cell: Any, how: Dialect) -> Read | None:
        """Read what is no text; None to leave it as it is."""

    def numbers(self, text: str, how: Dialect) -> Iterable[str]:
        """Return the numbers that stand in a text."""
        del text, how
        return ()

    def takes(self, number: Decimal) -> bool:
        """Tell whether the field takes a number."""
        del number
        return True

    def told(self) -> str:
        """Say in a few words how such a cell is written."""
        return "text"

    def half(self, end: int) -> "Cells":
        """Return how one of the two columns is read that may stand for one of pairs."""
        del end
        return self


@dataclass(frozen=True)
class Ids(Cells):
    """Ids: whole numbers are read as their digits, also where gaps made floats of them."""

    of_person: bool = False

    @override
    def told(self) -> str:
        return "id"

    @override
    def read(self, cell: Any, how: Dialect) -> Read:
        id_, note = super().read(cell, how)
        if self.of_person and how.pseudonym_key and isinstance(id_, str) and looks_like_bsn(id_):
            return pseudonym(id_, how.pseudonym_key), "numbers that could be a BSN have pseudonyms"
        return id_, note

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if isinstance(cell, bool):
            return None
        if isinstance(cell, Integral):
            return str(int(cell)), "whole numbers are read as ids, by their digits"
        if isinstance(cell, float | Decimal) and -_EXACT < cell < _EXACT and cell == int(cell):
            return str(int(cell)), "numbers without decimals are read as ids, by their digits"
        return None


@dataclass(frozen=True)
class Numbers(Cells):
    """Numbers, in either notation."""

    reader: Quantity

    @override
    def told(self) -> str:
        noun = "number" if self.reader.places else "whole number"
        unit = f" ({self.reader.unit})" if self.reader.unit else ""
        return f"{noun} from {self.reader.minimum} to {self.reader.maximum:_}{unit}"

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        bare, note = without_unit(text)
        number = number_of(bare, how.decimal, self._as_written(bare != text and text.endswith("%")))
        if number is None:
            return None
        if number is not UNDECIDED and text.endswith("%"):
            return _hundredth(number), note
        if isinstance(number, float) and not self.reader.places and number.is_integer():
            return int(number), note
        return number, note or self._rounding(number)

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if isinstance(cell, float) and not self.reader.places and cell.is_integer():
            return int(cell), None
        return cell, self._rounding(cell)

    def _rounding(self, number: object) -> str | None:
        """Tell that a number has more decimals than its field keeps."""
        places = self.reader.places
        if not places or not isinstance(number, float | Decimal):
            return None
        return f"rounded to {places} decimals" if round(number, places) != number else None

    @override
    def numbers(self, text: str, how: Dialect) -> Iterable[str]:
        return (without_unit(text)[0],)

    @override
    def takes(self, number: Decimal) -> bool:
        return self.reader.takes(number)

    def _as_written(self, in_percent: bool) -> Callable[[Decimal], bool]:  # noqa: FBT001
        return (lambda number: self.reader.takes(number / 100)) if in_percent else self.reader.takes


def without_unit(text: str) -> tuple[str, str | None]:
    """Return a number without its unit, and what that unit was taken for."""
    text = text.replace("\u2212", "-")
    if text.endswith("%"):
        return text[:-1].rstrip(), "per cent is read as hundredths"
    bare = _CURRENCY.sub("", text)
    return (bare, "the currency sign is left out") if bare != text else (text, None)


def _hundredth(number: Any) -> Any:
    share = Decimal(str(number)) / 100
    return float(share) if Decimal(repr(float(share))) == share else share


@dataclass(frozen=True)
class Days(Cells):
    """Calendar days."""

    @override
    def told(self) -> str:
        return "date"

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        day = day_of(text, how.dates)
        return None if day is None else (day, None)


@dataclass(frozen=True)
class Flags(Cells):
    """Yes and no."""

    @override
    def told(self) -> str:
        return "yes or no"

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        meant = dutch.FLAGS.get(text.casefold())
        if meant is None:
            return None
        word = str(meant).lower()
        return meant, None if text.casefold() == word else f"{text!r} is read as {word}"

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell in (0, 1):
            return bool(cell), f"{cell!r} is read as {str(bool(cell)).lower()}"
        return None


@dataclass(frozen=True)
class Choices(Cells):
    """One of a few words, in English or Dutch, in whatever capitals."""

    words: tuple[str, ...]

    @override
    def told(self) -> str:
        return ", ".join(self.words)

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        if text in self.words:
            return text, None
        meant = _meanings(self.words).get(dutch.word_key(text))
        return None if meant is None else (meant, f"{text!r} is read as {meant!r}")


@cache
def _meanings(words: tuple[str, ...]) -> Mapping[str, str]:
    known = {dutch.word_key(word): word for word in words}
    return {key: word for key, word in dutch.WORDS.items() if word in words} | known
