"""Quota rows where people may have several placements: a job is left once, not once for each."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column, PairTable


def leaving_once(
    title: str,
    pairs: PairTable,
    usage: Usage,
    at_least: Mapping[int, Fraction],
    shortfall_price: Mapping[int, Fraction] | None,
    max_shortfall: Fraction | None,
) -> RowBlock | None:
    r"""Lower minimums whose sums fall once by what a person leaves, whatever the placements.

    .. math:: \sum_p u_p x_p - \sum_c u'_c z_c + s_g \ge L_g, \qquad
              z_c \ge x_p \text{ for each pair } p \text{ of } c, \qquad z_c \in \{0, 1\}

    Leaving only lowers sums that have a minimum, so z is never larger than it has to be.

    Parameters
    ----------
    title
        The rule's title.
    pairs
        All eligible pairs.
    usage
        Amounts and groups; `also` holds what the person of a pair takes from the group left,
        the same for all pairs of a person.
    at_least, shortfall_price, max_shortfall
        As for `grouped_limit`.
    """
    if usage.also is None:
        return None
    (of_left, left), code = usage.also, usage.also[0].code
    if usage.groups.pair is not None or of_left.pair is not None:
        raise ValueError("pairs in several groups")
    leaving = np.flatnonzero((code >= 0) & (left.values != 0))
    _, first, person = np.unique(pairs.candidate[leaving], return_index=True, return_inverse=True)
    # One column more for each person: what the pairs leave behind, taken out of them.
    amount = np.concatenate(
        [usage.column.values.astype(np.int64), -left.values[leaving[first]].astype(np.int64)]
    )
    groups = Groups(np.concatenate([usage.groups.code, code[leaving[first]]]), usage.groups.labels)
    block = grouped_limit(
        title,
        replace(usage, groups=groups, column=Column.of(amount, usage.column.scale), also=None),
        at_least=at_least,
        shortfall_price=shortfall_price,
        max_shortfall=max_shortfall,
    )
    return None if block is None else _tied(block, pairs, leaving, person)


def _tied(
    block: RowBlock, pairs: PairTable, leaving: npt.NDArray[np.intp], person: npt.NDArray[np.intp]
) -> RowBlock:
    """Make own variables of the columns behind the pairs, each at least any pair of its person.

    Parameters
    ----------
    block
        Rows over the pairs and, behind them, a column for each person.
    pairs
        All eligible pairs.
    leaving, person
        The pairs whose person leaves a job, and the column of each one's person, aligned.
    """
    n_people = block.usage.shape[1] - pairs.n_pairs
    own = sparse.csr_array((len(block), 0), dtype=np.int64)
    own = own if block.variable_usage is None else block.variable_usage
    ones = np.ones(leaving.size, dtype=np.int64)
    link, shape = np.arange(leaving.size), (leaving.size, own.shape[1] + n_people)
    names = pairs.instance.candidate_ids
    names_of_ties = [f"{names[c]} leaves a job" for c in pairs.candidate[leaving]]
    limits = None
    if block.limits is not None:
        is_used = np.append(np.zeros(block.n_own, np.bool_), np.ones(n_people, np.bool_))
        limits = block.limits.above(RowLimits.ties(names_of_ties)).with_own(is_used)
    return replace(
        block,
        limits=limits,
        labels=[*block.labels, *names_of_ties],
        usage=sparse.vstack(
            [
                block.usage[:, : pairs.n_pairs],
                sparse.coo_array((-ones, (link, leaving)), shape=(leaving.size, pairs.n_pairs)),
            ],
            format="csr",
        ),
        lower=np.concatenate([block.lower, np.zeros(leaving.size, dtype=np.int64)]),
        upper=np.concatenate([block.upper, np.full(leaving.size, NO_UPPER, dtype=np.int64)]),
        variables=_with_people(block.variables, n_people),
        each_pair_once=False,
        variable_usage=sparse.vstack(
            [
                sparse.hstack([own, block.usage[:, pairs.n_pairs :]]),
                sparse.coo_array((ones, (link, own.shape[1] + person)), shape=shape),
            ],
            format="csr",
        ),
    )


def _with_people(variables: Variables | None, n_people: int) -> Variables:
    """Add a variable of 0 or 1 for each person behind the given ones."""
    zeros, ones = np.zeros(n_people, dtype=np.int64), np.ones(n_people, dtype=np.int64)
    people = Variables(zeros, ones, [Fraction(0)] * n_people)
    return people if variables is None else variables.with_more(people)
