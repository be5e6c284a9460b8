"""Who needs which step before a job, as rows with a variable for each step that somebody takes."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_packer import StepPacker
from placement_opt.constraints.step_rooms import StepRooms
from placement_opt.formulation.capacity import Capacity, Lacking, Packer
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.groupings import group_text
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.pairs.table import PairTable


def step_rows(title: str, pairs: PairTable, needs: StepNeeds, points: Fraction) -> RowBlock:
    r"""Return the rows of steps: what pairs need, and what steps take.

    .. math:: \sum_{p \in n,\, \text{start}_p \le t} x_p
              \le \sum_{s \text{ over by } t} z_s \quad \text{for each need } n \text{ and start } t

    What a step needs is a row alike, with its own variables in place of the pairs.
    """
    instance, n_own = pairs.instance, needs.candidate.size
    rooms = StepRooms.of(pairs, needs, is_valued=bool(points))
    asking = needs.sooner() @ _marks(needs.need, needs.pair, (needs.n_needs, pairs.n_pairs))
    of_steps = needs.n_needs, n_own
    met = _marks(needs.option_need, needs.option, of_steps)
    met = met - needs.sooner() @ _marks(needs.asked, needs.asking, of_steps)
    labels = list(_needs_told(needs, instance))
    zeros, n_rooms = np.zeros(needs.n_needs, dtype=np.int64), rooms.most.size
    return RowBlock(
        title,
        [*labels, *rooms.labels],
        sparse.vstack([-asking, rooms.of_pairs], format="csr"),
        np.concatenate([zeros, np.full(n_rooms, NO_LOWER, dtype=np.int64)]),
        np.concatenate([np.full(needs.n_needs, NO_UPPER, dtype=np.int64), rooms.most]),
        Variables(
            np.zeros(n_own, dtype=np.int64),
            np.ones(n_own, dtype=np.int64),
            [points] * n_own,
            follow=needs.is_settled and points <= 0,
        ),
        sparse.vstack([met, rooms.usage], format="csr"),
        capacity=None if points else _StepRoom(needs, rooms),
        limits=RowLimits.ties(labels).above(rooms.limits),
    )


def _marks(row: Ints, column: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(row.size, dtype=np.int64), (row, column)), shape=shape)


def _needs_told(needs: StepNeeds, instance: Instance) -> Iterator[str]:
    order = np.argsort(needs.option_need, kind="stable")
    edges = np.searchsorted(needs.option_need[order], np.arange(needs.n_needs + 1))
    options = needs.option[order]
    steps = [instance.opening_ids[row] for row in needs.step[options].tolist()]
    people, edge = needs.candidate[options[edges[:-1]]].tolist(), edges.tolist()
    whens = zip(needs.before.tolist(), needs.by.tolist(), strict=True)
    for row, (person, when) in enumerate(zip(people, whens, strict=True)):
        # A step stands there once for each of its starts.
        taken = dict.fromkeys(steps[edge[row] : edge[row + 1]])
        before = _before(instance, needs.times, *when)
        yield f"{instance.candidate_ids[person]} takes {' or '.join(taken)}{before}"


def _before(instance: Instance, times: StepTimes, step: int, by: int) -> str:
    """Tell before what a step is needed: a step, a period of the job, or both in time."""
    what = [] if step < 0 else [instance.opening_ids[step]]
    when = [] if times.periods is None else [times.periods.ids[by]]
    return f" before {group_text((*what, *when))}" if what or when else ""


class _StepRoom(Capacity):
    """Steps with free places that somebody pays, for people who have the time."""

    def __init__(self, needs: StepNeeds, rooms: StepRooms) -> None:
        self._needs, self._rooms = needs, rooms

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        needs, rooms = self._needs, self._rooms
        left = rooms.left(chosen, own)
        row = self._without_room(left, own)
        n_open, first = self._open(row)
        place = np.full(rooms.of_pairs.shape[1], -1)
        place[pairs] = np.arange(pairs.size)
        asked = (place[needs.pair] >= 0) & (n_open[needs.need] == 0)
        taken = rooms.of_pairs.tocoo()
        busy = (place[taken.col] >= 0) & (left[taken.row] < taken.data)
        lacking = np.concatenate([place[needs.pair[asked]], place[taken.col[busy]]])
        rows = np.concatenate([first[needs.need[asked]], taken.row[busy]])
        return lacking, needs.n_needs + rows

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer:
        needs, rooms = self._needs, self._rooms
        asks = (needs.pair, needs.need), (needs.asking, needs.asked)
        options = needs.option_need, needs.option
        usage = rooms.usage, rooms.of_pairs
        return StepPacker(asks, options, usage, rooms.most, rooms.n_places, kept)

    def _without_room(self, left: Ints, own: Ints) -> Ints:
        """Return the row that has no room for each variable beside the plan, -1 where all have."""
        by_variable, needs = self._rooms.by_variable, self._needs
        whose = np.repeat(np.arange(own.size), np.diff(by_variable.indptr))
        short = np.flatnonzero(left[by_variable.indices] < by_variable.data)[::-1]
        row = np.full(own.size, -1, dtype=np.int64)
        row[whose[short]] = by_variable.indices[short]
        row[own > 0] = -1
        while True:  # there is none for a step, either, where there is none for what it needs
            n_open, first = self._open(row)
            has_room = (own == 0) & (row < 0)
            stuck = has_room[needs.asking] & (n_open[needs.asked] == 0)
            if not stuck.any():
                return row
            row[needs.asking[stuck]] = first[needs.asked[stuck]]

    def _open(self, row: Ints) -> tuple[Ints, Ints]:
        """Return how many options of each need have room, and the row of the first if it has none.

        `row` has what has no room for each variable.
        """
        needs, of_option = self._needs, row[self._needs.option]
        n_open = np.bincount(needs.option_need[of_option < 0], minlength=needs.n_needs)
        first = np.zeros(needs.n_needs, dtype=np.int64)
        first[needs.option_need[::-1]] = of_option[::-1]
        return n_open, first
