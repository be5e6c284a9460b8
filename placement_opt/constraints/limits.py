"""How rules name groups, limits of groups and prices: a number for all, or for each group one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Annotated, Any, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.basics.frame_columns import is_missing
from placement_opt.basics.quantities import Digits
from placement_opt.basics.read_only import ReadOnlyDict
from placement_opt.instance.groupings import Group, Ways, each_way
from placement_opt.records.base import Record
from placement_opt.records.readers import Quantity, Reader, Text, mistake


@dataclass(frozen=True, slots=True)
class _Ways(Reader):
    """The name of one way to group, or a list of names of ways that are crossed."""

    @override
    def read(self, value: Any) -> Ways:
        """Return the name, or a tuple of names."""
        if not isinstance(value, list | tuple):
            return Text().read(value)
        names = tuple(Text().read(name) for name in value)
        if len(names) > 1 and len(set(names)) == len(names):
            return names
        expected = "must name one way to group, or several different ones"
        raise mistake(expected, f"write {names[0]!r}" if names else 'write "employer"')

    @override
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the field."""
        name = Text().json_schema()
        return {"anyOf": [name, {"type": "array", "items": name, "minItems": 2}]}


Per = Annotated[Ways, _Ways()]
"""How placements are grouped: one way, or a tuple of ways that are crossed."""


@dataclass(frozen=True, slots=True)
class _Limits(Reader):
    """One number for every group, or a mapping from group to number; numbers >= 0.

    In JSON a mapping from tuples is a list of rows, ``[["E-1", "north"], 3]``.
    """

    number: Quantity
    left_out: str = "free"

    @override
    def read(self, value: Any) -> Any:
        """Return a number, or a read-only dict of numbers in the order of its keys."""
        entries = _entries(value)
        if entries is None:
            return self.number.read(value)
        limits: dict[Group, Any] = {}
        for key, number in entries:
            label = _label(key)
            if label in limits:
                raise mistake(f"must name {label!r} once", "keep one limit a group")
            limits[label] = self._of_group(label, number)
        return ReadOnlyDict(sorted(limits.items(), key=lambda entry: _in_order(entry[0])))

    def _of_group(self, label: Group, number: Any) -> Any:
        if is_missing(number):
            hint = f"give it, or leave {label!r} out: groups left out are {self.left_out}"
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
        group = {"type": "array", "items": {"type": "string"}}
        row = {"type": "array", "prefixItems": [group, number], "minItems": 2, "maxItems": 2}
        mapping = {"type": "object", "additionalProperties": number}
        return {"anyOf": [number, mapping, {"type": "array", "items": row}]}

    @override
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(in_json, when_used="json")
        return core_schema.no_info_plain_validator_function(self.read, serialization=written)


def in_json(limits: Any) -> Any:
    """Return limits as JSON holds them: groups that are tuples cannot be names of an object."""
    if isinstance(limits, Mapping) and any(isinstance(group, tuple) for group in limits):
        return [[list(group), number] for group, number in limits.items()]
    return limits


def _in_order(group: Group) -> tuple[bool, Group]:
    return isinstance(group, tuple), group


def _entries(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return the (group, number) entries of a mapping or of a column with an index; else None."""
    if isinstance(value, Mapping):
        return value.items()
    if hasattr(value, "index") and hasattr(value, "items") and value.ndim == 1:  # of pandas
        return cast("Iterable[tuple[Any, Any]]", value.items())
    if isinstance(value, list) and value and all(map(_is_row, value)):  # as `in_json` writes them
        return cast("Iterable[tuple[Any, Any]]", value)
    if getattr(value, "shape", ()) == () and not isinstance(value, list | tuple | set):
        return None
    expected = "must be a number, or map ids or labels to numbers"
    hint = "say which number is whose: dict(zip(ids, numbers)), or a Series with ids as its index"
    raise mistake(expected, hint)


def _is_row(row: object) -> bool:
    return isinstance(row, list | tuple) and len(row) == 2 and isinstance(row[0], list | tuple)  # noqa: PLR2004 - group and number


def _label(key: object) -> Group:
    """Read a group's id or label, or a tuple of them; one given as an integer is its digits."""
    if isinstance(key, list | tuple):
        return tuple(str(_label(part)) for part in key)
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, Integral) and not isinstance(key, bool):
        return str(int(key))
    expected = "must map ids or labels (strings) to numbers"
    raise mistake(expected, f"write the id or label of {key!r} as text")


Limits = Annotated[Any, _Limits(Quantity(0, 10**15, 6, digits=Digits.LIMIT))]
"""A number for every group, or a mapping {group: number}, or a Series with groups as its index;
groups left out are free."""

Counts = Annotated[Any, _Limits(Quantity(0, 10**9, 0))]
"""The same in whole numbers."""

Prices = Annotated[
    Any, _Limits(Quantity(0, 10**12, 6, "points per unit", Digits.FACTOR), left_out="hard")
]
"""Points per missing unit: a number for every group, or {group: number}; groups left out are
hard."""


def unfit_groups(rule: Record, per: Ways, fields: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each field of a rule whose groups are not of the kind that `per` makes.

    One way to group has labels; several that are crossed have tuples of as many labels.
    """
    n_ways = len(each_way(per))
    for field in fields:
        value = getattr(rule, field)
        for group in value if isinstance(value, Mapping) else ():
            is_tuple = isinstance(group, tuple)
            if is_tuple is isinstance(per, str) or (is_tuple and len(group) != n_ways):
                labels = f"tuples of {n_ways} labels" if n_ways > 1 else "single labels"
                hint = f"write groups as per={per!r} makes them"
                expected = f"must map {labels} to numbers"
                yield Problem(rule.subject, type(rule).__name__, field, group, expected, hint)
                break
