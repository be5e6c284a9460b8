"""How limits of groups and prices are given: a number for all, or a number for each group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Annotated, Any, cast

from pydantic_core import PydanticCustomError
from typing_extensions import override

from placement_opt.basics.frame_columns import is_missing
from placement_opt.basics.quantities import Digits
from placement_opt.basics.read_only import ReadOnlyDict
from placement_opt.records.readers import Quantity, Reader, mistake

Price = Annotated[float, Quantity(0, 10**12, 6, "points per unit", Digits.FACTOR)]
"""Points per missing unit."""


@dataclass(frozen=True, slots=True)
class _Limits(Reader):
    """One number for every group, or a mapping from group to number; numbers >= 0."""

    number: Quantity

    @override
    def read(self, value: Any) -> Any:
        """Return a number, or a read-only dict of numbers in the order of its keys."""
        entries = _entries(value)
        if entries is None:
            return self.number.read(value)
        limits: dict[str, Any] = {}
        for key, number in entries:
            label = _label(key)
            if label in limits:
                raise mistake(f"must name {label!r} once", "keep one limit a group")
            limits[label] = self._of_group(label, number)
        return ReadOnlyDict(sorted(limits.items()))

    def _of_group(self, label: str, number: Any) -> Any:
        if is_missing(number):
            hint = f"give it, or leave {label!r} out: groups left out are free"
            raise mistake(f"must hold a number for {label!r}, got {number!r}", hint)
        try:
            return self.number.read(number)
        except PydanticCustomError as error:
            told = error.context or {}
            raise mistake(f"{told['expected']}, also for {label!r}", told["hint"]) from None

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        number = self.number.json_schema()
        return {"anyOf": [number, {"type": "object", "additionalProperties": number}]}


def _entries(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return the (group, number) entries of a mapping or of a column with an index; else None."""
    if isinstance(value, Mapping):
        return value.items()
    if hasattr(value, "index") and hasattr(value, "items") and value.ndim == 1:  # of pandas
        return cast("Iterable[tuple[Any, Any]]", value.items())
    if getattr(value, "shape", ()) == () and not isinstance(value, list | tuple | set):
        return None
    expected = "must be a number, or map ids or labels to numbers"
    hint = "say which number is whose: dict(zip(ids, numbers)), or a Series with ids as its index"
    raise mistake(expected, hint)


def _label(key: object) -> str:
    """Read a group's id or label; one given as an integer is its digits."""
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, Integral) and not isinstance(key, bool):
        return str(int(key))
    expected = "must map ids or labels (strings) to numbers"
    raise mistake(expected, f"write the id or label of {key!r} as text")


Limits = Annotated[Any, _Limits(Quantity(0, 10**15, 6, digits=Digits.LIMIT))]
"""A number for every group, or a mapping {group: number}, or a Series with groups as its index;
groups left out are free."""
