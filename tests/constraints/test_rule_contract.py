"""The contract of every rule: what its rows allow is what its plain reading allows, no more.

On tiny regions all subsets of the eligible pairs are enumerated (with every assignment of coaches
where a rule reads coaches). A rule is tried alone, with several settings.
"""

import dataclasses
import itertools
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_regions import DATE, coach_choices, ids_of, subsets, tiny_regions
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.basics.errors import Findings
from placement_opt.constraints import RULES, rule_from_json, standard_rules
from placement_opt.constraints.base import Rule
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.groups import LabelsOfPairs
from placement_opt.pairs.listed import given_of, listed_pairs
from placement_opt.pairs.placements import PairsByIds
from placement_opt.pairs.regimes import in_regimes

RULES_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
LAW = (
    po.Rulebook.on(DATE)
    .override(
        {
            "coaching.minimum_hours_per_week.municipality": "12.001",
            "coaching.minimum_contract_months.municipality": 6,
            "wage_subsidy.employer_charges": "0.235",
        }
    )
    .override(
        {
            "coaching.minimum_hours_per_week.municipality": 8,
            "coaching.share.intensive.year_1": "0.12",
            "wage_subsidy.employer_charges": "0.2",
        },
        municipality="M-2",
        source="an ordinance",
    )
)
"""What the law leaves open, filled in by two municipalities, one with an ordinance of its own."""
MOST_PAIRS = 6
VARIANTS = ("intensive", "light")
MOST_COACHED_PAIRS = 4

CASES = [
    pytest.param(rule, fields, at_most, id=f"{rule.__name__}-{number}-{at_most or 'many'}")
    for rule in RULES
    if rule is not po.SmoothIntake  # it asks for periods: see test_rules_in_time
    for number, fields in enumerate(rule.examples)
    for at_most in (
        (1, None)
        if rule
        in {
            po.Coaching,
            po.FewCoaches,
            po.MunicipalityBalance,
            po.JobsQuota,
            po.FewChanges,
            po.OneVariant,
        }
        else (None,)
    )
]
FEW = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def listed(draw, most_pairs):
    """Draw a region and a frame of some of its pairs, with columns of its own."""
    region = draw(tiny_regions(fixed=False, options=True))
    ways = draw(st.sampled_from(((None,), VARIANTS)))
    # Whoever has coaching options is listed in one of them, or in all of them by a single row.
    every = [
        (c.id, o.id, way)
        for c in region.candidates
        for o in region.openings
        for way in ways
        if way is None or not c.coaching_options or way in c.coaching_options
    ]
    assume(every)
    pairs = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=most_pairs))
    each = {"min_size": len(pairs), "max_size": len(pairs)}
    weights = st.sampled_from((0, 1, 1.5, 0.000001, 2.333333))
    frame = {
        "candidate_id": [candidate for candidate, _, _ in pairs],
        "opening_id": [opening for _, opening, _ in pairs],
        "weight": draw(st.lists(weights, **each)),
        "crew": draw(st.lists(st.sampled_from(("red", "blue")), **each)),
    }
    if ways == VARIANTS:
        frame["variant"] = [way for *_, way in pairs]
    overriding = {
        "hours_per_week": st.sampled_from((0, 8, 12.75, 25.5)),
        "coaching_hours_per_week": st.sampled_from((0, 1.2, 2.5)),
        "wage_value": st.sampled_from((0.25, 0.5)),
        "subsidy_eur_per_year": st.sampled_from((0, 4_000.01)),
        "candidate_rank": st.sampled_from((1, 2, 2, 3, None)),
        "opening_rank": st.sampled_from((1, 2, 2, 3, None)),
    }
    for name in draw(st.sampled_from(((), (), *((name,) for name in overriding)))):
        frame[name] = draw(st.lists(overriding[name], **each))
        if name.endswith("_rank"):  # of a pair, whatever its ways
            of_pair = {pair[:2]: rank for pair, rank in zip(pairs, frame[name], strict=True)}
            frame[name] = [of_pair[pair[:2]] for pair in pairs]
    ends = sorted({pair[:2] for pair in pairs})
    fixed = draw(st.lists(st.sampled_from(ends), unique=True, max_size=2))
    excluded = set(region.excluded_pairs)
    working = {(c.id, c.current_opening) for c in region.candidates}
    kept = tuple(pair for pair in fixed if pair not in excluded | working)
    return region.model_copy(update={"fixed_placements": kept}), frame


def setting(rule, region, frame, at_most):
    """Return the pair table under one rule, and a maker of plans over its rows."""
    instance = Instance(region, LAW)
    findings = Findings()
    table = in_regimes(listed_pairs(instance, frame, [rule]), [rule], findings)
    findings.refuse()
    if at_most is not None:
        table = table.with_placements_per_candidate(at_most)
    ids = ids_of(table)
    labels = LabelsOfPairs(table)
    eligible = frozenset(candidate for candidate, _ in ids)

    def plan(placements):
        return Plan(instance, placements, eligible, labels, PairsByIds(table), table.given.keys())

    placements = [
        Placement(*pair, None, given_of(table, row), table.variant_of(row))
        for row, pair in enumerate(ids)
    ]
    return instance, table, placements, plan


