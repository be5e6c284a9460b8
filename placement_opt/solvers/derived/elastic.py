"""Elastic rows: a problem whose limits may be missed, at a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock, Variables
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False)
class Slack:
    """What may be missing in the rows of one block.

    Parameters
    ----------
    most
        How many units may be missing in each row, shape (R,), int64; 0 gives the row no slack.
    unit
        What one unit adds to the row, shape (R,), int64; negative where an upper limit is missed.
    gain
        Integer gain of each unit, shape (R,), int64, negative: it is the price of missing one.
    """

    most: Ints
    unit: Ints
    gain: Ints


@dataclass(frozen=True, eq=False)
class Elastic:
    """A problem, and the same with slacks.

    Parameters
    ----------
    formulation
        The problem with a slack, an own variable, for each row that may be missed.
    is_slack
        Which of its variables are slacks, shape (N',); the others keep their order.
    """

    formulation: Formulation
    is_slack: Bools

    @classmethod
    def of(cls, whole: Formulation, slacks: Sequence[Slack]) -> "Elastic":
        """Give the rows of a problem their slacks, one `Slack` for each block."""
        blocks, gains, is_slack = [], [], [np.zeros(whole.n_pairs, dtype=np.bool_)]
        for number, (block, slack) in enumerate(zip(whole.blocks, slacks, strict=True)):
            eased, gain = _eased(block, slack)
            blocks.append(eased)
            gains.append(np.append(whole.own_gain(number), gain))
            is_slack.append(np.arange(eased.n_own) >= block.n_own)
        return cls(whole.with_blocks(blocks, gains), np.concatenate(is_slack))

    def plan(self, solution: Solution) -> Solution | None:
        """Return a solution of the problem itself, or None where something is missed."""
        is_slack = self.is_slack[self.formulation.n_pairs :]
        if solution.own[is_slack].any():
            return None
        return Solution(solution.chosen, solution.own[~is_slack])


def _eased(block: RowBlock, slack: Slack) -> tuple[RowBlock, Ints]:
    """Return a block with its slacks, and their gains."""
    at = np.flatnonzero(slack.most)
    unit, gain = slack.unit[at], slack.gain[at]
    if not at.size:
        return block, gain
    usage = sparse.csr_array((unit, (at, np.arange(at.size))), shape=(len(block), at.size))
    points = [Fraction(each) for each in gain.tolist()]
    none = np.zeros(at.size, dtype=np.int64)
    # A plan misses no more of a lower limit than it must; so its slacks need no branching.
    slacks = Variables(none, slack.most[at], points, follow=bool(np.all(unit > 0)))
    return block.with_more_own(slacks, usage), gain
