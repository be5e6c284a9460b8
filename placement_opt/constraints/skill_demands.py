"""Essential skills as demands, and the steps before a job that meet them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.quantities import scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import UNIT
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes
from placement_opt.instance.steps import comes_before
from placement_opt.pairs.table import PairTable
from placement_opt.records import Opening


@dataclass(frozen=True, eq=False, repr=False)
class Demands(ShortRepr):
    """Essential skills as demands, the D distinct (skill, least level), by place in each list.

    Each candidate is held against every demand once; passing over the places then costs as many
    looks as the longest list has skills.

    Parameters
    ----------
    level_of_candidate
        Levels in millionths of the skills that are essential somewhere, CSR of shape (C, S).
    skill, least
        Column of that matrix and level asked by each demand, in millionths, shape (D,).
    names
        Name of each skill column, length S.
    place
        Demand at place k of every opening's list, one (O,) array per place; D where it is shorter.
    """

    level_of_candidate: sparse.csr_array
    skill: npt.NDArray[np.int32]
    least: npt.NDArray[np.int32]
    names: tuple[str, ...]
    place: tuple[npt.NDArray[np.int32], ...]

    @classmethod
    def of(cls, instance: Instance) -> Self:
        """Read what the openings of a region ask."""
        essential = instance.openings.essential
        columns, place_of_skill = np.unique(essential.indices, return_inverse=True)
        start: Ints = essential.indptr.astype(np.int64)
        length = np.diff(start)
        key = place_of_skill * np.int64(UNIT + 1) + essential.data
        demands, demand = np.unique(key, return_inverse=True)
        skill, least = np.divmod(demands, UNIT + 1)
        places = []
        for place in range(int(length.max(initial=0))):
            long = np.flatnonzero(length > place)
            places.append(np.full(instance.n_openings, demands.size, dtype=np.int32))
            places[-1][long] = demand[start[long] + place]
        return cls(
            instance.candidates.skills[:, columns].tocsr(),
            skill.astype(np.int32),
            least.astype(np.int32),
            tuple(instance.skill_names[column] for column in columns.tolist()),
            tuple(places),
        )

    def met(self, members: Indices) -> Bools:
        """Tell which demands some candidates meet as they are, shape (M, D + 1); the last is none.

        `members` are rows of candidates.
        """
        level = self.level_of_candidate[members].toarray().astype(np.int32)
        meets = np.ones((members.size, self.least.size + 1), dtype=np.bool_)
        np.greater_equal(level[:, self.skill], self.least, out=meets[:, : self.least.size])
        return meets

    def of_opening(self, opening: int) -> Iterator[tuple[int, int]]:
        """Yield what an opening demands: (skill, least level), in the order of its places."""
        for rows in self.place:
            if rows[opening] < self.least.size:
                yield int(self.skill[rows[opening]]), int(self.least[rows[opening]])


@dataclass(frozen=True, eq=False, repr=False)
class Grants(ShortRepr):
    """The steps that meet what an opening asks, and who can take one of them.

    Parameters
    ----------
    steps
        The G distinct lists of steps that meet some demand of some opening, rows of openings.
    place
        Which of the lists meets the demand at place k of every opening, one (O,) array per place,
        aligned with `Demands.place`; G where no step meets it.
    ready
        The first period in which a job may start after a step of each list that a candidate can
        take, shape (C, G + 1); `n_starts` for none, as the last always is. Without periods 0.
    n_starts
        In how many periods a job may start; 1 without periods.
    can_take
        Whether a candidate can take each opening as a step, CSR of shape (C, O).
    """

    steps: tuple[tuple[int, ...], ...]
    place: tuple[npt.NDArray[np.int32], ...]
    ready: Indices
    n_starts: int
    can_take: sparse.csr_array

    @classmethod
    def of(cls, instance: Instance) -> "Grants | None":
        """Return the grants of a region; None where no step of it can be taken."""
        taken, demands = instance.steps, instance.derived(Demands.of)
        if taken is None:
            return None
        times = instance.derived(StepTimes.of)
        in_time = times.periods is not None
        ones = np.ones(taken.candidate.size, dtype=np.int32)
        shape = (instance.n_candidates, instance.n_openings)
        can_take = sparse.csr_array((ones, (taken.candidate, taken.opening)), shape=shape)
        offered = _offered(instance, np.unique(taken.opening).tolist())
        row_of: dict[tuple[int, ...], int] = {}
        place = [np.full(instance.n_openings, -1, dtype=np.int32) for _ in demands.place]
        for opening, id_ in enumerate(instance.opening_ids):
            job = instance.opening_of[id_]
            for at, (skill, least) in enumerate(demands.of_opening(opening)):
                steps = tuple(
                    row
                    for row, level, step in offered.get(demands.names[skill], ())
                    if level >= least and _serves(step, job, in_time=in_time)
                )
                if steps and job.kind == "job":
                    place[at][opening] = row_of.setdefault(steps, len(row_of))
        n_lists, n_starts = len(row_of), times.n_starts
        ready = np.full((instance.n_candidates, n_lists + 1), n_starts, dtype=np.int32)
        # What is not stored is 0: the step is over in time for no start.
        left = n_starts - times.over(taken.candidate, taken.opening).astype(np.int32)
        in_time_for = sparse.csr_array((left, (taken.candidate, taken.opening)), shape=shape)
        for steps, row in row_of.items():
            ready[:, row] -= in_time_for[:, list(steps)].max(axis=1).toarray().ravel()
        for rows in place:
            rows[rows < 0] = n_lists
        return cls(tuple(row_of), tuple(place), ready, n_starts, can_take)

    def lacking(self, pairs: PairTable) -> tuple[Ints, Ints]:
        """Return what eligible pairs lack: (pair, list of steps that meet it), aligned, each once.

        Costs a pass over the pairs for each place of the longest list of skills.
        """
        demands = pairs.instance.derived(Demands.of)
        meets = demands.met(np.arange(pairs.instance.n_candidates, dtype=np.int32))
        found = [np.zeros((0, 2), dtype=np.int64)]
        for asked, granted in zip(demands.place, self.place, strict=True):
            at = np.flatnonzero(~meets[pairs.candidate, asked[pairs.opening]])
            found.append(np.stack([at, granted[pairs.opening[at]]], axis=1).astype(np.int64))
        every = np.unique(np.concatenate(found), axis=0)
        return every[:, 0], every[:, 1]


def _offered(
    instance: Instance, steps: Sequence[int]
) -> Mapping[str, Sequence[tuple[int, int, Opening]]]:
    """Return which steps give each skill: (row, level in millionths, record)."""
    offered: dict[str, list[tuple[int, int, Opening]]] = {}
    for row in steps:
        step = instance.opening_of[instance.opening_ids[row]]
        for skill, level in step.grants.items():
            offered.setdefault(skill, []).append((row, scaled_int(level, 6), step))
    return offered


def _serves(step: Opening, job: Opening, *, in_time: bool) -> bool:
    """Tell whether what a step gives counts for a job: of a trial at its employer, and in time.

    In a region with periods the starts in them tell what is in time.
    """
    is_elsewhere = step.kind == "trial" and step.employer not in {None, job.employer}
    return not is_elsewhere and (in_time or comes_before(step, job))
