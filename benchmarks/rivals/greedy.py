"""Best score first: take each pair that still fits every row, never look back."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from benchmarks.instances import Problem
from benchmarks.run import Run
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import tightened
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

BATCH = 20_000
"""After so many pairs, those in full rows are struck off."""

Bools = npt.NDArray[np.bool_]


def solve(problem: Problem, run: Run) -> None:
    """Take pairs that a hard minimum asks for first, then by score."""
    del problem
    formulation = run.formulation
    rows = _Rows(formulation)
    gain = formulation.objective.gain[: formulation.n_pairs]
    waiting = np.lexsort((-gain, ~rows.pairs_in(rows.asking())))
    while waiting.size and run.elapsed_s < run.time_limit_s:
        for pair in waiting[:BATCH].tolist():
            if gain[pair] > 0 or rows.is_asked(pair):
                rows.take(pair)
        waiting = waiting[BATCH:]
        waiting = waiting[~rows.pairs_in(rows.full())[waiting]]
    values = rows.final_values()
    if formulation.is_satisfied_by(values):
        run.plan(values)
        run.stop_reason = "finished"
    else:
        run.stop_reason = "stuck: a hard minimum is not kept"


class _Rows:
    """What every row uses so far.

    Rows of variables that follow from the pairs (shortfalls, totals) stop nobody. Where another
    own variable stands in a row (people of a class at a coach), the first with room takes the pair.
    """

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        self._n_pairs = formulation.n_pairs
        by_column = formulation.matrix.tocsc()
        self._start, self._row, self._value = by_column.indptr, by_column.indices, by_column.data
        self._high = formulation.row_upper.tolist()
        self._low = formulation.row_lower.tolist()
        self._used = [0] * formulation.n_rows
        self._values = [0] * self._n_pairs + formulation.own_lower.tolist()
        self._most: list[int] = formulation.own_upper.tolist()
        # Per row that counts people of a class: who may take them, the first one last.
        self._own_of: dict[int, list[int]] = {}
        self._counts = [True] * formulation.n_rows
        self._read_blocks()

    def _read_blocks(self) -> None:
        first = 0
        for block, column in zip(
            self._formulation.blocks, self._formulation.offsets[:-1], strict=True
        ):
            if block.variables is not None and block.variable_usage is not None:
                own = block.variable_usage.tocoo()
                for row, at in zip(own.row.tolist(), own.col.tolist(), strict=True):
                    if block.variables.follow:
                        self._counts[first + row] = False
                    elif self._low[first + row] > NO_LOWER:
                        self._own_of.setdefault(first + row, []).insert(0, column + at)
            first += len(block)

    def _entries(self, column: int) -> Iterator[tuple[int, int]]:
        part = slice(self._start[column], self._start[column + 1])
        return zip(self._row[part].tolist(), self._value[part].tolist(), strict=True)

    def asking(self) -> Bools:
        """Tell which rows are below a minimum that only pairs can reach."""
        low = self._formulation.row_lower
        return (low > NO_LOWER) & (np.array(self._used) < low) & self._plain()

    def full(self) -> Bools:
        """Tell which rows have no room for any pair."""
        high = self._formulation.row_upper
        full: Bools = (high < NO_UPPER) & (np.array(self._used) >= high) & self._plain()
        full[[row for row, own in self._own_of.items() if not own]] = True
        return full

    def _plain(self) -> Bools:
        plain = np.array(self._counts)
        plain[list(self._own_of)] = False
        return plain

    def pairs_in(self, rows: Bools) -> Bools:
        """Tell which pairs use something of one of these rows."""
        matrix = self._formulation.matrix
        entries = np.repeat(rows, np.diff(matrix.indptr)) & (matrix.data > 0)
        result = np.zeros(self._formulation.n_variables, dtype=np.bool_)
        result[matrix.indices[entries]] = True
        return result[: self._n_pairs]

    def is_asked(self, pair: int) -> bool:
        """Tell whether some row is below its minimum without this pair."""
        return any(
            value > 0
            and self._counts[row]
            and row not in self._own_of
            and self._used[row] < self._low[row]
            for row, value in self._entries(pair)
        )

    def take(self, pair: int) -> None:
        """Take a pair if every row has room for it."""
        taken = [pair]
        for row, value in self._entries(pair):
            if row in self._own_of:
                own = self._with_room(row, value)
                if own is None:
                    return
                taken.append(own)
            elif self._counts[row] and self._used[row] + value > self._high[row]:
                return
        for column in taken:
            self._values[column] += 1
            for row, value in self._entries(column):
                self._used[row] += value

    def _with_room(self, asking: int, value: int) -> int | None:
        """Return the first own variable that makes up for the value, and has room for one more.

        Room only ever shrinks, so that one without is never asked again.
        """
        own = self._own_of[asking]
        while own:
            entries = dict(self._entries(own[-1]))
            has_room = all(
                self._used[row] + used <= self._high[row]
                for row, used in entries.items()
                if row != asking
            )
            within = self._values[own[-1]] < self._most[own[-1] - self._n_pairs]
            if has_room and within and entries[asking] == -value:
                return own[-1]
            own.pop()
        return None

    def final_values(self) -> npt.NDArray[np.int64]:
        """Return all values, those that follow from the pairs at their best."""
        values = np.array(self._values, dtype=np.int64)
        chosen = self._formulation.chosen(values)
        values[self._n_pairs :] = tightened(self._formulation, chosen, values[self._n_pairs :])
        return values
