"""Pairs in time: a way for each period in which a placement can start."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.periods import periods_of
from placement_opt.instance.variants import Variant, label_in_time
from placement_opt.pairs.table import Column, PairTable

_MOST = 1 << 62
"""Weighted points stay below this."""


def in_periods(pairs: PairTable) -> PairTable:
    """Put each way of each pair in the periods in which it can start, one row each.

    Pairs that can start in none are left out. Without periods the pairs are returned as they are.
    O(rows).
    """
    periods = pairs.instance.derived(periods_of)
    if periods is None:
        return pairs
    first = periods.first(pairs.candidate, pairs.opening)
    n_starts = periods.n_periods - first
    source = np.repeat(np.arange(pairs.n_pairs), n_starts)
    place = np.arange(source.size) - np.repeat(np.cumsum(n_starts) - n_starts, n_starts)
    start = (place + first[source]).astype(np.int16)
    # The last way is that of pairs without any, whose code is -1.
    ways = [*(way.label for way in pairs.variants), None]
    labels = tuple(Variant(label_in_time(id_, way), id_) for way in ways for id_ in periods.ids)
    code = len(pairs.variants) if pairs.variant is None else pairs.variant[source] % len(ways)
    variant = (np.asarray(code) * periods.n_periods + start).astype(np.int32)
    return replace(
        pairs.taken(source),
        variant=variant,
        variants=labels,
        start=start,
        end=periods.end[pairs.opening[source], start],
    )


def weighted_in_time(
    pairs: PairTable, points: Column, term: str, *, of_contract: bool = False
) -> Column:
    """Return the points of a term times the share of the horizon in which each placement runs.

    With `of_contract` it is the share under contract, without the trial before it.

    Raises
    ------
    InvalidInputError
        When the exact numbers leave 64 bits.
    """
    periods = pairs.instance.derived(periods_of)
    if periods is None or pairs.start is None or pairs.end is None:
        return points
    start = periods.contract[pairs.opening, pairs.start] if of_contract else pairs.start
    days, horizon = periods.days(start, pairs.end)
    largest = max(-int(points.values.min(initial=0)), int(points.values.max(initial=0)))
    if largest * horizon >= _MOST:
        expected = f"must fit 64 bits times the {horizon} days of the periods"
        hint = "use numbers with fewer decimals"
        told = float(Fraction(largest, points.scale))
        raise InvalidInputError.single("objective term", term, "points", told, expected, hint)
    values = points.values.astype(np.int64) * days
    scale = points.scale * horizon
    common = math.gcd(scale, int(np.gcd.reduce(values))) if values.size else scale
    return Column.of(values // max(1, common), scale // max(1, common))
