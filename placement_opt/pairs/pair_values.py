"""Values that the user gives for some of the eligible pairs; all others keep what is computed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import RemarkRow
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.variants import VARIANT
from placement_opt.pairs.columns import PAIR_COLUMNS
from placement_opt.pairs.listed import (
    ID_COLUMNS,
    SCORE,
    ColumnUses,
    columns_of,
    name_problems,
    read_ends,
)
from placement_opt.pairs.listed_columns import ListedColumn, read_labels, read_numbers
from placement_opt.pairs.listed_given import out_of_range
from placement_opt.pairs.listed_variants import in_variants, read_variants
from placement_opt.pairs.rule_protocols import PairRule, PairTerm
from placement_opt.pairs.table import Column, PairTable

_SHOWN_PAIRS = 10
_NAMED = "pair_values"


@dataclass(frozen=True, eq=False, repr=False)
class PairValues(ShortRepr):
    """What ``pair_values=`` and ``pair_defaults=`` of a model hold.

    Parameters
    ----------
    frame
        Columns ``candidate_id``, ``opening_id`` and any others; None for defaults alone. With a
        column ``variant`` a listed pair can be had in those ways, each with values of its own.
    defaults
        By column what holds for eligible pairs that the frame leaves out: a number or a label.
    """

    frame: Any = None
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def over(
        self, pairs: PairTable, rules: Sequence[PairRule], terms: Sequence[PairTerm]
    ) -> PairTable:
        """Return the pairs with the values beside them; columns that nothing uses are not read.

        O(listed log pairs).

        Raises
        ------
        InvalidInputError
            With all problems of the frame and of the defaults, by row (from 0).
        """
        return _Reading(self, pairs, ColumnUses.of(rules, terms)).table()


class _Reading:
    """The reading of one frame of values over one table of pairs."""

    def __init__(self, values: PairValues, pairs: PairTable, uses: ColumnUses) -> None:
        self._pairs, self._uses, self._defaults = pairs, uses, values.defaults
        self._findings = Findings()
        self._columns: dict[str, ListedColumn] = {}
        self.unmatched: list[int] = []
        self._row = self._pair = np.zeros(0, dtype=np.int64)
        if values.frame is not None:
            with self._findings.gathered():
                self._match(values.frame)
        self._findings.add(
            Problem(_NAMED, None, name, default, "must be a number or a label", "give one value")
            for name, default in self._defaults.items()
            if not isinstance(default, str) and not _is_number(default)
        )
        self._findings.refuse()

    def _match(self, frame: Any) -> None:
        """Find which eligible pair each row of the frame is about."""
        pairs, instance = self._pairs, self._pairs.instance
        self._columns, problems = columns_of(frame)
        problems += name_problems(self._columns)
        self._findings.add(problems)
        ends, found = read_ends(instance, self._columns)
        if len(ends) < len(ID_COLUMNS):
            return
        known = (ends[0] >= 0) & (ends[1] >= 0)
        if found and not known.any():  # ids of another kind, rather than of people who have left
            self._findings.add(found)
        key = ends[0].astype(np.int64) * instance.n_openings + ends[1]
        eligible = pairs.candidate.astype(np.int64) * instance.n_openings + pairs.opening
        at = np.searchsorted(eligible, key)
        known &= at < eligible.size
        known[known] = eligible[at[known]] == key[known]
        self._row, self._pair = np.flatnonzero(known), at[known]
        code, variants, problems = read_variants(self._columns)
        self._findings.add(replace(found, subject=_NAMED) for found in problems)
        if code is not None and not problems:
            ways = in_variants(pairs, self._pair, code[self._row], variants)
            self._pairs, self._pair = ways
        self._findings.add(self._twice())
        self.unmatched = np.flatnonzero(~known).tolist()

    def _twice(self) -> Iterator[Problem]:
        order = np.argsort(self._pair, kind="stable")
        pair, row = self._pair[order], self._row[order]
        for place in np.flatnonzero(pair[1:] == pair[:-1]).tolist():
            hint = f"row {row[place]} lists the same pair; keep one of both"
            named = ", ".join(name for name in (*ID_COLUMNS, VARIANT) if name in self._columns)
            yield _problem(named, int(row[place + 1]), "listed once", hint)

    def table(self) -> PairTable:
        given, where = dict[str, Column](), dict[str, Bools]()
        labels = dict[str, tuple[Indices, tuple[str, ...]]]()
        for name in sorted({*self._columns, *self._defaults} - {*ID_COLUMNS, VARIANT}):
            with self._findings.gathered():
                if name in self._uses.numbers:
                    given[name], said = self._numbers(name)
                    if not said.all():
                        where[name] = said
                elif name in self._uses.grouped:
                    labels[name] = self._labels(name)
        self._findings.refuse()
        pairs = replace(self._pairs, given=given, given_where=where, labels=labels)
        self._findings.add(_uncovered(pairs, where.keys() - {*PAIR_COLUMNS, SCORE}))
        self._findings.refuse()
        return replace(pairs, unmatched=tuple(self._not_eligible()))

    def _given_cells(self, name: str) -> tuple[ListedColumn, Ints, Ints]:
        """Return the given cells of matched rows, with a default last, their rows and pairs."""
        row, pair, cells = self._row, self._pair, []
        if name in self._columns:
            column = self._columns[name]
            is_given = ~column.is_missing[row]
            row, pair = row[is_given], pair[is_given]
            cells = column.array[row].tolist()
        else:
            row = pair = np.zeros(0, dtype=np.int64)
        if name in self._defaults:
            cells.append(self._defaults[name])
        return ListedColumn(name, cells), row, pair

    def _numbers(self, name: str) -> tuple[Column, Bools]:
        """Return a column over all pairs, and where it is given."""
        cells, row, pair = self._given_cells(name)
        fine = name in self._uses.valued - self._uses.summed
        numbers, problems = read_numbers(cells, fine=fine)
        problems = problems or list(out_of_range(name, numbers))
        if problems:
            raise InvalidInputError(_of_rows(problems, row))
        values = np.zeros(self._pairs.n_pairs, dtype=numbers.values.dtype)
        said = np.full(self._pairs.n_pairs, name in self._defaults)
        if name in self._defaults:
            values[:] = numbers.values[-1]
        values[pair], said[pair] = numbers.values[: pair.size], True
        return Column.of(values, numbers.scale), said

    def _labels(self, name: str) -> tuple[Indices, tuple[str, ...]]:
        cells, row, pair = self._given_cells(name)
        code, texts, problems = read_labels(cells)
        if problems:
            raise InvalidInputError(_of_rows(problems, row))
        codes = np.full(self._pairs.n_pairs, code[-1] if name in self._defaults else -1, np.int32)
        codes[pair] = code[: pair.size]
        return codes, texts

    def _not_eligible(self) -> Iterator[RemarkRow]:
        """Tell how many listed pairs are not eligible, and the first ten."""
        if not self.unmatched:
            return
        ids = [self._columns[name].array for name in ID_COLUMNS]
        shown = ", ".join(
            f"{ids[0][row]} in {ids[1][row]}" for row in self.unmatched[:_SHOWN_PAIRS]
        )
        dots = ", ..." if len(self.unmatched) > _SHOWN_PAIRS else ""
        count = len(self.unmatched)
        yield RemarkRow(
            kind="unused",
            about=_NAMED,
            text=f"{count:,} listed pairs are not eligible, so that their values count nowhere:"
            f" {shown}{dots}",
            text_nl=f"{count} genoemde koppelingen zijn niet passend, en hun waarden tellen"
            f" nergens: {shown}{dots}",
        )


def _is_number(value: object) -> bool:
    try:
        return isinstance(read_number(value), Fraction)
    except (TypeError, ValueError):
        return False


def _uncovered(pairs: PairTable, names: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each own column of numbers that some eligible pair has no value of."""
    instance = pairs.instance
    for name in sorted(names):
        lacking = np.flatnonzero(~pairs.given_where[name])
        told = (
            f"{instance.candidate_ids[pairs.candidate[pair]]} in"
            f" {instance.opening_ids[pairs.opening[pair]]}"
            for pair in lacking.tolist()
        )
        shown = ", ".join(islice(told, 3))
        more = f" and {lacking.size - 3:,} more" if lacking.size > 3 else ""  # noqa: PLR2004 - as above
        expected = "must be given for every eligible pair"
        hint = f"give pair_defaults={{{name!r}: ...}}, or the values of {shown}{more}"
        yield Problem(_NAMED, None, name, None, expected, hint)


def _problem(field_: str, row: int, expected: str, hint: str) -> Problem:
    return Problem(_NAMED, f"row {row}", field_, None, f"must be {expected}", hint)


def _of_rows(problems: Sequence[Problem], rows: Ints) -> Iterator[Problem]:
    """Name problems of the given cells by the rows of the frame; what follows is a default."""
    for found in problems:
        place = int((found.id or "row 0").removeprefix("row "))
        id_ = None if found.id is None else "default"
        if found.id is not None and place < rows.size:
            id_ = f"row {rows[place]}"
        yield replace(found, subject=_NAMED, id=id_)
