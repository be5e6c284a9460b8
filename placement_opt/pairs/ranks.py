"""How both sides of a pair rank each other: 1 is best, 0 where one does not want the other."""

from collections.abc import Sequence

import numpy as np

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.rankings import Ranking, ranked


def candidate_rank(pairs: PairTable, asked_by: str = "") -> Column:
    """Return the rank of each opening among its candidate's wishes, shape (E,).

    The best of the wishes that the opening meets counts, by its id or its sector of work.
    Cost: O(E log(wishes)).
    """
    del asked_by
    instance = pairs.instance
    wishes = [person.wishes for person in instance.candidate_records]
    direct = _rank_of(wishes, instance.opening_ids, pairs.candidate, pairs.opening)
    of_opening = [instance.opening_of[id_].sector_of_work or "" for id_ in instance.opening_ids]
    sectors, sector = np.unique(of_opening, return_inverse=True)
    through_sector = _rank_of(
        wishes, sectors.tolist(), pairs.candidate, sector.astype(np.int32)[pairs.opening]
    )
    both = np.minimum(direct, through_sector)
    best = np.where(both > 0, both, np.maximum(direct, through_sector))
    return pairs.with_given("candidate_rank", Column.of(best))


def opening_rank(pairs: PairTable, asked_by: str = "") -> Column:
    """Return the rank of each candidate among the preferences of its opening, shape (E,).

    Cost: O(E log(preferences)).
    """
    del asked_by
    instance = pairs.instance
    preferences = [instance.opening_of[id_].preferences for id_ in instance.opening_ids]
    rank = _rank_of(preferences, instance.candidate_ids, pairs.opening, pairs.candidate)
    return pairs.with_given("opening_rank", Column.of(rank))


def _rank_of(
    rankings: Sequence[Ranking], names: Sequence[str], who: Indices, whom: Indices
) -> Ints:
    """Look up the rank of `whom`, a row of names, in the ranking of `who`; 0 where it has none."""
    row_of, width = {name: row for row, name in enumerate(names) if name}, len(names)
    keys, ranks = [-1], [0]
    for row, ranking in enumerate(rankings):
        for name, rank in ranked(ranking):
            if name in row_of:
                keys.append(row * width + row_of[name])
                ranks.append(rank)
    order = np.argsort(keys, kind="stable")
    key, rank_of_key = np.array(keys)[order], np.array(ranks)[order]
    asked = who.astype(np.int64) * width + whom
    at = np.minimum(np.searchsorted(key, asked), key.size - 1)
    found: Ints = np.where(key[at] == asked, rank_of_key[at], 0)
    return found
