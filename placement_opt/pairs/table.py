"""Eligible (candidate, opening) pairs, kept as narrow aligned columns."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.rows import RemarkRow
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.instance import Instance
from placement_opt.instance.people import people_of
from placement_opt.instance.variants import Variant

BLOCK_CELLS = 1 << 20
"""Candidates times openings looked at in one block: a mask of 1 MB."""

MANY = 1 << 30
"""Stands for "no limit" on the placements of one candidate."""


@dataclass(frozen=True, eq=False, repr=False)
class Column(ShortRepr):
    """Exact numbers in integers: the value of row i is ``values[i] / scale``.

    Parameters
    ----------
    values
        Integers, shape (n,), the narrowest type that holds them, read-only.
    scale
        Positive common denominator.
    """

    values: npt.NDArray[np.integer]
    scale: int = 1

    def __post_init__(self) -> None:
        self.values.setflags(write=False)

    @classmethod
    def of(cls, values: npt.NDArray[np.integer], scale: int = 1) -> "Column":
        """Store integers in their narrowest type."""
        return cls(narrowed(values), scale)

    @classmethod
    def of_fractions(cls, choices: Sequence[Fraction], code: npt.NDArray[np.integer]) -> "Column":
        """Store ``choices[code]`` over the least common denominator of all choices.

        Raises
        ------
        OverflowError
            When the common denominator or a numerator leaves int64.
        """
        scale = math.lcm(*(choice.denominator for choice in choices)) if choices else 1
        table = np.array([int(choice * scale) for choice in choices] or [0], dtype=np.int64)
        return cls.of(table[code], scale)

    def fraction(self, row: int) -> Fraction:
        """Return the exact value of one row."""
        return Fraction(int(self.values[row]), self.scale)


def times(values: npt.NDArray[np.integer], factor: int) -> npt.NDArray[np.integer]:
    """Return the integers times a positive factor, in 32 bits where those hold the products."""
    largest = max(-int(values.min(initial=0)), int(values.max(initial=0))) * factor
    wide = np.int32 if largest < 1 << 31 else np.int64
    product: npt.NDArray[np.integer] = np.multiply(values, factor, dtype=wide, casting="unsafe")
    return product


def narrowed(values: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return the integers in the narrowest signed type that holds all of them."""
    if values.size == 0:
        return values.astype(np.int8)
    low, high = int(values.min()), int(values.max())
    for dtype in (np.int8, np.int16, np.int32):
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class PairTable(ShortRepr):
    """All eligible pairs, sorted by candidate, opening and variant; read-only.

    Where a pair can be had in several ways, each way is a row of its own, and a plan takes at most
    one of them: `OnePlacement(at_most=1)` sees to it, else `OneVariant`.

    Parameters
    ----------
    instance
        The region the pairs belong to.
    candidate, opening
        Rows of the pair's candidate and opening, shape (E,), int32.
    variant
        Position of the pair's way among `variants`, shape (E,), int32; -1 for a pair that can be
        had in one way only. None where that holds for all pairs.
    variants
        The ways that pairs can be had in.
    start, end
        Where the region has periods: the period in which each row starts, and the one before which
        it is over, shape (E,), int16. None without periods.
    removed
        For each pair rule's title: how many openings it takes from each candidate, shape (C,),
        int32. Rules are counted independently, so one opening can be counted by several.
    given
        Exact columns the user gave with ``pairs=`` or ``pair_values=``, by name; they override
        computed ones.
    given_where
        Of those that are given for some pairs only: for which, shape (E,).
    labels
        Columns of group labels the user gave: (code per pair, labels); code -1 is no label.
    placements_per_candidate
        At most this many pairs of one candidate can be in one plan: 1 under `OnePlacement()`.
        Lowering may rely on it.
    unmatched
        What is told of values that were given for pairs that are not eligible.
    """

    instance: Instance
    candidate: Indices
    opening: Indices
    variant: Indices | None = None
    variants: tuple[Variant, ...] = ()
    start: npt.NDArray[np.signedinteger] | None = None
    end: npt.NDArray[np.signedinteger] | None = None
    removed: Mapping[str, Indices] = field(default_factory=dict)
    given: Mapping[str, Column] = field(default_factory=dict)
    given_where: Mapping[str, Bools] = field(default_factory=dict)
    labels: Mapping[str, tuple[Indices, tuple[str, ...]]] = field(default_factory=dict)
    placements_per_candidate: int = MANY
    unmatched: tuple[RemarkRow, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.candidate, self.opening, self.variant, self.start, self.end):
            if array is not None:
                array.setflags(write=False)

    @property
    def n_pairs(self) -> int:
        """Number of rows, E: eligible pairs, each in each of its variants."""
        return len(self.candidate)

    def __len__(self) -> int:
        return self.n_pairs

    @property
    def n_distinct(self) -> int:
        """Number of pairs of a candidate and an opening, whatever the ways of each."""
        return self.n_pairs if self.variant is None else int(np.count_nonzero(self.is_first_way))

    @cached_property
    def candidate_start(self) -> Ints:
        """Pairs of candidate c are ``candidate_start[c]:candidate_start[c + 1]``, shape (C+1,)."""
        return _starts(self.candidate, self.instance.n_candidates)

    @cached_property
    def opening_start(self) -> Ints:
        """Where the pairs of each opening start in `opening_member`, shape (O+1,)."""
        return _starts(self.opening, self.instance.n_openings)

    @cached_property
    def opening_member(self) -> Indices:
        """Pair indices sorted by opening, then candidate, shape (E,), int32."""
        return np.argsort(self.opening, kind="stable").astype(np.int32)

    @cached_property
    def computed(self) -> dict[str, Column]:
        """Columns that the library has computed for these pairs, by name; filled when asked for."""
        return {}

    def is_given(self, name: str) -> bool:
        """Tell whether the user gave a column for every pair."""
        return name in self.given and name not in self.given_where

    def to_compute(self, name: str, needed: Bools) -> Bools:
        """Return those of the needed pairs, shape (E,), that the user gave no value for."""
        said = self.given_where.get(name)
        return needed if said is None else needed & ~said

    def with_given(self, name: str, computed: Column) -> Column:
        """Return a computed column with the user's own values in place, where there are some.

        Raises
        ------
        InvalidInputError
            When both together have more digits than 64 bits hold.
        """
        said = self.given_where.get(name)
        if said is None:
            return computed
        given = self.given[name]
        scale = math.lcm(given.scale, computed.scale)
        merged = []
        for column in (given, computed):
            factor = scale // column.scale
            largest = int(np.abs(column.values.astype(np.int64)).max(initial=0)) * factor
            if largest >= 1 << 62:
                told = float(Fraction(largest, scale))
                expected = "must fit 64 bits beside the computed values"
                hint = "give the column with fewer decimals"
                raise InvalidInputError.single("pair_values", None, name, told, expected, hint)
            merged.append(column.values.astype(np.int64) * factor)
        return Column.of(np.where(said, *merged), scale)

    def ways(self, candidate_idx: int, opening_idx: int) -> range:
        """Return the rows of a pair, one for each variant; none where it is not eligible.

        O(log pairs).
        """
        start, stop = self.candidate_start[candidate_idx : candidate_idx + 2].tolist()
        of_candidate = self.opening[start:stop]
        first = int(np.searchsorted(of_candidate, opening_idx))
        if self.variant is None:
            is_there = first < stop - start and of_candidate[first] == opening_idx
            return range(start + first, start + first + bool(is_there))
        after = int(np.searchsorted(of_candidate, opening_idx, side="right"))
        return range(start + first, start + after)

    def find(self, candidate_idx: int, opening_idx: int, variant: str | None = None) -> int | None:
        """Return the row of a pair in a variant; None where it is not eligible in just that way.

        The variant of a pair that can be had in one way only is None.
        """
        rows = self.ways(candidate_idx, opening_idx)
        return next((row for row in rows if self.variant_of(row) == variant), None)

    def variant_of(self, row: int) -> str | None:
        """Return the label of a row's variant."""
        code = -1 if self.variant is None else int(self.variant[row])
        return None if code < 0 else self.variants[code].label

    def is_named(self, row: int, named: str | None) -> bool:
        """Tell whether somebody means a row: by its label, its way or its start; None is any."""
        code = -1 if self.variant is None else int(self.variant[row])
        if named is None or code < 0:
            return named is None
        one = self.variants[code]
        return named in {one.label, one.way, one.start}

    @cached_property
    def person(self) -> Indices:
        """Row among `People` of each pair: its candidate in the regime of its way, shape (E,)."""
        person = self.candidate
        if self.variant is not None:
            in_regime = self.instance.derived(people_of).in_regime
            for code, way in enumerate(self.variants):
                regime = way.way
                if regime is not None and regime in in_regime:
                    rows = in_regime[regime][self.candidate]
                    person = np.where(self.variant == code, rows, person)
        return person

    @cached_property
    def is_first_way(self) -> Bools:
        """Marks the first row of each pair, so that pairs are counted once, shape (E,)."""
        first = np.ones(self.n_pairs, dtype=np.bool_)
        if self.variant is not None:
            first[1:] = np.diff(self.candidate).astype(np.bool_)
            first[1:] |= np.diff(self.opening).astype(np.bool_)
        first.setflags(write=False)
        return first

    @property
    def number(self) -> Ints:
        """Which pair each row is a way of, counted from 0, shape (E,)."""
        return np.cumsum(self.is_first_way) - 1

    @cached_property
    def eligible_openings(self) -> Ints:
        """For how many openings each candidate is eligible, shape (C,)."""
        return self._counted(self.candidate, self.candidate_start)

    @cached_property
    def eligible_candidates(self) -> Ints:
        """How many candidates are eligible for each opening, shape (O,)."""
        return self._counted(self.opening, self.opening_start)

    def _counted(self, rows: Indices, start: Ints) -> Ints:
        if self.variant is None:
            return np.diff(start)
        return np.bincount(rows[self.is_first_way], minlength=start.size - 1)

    def taken(self, rows: Ints) -> "PairTable":
        """Return some of the pairs, ascending, with the columns that the user gave."""
        if rows.size == self.n_pairs:
            return self
        return replace(
            self,
            candidate=self.candidate[rows],
            opening=self.opening[rows],
            variant=None if self.variant is None else self.variant[rows],
            start=None if self.start is None else self.start[rows],
            end=None if self.end is None else self.end[rows],
            given={name: Column.of(of.values[rows], of.scale) for name, of in self.given.items()},
            given_where={name: where[rows] for name, where in self.given_where.items()},
            labels={name: (code[rows], texts) for name, (code, texts) in self.labels.items()},
        )

    def with_placements_per_candidate(self, at_most: int) -> "PairTable":
        """Return the same pairs with another promise on the placements of one candidate."""
        return replace(self, placements_per_candidate=at_most)

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Walk over blocks of candidates that have pairs: (slice of candidates, slice of pairs)."""
        for rows in candidate_blocks(self.instance.n_candidates, self.instance.n_openings):
            start, stop = self.candidate_start[[rows.start, rows.stop]].tolist()
            if start < stop:
                yield rows, slice(start, stop)


def candidate_blocks(n_candidates: int, n_openings: int) -> Iterator[slice]:
    """Cut the candidates in blocks that keep a table of candidates times openings small."""
    size = max(1, BLOCK_CELLS // max(1, n_openings))
    for first in range(0, n_candidates, size):
        yield slice(first, min(first + size, n_candidates))


def _starts(rows: Indices, n_rows: int) -> Ints:
    starts = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n_rows), out=starts[1:])
    starts.setflags(write=False)
    return starts
