"""The most that each group of a jobs quota can gain, were nothing else scarce."""

from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.instance.groupings import Group
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column, PairTable


def attainable_jobs(
    pairs: PairTable, groups: Groups, hours: Column, *, places_count: bool
) -> dict[Group, Fraction]:
    """Return at most how many jobs each group can gain, were nothing else scarce.

    Everybody eligible counts as often as they may be placed, in the pairs with the most hours;
    with `places_count` an opening has no more people than places. No plan has more.

    Parameters
    ----------
    pairs
        The eligible pairs.
    groups
        The group of each pair.
    hours
        The weekly hours of each pair that count, 0 where none do, shape (E,).
    places_count
        Whether openings have a limited number of places.
    """
    value = hours.values.astype(np.int64)
    if pairs.variant is not None:
        value = _of_best_ways(groups, value, pairs.number)
    most = np.full(pairs.instance.n_candidates, pairs.placements_per_candidate)
    gained = _most_of(groups, value, pairs.candidate, most)
    if places_count:
        places = pairs.instance.openings.positions.astype(np.int64)
        gained = np.minimum(gained, _most_of(groups, value, pairs.opening, places))
    job = Fraction(pairs.instance.rulebook.job_hours_per_week) * hours.scale
    return {
        label: Fraction(sum_) / job
        for label, sum_ in zip(groups.labels, gained.tolist(), strict=True)
    }


def _of_best_ways(groups: Groups, value: Ints, pair: Ints) -> Ints:
    """Return the values, 0 but for the best way of each pair in each group: it counts once."""
    order = np.lexsort((-value, pair, groups.code))
    code, pair = groups.code[order], pair[order]
    again = np.flatnonzero((code[1:] == code[:-1]) & (pair[1:] == pair[:-1])) + 1
    best = value.copy()
    best[order[again]] = 0
    return best


def _most_of(groups: Groups, value: Ints, holder: Indices, most: Ints) -> Ints:
    """Return the largest sum of each group where each holder takes its best pairs, at most `most`.

    Parameters
    ----------
    groups
        The group of each pair.
    value
        What each pair adds, shape (E,), >= 0.
    holder
        The candidate or the opening of each pair, shape (E,).
    most
        How many pairs each holder takes.
    """
    counts = np.flatnonzero((value > 0) & (groups.code >= 0))
    order = counts[np.lexsort((-value[counts], holder[counts], groups.code[counts]))]
    code, holder = groups.code[order], holder[order]
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = (code[1:] != code[:-1]) | (holder[1:] != holder[:-1])
    first = np.flatnonzero(is_first)
    rank = np.arange(order.size) - np.repeat(first, np.diff(np.append(first, order.size)))
    taken = rank < most[holder]
    sums = np.zeros(len(groups.labels), dtype=np.int64)
    np.add.at(sums, code[taken], value[order][taken])
    return sums
