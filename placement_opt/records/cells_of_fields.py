"""How the cells of each field of a record are read: by the type that the field is declared with."""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from placement_opt.records.base import Record
from placement_opt.records.cells import Cells, Choices, Days, Flags, Ids, Numbers
from placement_opt.records.compound_cells import Entries, LevelEntries, Ranges
from placement_opt.records.fields import (
    Bool,
    ChanceOfRegime,
    Date,
    HoursRange,
    Identifiers,
    Labels,
    Levels,
    Location,
    Members,
    PersonRanking,
    Ranking,
    Regimes,
    Weekdays,
)
from placement_opt.records.readers import Quantity, Text


@cache
def cells_of_fields(kind: type[Record]) -> Mapping[str, Cells]:
    """Return how the cells of each field of a kind of record are read."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: cells_of_type(hints[name]) for name in kind.model_fields}


_OF_TYPE: Mapping[Any, Cells] = {
    Bool: Flags(),
    Date: Days(),
    Labels: Entries(Cells()),
    Weekdays: Entries(Cells()),
    Identifiers: Entries(Ids()),
    Ranking: Entries(Ids()),
    PersonRanking: Entries(Ids(of_person=True)),
    Members: Entries(Ids(of_person=True)),
}


def cells_of_type(declared: Any) -> Cells:
    """Return how the cells of a field that is declared so are read."""
    if get_origin(declared) in {Union, UnionType}:
        (declared,) = (one for one in get_args(declared) if one is not NoneType)
    if get_origin(declared) is Literal:
        return Choices(get_args(declared))
    known = _OF_TYPE.get(declared)
    return known or _compound(declared) or _single(declared)


def _compound(declared: Any) -> Cells | None:
    """Return how the cells of a field are read that holds several things of another type."""
    if declared not in {Regimes, Levels, ChanceOfRegime, HoursRange, Location}:
        return None
    inner = [cells_of_type(one) for one in get_args(get_args(declared)[0])]
    first, last = inner[0], inner[-1]
    if not isinstance(last, Numbers):
        return Entries(last)
    if not isinstance(first, Numbers):
        return LevelEntries(last, first)
    return Ranges((first, last), may_be_one=declared == HoursRange)


def _single(declared: Any) -> Cells:
    for reader in getattr(declared, "__metadata__", ()):
        if isinstance(reader, Quantity):
            return Numbers(reader)
        if isinstance(reader, Text) and reader.is_id:
            return Ids(reader.of_person)
    return Cells()
