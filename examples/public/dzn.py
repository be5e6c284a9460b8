"""Data files of MiniZinc (``.dzn``): statements ``name = value;``, as far as needed here.

Values are numbers, truth values, texts, and arrays of these: ``[1, 2]`` is read as a list,
``[| 1, 2 | 3, 4 |]`` as a list of lists. Comments run from ``%`` to the end of the line.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_TEXT = r'"[^"\n]*"'
_STATEMENT = re.compile(rf'\s*(\w+)\s*=\s*((?:{_TEXT}|[^";=])+?)\s*;\s*')
_COMMENT = r"%[^\n]*"
_NOTHING_AFTER = r",\s*(?=[\]|])|\|\s*(?=\|\])"  # a comma or a bar after the last item
_BAR = r"\[\s*\||\|\s*\]|\|"


def read_dzn(path: Path) -> dict[str, Any]:
    """Return the values of a data file by name.

    Raises
    ------
    ValueError
        When something in the file is no such statement.
    """
    text = _replaced(_COMMENT, lambda _: "", path.read_text(encoding="utf-8"))
    rest = _STATEMENT.sub("", text).strip()
    if rest:
        raise ValueError(f"{path.name}: no statement `name = value;` at {rest[:40]!r}")
    values = {}
    for name, value in _STATEMENT.findall(text):
        try:
            values[name] = json.loads(_as_json(value))
        except json.JSONDecodeError:
            raise ValueError(f"{path.name}: the value of {name} is not read") from None
    return values


def _as_json(value: str) -> str:
    """Write a value as JSON: rows are lists of their own, and nothing follows the last item."""
    return _replaced(_BAR, _brackets, _replaced(_NOTHING_AFTER, lambda _: "", value))


def _brackets(bar: str) -> str:
    return "[[" if bar[0] == "[" else "]]" if bar[-1] == "]" else "],["


def _replaced(pattern: str, by: Callable[[str], str], text: str) -> str:
    """Replace what is found outside texts in quotes."""
    return re.sub(rf"({_TEXT})|{pattern}", lambda found: found[1] or by(found[0]), text)