def breaks_one_placement(placements, at_most):
    people = [placement.candidate_id for placement in placements]
    return at_most is not None and any(people.count(one) > at_most for one in people)


def breaks_one_variant(placements):
    pairs = [(placement.candidate_id, placement.opening_id) for placement in placements]
    return len(pairs) > len(set(pairs))


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


@pytest.mark.parametrize(("kind", "fields", "at_most"), CASES)
def test_rows_are_satisfiable_exactly_when_nothing_is_violated(kind, fields, at_most):
    rule = kind(**fields)
    most_pairs = MOST_COACHED_PAIRS if issubclass(kind, po.Coaching) else MOST_PAIRS

    @FEW
    @given(drawn=listed(most_pairs))
    def check(drawn):
        region, frame = drawn
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
            if kind is not po.OneVariant and breaks_one_variant(chosen):
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

    check()


@pytest.mark.parametrize(("kind", "fields", "at_most"), CASES)
def test_rows_tell_what_they_limit_in_the_users_own_numbers(kind, fields, at_most):
    rule = kind(**fields)

    @FEW
    @given(drawn=listed(MOST_COACHED_PAIRS))
    def check(drawn):
        _, table, placements, _ = setting(rule, *drawn, at_most)
        raw = rule.lower(table)
        if raw is None:
            return
        block = raw.divided()
        assert block.limits is not None, "diagnose and bottlenecks have no words for these rows"
        opened, told = block.opened(), block
        if kind is not po.FewChanges:  # its row holds the changes beyond those made
            check_limits(block)
            told = without_what_is_not_told(block)
        ties = np.array([row for row, unit in enumerate(block.limits.units) if not unit], int)
        tied = opened.taken(rows=ties)
        for rows in subsets(range(len(placements))):
            chosen = [placements[row] for row in rows]
            if breaks_one_placement(chosen, at_most) or breaks_one_variant(chosen):
                continue
            ones = np.isin(np.arange(len(placements)), rows).astype(int).tolist()
            best = best_own_values(block, ones)
            assert best_own_values(opened, ones) == best
            assert best_own_values(told, ones) == best, "a limit that nothing tells of"
            assert best_own_values(tied, ones) is not None, "a tie alone is in nobody's way"

    check()


def check_limits(block):
    """What is told of each row has the row's limits, rounded inwards; a tie has none."""
    told = block.limits
    fields = (told.groups, told.units, told.size, told.beside, told.least, told.most)
    assert {len(field) for field in fields} == {len(block)}
    rows = (*fields, block.lower.tolist(), block.upper.tolist())
    for group, unit, size, beside, least, most, lower, upper in zip(*rows, strict=True):
        assert group
        if not unit:
            assert (least, most) == (None, None)
            continue
        ends = (least, most) if size > 0 else (most, least)
        low, high = (None if end is None else (end - beside) / size for end in ends)
        assert low is None or lower - 1 < low <= lower
        assert high is None or upper <= high < upper + 1


def without_what_is_not_told(block):
    """Return the block without the limits of rows of which nothing is told, such as of anybody."""
    told = block.limits
    ends = [
        (least, most) if size > 0 else (most, least)
        for size, least, most in zip(told.size, told.least, told.most, strict=True)
    ]
    lower, upper = block.lower.copy(), block.upper.copy()
    for row, (unit, (low, high)) in enumerate(zip(told.units, ends, strict=True)):
        if unit and low is None:
            lower[row] = NO_LOWER
        if unit and high is None:
            upper[row] = NO_UPPER
    return dataclasses.replace(block, lower=lower, upper=upper)


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


EVERY_SETTING = [rule(**fields) for rule in RULES for fields in rule.examples]


@pytest.mark.parametrize("rule", EVERY_SETTING, ids=repr)
def test_a_rule_survives_json(rule):
    assert rule_from_json(rule.model_dump(mode="json")) == rule
    assert type(rule_from_json(rule.model_dump(mode="json"))) is type(rule)


@pytest.mark.parametrize("kind", RULES)
def test_every_rule_is_tried_and_told(kind):
    assert kind.examples
    text = kind.__doc__
    condition = re.search(r"\\le|\\ge|\\text\{ (if|unless)|= ", text)
    assert ".. math::" in text
    assert condition is not None, "the docstring names no inequality or condition"
    law = re.search(r"References|Source:|practice|Participatiewet|Wfsv|werkbegeleiding", text)
    assert law is not None, "the docstring names no law, practice or source"
    assert kind.title
    assert f"\n## {kind.__name__}\n" in RULES_PAGE.read_text(encoding="utf-8")
