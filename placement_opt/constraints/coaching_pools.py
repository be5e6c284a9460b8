"""A coarse form of the coaching rows: hours and people per team and coach, nobody named."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.constraints.coaching_teams import Teams
from placement_opt.formulation import NO_LOWER, RowBlock, Variables
from placement_opt.instance import Ints
from placement_opt.pairs import PairTable


def pooled_rows(
    title: str,
    pairs: PairTable,
    coached: npt.NDArray[np.intp],
    hours: npt.NDArray[np.integer],
    team: Ints,
    teams: Teams,
    free: tuple[Ints, Ints],
) -> RowBlock:
    r"""Relax the coaching rows: a person's hours may be split over the coaches of a team.

    .. math:: \sum_{p \in s} h_p x_p = \sum_k g_{sk}, \quad \sum_{p \in s} x_p = \sum_k m_{sk},
              \quad \sum_s g_{sk} \le H_k, \quad \sum_s m_{sk} \le L_k, \quad
              \sum_s \underline{h}_s m_{sk} \le H_k

    with g hours and m people that coach k takes of team s, and :math:`\underline{h}_s` the fewest
    hours anyone of the team needs. The last row keeps the rounding: where needs are equal, a
    coach of 25.2 hours takes six people of 3.825 hours, not 6.6. Every plan that keeps the exact
    rows keeps these; there are as many variables as (team, coach) pairs, twice.

    Parameters are those of `stacked_rows`.
    """
    hours_free, caseload = free
    distinct, of_pair = np.unique(team, return_inverse=True)
    n_teams, n_coaches = distinct.size, hours_free.size
    members = [teams.members[t] for t in distinct]
    of_team = np.repeat(np.arange(n_teams), [len(group) for group in members])
    coach = np.array([k for group in members for k in group], dtype=np.int64)
    least = np.full(n_teams, np.iinfo(np.int64).max)
    np.minimum.at(least, of_pair, hours.astype(np.int64))
    n_links, link = coach.size, np.arange(coach.size)

    def rows(
        row: npt.NDArray[np.integer], value: npt.NDArray[np.integer] | int, n_rows: int, shift: int
    ) -> sparse.coo_array:
        data = np.broadcast_to(np.asarray(value, dtype=np.int64), (n_links,))
        return sparse.coo_array((data, (row, link + shift)), shape=(n_rows, 2 * n_links))

    own = sparse.vstack(
        [
            rows(of_team, -1, n_teams, 0),
            rows(of_team, -1, n_teams, n_links),
            rows(coach, 1, n_coaches, 0),
            rows(coach, 1, n_coaches, n_links),
            rows(coach, least[of_team], n_coaches, n_links),
        ],
        format="csr",
    )
    n_rows = own.shape[0]
    usage = sparse.coo_array(
        (
            np.concatenate([hours.astype(np.int64), np.ones(coached.size, dtype=np.int64)]),
            (np.concatenate([of_pair, n_teams + of_pair]), np.concatenate([coached, coached])),
        ),
        shape=(n_rows, pairs.n_pairs),
    ).tocsr()
    upper = np.concatenate([np.zeros(2 * n_teams, np.int64), hours_free, caseload, hours_free])
    lower = np.full(n_rows, NO_LOWER, dtype=np.int64)
    lower[: 2 * n_teams] = 0
    ids = pairs.instance.coach_ids
    kinds = ("hours", "caseload", "hours by head")
    labels = [
        *(f"team {number} {kind}" for kind in ("hours", "people") for number in range(n_teams)),
        *(f"{id_} {kind}" for kind in kinds for id_ in ids),
    ]
    most = np.concatenate(
        [hours_free[coach], np.minimum(caseload[coach], hours_free[coach] // least[of_team])]
    )
    return RowBlock(
        title,
        labels,
        usage,
        lower,
        upper,
        Variables(
            np.zeros(2 * n_links, np.int64),
            most,
            [Fraction(0)] * (2 * n_links),
            whole=np.zeros(2 * n_links, dtype=np.bool_),
        ),
        own,
    )
