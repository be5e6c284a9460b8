"""A jobs quota in each period: the same jobs are asked of those who work in it."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.constraints.grouped_limit import Usage
from placement_opt.constraints.while_running import in_period
from placement_opt.instance.in_time import PERIOD
from placement_opt.instance.periods import periods_of
from placement_opt.pairs.groups import Groups, grouped
from placement_opt.pairs.table import PairTable

Amounts = Mapping[int, Fraction]
"""By row of a group."""


def in_each_period(
    pairs: PairTable, usage: Usage, target: Amounts, prices: Amounts
) -> tuple[Usage, dict[int, Fraction], dict[int, Fraction]]:
    """Return usage, targets and prices of each group in each of the T periods, also of nobody's.

    Row ``g * T + t`` is group g in period t. A trial before the contract
    counts for nothing. Who leaves a job is gone from the period of the start.
    """
    running, periods = grouped(pairs, PERIOD), pairs.instance.derived(periods_of)
    if periods is None or running.pair is None or pairs.start is None:
        raise TypeError("groups without periods")
    contract = periods.contract[pairs.opening, pairs.start]
    is_paid = running.code >= contract[running.pair]
    paid_in, paid = running.code[is_paid], running.pair[is_paid]
    ids = tuple(map(str, running.labels))
    labels = tuple(in_period(label, id_) for label in usage.groups.labels for id_ in ids)

    def spread(code: Indices, pair: Ints, period: Indices) -> Groups:
        own = code[pair].astype(np.int64)
        rows = np.where(own < 0, -1, own * len(ids) + period)
        return Groups(rows.astype(np.int32), labels, pair=pair)

    def each(amounts: Amounts) -> dict[int, Fraction]:
        return {
            row * len(ids) + period: amount
            for row, amount in amounts.items()
            for period in range(len(ids))
        }

    also = usage.also
    if also is not None:
        left = (len(ids) - pairs.start).astype(np.int64)
        pair = np.repeat(np.arange(pairs.n_pairs), left)
        place = np.arange(pair.size) - np.repeat(np.cumsum(left) - left, left)
        period = (place + pairs.start[pair]).astype(np.int32)
        also = spread(also[0].code, pair, period), also[1]
    wide = replace(
        usage,
        groups=spread(usage.groups.code, paid, paid_in),
        also=also,
        beside=None if usage.beside is None else each(usage.beside),
    )
    return wide, each(target), each(prices)
