"""A conflict that is planted among minimums that a plan keeps: three people share two places."""

from itertools import pairwise

import numpy as np

import placement_opt as po

PLANTED = 3
"""People who must be placed, where they can only be in one place less."""


def with_conflict(result: po.Result, minimums: int) -> po.Model:
    """Return the model of a plan with people who must be placed, of whom three share two places.

    Parameters
    ----------
    result
        A plan: who is placed in it can be.
    minimums
        How many people must be placed, at most as many as the plan places.

    Raises
    ------
    ValueError
        When no two openings share three people who could be asked for.
    """
    region, pairs = result.model.region, result.model.compile().pairs
    people = np.array(pairs.instance.candidate_ids)
    places = np.array(pairs.instance.opening_ids)
    held = {pair[0] for pair in region.fixed_placements}
    held |= {one.id for one in region.candidates if one.current_opening is not None}
    may_be_asked = ~np.isin(people, list(held))
    taken = {pair[1] for pair in region.fixed_placements}
    free = [at for at, id_ in enumerate(places.tolist()) if id_ not in taken]
    by_size = sorted(free, key=lambda at: -np.count_nonzero(pairs.opening == at))[:20]
    for first, second in pairwise(by_size):
        shared = np.intersect1d(*(pairs.candidate[pairs.opening == at] for at in (first, second)))
        three = shared[may_be_asked[shared]][:PLANTED]
        if three.size == PLANTED:
            break
    else:
        raise ValueError("no two openings share three people")
    two = {places[first], places[second]}
    openings = [
        one.model_copy(update={"positions": 1}) if one.id in two else one for one in region.openings
    ]
    asked = people[three].tolist()
    placed = (row.candidate_id for row in result.placement_rows if row.opening_id not in two)
    others = [id_ for id_ in placed if id_ not in asked][: minimums - PLANTED]
    is_theirs = np.isin(pairs.candidate, three)
    excluded = {
        (str(people[candidate]), str(places[opening]))
        for candidate, opening in zip(
            pairs.candidate[is_theirs].tolist(), pairs.opening[is_theirs].tolist(), strict=True
        )
        if places[opening] not in two
    }
    changed = region.model_copy(
        update={
            "openings": tuple(openings),
            "excluded_pairs": tuple(sorted({*region.excluded_pairs, *excluded})),
        }
    )
    wanted = po.ResourceLimit(per="candidate", minimums=dict.fromkeys([*asked, *others], 1))
    return po.Model(changed).add(wanted)
