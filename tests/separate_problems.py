"""Problems whose components share no row."""

import numpy as np
from scipy import sparse

from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways.apart import solve_apart


def side_by_side(first, second, order):
    """Put two problems in one; `order` shuffles the pairs, so that the parts are interleaved."""
    n_pairs = first.n_pairs + second.n_pairs
    at = np.argsort(np.resize(order, n_pairs), kind="stable")
    place = np.empty(n_pairs, dtype=np.int64)
    place[at] = np.arange(n_pairs)
    blocks, gain, own = [], np.zeros(n_pairs, dtype=np.int64), []
    for part, shift in ((first, 0), (second, first.n_pairs)):
        mine = place[shift : shift + part.n_pairs]
        gain[mine] = part.objective.gain[: part.n_pairs]
        own.append(part.objective.gain[part.n_pairs :])
        for block in part.blocks:
            entries = block.usage.tocoo()
            usage = sparse.coo_array(
                (entries.data, (entries.row, mine[entries.col])), shape=(len(block), n_pairs)
            ).tocsr()
            blocks.append(
                RowBlock(
                    block.title,
                    block.labels,
                    usage,
                    block.lower,
                    block.upper,
                    block.variables,
                    block.variable_usage,
                )
            )
    return Formulation(n_pairs, tuple(blocks), Objective(np.concatenate([gain, *own]), 1))


def searched(formulation, solve, *, least=1, start=None, cancelled=lambda: False, **limits):
    limits = {"time_limit_s": 60.0, "gap": 0.0, **limits}
    search = Search(formulation, SearchLimits(**limits), cancelled)
    if start is not None:
        assert search.offer(start, "start")
    parts = components(formulation, least)
    return search, solve_apart(parts, search, solve), parts
