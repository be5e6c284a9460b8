"""What steps eligible pairs need before the job, and who could take which of them when."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.skill_demands import Grants
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False, repr=False)
class StepNeeds(ShortRepr):
    """What pairs need, and the variables that meet it: one for each person, step and start.

    Parameters
    ----------
    pair, need
        Which pair stands in which of the N needs, aligned.
    option_need, option
        Which variable meets which need, aligned; each need has one or more.
    candidate, step, start
        Candidate and opening of each of the V variables, rows of the instance, and the period in
        which it starts; 0 without periods.
    chain, by
        Of each need what is needed, alike where only the starts of the jobs differ, ascending; and
        the period in which those jobs start, ascending within a chain. Shape (N,).
    """

    pair: Ints
    need: Ints
    option_need: Ints
    option: Ints
    candidate: Ints
    step: Ints
    start: Ints
    chain: Ints
    by: Ints

    @classmethod
    def of(cls, pairs: PairTable, *, with_all: bool = False) -> Self | None:
        """Find the needs; None where no step can be taken.

        Where people have one placement at most, all their pairs that the same steps serve are one
        need, for each start. `with_all` has variables of steps that nobody needs, too.
        """
        instance = pairs.instance
        grants, taken = instance.derived(Grants.of), instance.steps
        if grants is None or taken is None:
            return None
        times = instance.derived(StepTimes.of)
        pair, steps = grants.lacking(pairs)
        n_lists, n_starts = max(1, len(grants.steps)), times.n_starts
        is_one = pairs.placements_per_candidate == 1
        whose = pairs.candidate[pair] if is_one else pairs.number[pair]
        key = (whose.astype(np.int64) * n_lists + steps) * n_starts
        key, need = np.unique(
            key if pairs.start is None else key + pairs.start[pair], return_inverse=True
        )
        chain, by = np.divmod(key, n_starts)
        first = np.zeros(key.size, dtype=np.int64)
        first[need] = pair
        person, list_of = pairs.candidate[first], chain % n_lists
        option_need, option_step = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for row, members in enumerate(grants.steps):
            rows = np.flatnonzero(list_of == row)
            open_ = grants.can_take[person[rows]][:, list(members)].tocoo()
            option_need.append(rows[open_.row])
            option_step.append(np.array(members, dtype=np.int64)[open_.col])
        of_need, of_step = np.concatenate(option_need), np.concatenate(option_step)
        place, start = times.starts(person[of_need], of_step, by[of_need])
        of_need, of_step = of_need[place], of_step[place]

        wanted = _keys(instance, (person[of_need], of_step, start))
        every = wanted
        if with_all:
            place, start = times.starts(taken.candidate, taken.opening)
            more = _keys(instance, (taken.candidate[place], taken.opening[place], start))
            every = np.concatenate([wanted, more])
        known = np.unique(every)
        candidate, step = np.divmod(known // n_starts, instance.n_openings)
        option = np.searchsorted(known, wanted)
        return cls(pair, need, of_need, option, candidate, step, known % n_starts, chain, by)

    def sooner(self) -> sparse.csr_array:
        """Return which needs each need includes, shape (N, N): its chain's up to its own start.

        A step that is over by an early start is over by every later one, and at most one pair of
        a chain is in a plan.
        """
        head = np.searchsorted(self.chain, self.chain)
        every = np.arange(self.n_needs)
        n_each = every - head + 1
        row = np.repeat(every, n_each)
        column = np.arange(row.size) - np.repeat(np.cumsum(n_each) - n_each, n_each) + head[row]
        ones = np.ones(row.size, dtype=np.int64)
        return sparse.csr_array((ones, (row, column)), shape=(self.n_needs, self.n_needs))

    @property
    def n_needs(self) -> int:
        """Number of needs."""
        return int(self.chain.size)

    @property
    def is_settled(self) -> bool:
        """True where a single step meets each need."""
        return bool(np.all(np.bincount(self.option_need, minlength=self.n_needs) == 1))

    def least(self, chosen: Ints, own: Ints, cost: Ints) -> Ints:
        """Return the variables to keep of those that are taken, dear ones left out where possible.

        Parameters
        ----------
        chosen
            Pairs of a plan.
        own
            The variables, shape (V,), 1 where a step is taken.
        cost
            What each costs, shape (V,).
        """
        is_needed = np.zeros(self.n_needs, dtype=np.bool_)
        is_needed[self.need[np.isin(self.pair, chosen)]] = True
        counts = is_needed[self.option_need] & (own[self.option] > 0)
        of_need, option = self.option_need[counts], self.option[counts]
        n_left = np.bincount(of_need, minlength=self.n_needs)
        start = np.argsort(option, kind="stable")
        kept = np.flatnonzero(own > 0)
        stays = np.ones(kept.size, dtype=np.bool_)
        edges = np.searchsorted(option[start], np.stack([kept, kept + 1]))
        for place in np.lexsort((kept, -cost[kept])).tolist():
            needs = of_need[start[edges[0, place] : edges[1, place]]]
            if np.all(n_left[needs] > 1):
                stays[place] = False
                n_left[needs] -= 1
        return kept[stays]


def _keys(instance: Instance, of: tuple[npt.NDArray[np.integer], ...]) -> Ints:
    """Return a number for each (candidate, step, start), ascending in this order."""
    candidate, step, start = of
    key = candidate.astype(np.int64) * instance.n_openings + step
    numbered: Ints = key * instance.derived(StepTimes.of).n_starts + start
    return numbered
