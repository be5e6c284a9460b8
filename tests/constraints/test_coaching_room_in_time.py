"""Which rows of coaches in periods have no room for one placement more beside a plan."""

import numpy as np

import placement_opt as po
from placement_opt.solvers.plans.rounding import gaining_most, rounded
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits


def lacking_by_coach(block, row, left):
    """Return the rows that each coach lacks who may serve one more of a row, one by one."""
    usage = block.variable_usage.tocsc()
    serving = np.flatnonzero(block.holders.row == row)
    found = []
    for own in serving.tolist():
        column = usage[:, [own]].tocoo()
        asked = zip(column.coords[0].tolist(), column.data.tolist(), strict=True)
        found.append({at for at, amount in asked if amount > 0 and amount > left[at]})
    return found


def test_a_pair_lacks_what_the_coach_lacks_who_comes_nearest():
    several, some, none = map(sum, zip(*map(looked_at, range(4)), strict=True))
    assert min(several, some, none) > 0  # of all kinds there are some


def looked_at(seed):
    """Check each pair of a region; return how many lack several rows, some, and none."""
    region = po.synthetic_region(candidates=60, openings=25, periods=4, seed=seed)
    few = {"hours_per_week": 8, "max_caseload": 4}
    first, *rest = region.coaches
    coaches = [first, *(coach.model_copy(update=few) for coach in rest)]
    region = region.model_copy(update={"coaches": coaches})
    formulation = po.Model(region).compile().formulation
    plan = rounded(formulation, gaining_most(formulation), Clock(SearchLimits()))
    ((number, block),) = (
        (at, one) for at, one in enumerate(formulation.blocks) if one.capacity is not None
    )
    own = formulation.own_values(plan.values(formulation), number)
    left = block.upper - block.variable_usage @ own
    pairs = np.setdiff1d(np.arange(formulation.n_pairs), plan.chosen)
    place, rows = block.capacity.room(pairs, plan.chosen, own)
    told = [set(rows[place == at].tolist()) for at in range(pairs.size)]
    n_rows, with_room, without = 0, 0, 0
    for at, pair in enumerate(pairs.tolist()):
        of_pair = block.by_pair.of_pairs(np.array([pair]))[1].tolist()
        if not of_pair:  # needs no coach
            assert told[at] == set()
            continue
        coaches = lacking_by_coach(block, of_pair[0], left)
        fewest = min(map(len, coaches), default=None)
        if fewest is None:
            assert told[at] == {of_pair[0]}
        else:
            assert told[at] in [rows for rows in coaches if len(rows) == fewest]
        n_rows += len(told[at]) > 1
        with_room += not told[at]
        without += bool(told[at])
    return n_rows, without, with_room
