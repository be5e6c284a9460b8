"""Which steps give what openings ask, whoever takes them, and in which order steps can come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from placement_opt.basics.arrays import Ints
from placement_opt.basics.quantities import scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.skill_demands import Demands
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.instance.steps import comes_before
from placement_opt.records import Opening


@dataclass(frozen=True, eq=False, repr=False)
class StepOffers(ShortRepr):
    """The steps that meet what an opening asks.

    Parameters
    ----------
    steps
        The G distinct lists of steps that meet some demand of some opening, rows of openings.
    place
        Which of the lists meets the demand at place k of every opening, one (O,) array per place,
        aligned with `Demands.place`; G where no step meets it.
    times
        When steps can start.
    """

    steps: tuple[tuple[int, ...], ...]
    place: tuple[npt.NDArray[np.int32], ...]
    times: StepTimes

    @classmethod
    def of(cls, instance: Instance, steps: Sequence[int]) -> Self:
        """Read what some openings give as steps, rows ascending."""
        demands, in_periods = instance.derived(Demands.of), StepTimes.in_periods(instance)
        giving = _giving(instance, demands, steps, in_time=in_periods is not None)
        row_of: dict[tuple[int, ...], int] = {}
        for members in giving.values():
            row_of.setdefault(members, len(row_of))
        place = [np.full(instance.n_openings, len(row_of), np.int32) for _ in demands.place]
        for (opening, at), members in giving.items():
            place[at][opening] = row_of[members]
        follows = {
            (before, opening)
            for (opening, _), members in giving.items()
            if instance.is_step[opening]
            for before in members
        }
        times = in_periods or _in_rounds(sorted(follows), instance.n_openings)
        return cls(tuple(row_of), tuple(place), times)


_Giving = Mapping[tuple[int, int], tuple[int, ...]]
"""By opening and place of a demand the steps that meet it."""


def _giving(
    instance: Instance, demands: Demands, steps: Sequence[int], *, in_time: bool
) -> _Giving:
    """Return the steps that meet each demand.

    Those are left out that ask as much of the same skill themselves: whoever takes one has what
    meets the demand already, be it from a step before. So the advanced course does not lead back to
    the basic one.
    """
    records = [instance.opening_of[id_] for id_ in instance.opening_ids]
    offered: dict[str, list[tuple[int, int]]] = {}
    for row in steps:
        for name, level in records[row].grants.items():
            offered.setdefault(name, []).append((row, scaled_int(level, 6)))
    asked: dict[tuple[int, int], _Asked] = {}
    for opening, record in enumerate(records):
        for at, (skill, least) in enumerate(demands.of_opening(opening)):
            members = tuple(
                row
                for row, given in offered.get(demands.names[skill], ())
                if given >= least and _serves(records[row], record, in_time=in_time)
            )
            asked[opening, skill] = _Asked(at, least, members)
    giving = {}
    for (opening, skill), one in asked.items():
        members = tuple(
            step
            for step in one.members
            if (step, skill) not in asked or not one.is_met_before(asked[step, skill])
        )
        if members:
            giving[opening, one.at] = members
    return giving


@dataclass(frozen=True)
class _Asked:
    """What an opening asks of a skill: the place of the demand, its level, and who gives that."""

    at: int
    least: int
    members: tuple[int, ...]

    def is_met_before(self, step: "_Asked") -> bool:
        """Tell whether a step asks as much of the same skill, of some of the same steps."""
        return step.least >= self.least and set(step.members) <= set(self.members)


def _serves(step: Opening, later: Opening, *, in_time: bool) -> bool:
    """Tell whether what a step gives counts: of a trial at its employer, and in time.

    In a region with periods the starts in them tell what is in time.
    """
    is_elsewhere = step.kind == "trial" and step.employer not in {None, later.employer}
    return not is_elsewhere and (in_time or comes_before(step, later))


def _in_rounds(follows: Sequence[tuple[int, int]], n_openings: int) -> StepTimes:
    """Return rounds in which each step can come after any that may come before it.

    One round for each step, later than those of all that may come before it. Steps that may come
    before each other have as many rounds as they are, since a path takes none of them twice.
    """
    before, after = np.array(follows, dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(before.size, dtype=np.int8)
    graph = sparse.csr_array((ones, (before, after)), shape=(n_openings, n_openings))
    _, circle = connected_components(graph, connection="strong")
    n_rounds: Ints = np.bincount(circle).astype(np.int64)
    leads_on = circle[before] != circle[after]
    source, target = circle[before[leads_on]], circle[after[leads_on]]
    first = np.zeros(n_rounds.size, dtype=np.int64)
    while True:
        later = first.copy()
        np.maximum.at(later, target, first[source] + n_rounds[source])
        if np.array_equal(first, later):
            break
        first = later
    last = first + n_rounds - 1
    return StepTimes.in_rounds(first[circle].astype(np.int32), last[circle].astype(np.int32))
