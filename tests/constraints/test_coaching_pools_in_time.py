"""Pools, lumped coaches and packers in a region with periods."""

import itertools

import numpy as np
from formulations import problem
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_in_time import drawn_models, some_ways, table_of
from tiny_regions import subsets
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.constraints.coaching_pool_rows import serving_alike
from placement_opt.constraints.coaching_pools_in_time import HEADS, HOURS
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.derived.lumped import lumped as lumped_problem
from placement_opt.solvers.derived.lumped import merged as merged_problem
from placement_opt.solvers.relaxation.pricing import Pricing, dual_bound

FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@st.composite
def blocks(draw):
    """Draw the rows of coaching over some ways of the pairs of a tiny region with periods."""
    table = draw(some_ways(table_of(po.Coaching(), *draw(drawn_models()), 1)))
    block = po.Coaching().lower(table)
    assume(block is not None)
    block = block.divided() if draw(st.booleans()) else block
    more = draw(st.integers(0, 2))
    if more:
        is_coach = block.lower == NO_LOWER
        wide = block.limits.own_upper
        raised = block.limited(block.lower, block.upper + more * is_coach, wide)
        assert raised.capacity is not None
        return table, raised
    return table, block


def one_each(table, rows):
    """Return whether no person has two of the ways."""
    people = table.candidate[list(rows)].tolist()
    return len(set(people)) == len(people)


def kept_by(block, ones):
    used = block.usage @ np.array(ones, dtype=np.int64)
    return bool(np.all(used <= block.upper))


def all_sets(table, n_periods):
    coaches = range(len(table.instance.coach_ids))
    for what, period in itertools.product((HOURS, HEADS), range(n_periods)):
        for some in subsets(coaches):
            if some:
                yield (what, period, *some)


def group_of(pools):
    """Return the group of each coach, also where the rows of the block are divided."""
    pools = getattr(pools, "pools", pools)
    return serving_alike(pools.team, pools.members, pools.most.shape[1])


def given_by(merged, block, pools):
    """Return how much of each merged variable a unit of each of the block's variables is."""
    group = group_of(pools)[block.holders.holder]
    weights, of = merged.weights.toarray(), merged.rows.holders
    return np.array(
        [
            weights[block.holders.row, row] * (group == holder)
            for row, holder in zip(of.row, of.holder, strict=True)
        ]
    ).reshape(merged.rows.n_own, block.n_own)


@FEW
@given(drawn=blocks(), seed=st.integers(0, 3))
def test_prices_of_merged_rows_prove_for_the_whole_what_they_prove_for_them(drawn, seed):
    _, block = drawn
    whole = problem([0] * block.usage.shape[1], [block])
    found = merged_problem(whole, lumped_problem(whole))
    random = np.random.default_rng(seed)
    small = found.formulation
    prices = random.integers(0, 5, small.n_rows) * (random.random(small.n_rows) < 0.7)
    priced = Pricing(small).settled(prices.astype(np.float64))
    of_whole = found.of_whole(priced.prices)
    assert dual_bound(whole, of_whole) <= priced.bound + 1e-6 * abs(priced.bound) + 1e-6


@FEW
@given(drawn=blocks())
def test_every_plan_keeps_the_rows_of_pools_and_of_lumped_coaches(drawn):
    table, block = drawn
    pools, n_periods = block.pools, len(table.instance.region.periods)
    every = pools.rows(list(all_sets(table, n_periods)))
    pointed = [
        pools.rows(pools.sets(np.random.default_rng(seed).integers(0, 3, len(block)) / 2))
        for seed in range(3)
    ]
    lumped, merged = pools.lumped(block), pools.merged(block)
    assume(merged is not None)
    assert len(lumped.of_variable) == block.n_own
    assert lumped.weights.shape == (len(block), len(lumped.rows))
    gives = given_by(merged, block, pools)
    assert np.array_equal(merged.rows.usage.toarray(), (merged.weights.T @ block.usage).toarray())
    for rows in subsets(range(table.n_pairs)):
        if not one_each(table, rows):
            continue
        ones = np.isin(np.arange(table.n_pairs), rows).astype(int).tolist()
        found = best_own_values(block, ones)
        if found is None:
            continue
        assert all(kept_by(each, ones) for each in (every, *pointed))
        own = np.zeros(lumped.rows.n_own, dtype=np.int64)
        np.add.at(own, lumped.of_variable, found[1])
        total = lumped.rows.usage @ np.array(ones) + lumped.rows.variable_usage @ own
        assert np.all(own <= lumped.rows.variables.upper)
        assert np.all((lumped.rows.lower <= total) & (total <= lumped.rows.upper))
        own = gives @ found[1]
        total = merged.rows.usage @ np.array(ones) + merged.rows.variable_usage @ own
        assert np.all(own <= merged.rows.variables.upper)
        assert np.all((merged.rows.lower <= total) & (total <= merged.rows.upper))


