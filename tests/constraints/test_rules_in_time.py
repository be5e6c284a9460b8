"""The contract of rules in a region with periods: what rows allow is what the plain reading allows.

On tiny regions all subsets of the ways of the eligible pairs are enumerated, a rule at a time.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from tiny_in_time import MOST_WAYS, drawn_models, some_ways, table_of
from tiny_regions import (
    coach_choices,
    ids_of,
    subsets,
)
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.constraints import RULES
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import LabelsOfPairs
from placement_opt.pairs.placements import PairsByIds, placement_of

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
IN_TIME = (
    po.ResourceLimit(per="period", limits=1),
    po.ResourceLimit(per="start_period", limits={"P-0": 1}, minimums={"P-1": 1}),
    po.ResourceLimit(
        uses="hours_per_week", per=("employer", "period"), limits=30, minimums=8, shortfall_price=2
    ),
    po.ResourceLimit(uses="weight", per=("period", "candidate.area"), limits={("P-1", "north"): 1}),
    po.ResourceLimit(per=("start_period", "crew"), limits=1),
    po.JobsQuota(per="employer", shortfall_price=800, at="each_period"),
    po.JobsQuota(per="region", jobs=0.5, max_shortfall=0.25, at="each_period"),
)
EVERY_RULE = [*(kind(**fields) for kind in RULES for fields in kind.examples), *IN_TIME]


def plans_of(table):
    """Return a maker of plans over the rows of a table."""
    labels, eligible = LabelsOfPairs(table), frozenset(candidate for candidate, _ in ids_of(table))

    def plan(placements):
        setting = eligible, labels, PairsByIds(table), table.given.keys()
        return Plan(table.instance, placements, *setting)

    return plan


def is_possible(placements, at_most):
    """Tell whether other rules allow the plan as far as all rules may rely on them."""
    pairs = [(placement.candidate_id, placement.opening_id) for placement in placements]
    people = [candidate for candidate, _ in pairs]
    few = at_most is None or all(people.count(person) <= at_most for person in people)
    return few and len(set(pairs)) == len(pairs)


def judged(rule, plan, region, placements):
    """Tell by the plain reading whether some assignment of coaches breaks nothing; its points."""
    options = [placements]
    if isinstance(rule, po.Coaching):
        options = coach_choices(
            region, placements, lambda p: (plan([p]).coaching_hours_per_week(p) or 0) > 0
        )
    for option in options:
        whole = plan(option)
        if not [*rule.violations(whole), *po.StartDates().violations(whole)]:
            found = rule.shortfalls(whole)
            return True, -sum((one.amount * one.price for one in found), Fraction(0))
    return False, None


def is_refused(rule, table):
    """Tell whether people who leave a job may have several placements, in each period."""
    in_each = isinstance(rule, po.JobsQuota) and rule.at == "each_period"
    return in_each and "crew" not in str(rule.per) and table.placements_per_candidate > 1


@pytest.mark.parametrize("kind", RULES)
def test_rows_are_satisfiable_exactly_when_nothing_is_violated(kind):
    several = (1, None) if issubclass(kind, po.JobsQuota | po.Coaching) else (1,)

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=QUIET)
    @given(drawn=drawn_models(), data=st.data())
    def check(drawn, data):
        for rule in EVERY_RULE:
            for at_most in several if type(rule) is kind else ():
                note(f"{rule!r}, at most {at_most} placements")
                check_rule(rule, *drawn, at_most, data)

    check()


def check_rule(rule, region, frame, at_most, data):
    try:
        table = table_of(rule, region, frame, at_most)
    except po.InvalidInputError as error:  # what is fixed has to be eligible
        assume("fixed_placements" not in {problem.field for problem in error.problems})
        raise
    fixed = isinstance(rule, po.FixedPlacements)
    # Who blocks follows from all starts of a pair.
    whole = fixed or isinstance(rule, po.Stability)
    table = table if whole else data.draw(some_ways(table))
    assume(0 < table.n_pairs <= MOST_WAYS)
    assume(not fixed or set(region.fixed_placements) <= set(ids_of(table)))
    plan = plans_of(table)
    if is_refused(rule, table):
        with pytest.raises(po.InvalidInputError, match='must be "end"'):
            rule.lower(table)
        return
    raw = rule.lower(table)
    block = None if raw is None else raw.divided()
    assert block is None or block.limits is not None, "answers have no words for these rows"
    for rows in subsets(range(table.n_pairs)):
        chosen = [placement_of(table, row) for row in rows]
        if not is_possible(chosen, at_most):
            continue
        sound, points = judged(rule, plan, region, chosen)
        ones = np.isin(np.arange(table.n_pairs), rows).astype(int).tolist()
        found = (Fraction(0), []) if block is None else best_own_values(block, ones)
        assert (found is not None) is sound, chosen
        assert found is None or found[0] == points


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=QUIET)
@given(
    drawn=drawn_models(),
    over=st.sampled_from(("horizon", "time")),
    at_most=st.integers(1, 2),
    data=st.data(),
)
def test_placements_of_a_person_over_the_horizon_or_at_the_same_time(drawn, over, at_most, data):
    rule = po.OnePlacement(at_most=at_most, over=over)
    table = data.draw(some_ways(table_of(rule, *drawn, None)))
    assume(table.n_pairs)
    block, plan = rule.lower(table), plans_of(table)
    for rows in subsets(range(table.n_pairs)):
        chosen = [placement_of(table, row) for row in rows]
        if not is_possible(chosen, None):
            continue
        ones = np.isin(np.arange(table.n_pairs), rows).astype(int).tolist()
        sound = not [*rule.violations(plan(chosen))]
        assert (best_own_values(block, ones) is not None) is sound, chosen
        people = [placement.candidate_id for placement in chosen]
        most = max(map(people.count, people), default=0)
        assert not sound or most <= rule.placements_in(table.instance)


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=QUIET)
@given(drawn=drawn_models(), data=st.data())
def test_a_packer_fills_the_rows_it_belongs_to(drawn, data):
    table = table_of(po.Coaching(), *drawn, 1)
    assume(table.n_pairs)
    block = po.Coaching().lower(table)
    assume(block is not None)
    order = data.draw(st.permutations(range(table.n_pairs)))
    one_each = [*{table.candidate[row]: row for row in order}.values()]
    kept, liked = None, np.zeros(0, dtype=np.int64)
    for _ in range(2):  # the second packer starts from what the first has handed out
        packer = block.capacity.packer(kept, liked)
        taken = sorted(row for row in one_each if packer.add(row))
        check_rows(block, table, taken, packer.own())
        assert len(taken) >= len(liked)
        kept, liked = packer.own(), np.array(taken, dtype=np.int64)
    # What each is given by name is kept, and whoever has no room is told.
    coach = block.capacity.lift(liked, kept)["coach"]
    own, served = block.capacity.settle(liked, {"coach": coach})
    assert served.all()
    assert own.tolist() == kept.tolist()
    own, served = block.capacity.settle(
        np.arange(table.n_pairs), {"coach": np.zeros(table.n_pairs, int)}
    )
    check_rows(block, table, np.flatnonzero(served), own)


def check_rows(block, table, taken, own):
    """The rows hold for some pairs and the own variables of a packer."""
    ones = np.isin(np.arange(table.n_pairs), taken).astype(np.int64)
    activity = block.usage @ ones + block.variable_usage @ own
    assert np.all((own >= 0) & (own <= block.variables.upper))
    assert np.all(activity >= block.lower)
    assert np.all(activity <= block.upper)
