"""The contract of every rule: what its rows allow is what its plain reading allows, no more.

On tiny regions all subsets of the eligible pairs are enumerated (with every assignment of coaches
where a rule reads coaches). A rule is tried alone, with several settings.
"""

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from rules_alone import (
    CASES,
    FEW,
    LAW,
    MOST_COACHED_PAIRS,
    breaks_one_placement,
    breaks_one_variant,
    listed,
    setting,
)
from tiny_regions import coach_choices, ids_of, subsets, tiny_regions
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.constraints import RULES, standard_rules
from placement_opt.constraints.base import Rule
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.enumeration import enumerate_pairs

MOST_PAIRS = 6


def points_of(rule, plan):
    found = rule.shortfalls(plan)
    cost = sum((short.amount * short.price for short in found), Fraction(0))
    return (rule.gained(plan) or Fraction(0)) - cost


def judged(rule, plan, region, placements):
    """Tell by the plain reading whether some assignment of coaches breaks nothing; its points."""
    options = (
        coach_choices(region, placements, lambda p: (plan([p]).coaching_hours_per_week(p) or 0) > 0)
        if isinstance(rule, po.Coaching)
        else [placements]
    )
    wholes = map(plan, options)
    points = [points_of(rule, whole) for whole in wholes if not list(rule.violations(whole))]
    return bool(points), max(points, default=None)


@pytest.mark.parametrize("kind", CASES)
def test_rows_are_satisfiable_exactly_when_nothing_is_violated(kind):
    most_pairs = MOST_COACHED_PAIRS if issubclass(kind, po.Coaching) else MOST_PAIRS

    @FEW
    @given(drawn=listed(most_pairs))
    def check(drawn):
        for fields, at_most in CASES[kind]:  # a region takes longer to draw than to try them all
            note(f"{kind.__name__}: {fields}, at most {at_most} placements")
            check_rows(kind(**fields), *drawn, at_most, most_pairs)

    check()


def check_rows(rule, region, frame, at_most, most_pairs):
    instance, table, placements, plan = setting(rule, region, frame, at_most)
    assume(table.n_pairs <= most_pairs + 2)  # one row can be several ways
    raw = rule.lower(table)
    block = None if raw is None else raw.divided()
    relaxations = list(pooled(block, instance))
    for rows in subsets(range(len(placements))):
        chosen = [placements[row] for row in rows]
        if breaks_one_placement(chosen, at_most):
            continue
        # Every other rule may rely on what this one sees to.
        if not isinstance(rule, po.OneVariant) and breaks_one_variant(chosen):
            continue
        sound, points = judged(rule, plan, region, chosen)
        ones = np.isin(np.arange(len(placements)), rows).astype(int).tolist()
        found = (Fraction(0), []) if block is None else best_own_values(block, ones)
        assert (found is not None) is sound, chosen
        check_following(block, ones, found)
        if found is None:
            continue
        assert found[0] == points
        if block is not None and isinstance(rule, po.Coaching):
            assert check_lift(rule, instance, plan, block, chosen, rows, found[1]) == points
        for relaxed in relaxations:
            assert best_own_values(relaxed, ones) is not None


def pooled(block, instance):
    """Yield relaxations of a block over the pairs alone, for every set of coaches."""
    if block is not None and block.pools is not None:
        yield block.pools.rows(list(subsets(range(len(instance.coach_ids)))))
        for price in (0.0, 1.0):
            duals = np.full(len(block), price)
            yield block.pools.rows(block.pools.sets(duals))


def check_following(block, ones, found):
    """Own variables that follow from the pairs, or cost points, are found without any search."""
    if block is None or block.variables is None:
        return
    if not block.variables.follow and not any(block.variables.gain):
        return
    if block.holders is not None and not block.variables.follow:
        return  # who serves whom is the search's choice
    used = block.usage @ np.array(ones, dtype=np.int64)
    lower = np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - used)
    upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
    values = following(block, lower, upper)
    assert (values is None) is (found is None)
    if values is not None:
        gains = zip(block.variables.gain, values.tolist(), strict=True)
        assert sum((gain * value for gain, value in gains), Fraction(0)) == found[0]


def check_lift(rule, instance, plan, block, chosen, rows, own):
    lifted = block.capacity.lift(np.array(rows, dtype=np.int64), np.array(own, dtype=np.int64))
    ids = instance.coach_ids
    named = [
        dataclasses.replace(p, coach_id=ids[coach] if coach >= 0 else None)
        for p, coach in zip(chosen, lifted["coach"].tolist(), strict=True)
    ]
    assert list(rule.violations(plan(named))) == []
    return points_of(rule, plan(named))


@FEW
@given(drawn=listed(MOST_COACHED_PAIRS), order=st.permutations(range(MOST_COACHED_PAIRS)))
def test_a_packer_fills_the_rows_it_belongs_to(drawn, order):
    _, table, placements, _ = setting(po.Coaching(), *drawn, 1)
    block = po.Coaching().lower(table)
    if block is None:
        return
    one_each = {placements[row].candidate_id: row for row in order if row < len(placements)}
    kept, liked = None, np.zeros(0, dtype=np.int64)
    for _ in range(2):  # the second packer starts from what the first has handed out
        packer = block.capacity.packer(kept, liked)
        taken = sorted(row for row in one_each.values() if packer.add(row))
        own = packer.own()
        ones = np.isin(np.arange(len(placements)), taken).astype(np.int64)
        activity = block.usage @ ones + block.variable_usage @ own
        assert np.all((own >= 0) & (own <= block.variables.upper))
        assert np.all(activity >= block.lower)
        assert np.all(activity <= block.upper)
        assert len(taken) >= len(liked)
        kept, liked = own, np.array(taken, dtype=np.int64)


@pytest.mark.parametrize("kind", [k for k in RULES if k.allows is not Rule.allows])
@FEW
@given(region=tiny_regions())
def test_a_rule_removes_exactly_the_pairs_that_break_it_alone(kind, region):
    instance, rule = Instance(region, LAW), kind(**kind.examples[0])
    left = set(ids_of(enumerate_pairs(instance, [rule])))

    def plan(placements):
        return Plan(instance, placements)

    for pair in itertools.product(instance.candidate_ids, instance.opening_ids):
        if issubclass(kind, po.Coaching):
            roomy = [
                coach.model_copy(update={"hours_per_week": 168, "max_caseload": None})
                for coach in region.coaches
            ]
            instance = Instance(region.model_copy(update={"coaches": tuple(roomy)}), LAW)
        sound, _ = judged(rule, plan, region, [Placement(*pair)])
        assert (pair in left) is sound


@FEW
@given(region=tiny_regions(), data=st.data())
def test_the_order_of_rules_changes_no_row(region, data):
    rules = list(standard_rules(Instance(region)))
    shuffled = data.draw(st.permutations(rules))
    blocks = [
        {block.title: block for block in po.Model(region, rules=order).compile().formulation.blocks}
        for order in (rules, shuffled)
    ]
    assert blocks[0].keys() == blocks[1].keys()
    for title, block in blocks[0].items():
        other = blocks[1][title]
        assert list(block.labels) == list(other.labels)
        assert np.array_equal(block.lower, other.lower)
        assert np.array_equal(block.upper, other.upper)
        assert np.array_equal(block.usage.toarray(), other.usage.toarray())
        if block.variables is not None:
            own, others = block.variable_usage.toarray(), other.variable_usage.toarray()
            assert np.array_equal(own, others)
            assert list(block.variables.gain) == list(other.variables.gain)
            assert np.array_equal(block.variables.upper, other.variables.upper)
