"""Groups of pairs: which group of a kind each pair belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import (
    Findings,
    InvalidInputError,
    Problem,
    closest_hint,
    closest_ids,
)
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.groupings import (
    GROUPINGS,
    Group,
    Ways,
    groups_of_records,
    way_to_group,
)
from placement_opt.instance.variants import VARIANT
from placement_opt.pairs.table import PairTable

_FEW_CELLS = 1 << 22
"""So many combinations are marked in a table of bools; more are sorted where pairs are fewer."""


@dataclass(frozen=True, eq=False, repr=False)
class Groups(ShortRepr):
    """Which group each pair belongs to: `code` (E,) int32 into `labels`, -1 for no group.

    Where several ways are crossed, a label is a tuple, and `crossed` holds all labels of each way.
    The last `n_added` labels are those that only a rule names.
    """

    code: Indices
    labels: tuple[Group, ...]
    crossed: tuple[tuple[Group, ...], ...] = ()
    n_added: int = 0

    def with_labels(self, more: Sequence[Group]) -> "Groups":
        """Add groups that no pair belongs to."""
        known = set(self.labels)
        new = tuple(label for label in more if label not in known)
        return replace(self, labels=self.labels + new, n_added=self.n_added + len(new))


def grouped(pairs: PairTable, per: Ways, asked_by: str | None = None) -> Groups:
    """Group the eligible pairs, for the rule of that name.

    Several ways are crossed: each combination that occurs among the pairs is a group, and a pair
    that one of the ways puts in no group is in none. O(E) for a few million combinations.

    Raises
    ------
    InvalidInputError
        When `per` names what is no way to group, no group of a record and no column of labels in
        ``pairs=``.
    """
    if isinstance(per, str):
        return _grouped_one_way(pairs, per, asked_by)
    findings, ways = Findings(), list[Groups]()
    for way in per:
        with findings.gathered():
            ways.append(_grouped_one_way(pairs, way, asked_by))
    findings.refuse()
    groups = Groups(ways[0].code, tuple((label,) for label in map(str, ways[0].labels)))
    for other in ways[1:]:
        groups = _crossed(groups, other)
    return replace(groups, crossed=tuple(each.labels for each in ways))


def _grouped_one_way(pairs: PairTable, per: str, asked_by: str | None) -> Groups:
    instance, way = pairs.instance, way_to_group(per)
    if way is not None and (per in GROUPINGS or per in groups_of_records(instance)):
        return Groups(way.code(instance, pairs.candidate, pairs.opening), way.labels(instance))
    if per == VARIANT and pairs.variant is not None:
        return Groups(pairs.variant, tuple(way.label for way in pairs.variants))
    if way is None and per in pairs.labels:
        code, labels = pairs.labels[per]
        return Groups(code, labels)
    if way is None and per in pairs.given:
        hint = f"give the labels as texts: frame[{per!r}].astype(str)"
        expected = "must be a column of labels (texts), not of numbers"
        raise InvalidInputError.single("rule", asked_by, "per", per, expected, hint)
    raise InvalidInputError(
        [unknown_per(per, (*groups_of_records(instance), *pairs.labels), asked_by)]
    )


def _crossed(groups: Groups, way: Groups) -> Groups:
    """Return the combinations of a group and a label of one more way that occur, ascending."""
    width = max(1, len(way.labels))
    n_cells = len(groups.labels) * width
    wide = np.int32 if n_cells < 1 << 31 else np.int64
    cell: npt.NDArray[np.integer] = groups.code.astype(wide) * width + way.code.astype(wide)
    cell[(groups.code < 0) | (way.code < 0)] = -1
    if n_cells <= max(_FEW_CELLS, 4 * cell.size):
        occurs = np.zeros(n_cells + 1, dtype=np.bool_)
        occurs[cell] = True  # the last one stands for -1
        occurring = np.flatnonzero(occurs[:-1])
        position = np.full(n_cells + 1, -1, dtype=np.int32)
        position[occurring] = np.arange(occurring.size, dtype=np.int32)
        code = position[cell]
    else:
        occurring, inverse = np.unique(cell, return_inverse=True)
        has_none = int(occurring.size > 0 and occurring[0] < 0)
        occurring, code = occurring[has_none:], (inverse - has_none).astype(np.int32)
    labels = tuple(
        (*groups.labels[row // width], str(way.labels[row % width])) for row in occurring.tolist()
    )
    return Groups(code, labels)


class LabelsOfPairs(Mapping[Ways, tuple[Group, ...]]):
    """Every label of each label column, and every combination that occurs of several ways."""

    def __init__(self, pairs: PairTable) -> None:
        self._pairs = pairs
        self._crossed: dict[Ways, tuple[Group, ...]] = {}

    @override
    def __getitem__(self, per: Ways) -> tuple[Group, ...]:
        if per == VARIANT and self._pairs.variant is not None:
            return tuple(way.label for way in self._pairs.variants)
        if isinstance(per, str):
            return self._pairs.labels[per][1]
        if per not in self._crossed:
            self._crossed[per] = grouped(self._pairs, per).labels
        return self._crossed[per]

    @override
    def __iter__(self) -> Iterator[Ways]:
        return iter(self._pairs.labels)

    @override
    def __len__(self) -> int:
        return len(self._pairs.labels)


def unknown_per(per: str, more: Iterable[str], asked_by: str | None) -> Problem:
    """Build the problem of a rule that groups by what is neither built in nor one of `more`."""
    known = (*GROUPINGS, *more)
    close = closest_ids(per, known)
    meant = f"{closest_hint(close)}, or " if close else ""
    how = "a column of labels with `pairs=`" if way_to_group(per) is None else "`groups` on records"
    hint = f"{meant}give {how}"
    return Problem("rule", asked_by, "per", per, f"must be one of {', '.join(known)}", hint)
