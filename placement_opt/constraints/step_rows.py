"""Who needs which step before a job, as rows with a variable for each step that somebody takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.quantities import read_number, scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.skill_demands import Grants
from placement_opt.constraints.step_packer import StepPacker
from placement_opt.formulation.capacity import Capacity, Lacking, Packer
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable

CENT = 100


@dataclass(frozen=True, eq=False, repr=False)
class StepNeeds(ShortRepr):
    """What pairs need, and the variables that meet it: one for each person and step.

    Parameters
    ----------
    pair, need
        Which pair stands in which of the N needs, aligned.
    option_need, option
        Which variable meets which need, aligned; each need has one or more.
    candidate, step
        Candidate and opening of each of the V variables, rows of the instance.
    """

    pair: Ints
    need: Ints
    option_need: Ints
    option: Ints
    candidate: Ints
    step: Ints

    @classmethod
    def of(cls, pairs: PairTable, *, with_all: bool = False) -> Self | None:
        """Find the needs; None where no step can be taken.

        Where people have one placement at most, all their pairs that the same steps serve are one
        need. `with_all` has variables of steps that nobody needs, too.
        """
        instance = pairs.instance
        grants, taken = instance.derived(Grants.of), instance.steps
        if grants is None or taken is None:
            return None
        pair, steps = grants.lacking(pairs)
        n_lists = max(1, len(grants.steps))
        whose = pairs.candidate[pair] if pairs.placements_per_candidate == 1 else pair
        key, need = np.unique(whose.astype(np.int64) * n_lists + steps, return_inverse=True)
        first = np.zeros(key.size, dtype=np.int64)
        first[need] = pair
        person, list_of = pairs.candidate[first], key % n_lists
        option_need, option_step = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for row, members in enumerate(grants.steps):
            rows = np.flatnonzero(list_of == row)
            open_ = grants.can_take[person[rows]][:, list(members)].tocoo()
            option_need.append(rows[open_.row])
            option_step.append(np.array(members, dtype=np.int64)[open_.col])
        of_need, of_step = np.concatenate(option_need), np.concatenate(option_step)
        wanted = person[of_need].astype(np.int64) * instance.n_openings + of_step
        every = wanted
        if with_all:
            all_ = taken.candidate.astype(np.int64) * instance.n_openings + taken.opening
            every = np.concatenate([wanted, all_])
        known = np.unique(every)
        candidate, step = np.divmod(known, instance.n_openings)
        option = np.searchsorted(known, wanted)
        return cls(pair, need, of_need, option, candidate, step)

    @property
    def n_needs(self) -> int:
        """Number of needs."""
        return int(self.need.max(initial=-1)) + 1

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


@dataclass(frozen=True, eq=False, repr=False)
class _Rooms(ShortRepr):
    """Rows of what steps share: places of each step, then budgets of municipalities.

    Parameters
    ----------
    step, budget
        Row of each variable's step and of its municipality's budget, shape (V,); -1 for none.
    cost
        What each variable costs, in cents, shape (V,).
    most
        The limits, in people and in cents, shape (R,).
    labels
        What each row is about.
    n_steps
        How many of the rows are about a step.
    """

    step: Ints
    budget: Ints
    cost: Ints
    most: Ints
    labels: list[str]
    n_steps: int

    @classmethod
    def of(cls, needs: StepNeeds, instance: Instance) -> Self:
        """Read positions, costs and budgets."""
        steps, step = np.unique(needs.step, return_inverse=True)
        records = [instance.opening_of[instance.opening_ids[row]] for row in steps.tolist()]
        euros = budgets_of(instance)
        paying = {id_: steps.size + row for row, id_ in enumerate(euros)}
        of_town = np.array([*(paying.get(id_, -1) for id_ in instance.municipality_ids), -1])
        home = instance.candidates.municipality[needs.candidate]
        cost = np.array([scaled_int(one.cost_eur or 0, 2) for one in records], dtype=np.int64)
        costs = cost[step] if step.size else np.zeros(0, dtype=np.int64)
        budget = np.where(costs > 0, of_town[np.where(home == NOT_GIVEN, -1, home)], -1)
        most = [one.positions for one in records] + [int(each * CENT) for each in euros.values()]
        labels = [f"{one.kind} {one.id}" for one in records] + list(euros)
        most_ = np.array(most, dtype=np.int64)
        return cls(step, budget, costs, most_, labels, steps.size)

    def usage(self) -> sparse.csr_array:
        """Return what each variable uses of each row, CSR of shape (R, V)."""
        paid = np.flatnonzero(self.budget >= 0)
        every = np.arange(self.step.size)
        amount = np.concatenate([np.ones(every.size, dtype=np.int64), self.cost[paid]])
        row = np.concatenate([self.step, self.budget[paid]])
        shape = (self.most.size, self.step.size)
        return sparse.csr_array((amount, (row, np.concatenate([every, paid]))), shape=shape)

    def limits(self) -> RowLimits:
        """Return the limits in people and in euros."""
        places = [Fraction(int(one)) for one in self.most[: self.n_steps]]
        euros = [Fraction(int(one), CENT) for one in self.most[self.n_steps :]]
        of_steps = RowLimits.of(self.labels[: self.n_steps], "placements", most=places)
        of_towns = RowLimits.of(
            self.labels[self.n_steps :], "eur_per_year", size=Fraction(1, CENT), most=euros
        )
        return of_steps.above(of_towns)


def budgets_of(instance: Instance) -> dict[str, Fraction]:
    """Return the euros that each municipality has for steps, ids ascending, where it says so."""
    return {
        id_: read_number(one.reintegration_budget_eur_per_year)
        for id_, one in sorted(instance.municipality_of.items())
        if one.reintegration_budget_eur_per_year is not None
    }


def costs_of(needs: StepNeeds, instance: Instance) -> Ints:
    """Return what each variable costs, in cents, shape (V,)."""
    return _Rooms.of(needs, instance).cost


def without_payer(needs: StepNeeds, instance: Instance) -> Iterator[int]:
    """Yield the candidates who could take a step that costs something, and nobody would pay it."""
    if budgets_of(instance):
        home = instance.candidates.municipality[needs.candidate]
        lost = (costs_of(needs, instance) > 0) & (home == NOT_GIVEN)
        yield from np.unique(needs.candidate[lost]).tolist()


def step_rows(title: str, pairs: PairTable, needs: StepNeeds, points: Fraction) -> RowBlock:
    """Return the rows of steps: what pairs need, places of steps, budgets of municipalities."""
    instance, n_own = pairs.instance, needs.candidate.size
    rooms = _Rooms.of(needs, instance)
    n_rooms = rooms.most.size
    ones = np.ones(needs.pair.size, dtype=np.int64)
    shape = (needs.n_needs + n_rooms, pairs.n_pairs)
    met = sparse.csr_array(
        (np.ones(needs.option.size, dtype=np.int64), (needs.option_need, needs.option)),
        shape=(needs.n_needs, n_own),
    )
    labels = list(_needs_told(needs, instance))
    lower = np.full(shape[0], NO_LOWER, dtype=np.int64)
    lower[: needs.n_needs] = 0
    return RowBlock(
        title,
        [*labels, *rooms.labels],
        sparse.csr_array((-ones, (needs.need, needs.pair)), shape=shape),
        lower,
        np.concatenate([np.full(needs.n_needs, NO_UPPER, dtype=np.int64), rooms.most]),
        Variables(
            np.zeros(n_own, dtype=np.int64),
            np.ones(n_own, dtype=np.int64),
            [points] * n_own,
            follow=needs.is_settled and points <= 0,
        ),
        sparse.vstack([met, rooms.usage()], format="csr"),
        capacity=None if points else _StepRoom(needs, rooms),
        limits=RowLimits.ties(labels).above(rooms.limits()),
    )


def _needs_told(needs: StepNeeds, instance: Instance) -> Iterator[str]:
    order = np.argsort(needs.option_need, kind="stable")
    start = np.searchsorted(needs.option_need[order], np.arange(needs.n_needs + 1))
    for first, last in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        options = needs.option[order[first:last]]
        person = instance.candidate_ids[int(needs.candidate[options[0]])]
        steps = " or ".join(instance.opening_ids[row] for row in needs.step[options].tolist())
        yield f"{person} takes {steps}"


class _StepRoom(Capacity):
    """Steps with free places that somebody pays."""

    def __init__(self, needs: StepNeeds, rooms: _Rooms) -> None:
        self._needs, self._rooms = needs, rooms

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        needs, rooms = self._needs, self._rooms
        left = rooms.most - rooms.usage() @ own
        full, lacking_row = self._full(left, own)
        # Of each need the first option tells which row has no room, where all options are full.
        n_open = np.bincount(needs.option_need[~full], minlength=needs.n_needs)
        first = np.zeros(needs.n_needs, dtype=np.int64)
        first[needs.option_need[::-1]] = lacking_row[::-1]
        place = np.full(int(max(needs.pair.max(initial=0), pairs.max(initial=0))) + 1, -1)
        place[pairs] = np.arange(pairs.size)
        asked = (place[needs.pair] >= 0) & (n_open[needs.need] == 0)
        return place[needs.pair[asked]], needs.n_needs + first[needs.need[asked]]

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer:
        needs, rooms = self._needs, self._rooms
        shared = rooms.step, rooms.budget, rooms.cost
        options = needs.pair, needs.need, needs.option_need, needs.option
        return StepPacker(options, shared, rooms.most, kept)

    def _full(self, left: Ints, own: Ints) -> tuple[Bools, Ints]:
        """Tell of each option whether it has no room beside the plan, and which row has none."""
        option, rooms = self._needs.option, self._rooms
        is_taken, step, budget = own[option] > 0, rooms.step[option], rooms.budget[option]
        no_place = left[step] < 1
        no_money = (budget >= 0) & (left[budget] < rooms.cost[option])
        return ~is_taken & (no_place | no_money), np.where(no_place, step, budget)
