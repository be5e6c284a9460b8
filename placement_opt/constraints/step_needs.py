"""What steps eligible pairs need before the job, and who could take which of them when."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.step_grants import Grants
from placement_opt.instance.step_times import StepTimes
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False, repr=False)
class StepNeeds(ShortRepr):
    """What pairs and steps need, and the variables that meet it: one for each person, step, start.

    Parameters
    ----------
    times
        When steps can start.
    pair, need
        Which pair stands in which of the N needs, aligned.
    asking, asked
        Which variable stands in which need, for what its step asks, aligned.
    option_need, option
        Which variable meets which need, aligned; each need has one or more.
    candidate, step, start
        Candidate and opening of each of the V variables, rows of the instance, and the time at
        which it starts.
    series, by
        Of each need what is needed, alike where only the starts of those in need differ, ascending;
        and the time at which these start, ascending within a series. Shape (N,).
    before
        The step that has each need, a row of openings; -1 where pairs have it. Shape (N,).
    """

    times: StepTimes
    pair: Ints
    need: Ints
    asking: Ints
    asked: Ints
    option_need: Ints
    option: Ints
    candidate: Ints
    step: Ints
    start: Ints
    series: Ints
    by: Ints
    before: Ints

    @classmethod
    def of(cls, pairs: PairTable, *, with_all: bool = False) -> Self | None:
        """Find what pairs need, then what steps that meet it need, and so on; None without steps.

        Where people have one placement at most, all their pairs that the same steps serve are one
        need, for each start. `with_all` has variables of steps that nobody needs, too.
        """
        grants = pairs.instance.derived(Grants.of)
        if grants is None:
            return None
        numbers = _Numbers.of(pairs, grants)
        pair, needed = numbers.of_pairs(pairs)
        needs, options = numbers.options(np.unique(needed))
        new = np.union1d(options, numbers.takeable()) if with_all else np.unique(options)
        found, known = [(needs, options)], new
        asks = [(new[:0], new[:0])]
        while new.size:
            asks.append(numbers.of_steps(new))
            found.append(numbers.options(np.unique(asks[-1][1])))
            new = np.setdiff1d(found[-1][1], known)
            known = np.union1d(known, new)
        needs, options = (np.concatenate(parts) for parts in zip(*found, strict=True))
        asking, asked = (np.concatenate(parts) for parts in zip(*asks, strict=True))
        every = np.unique(needs)
        _, before, _, by = numbers.need(every)
        return cls(
            grants.times,
            pair,
            np.searchsorted(every, needed),
            np.searchsorted(known, asking),
            np.searchsorted(every, asked),
            np.searchsorted(every, needs),
            np.searchsorted(known, options),
            *numbers.variable(known),
            series=every // grants.n_starts,
            by=by,
            before=before,
        )

    def sooner(self) -> sparse.csr_array:
        """Return which needs each need includes, shape (N, N): its series' up to its own start.

        A step that is over by an early start is over by every later one, and at most one pair of
        a series is in a plan; of the starts of a step that needs others it is at most one as well.
        """
        every = np.arange(self.n_needs)
        head = np.searchsorted(self.series, self.series)
        n_each = every - head + 1
        row = np.repeat(every, n_each)
        column = np.arange(row.size) - np.repeat(np.cumsum(n_each) - n_each, n_each) + head[row]
        ones = np.ones(row.size, dtype=np.int64)
        return sparse.csr_array((ones, (row, column)), shape=(self.n_needs, self.n_needs))

    @property
    def n_needs(self) -> int:
        """Number of needs."""
        return int(self.series.size)

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
        kept = np.flatnonzero(own > 0)
        while True:  # what only a step needed that was left out is left out next
            fewer = self._without(chosen, kept, cost)
            if fewer.size == kept.size:
                return kept
            kept = fewer

    def _without(self, chosen: Ints, kept: Ints, cost: Ints) -> Ints:
        """Return variables without those that neither chosen pairs nor others of them need."""
        is_needed, is_kept = np.zeros(self.n_needs, np.bool_), np.zeros(self.start.size, np.bool_)
        is_kept[kept] = True
        is_needed[self.need[np.isin(self.pair, chosen)]] = True
        is_needed[self.asked[is_kept[self.asking]]] = True
        counts = is_needed[self.option_need] & is_kept[self.option]
        of_need, option = self.option_need[counts], self.option[counts]
        n_left = np.bincount(of_need, minlength=self.n_needs)
        start = np.argsort(option, kind="stable")
        stays = np.ones(kept.size, dtype=np.bool_)
        edges = np.searchsorted(option[start], np.stack([kept, kept + 1]))
        for place in np.lexsort((kept, -cost[kept])).tolist():
            needs = of_need[start[edges[0, place] : edges[1, place]]]
            if np.all(n_left[needs] > 1):
                stays[place] = False
                n_left[needs] -= 1
        return kept[stays]


@dataclass(frozen=True, eq=False, repr=False)
class _Numbers(ShortRepr):
    """Needs as numbers, by who needs it, list of steps and time; variables by person, step, start.

    Parameters
    ----------
    grants
        Who can take which step.
    person
        The candidate of whom or what has needs, shape (W,): people, or pairs where people may have
        several. Beyond them those who need something are people in steps.
    n_openings
        Number of openings of the region, O.
    """

    grants: Grants
    person: Ints
    n_openings: int

    @classmethod
    def of(cls, pairs: PairTable, grants: Grants) -> Self:
        is_one, n_people = pairs.placements_per_candidate == 1, pairs.instance.n_candidates
        people = np.arange(n_people) if is_one else pairs.candidate[pairs.is_first_way]
        return cls(grants, people.astype(np.int64), pairs.instance.n_openings)

    def of_pairs(self, pairs: PairTable) -> tuple[Ints, Ints]:
        """Return what pairs need: (pair, need), aligned."""
        is_one, last = pairs.placements_per_candidate == 1, self.grants.n_starts - 1
        pair, list_ = self.grants.lacking(pairs.candidate, pairs.opening)
        whose = (pairs.candidate if is_one else pairs.number)[pair]
        by = np.full(pair.size, last) if pairs.start is None else pairs.start[pair]
        return pair, self._need(whose.astype(np.int64), list_, by)

    def of_steps(self, variables: Ints) -> tuple[Ints, Ints]:
        """Return what steps that are taken need: (variable, need), aligned."""
        person, step, start = self.variable(variables)
        place, list_ = self.grants.lacking(person, step)
        whose = self.person.size + person * self.n_openings + step
        return variables[place], self._need(whose[place], list_, start[place])

    def options(self, needs: Ints) -> tuple[Ints, Ints]:
        """Return the variables that meet needs: (need, variable), aligned."""
        person, _, list_, by = self.need(needs)
        met, options = [needs[:0]], [needs[:0]]
        for row in range(len(self.grants.offers.steps)):
            at = np.flatnonzero(list_ == row)
            place, step, first = self.grants.open_to(person[at], row)
            later, start = self.grants.times.starts(first, step, by[at[place]])
            at = at[place[later]]
            met.append(needs[at])
            options.append(self._variable(person[at], step[later], start))
        return np.concatenate(met), np.concatenate(options)

    def takeable(self) -> Ints:
        """Return the variables of all that people can take."""
        candidate, step, first = self.grants.takeable()
        place, start = self.grants.times.starts(first, step)
        return self._variable(candidate[place], step[place], start)

    def need(self, number: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return (person, step that needs something or -1, list, time) of needs."""
        rest, by = np.divmod(number, self.grants.n_starts)
        whose, list_ = np.divmod(rest, max(1, len(self.grants.offers.steps)))
        is_step = whose >= self.person.size
        of_step, step = np.divmod(whose - self.person.size, self.n_openings)
        person = np.where(is_step, of_step, -1)
        person[~is_step] = self.person[whose[~is_step]]
        return person, np.where(is_step, step, -1), list_, by

    def variable(self, number: Ints) -> tuple[Ints, Ints, Ints]:
        """Return (person, step, start) of variables."""
        rest, start = np.divmod(number, self.grants.n_starts)
        person, step = np.divmod(rest, self.n_openings)
        return person, step, start

    def _need(self, whose: Ints, list_: Ints, by: npt.NDArray[np.integer]) -> Ints:
        n_lists = max(1, len(self.grants.offers.steps))
        number: Ints = (whose * n_lists + list_) * self.grants.n_starts + by
        return number

    def _variable(self, person: Ints, step: Ints, start: Ints) -> Ints:
        return (person * self.n_openings + step) * self.grants.n_starts + start
