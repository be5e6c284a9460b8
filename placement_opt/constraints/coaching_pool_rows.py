"""What pools of coaches share: their rows over pairs, and coaches that are alike as one."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.formulation.capacity import Holders, Lumped
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables

PRICE_DIGITS = 9
"""Coaches whose prices agree in so many digits count as of one price."""

PairsOfRow = tuple[Indices, npt.NDArray[np.integer], int]
"""Pairs of a row, ascending, what each takes, and the limit."""


def rows_of_pools(title: str, n_pairs: int, rows: Iterable[PairsOfRow]) -> RowBlock:
    """Return rows over the pairs alone."""
    entries = list(rows)
    start = np.cumsum([0, *(at.size for at, _, _ in entries)])
    at = np.concatenate([np.zeros(0, np.int32), *(at for at, _, _ in entries)])
    amount = np.concatenate([np.zeros(0, np.int8), *(amount for _, amount, _ in entries)])
    # A dozen rows over most pairs fit into memory only in narrow types.
    width = np.int32 if amount.size < 1 << 31 else np.int64
    return RowBlock(
        title,
        [f"pool {number}" for number in range(len(entries))],
        sparse.csr_array(
            (amount, at.astype(width, copy=False), start.astype(width)),
            shape=(len(entries), n_pairs),
        ),
        np.full(len(entries), NO_LOWER, dtype=np.int64),
        np.array([limit for _, _, limit in entries], dtype=np.int64),
    )


def serving_alike(team: Indices, members: Sequence[Sequence[int]], n_coaches: int) -> Ints:
    """Return the number of the group of each coach, shape (K,): who serves the same teams.

    Parameters
    ----------
    team
        The teams that pairs have.
    members
        Coaches of each team, by team number.
    n_coaches
        Number of coaches, K.
    """
    member = np.zeros((n_coaches, len(members)), dtype=np.bool_)
    for one in np.unique(team).tolist():
        member[list(members[one]), one] = True
    group = np.unique(member, axis=0, return_inverse=True)[1]
    return group.reshape(n_coaches).astype(np.int64)


def lumped_rows(block: RowBlock, of_row: Ints, group: Ints) -> Lumped:
    """Add up the rows that become one, and keep one of the own variables that do.

    Of a block that does not say who its holders are nothing is added up.

    Parameters
    ----------
    block
        Rows of classes, which come first and are equations, then rows of coaches.
    of_row
        The row that each becomes part of, shape (R,).
    group
        The group of each holder, shape (K,); those of one group have like coefficients.
    """
    holders = block.holders
    if block.variables is None or block.variable_usage is None or holders is None:
        return Lumped.by_row(block, np.arange(len(block)), np.arange(block.n_own))
    n_rows, n_groups = int(of_row.max(initial=-1)) + 1, int(group.max(initial=-1)) + 1
    own, kept, merged = np.unique(
        holders.row * n_groups + group[holders.holder], return_index=True, return_inverse=True
    )
    merged = merged.reshape(-1).astype(np.int64)
    most = np.zeros(kept.size, dtype=np.int64)
    np.add.at(most, merged, block.variables.upper)
    taken = block.variable_usage.tocsc()[:, kept].tocoo()
    is_class = block.lower != NO_LOWER
    upper = np.zeros(n_rows, dtype=np.int64)
    np.add.at(upper, of_row, block.upper)
    lower = np.full(n_rows, NO_LOWER, dtype=np.int64)
    lower[of_row[is_class]] = block.lower[is_class]
    start, n_classes = block.usage.indptr, int(is_class.sum())
    padded = np.concatenate([start[: n_classes + 1], np.full(n_rows - n_classes, start[-1])])
    smaller = RowBlock(
        block.title,
        [f"row {number}" for number in range(n_rows)],
        sparse.csr_array(
            (block.usage.data, block.usage.indices, padded.astype(start.dtype)),
            shape=(n_rows, block.usage.shape[1]),
        ),
        lower,
        upper,
        Variables(np.zeros(kept.size, np.int64), most, [Fraction(0)] * kept.size),
        sparse.csr_array((taken.data, (of_row[taken.row], taken.col)), shape=(n_rows, kept.size)),
        holders=Holders(own // n_groups, own % n_groups),
    )
    return Lumped.by_row(smaller, of_row, merged)
