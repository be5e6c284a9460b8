"""Who needs which step before a job, as rows with a variable for each step that somebody takes."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_room import StepRoom
from placement_opt.constraints.step_rooms import StepRooms
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
        capacity=None if points else StepRoom(needs, rooms),
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
