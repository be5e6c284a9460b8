"""Groups of pairs: which group of a kind each pair belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Indices, Ints
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
from placement_opt.instance.in_time import IN_TIME, START_PERIOD
from placement_opt.instance.periods import periods_of
from placement_opt.instance.variants import VARIANT
from placement_opt.pairs.table import PairTable

_FEW_CELLS = 1 << 22
"""So many combinations are marked in a table of bools; more are sorted where pairs are fewer."""


@dataclass(frozen=True, eq=False, repr=False)
class Groups(ShortRepr):
    """Which group each pair belongs to: `code` (E,) int32 into `labels`, -1 for no group.

    Where several ways are crossed, a label is a tuple, and `crossed` holds all labels of each way.
    The last `n_added` labels are those that only a rule names. Where pairs can be in several
    groups, those of the periods in which they run, `code` has an entry for each, and `pair` says
    whose it is.
    """

    code: Indices
    labels: tuple[Group, ...]
    crossed: tuple[tuple[Group, ...], ...] = ()
    n_added: int = 0
    pair: Ints | None = None

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
    groups = replace(ways[0], labels=tuple((label,) for label in map(str, ways[0].labels)))
    for other in ways[1:]:
        groups = _crossed(groups, other)
    return replace(groups, crossed=tuple(each.labels for each in ways))


def _grouped_one_way(pairs: PairTable, per: str, asked_by: str | None) -> Groups:
    instance, way = pairs.instance, way_to_group(per)
    if way is not None and (per in GROUPINGS or per in groups_of_records(instance)):
        return Groups(way.code(instance, pairs.candidate, pairs.opening), way.labels(instance))
    if per == VARIANT and pairs.variant is not None:
        return _by_variant(pairs)
    if per in IN_TIME and pairs.start is not None:
        return _in_time(pairs, per)
    if way is None and per in pairs.labels:
        code, labels = pairs.labels[per]
        return Groups(code, labels)
    if way is None and per in pairs.given:
        hint = f"give the labels as texts: frame[{per!r}].astype(str)"
        expected = "must be a column of labels (texts), not of numbers"
        raise InvalidInputError.single("rule", asked_by, "per", per, expected, hint)
    raise InvalidInputError([unknown_per(per, _known_ways(pairs), asked_by)])


def _known_ways(pairs: PairTable) -> tuple[str, ...]:
    """Return the ways to group that this region and its pairs have beside the built-in ones."""
    in_time = () if pairs.start is None else IN_TIME
    return (*groups_of_records(pairs.instance), *in_time, *pairs.labels)


def _by_variant(pairs: PairTable) -> Groups:
    """Group pairs by their ways, whenever each starts."""
    labels = _labels_of_variants(pairs)
    row = {label: row for row, label in enumerate(labels)}
    of_variant = np.array([*(row.get(way.way or "", -1) for way in pairs.variants), -1])
    code = np.full(pairs.n_pairs, -1) if pairs.variant is None else pairs.variant
    return Groups(of_variant.astype(np.int32)[code], labels)


def _labels_of_variants(pairs: PairTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(way.way for way in pairs.variants if way.way is not None))


def _in_time(pairs: PairTable, per: str) -> Groups:
    """Group pairs by the period in which each starts, or by all in which it runs."""
    periods = pairs.instance.derived(periods_of)
    if periods is None or pairs.start is None or pairs.end is None:
        raise TypeError(per)
    if per == START_PERIOD:
        return Groups(pairs.start.astype(np.int32), periods.ids)
    n_running = (pairs.end - pairs.start).astype(np.int64)
    pair = np.repeat(np.arange(pairs.n_pairs), n_running)
    place = np.arange(pair.size) - np.repeat(np.cumsum(n_running) - n_running, n_running)
    return Groups((place + pairs.start[pair]).astype(np.int32), periods.ids, pair=pair)


def _crossed(groups: Groups, way: Groups) -> Groups:
    """Return the combinations of a group and a label of one more way that occur, ascending."""
    pair = groups.pair if way.pair is None else way.pair
    if pair is not None and groups.pair is None:
        groups = replace(groups, code=groups.code[pair])
    elif pair is not None and way.pair is None:
        way = replace(way, code=way.code[pair])
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
    return Groups(code, labels, pair=pair)


class LabelsOfPairs(Mapping[Ways, tuple[Group, ...]]):
    """Every label of each label column, and every combination that occurs of several ways."""

    def __init__(self, pairs: PairTable) -> None:
        self._pairs = pairs
        self._crossed: dict[Ways, tuple[Group, ...]] = {}

    @override
    def __getitem__(self, per: Ways) -> tuple[Group, ...]:
        if per == VARIANT and self._pairs.variant is not None:
            return _labels_of_variants(self._pairs)
        if per in IN_TIME and self._pairs.start is not None:
            return grouped(self._pairs, per).labels
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
