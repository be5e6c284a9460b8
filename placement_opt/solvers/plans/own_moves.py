"""How own variables answer one more placement: shortfalls, fair shares, jobs that are left."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.capacity import Lacking
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.pair_entries import Entries
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock
from placement_opt.pairs.distinct import distinct_rows


@dataclass(frozen=True, eq=False)
class BlockInPlan:
    """The rows of one rule in a plan.

    Parameters
    ----------
    block
        The rows.
    activity
        What each row sums to, shape (R,).
    own, gain
        Values of the rule's own variables, and objective units gained per unit, shape (V,).
    """

    block: RowBlock
    activity: Ints
    own: Ints
    gain: Ints

    def lacking(self, n_pairs: int, entries: Entries) -> tuple[Ints, Lacking]:
        """Return what the own variables gain for each pair, and the rows without room for it.

        Parameters
        ----------
        n_pairs
            Number of pairs that are asked about, P.
        entries
            Their entries in the rows.

        Returns
        -------
        gain : numpy.ndarray
            Objective units, shape (P,), int64.
        lacking : Lacking
            As `placement_opt.formulation.capacity.Capacity.room` returns it.
        """
        if self.block.variables is None or self.block.variable_usage is None:
            at, row, amount = entries
            outside = self._is_outside(row, self.activity[row] + amount)
            return np.zeros(n_pairs, dtype=np.int64), (at[outside], row[outside])
        if self.block.variables.follow and not self._slack.is_all:
            return self._followed(n_pairs, entries)
        return self._slackened(n_pairs, entries)

    def _is_outside(self, row: Ints, after: Ints) -> Bools:
        """Mark the sums `after` that are outside the limits of their `row`.

        A placement can break a lower limit, too: somebody leaves a job that counts for a quota.
        """
        lower, upper = self.block.lower[row], self.block.upper[row]
        outside: Bools = (upper < NO_UPPER) & (after > upper)
        outside |= (lower > NO_LOWER) & (after < lower)
        return outside

    def _followed(self, n_pairs: int, entries: Entries) -> tuple[Ints, Lacking]:
        """Find new values of all own variables, once for all pairs with equal columns."""
        kind_of, columns = _kinds(*entries, n_pairs)
        used = self.activity - self._by_own
        changes = [self._change(used, row, amount) for row, amount in columns]
        known = np.array([0 if change is None else change for change in changes], dtype=np.int64)
        fits = np.array([change is not None for change in changes], dtype=np.bool_)
        last = np.array([row[-1] if row.size else 0 for row, _ in columns], dtype=np.int64)
        at = np.flatnonzero(~fits[kind_of])
        return known[kind_of], (at, last[kind_of[at]])

    @property
    def _by_own(self) -> Ints:
        usage = self.block.variable_usage
        sums: Ints = np.zeros_like(self.activity) if usage is None else usage @ self.own
        return sums

    def _change(self, used: Ints, row: Ints, amount: Ints) -> int | None:
        """Return what the own variables gain once a column is added to the sums; None if none fit.

        `used` is what pairs use of each row, `row` and `amount` are the entries of the column.
        """
        block, after = self.block, used.copy()
        np.add.at(after, row, amount)
        best = following(block, *block.limits_less(after))
        return None if best is None else int(self.gain @ (best - self.own))

    def _slackened(self, n_pairs: int, entries: Entries) -> tuple[Ints, Lacking]:
        """Set the slack of each row to its new best value; all other own variables stay."""
        slack = self._slack
        gain = np.zeros(n_pairs, dtype=np.int64)
        at, row, amount = self._with_moved(entries, gain)
        after = self.activity[row] + amount
        best, fits = slack.best(self.block, row, after, self.gain)
        fits &= ~((slack.own[row] < 0) & self._is_outside(row, after))
        np.add.at(gain, at, (best - slack.value[row]) * slack.gain(self.gain)[row])
        return gain, (at[~fits], row[~fits])

    def _with_moved(self, entries: Entries, gain: Ints) -> Entries:
        """Add what own variables change elsewhere that move to keep a row when a pair is added.

        Such a row has no slack and just one own variable. An example is somebody who takes a job
        and so leaves the present one, which lowers the sum of another row. What they gain is added
        to the `gain` of each pair. Where two rows of a pair move the same variable, the first says
        by how much.
        """
        at, row, amount = entries
        usage, by_own, block = self.block.variable_usage, self.block.by_own, self.block
        if usage is None or by_own is None or block.variables is None:
            return entries
        is_link = (np.diff(usage.indptr) == 1) & (self._slack.own < 0)
        after = self.activity[row] + amount
        broken = np.flatnonzero(is_link[row] & self._is_outside(row, after))
        if not broken.size:
            return entries
        kept = np.ones(at.size, dtype=np.bool_)
        more, moved = [], set[tuple[int, int]]()
        for one in broken.tolist():
            entry = usage.indptr[row[one]]
            own, factor = int(usage.indices[entry]), int(usage.data[entry])
            if (int(at[one]), own) in moved:
                continue
            below = int(block.lower[row[one]]) - int(after[one])
            short = below if below > 0 else int(block.upper[row[one]]) - int(after[one])
            step = -(-short // factor) if (short > 0) == (factor > 0) else short // factor
            value = int(self.own[own]) + step
            if int(block.variables.lower[own]) <= value <= int(block.variables.upper[own]):
                kept[one] = False
                moved.add((int(at[one]), own))
                gain[at[one]] += step * self.gain[own]
                column = slice(*by_own.indptr[own : own + 2])
                others = by_own.indices[column] != row[one]
                places = by_own.indices[column][others].astype(np.int64)
                change = by_own.data[column][others].astype(np.int64) * step
                more.append((np.full(places.size, at[one]), places, change))
        joined = zip((at[kept], row[kept], amount[kept]), *more, strict=True)
        at, row, amount = map(np.concatenate, joined)
        key, place = np.unique(at * len(block) + row, return_inverse=True)
        sums = np.zeros(key.size, dtype=np.int64)
        np.add.at(sums, place, amount)
        return key // len(block), key % len(block), sums

    @cached_property
    def _slack(self) -> "_Slacks":
        return _Slacks.of(self.block, self.own)


def _kinds(at: Ints, row: Ints, amount: Ints, n_pairs: int) -> tuple[Ints, list[tuple[Ints, Ints]]]:
    """Return the kind of each pair, shape (P,), and the column (rows, amounts) of each kind.

    Pairs of a kind have equal columns; kind 0 has no entries. Nearly all pairs have one entry:
    these are grouped without a loop.
    """
    kind_of = np.zeros(n_pairs, dtype=np.int64)
    columns = [(row[:0], amount[:0])]
    n_entries = np.bincount(at, minlength=n_pairs)
    single = n_entries[at] == 1
    distinct, kind = distinct_rows(row[single], amount[single])
    kind_of[at[single]] = 1 + kind
    columns += [(np.array(one[:1]), np.array(one[1:])) for one in distinct]
    seen: dict[bytes, int] = {}
    for place in np.flatnonzero(n_entries > 1).tolist():
        mine = np.flatnonzero(at == place)
        column = (row[mine], amount[mine])
        key = np.concatenate(column).tobytes()
        if key not in seen:
            seen[key] = len(columns)
            columns.append(column)
        kind_of[place] = seen[key]
    return kind_of, columns


@dataclass(frozen=True, eq=False)
class _Slacks:
    """The slack of each row: an own variable that stands in no other row, such as a shortfall.

    Parameters
    ----------
    own
        Place of the slack among the own variables, shape (R,); -1 for none.
    factor, value, low, high
        Coefficient, value and bounds of the slack, shape (R,); zeros for none.
    is_all
        True where every own variable is a slack.
    """

    own: Ints
    factor: Ints
    value: Ints
    low: Ints
    high: Ints
    is_all: bool

    @classmethod
    def of(cls, block: RowBlock, values: Ints) -> "_Slacks":
        """Find the slacks of a block; `values` are those of its own variables, shape (V,)."""
        own = np.full(len(block), -1, dtype=np.int64)
        factor, value, low, high = np.zeros((4, len(block)), dtype=np.int64)
        if block.variables is None or block.variable_usage is None:
            return cls(own, factor, value, low, high, is_all=True)
        entries = block.variable_usage.tocoo()
        alone = np.bincount(entries.col, minlength=values.size)[entries.col] == 1
        row, column = entries.row[alone], entries.col[alone]
        # Where a row has several, the last is its slack; the others keep their values.
        own[row] = column
        taken = own[row] == column
        factor[row[taken]] = entries.data[alone][taken]
        has = own >= 0
        value[has] = values[own[has]]
        low[has], high[has] = block.variables.lower[own[has]], block.variables.upper[own[has]]
        is_all = int(has.sum()) == entries.nnz
        return cls(own, factor, value, low, high, is_all)

    def gain(self, of_own: Ints) -> Ints:
        """Return the objective units gained per unit of each slack, shape (R,); 0 for none."""
        return np.append(of_own, 0)[self.own]

    def best(self, block: RowBlock, row: Ints, after: Ints, of_own: Ints) -> tuple[Ints, Bools]:
        """Return the best value of the slack in each of some rows, and whether it keeps the row.

        Parameters
        ----------
        block
            The rows.
        row, after
            Rows, and what they sum to at the present value of their slack.
        of_own
            Objective units gained per unit of each own variable, shape (V,).
        """
        factor, value = self.factor[row], self.value[row]
        least, most = self.low[row].copy(), self.high[row].copy()
        lower, upper = block.lower[row], block.upper[row]
        for limit, has, is_least in (
            (lower, lower > NO_LOWER, True),
            (upper, upper < NO_UPPER, False),
        ):
            for sign in (1, -1):
                some = np.flatnonzero(has & (np.sign(factor) == sign))
                step = limit[some] - after[some]
                if is_least is (sign == 1):
                    needed = value[some] - (-step // factor[some])
                    least[some] = np.maximum(least[some], needed)
                else:
                    needed = value[some] + step // factor[some]
                    most[some] = np.minimum(most[some], needed)
        gain = self.gain(of_own)[row]
        wanted = np.where(gain < 0, least, np.where(gain > 0, most, np.clip(value, least, most)))
        best = np.clip(wanted, self.low[row], self.high[row])
        return np.where(self.own[row] >= 0, best, 0), least <= most
