"""Essential skills as demands: what each opening asks, and who meets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import UNIT
from placement_opt.instance.instance import Instance


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

    def lacking(
        self,
        candidate: npt.NDArray[np.integer],
        opening: npt.NDArray[np.integer],
        of_place: Sequence[npt.NDArray[np.integer]],
    ) -> tuple[Ints, Ints]:
        """Return what people lack in openings: (place in the lists, what meets it), each once.

        `of_place` has what meets the demand at place k of every opening, aligned with `place`.
        Costs a pass over the lists for each place.
        """
        meets = self.met(np.arange(self.level_of_candidate.shape[0], dtype=np.int32))
        found = [np.zeros((0, 2), dtype=np.int64)]
        for asked, met_by in zip(self.place, of_place, strict=True):
            at = np.flatnonzero(~meets[candidate, asked[opening]])
            found.append(np.stack([at, met_by[opening[at]]], axis=1).astype(np.int64))
        every = np.unique(np.concatenate(found), axis=0)
        return every[:, 0], every[:, 1]
