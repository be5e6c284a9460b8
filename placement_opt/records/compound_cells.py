"""Cells that hold several things: lists, names with levels, and ranges of numbers."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Integral
from typing import Any

from typing_extensions import override

from placement_opt.records.cells import Cells, Numbers, Read, without_unit
from placement_opt.records.dialect import UNDECIDED, Dialect

_RANGE = re.compile(r"(.+?)\s*(?:-|\u2013|\u2014|;|t/m|tot en met|tot|to)\s*(\S.*)")
_LEVEL = re.compile(r"(.+?)\s*(?:[:=]\s*([+-]?[\d.,]+\s?%?)|\(\s*([+-]?[\d.,]+\s?%?)\s*\))")


@dataclass(frozen=True)
class Entries(Cells):
    """Several texts in one cell: ``a; b``."""

    entry: Cells

    @override
    def told(self) -> str:
        return f"list: a; b ({self.entry.told()})"

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        if (listed := _json(text, list)) is not None:
            return self._each(listed, how)
        return self._each(split_entries(text, how.lists), how)

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if hasattr(cell, "tolist"):
            cell = cell.tolist()
        if isinstance(cell, (list, tuple, set, frozenset)):
            return self._each(cell, how)
        return self._each([cell], how) if isinstance(cell, Integral) else None

    def _each(self, parts: Iterable[Any], how: Dialect) -> Read:
        read = [self._part(part, how) for part in parts if part is not None]
        note = next((note for _, note in read if note is not None), None)
        return [value for value, _ in read], note

    def _part(self, part: Any, how: Dialect) -> Read:
        """Read one entry; a list among the entries of a ranking holds equally good ones."""
        if isinstance(part, list | tuple):
            return self._each(part, how)
        return self.entry.read(part, how)


@dataclass(frozen=True)
class LevelEntries(Cells):
    """Names with levels in one cell: ``a:0.8; b``, or ``a (0,8), b``; one without a number is 1."""

    level: Numbers
    name: Cells = field(default_factory=Cells)

    @override
    def told(self) -> str:
        named = "" if type(self.name) is Cells else f" ({self.name.told()})"
        return f"names with levels: a:0.8; b{named}"

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        if (given := _json(text, dict)) is not None:
            return given, None
        levels: dict[str, Any] = {}
        note = None
        for part in split_entries(text, how.lists):
            written = _LEVEL.fullmatch(part)
            name, found = self.name.read(written[1] if written else part, how)
            note = note or found
            if name in levels or name.endswith((":", "=")):
                return None
            if written:
                levels[name], found = self.level.read((written[2] or written[3]).strip(), how)
                note = note or found
            else:
                levels[name], note = 1, "a level without a number is 1"
        if UNDECIDED in levels.values():
            return UNDECIDED, None
        return levels, note

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if isinstance(cell, (list, tuple, set, frozenset)):
            return dict.fromkeys(cell, 1), "a level without a number is 1"
        return None

    @override
    def numbers(self, text: str, how: Dialect) -> Iterable[str]:
        found = map(_LEVEL.fullmatch, split_entries(text, how.lists))
        return [without_unit((one[2] or one[3]).strip())[0] for one in found if one]

    @override
    def takes(self, number: Decimal) -> bool:
        return self.level.takes(number)


@dataclass(frozen=True)
class Ranges(Cells):
    """Two numbers in one cell: ``16-24``, or a single one for both."""

    ends: tuple[Numbers, Numbers]
    may_be_one: bool

    @override
    def told(self) -> str:
        return "range: 16-24"

    @override
    def half(self, end: int) -> Cells:
        return self.ends[end]

    @override
    def text(self, text: str, how: Dialect) -> Read | None:
        halves = self._halves(text)
        if halves is None:
            return None
        ends = self.ends if len(halves) > 1 else self.ends[:1]
        read = [end.read(half, how)[0] for end, half in zip(ends, halves, strict=True)]
        if UNDECIDED in read:
            return UNDECIDED, None
        note = "one number is read as the fewest and the most hours" if len(read) == 1 else None
        return (read[0], read[-1]), note

    @override
    def value(self, cell: Any, how: Dialect) -> Read | None:
        if self.may_be_one and isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return (cell, cell), "one number is read as the fewest and the most hours"
        if isinstance(cell, list | tuple) and any(isinstance(end, str) for end in cell):
            read = [end.read(half, how)[0] for end, half in zip(self.ends, cell, strict=False)]
            return UNDECIDED if UNDECIDED in read else (*read, *cell[len(read) :]), None
        return None

    def _halves(self, text: str) -> list[str] | None:
        bare = text.strip("()[] ")
        if self.may_be_one and self.ends[0].text(bare, Dialect()) is not None:
            return [bare]
        written = _RANGE.fullmatch(bare)
        if written is None and not self.may_be_one and bare.count(",") == 1:
            return [half.strip() for half in bare.split(",")]
        return None if written is None else [written[1].strip(), written[2].strip()]

    @override
    def numbers(self, text: str, how: Dialect) -> Iterable[str]:
        return self._halves(text) or ()

    @override
    def takes(self, number: Decimal) -> bool:
        return any(end.takes(number) for end in self.ends)


def _json(text: str, kind: type) -> Any:
    if text[:1] not in {"[", "{"}:
        return None
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, kind) else None


def split_entries(text: str, sign: str | None) -> list[str]:
    """Part a list; a comma in brackets or between digits is part of an entry."""
    if sign is None:
        return [text]
    if sign == ",":
        held = re.sub(r"\([^()]*\)|\d,(?=\d)", lambda one: one[0].replace(",", "\0"), text)
        parts = [part.replace("\0", ",") for part in held.split(",")]
    else:
        parts = text.split(sign)
    return [part.strip() for part in parts if part.strip()]


LIST_SIGNS = (";", "|", "\n", ",")
"""What may stand between the entries of a cell; the first that a column holds does."""
