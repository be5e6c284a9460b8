"""Short texts of large things: what a notebook stores and a log shows names counts, not people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from typing_extensions import override

MOST_OF_A_VALUE = 200
"""Characters of one value in an error text."""

_MOST_OF_A_PART = 40
_MOST_PARTS = 28
"""So many parts of so many characters, with their names, stay below 2,000 characters."""


def shortened(value: object, most: int = MOST_OF_A_VALUE) -> str:
    """Return the repr of a value, cut after `most` characters."""
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 4]} ..."


class Told:
    """Stands for a value in a headline: whole where it is short, else its kind and size.

    What holds records, pairs or other collections is counted at any size, so that nobody in it is
    named; with `counts` texts are counted, too.
    """

    __slots__ = ("_text",)

    def __init__(self, value: object, *, counts: bool = False) -> None:
        self._text = _told(value, counts=counts)

    @override
    def __repr__(self) -> str:
        return self._text


def _told(value: object, *, counts: bool) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"<{' x '.join(map(str, shape))} {getattr(value, 'dtype', type(value).__name__)}>"
    if isinstance(value, (str, bytes)):
        return shortened(value, _MOST_OF_A_PART)
    if isinstance(value, (tuple, list, set, frozenset, Mapping)):
        return _told_collection(value, (int, float) if counts else (str, int, float))
    text = repr(value)
    return text if len(text) <= _MOST_OF_A_PART else f"<{type(value).__name__}>"


def _told_collection(value: Any, plain: tuple[type, ...]) -> str:
    entries = [*value, *value.values()] if isinstance(value, Mapping) else value
    is_short = len(value) <= _MOST_OF_A_PART and all(isinstance(entry, plain) for entry in entries)
    text = repr(value) if is_short else ""
    return text if 0 < len(text) <= _MOST_OF_A_PART else f"<{len(value):,}>"


def told_parts(
    parts: Iterable[tuple[str | None, object]], *, counts: bool = False
) -> Iterator[tuple[str | None, Told]]:
    """Yield (name, short value) of at most the first parts of a headline."""
    for number, (name, value) in enumerate(parts):
        if number >= _MOST_PARTS:
            return
        yield None if name is None else name[:_MOST_OF_A_PART], Told(value, counts=counts)


class ShortRepr:
    """Gives a dataclass with ``repr=False`` a headline instead of all it holds."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        named = fields(self)  # type: ignore[arg-type] # every heir is a dataclass
        held = ((field.name, getattr(self, field.name)) for field in named if field.repr)
        parts = told_parts(held, counts=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in parts)})"
