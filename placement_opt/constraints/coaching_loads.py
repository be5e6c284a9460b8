"""What coached placements ask of their coach in each period in which they run."""

import math
from dataclasses import dataclass, replace

import numpy as np

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.instance.periods import periods_of
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.hours import coaching_hours_later
from placement_opt.pairs.table import Column, PairTable


@dataclass(frozen=True, eq=False)
class Loads:
    """The loads that occur, and which one each coached pair has.

    Parameters
    ----------
    pair
        The coached pairs, ascending, shape (P,).
    of_pair
        The load of each, shape (P,).
    hours
        Hours a week of each load in each period, in units of 1 / scale hour, shape (L, T); 0 where
        it does not run.
    scale
        See `hours`.
    """

    pair: Indices
    of_pair: Indices
    hours: Ints
    scale: int

    @classmethod
    def of(cls, pairs: PairTable, asked_by: str) -> "Loads":
        """Read the hours of the year of coaching that each period falls in, from the start on.

        Raises
        ------
        InvalidInputError
            As `pair_column` does for the coaching hours.
        """
        periods = pairs.instance.derived(periods_of)
        if periods is None or pairs.start is None or pairs.end is None:
            raise TypeError("pairs without periods")
        years = periods.years_on
        last = years[pairs.start, pairs.end - 1]
        columns = [
            _later(pairs, np.flatnonzero(last >= year), year, asked_by)
            for year in range(int(last.max(initial=0)) + 1)
        ]
        scale = math.lcm(*(column.scale for column in columns))
        amounts = [column.values.astype(np.int64) * (scale // column.scale) for column in columns]
        pair = np.flatnonzero(np.logical_or.reduce([amount > 0 for amount in amounts]))
        run = (one[pair].astype(np.int32) for one in (pairs.start, pairs.end))
        cases, of_pair = distinct_rows(*run, *(amount[pair] for amount in amounts))
        hours = np.zeros((len(cases), periods.n_periods), dtype=np.int64)
        for row, (start, end, *by_year) in enumerate(cases):
            hours[row, start:end] = [by_year[year] for year in years[start, start:end]]
        return cls(pair.astype(np.int32), of_pair, hours, scale)

    def finer(self, scale: int) -> "Loads":
        """Return the same hours in units of 1 / scale hour, a multiple of the present scale."""
        return replace(self, hours=self.hours * (scale // self.scale), scale=scale)


def _later(pairs: PairTable, rows: Ints, year: int, asked_by: str) -> Column:
    """Return the hours so many years after the start, of the pairs that still run then."""
    column = coaching_hours_later(pairs.taken(rows), asked_by, year)
    if rows.size == pairs.n_pairs:
        return column
    values = np.zeros(pairs.n_pairs, dtype=np.int64)
    values[rows] = column.values
    return Column.of(values, column.scale)
