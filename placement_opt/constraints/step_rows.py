"""Who needs which step before a job, as rows with a variable for each step that somebody takes."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_packer import StepPacker
from placement_opt.constraints.step_rooms import StepRooms
from placement_opt.formulation.capacity import Capacity, Lacking, Packer
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.pairs.table import PairTable


def step_rows(title: str, pairs: PairTable, needs: StepNeeds, points: Fraction) -> RowBlock:
    r"""Return the rows of steps: what pairs need, and what steps take.

    .. math:: \sum_{p \in n,\, \text{start}_p \le t} x_p
              \le \sum_{s \text{ over by } t} z_s \quad \text{for each need } n \text{ and start } t
    """
    instance, n_own = pairs.instance, needs.candidate.size
    rooms = StepRooms.of(pairs, needs, is_valued=bool(points))
    ones = np.ones(needs.pair.size, dtype=np.int64)
    shape = (needs.n_needs, pairs.n_pairs)
    asking = needs.sooner() @ sparse.csr_array((ones, (needs.need, needs.pair)), shape=shape)
    met = sparse.csr_array(
        (np.ones(needs.option.size, dtype=np.int64), (needs.option_need, needs.option)),
        shape=(needs.n_needs, n_own),
    )
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


def _needs_told(needs: StepNeeds, instance: Instance) -> Iterator[str]:
    periods = instance.derived(StepTimes.of).periods
    whens = [""] if periods is None else [f" before {id_}" for id_ in periods.ids]
    order = np.argsort(needs.option_need, kind="stable")
    edges = np.searchsorted(needs.option_need[order], np.arange(needs.n_needs + 1))
    options = needs.option[order]
    steps = [instance.opening_ids[row] for row in needs.step[options].tolist()]
    people, edge = needs.candidate[options[edges[:-1]]].tolist(), edges.tolist()
    for row, (person, by) in enumerate(zip(people, needs.by.tolist(), strict=True)):
        # A step stands there once for each of its starts.
        taken = dict.fromkeys(steps[edge[row] : edge[row + 1]])
        yield f"{instance.candidate_ids[person]} takes {' or '.join(taken)}{whens[by]}"


class _StepRoom(Capacity):
    """Steps with free places that somebody pays, for people who have the time."""

    def __init__(self, needs: StepNeeds, rooms: StepRooms) -> None:
        self._needs, self._rooms = needs, rooms

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        needs, rooms = self._needs, self._rooms
        left = rooms.left(chosen, own)
        full, lacking_row = self._full(left, own)
        # Of each need the first option tells which row has no room, where all options are full.
        n_open = np.bincount(needs.option_need[~full], minlength=needs.n_needs)
        first = np.zeros(needs.n_needs, dtype=np.int64)
        first[needs.option_need[::-1]] = lacking_row[::-1]
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
        options = needs.pair, needs.need, needs.option_need, needs.option
        usage = rooms.usage, rooms.of_pairs
        return StepPacker(options, usage, rooms.most, rooms.n_places, kept)

    def _full(self, left: Ints, own: Ints) -> tuple[Bools, Ints]:
        """Tell of each option whether it has no room beside the plan, and which row has none."""
        by_variable = self._rooms.by_variable
        whose = np.repeat(np.arange(own.size), np.diff(by_variable.indptr))
        short = np.flatnonzero(left[by_variable.indices] < by_variable.data)[::-1]
        row = np.full(own.size, -1, dtype=np.int64)
        row[whose[short]] = by_variable.indices[short]
        row[own > 0] = -1
        option = self._needs.option
        return row[option] >= 0, row[option]
