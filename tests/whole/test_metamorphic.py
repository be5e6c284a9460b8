"""Changes of a region or a model whose effect on the optimum is known beforehand."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import pairs_of, tiny_regions

import placement_opt as po
from placement_opt.constraints import standard_rules
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement

SOME = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
WITHOUT_RARITY = po.MatchScore(skill_points=0)
"""Rarity of skills counts every candidate of the region, so it would hide what is tested."""


def optimum(region, rules=None, objective=None, **how):
    """Return the best objective, or minus infinity where no plan exists."""
    result = po.Model(region, rules=rules, objective=objective).solve(
        **{"solver": "cp-sat", "gap": 0, **how}
    )
    assert result.status in {po.Status.OPTIMAL, po.Status.INFEASIBLE}
    return -math.inf if result.objective is None else result.objective


def fields_of(region):
    return region.model_dump(mode="json", exclude_defaults=True)


def renamed(value, names):
    """Replace ids everywhere in the fields of a region."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(entry, names) for key, entry in value.items()}
    if isinstance(value, list):
        return [renamed(entry, names) for entry in value]
    return names.get(value, value) if isinstance(value, str) else value


@SOME
@given(region=tiny_regions(), data=st.data())
def test_permuted_ids_keep_the_optimum(region, data):
    fields = fields_of(region)
    names = {}
    for kind in ("candidates", "openings", "employers", "coaches", "municipalities"):
        ids = [record["id"] for record in fields.get(kind, [])]
        names |= dict(zip(ids, data.draw(st.permutations(ids)), strict=True))
    other = po.Region(**renamed(fields, names))
    assert optimum(other) == pytest.approx(optimum(region), abs=1e-9)


@SOME
@given(region=tiny_regions(), data=st.data())
def test_the_order_of_records_keeps_the_optimum(region, data):
    fields = fields_of(region)
    for kind in ("candidates", "openings", "employers", "coaches", "municipalities"):
        fields[kind] = data.draw(st.permutations(fields.get(kind, [])))
    assert optimum(po.Region(**fields)) == pytest.approx(optimum(region), abs=1e-9)


@SOME
@given(region=tiny_regions(), data=st.data())
def test_one_rule_more_never_improves(region, data):
    # A pair rule changes who is eligible, and with it what an even part is.
    rules = [r for r in standard_rules(Instance(region)) if r.rule != "MunicipalityBalance"]
    added = data.draw(st.sampled_from(rules))
    fewer = [rule for rule in rules if rule is not added]
    for hard in (False, True):
        rule = added
        if hard and getattr(added, "shortfall_price", None) is not None:
            rule = added.model_copy(update={"shortfall_price": None})
        assert optimum(region, [*fewer, rule]) <= optimum(region, fewer) + 1e-9
    balance = [*rules, po.MunicipalityBalance(shortfall_price=50)]
    assert optimum(region, balance) <= optimum(region, rules) + 1e-9


ROOMIER = {
    "openings": ("positions", 1),
    "coaches": ("hours_per_week", 4),
    "employers": ("supervision_places", 1),
    "municipalities": ("wage_subsidy_budget_eur_per_year", 5_000),
}


@SOME
@given(region=tiny_regions(), data=st.data())
def test_capacity_more_never_hurts(region, data):
    kind = data.draw(st.sampled_from([kind for kind in ROOMIER if getattr(region, kind)]))
    field, amount = ROOMIER[kind]
    records = list(getattr(region, kind))
    at = data.draw(st.integers(0, len(records) - 1))
    given_amount = getattr(records[at], field)
    more = None if given_amount is None else given_amount + amount
    records[at] = records[at].model_copy(update={field: more})
    roomier = region.model_copy(update={kind: tuple(records)})
    assert optimum(roomier) >= optimum(region) - 1e-9


@SOME
@given(region=tiny_regions())
def test_three_times_the_weights_is_three_times_the_optimum(region):
    model = po.Model(region)
    terms = [t.model_copy(update={"weight": 3 * t.weight}) for t in model.objective]
    rules = [
        rule.model_copy(update={"shortfall_price": 3 * rule.shortfall_price})
        if getattr(rule, "shortfall_price", None) is not None
        else rule
        for rule in model.rules
    ]
    once = optimum(region)
    thrice = optimum(region, rules, terms)
    assert thrice == pytest.approx(3 * once, abs=1e-9)


@SOME
@given(region=tiny_regions(), data=st.data())
def test_a_start_plan_is_never_made_worse(region, data):
    model = po.Model(region)
    pairs = pairs_of(region)
    start = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    alone = model.solve(solver="cp-sat", start=start, cancel=lambda: True)
    if not alone.start.is_plan or alone.start.left_out:
        return
    compiled = model.compile()
    worth = compiled.judge(compiled.plan_of(Placement(*pair) for pair in start)).objective
    assert alone.objective >= float(worth) - 1e-9
    for solver in ("cp-sat", "auto"):
        better = model.solve(solver=solver, start=start, gap=0)
        assert better.objective >= float(worth) - 1e-9
        assert better.status is po.Status.OPTIMAL


@SOME
@given(region=tiny_regions())
def test_an_ineligible_candidate_changes_nothing_but_unplaced(region):
    stranger = po.Candidate(
        id="Z-9",
        municipality="M-1",
        ground="none",
        hours_per_week=(0, 20),
        coaching_regime="none",
        wage_value=0.5,
        needs={"a room of glass"},
        skills={"dutch": 1, "welding": 1},
    )
    larger = po.Region(**fields_of(region) | {"candidates": [*region.candidates, stranger]})
    objective = [WITHOUT_RARITY, po.Priority(), po.PlacedJobs()]
    rules = {rule.rule: rule for rule in standard_rules(Instance(larger))}
    before = po.Model(region, rules=list(rules.values()), objective=objective)
    after = po.Model(larger, rules=list(rules.values()), objective=objective)
    old, new = (model.solve(solver="cp-sat", gap=0) for model in (before, after))
    assert new.status is old.status
    if not old.has_plan:
        return
    assert new.objective == pytest.approx(old.objective, abs=1e-9)
    told = {row.candidate_id: row for row in new.unplaced_rows}["Z-9"]
    assert (told.reason, told.because) == ("no_eligible_opening", "workplace needs")
    assert len(new.placement_rows) == len(old.placement_rows)
