"""Coaching rows where people may have several placements: one coach serves all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_classes import Free
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.constraints.coaching_settled import StackedCoaches
from placement_opt.constraints.coaching_teams import Teams
from placement_opt.formulation.capacity import Columns, Holders
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.pairs.table import PairTable


def stacked_rows(
    title: str,
    pairs: PairTable,
    coached: Indices,
    hours: npt.NDArray[np.integer],
    team: Indices,
    teams: Teams,
    free: tuple[Ints, Ints],
) -> RowBlock:
    r"""Return rows in which ``y[c, k]`` says that coach k has person c, and ``z[p, k]`` pair p.

    .. math:: x_p = \sum_{k \in K_p} z_{pk}, \quad z_{pk} \le y_{ck}, \quad \sum_k y_{ck} \le 1,
              \quad \sum_p h_p z_{pk} \le H_k, \quad \sum_c y_{ck} \le L_k

    Parameters
    ----------
    title
        The rule's title.
    pairs
        All eligible pairs.
    coached, hours, team
        Pairs that need coaching, their hours in integers and their team, aligned.
    teams
        Members of each team.
    free
        (hours, caseload) of each coach, hours in the same integers.
    """
    hours_free, caseload = free
    width = np.array([len(teams.members[t]) for t in team], dtype=np.int64)
    of_pair = np.repeat(np.arange(coached.size), width)
    coach = np.array([k for t in team for k in teams.members[t]], dtype=np.int64)
    person = pairs.candidate[coached][of_pair].astype(np.int64)
    n_coaches, n_split = hours_free.size, of_pair.size
    links, link = np.unique(person * max(n_coaches, 1) + coach, return_inverse=True)
    people, of_link = np.unique(links // max(n_coaches, 1), return_inverse=True)
    coach_of_link = links % max(n_coaches, 1)
    split, linked = np.arange(n_split), n_split + np.arange(links.size)
    one, shape = np.ones, n_split + links.size
    entries = [
        # A placed pair has one coach: x - sum of z = 0.
        _rows(of_pair, split, -one(n_split), coached.size, shape),
        # The coach of a pair is the coach of the person: z <= y.
        _rows(
            np.r_[split, split],
            np.r_[split, n_split + link],
            np.r_[one(n_split), -one(n_split)],
            n_split,
            shape,
        ),
        _rows(of_link, linked, one(links.size), people.size, shape),
        _rows(coach, split, hours[of_pair], n_coaches, shape),
        _rows(coach_of_link, linked, one(links.size), n_coaches, shape),
    ]
    uppers = [np.zeros(coached.size), np.zeros(n_split), one(people.size), hours_free, caseload]
    upper = np.concatenate(uppers).astype(np.int64)
    lower = np.full(upper.size, NO_LOWER, dtype=np.int64)
    lower[: coached.size] = 0
    ids = pairs.instance.coach_ids
    names = pairs.instance.candidate_ids
    usage = sparse.coo_array(
        (np.ones(coached.size, dtype=np.int8), (np.arange(coached.size), coached)),
        shape=(upper.size, pairs.n_pairs),
    )
    labels = [
        *(names[c] for c in pairs.candidate[coached]),
        *(f"{names[c]} with {ids[k]}" for c, k in zip(person, coach, strict=True)),
        *(f"{names[c]} one coach" for c in people),
        *(f"{id_} hours" for id_ in ids),
        *(f"{id_} caseload" for id_ in ids),
    ]
    return RowBlock(
        title,
        labels,
        usage.tocsr(),
        lower,
        upper,
        Variables(np.zeros(shape, np.int64), np.ones(shape, np.int64), [Fraction(0)] * shape),
        sparse.vstack(entries, format="csr"),
        # All split variables of a person move together, so that no holder can be freed alone.
        holders=Holders(np.append(of_pair, np.full(links.size, -1))),
        capacity=CoachCapacity(
            CoachRoom(
                coached,
                np.arange(coached.size),
                hours.astype(np.int64),
                of_pair,
                coach,
                hours_free,
                caseload,
                upper.size - 2 * n_coaches,
                link,
            ),
            _Named(coached, of_pair, coach),
            StackedCoaches(
                coached, hours, pairs.candidate[coached], of_pair, coach, link, Free(*free)
            ),
        ),
    )


def _rows(
    row: npt.NDArray[np.integer],
    column: npt.NDArray[np.integer],
    value: npt.NDArray[Any],
    n_rows: int,
    n_columns: int,
) -> sparse.coo_array:
    return sparse.coo_array((value.astype(np.int64), (row, column)), shape=(n_rows, n_columns))


@dataclass(frozen=True, eq=False)
class _Named:
    """Reads the coach of each chosen pair from the split variables."""

    coached: Indices
    of_pair: npt.NDArray[np.intp]
    coach: Ints

    def __call__(
        self, chosen: npt.NDArray[np.int64], own: Ints, liked: Columns | None = None
    ) -> Mapping[str, Any]:
        """Return ``{"coach": row of the coach of each chosen pair, -1 for none}``."""
        del liked
        on = np.flatnonzero(own[: self.of_pair.size])
        coach_of_pair = dict(
            zip(self.coached[self.of_pair[on]].tolist(), self.coach[on].tolist(), strict=True)
        )
        return {"coach": np.array([coach_of_pair.get(int(p), -1) for p in chosen], dtype=np.int64)}