def test_a_row_of_pools_says_what_coaches_can_take_together():
    region = po.Region(
        name="three in turn",
        date="2026-01-01",
        candidates=[po.Candidate(id=f"C-{n}", coaching_hours_per_week=3) for n in range(3)],
        openings=[po.Opening(id="O-1", positions=3)],
        coaches=[po.Coach(id="K-1", hours_per_week=5), po.Coach(id="K-2", hours_per_week=4)],
        periods=[
            po.Period(id="first", starts_on="2026-01-01", ends_on="2026-06-30"),
            po.Period(id="second", starts_on="2026-07-01", ends_on="2026-12-31"),
        ],
    )
    compiled = po.Model(region).compile()
    (block,) = [block for block in compiled.formulation.blocks if block.pools is not None]
    rows = block.pools.rows([(HOURS, 1, 0, 1), (HEADS, 1, 0, 1), (HOURS, 0, 0, 1)])
    # Nine hours and two heads for six ways that run in the second half, three of them in the first.
    assert rows.usage.sum(axis=1).tolist() == [6, 6]
    assert rows.upper.tolist() == [3, 2]
    starts_at_once = compiled.pairs.start == 0
    late = block.pools.rows([(HEADS, 0, 0, 1)])
    assert late.usage.toarray()[0].tolist() == starts_at_once.astype(int).tolist()


def coached(hours, coaches, own_coach=None):
    """Return the coaching rows of people who all start at once, and have one way each."""
    region = po.Region(
        name="one period",
        date="2026-01-01",
        candidates=[
            po.Candidate(id=f"C-{n}", coaching_hours_per_week=one, coach=(own_coach or {}).get(n))
            for n, one in enumerate(hours)
        ],
        openings=[po.Opening(id="O-1", positions=len(hours))],
        coaches=[po.Coach(id=f"K-{n}", hours_per_week=one) for n, one in enumerate(coaches)],
        periods=[po.Period(id="first", starts_on="2026-01-01", ends_on="2026-06-30")],
    )
    blocks = po.Model(region).compile().formulation.blocks
    (block,) = [block for block in blocks if block.pools is not None]
    return block


def test_alike_coaches_take_as_many_together_as_each_of_them():
    block = coached([3] * 4, [6, 6])
    assert block.variables.upper.tolist() == [2, 2]
    assert block.pools.lumped(block).rows.variables.upper.tolist() == [4]


NOBODY = np.zeros(0, dtype=np.int64)


def test_somebody_moves_where_that_makes_room_and_nobody_else_does():
    packer = coached([3, 3], [5, 4], {1: "K-0"}).capacity.packer(None, NOBODY)
    assert [packer.add(0), packer.add(1)] == [True, True]
    assert packer.own().tolist() == [1, 0, 1] or packer.own().tolist() == [0, 1, 1]
    packer = coached([1.5, 1.5, 4], [5, 2], {2: "K-0"}).capacity.packer(None, NOBODY)
    assert [packer.add(0), packer.add(1), packer.add(2)] == [True, True, False]


def test_kept_places_that_nobody_took_are_given_back():
    block = coached([3, 3], [6, 6])
    everybody = np.arange(2)
    packer = block.capacity.packer(np.array([1, 1]), everybody)
    assert packer.add(0)
    assert packer.own().sum() == 1
