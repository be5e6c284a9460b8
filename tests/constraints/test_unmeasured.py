"""Without a measured wage value a budget plans the law's fixed form, and says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.enumeration import enumerate_pairs

LAW = po.Rulebook.on("2026-02-01").override({"wage_subsidy.employer_charges": "0.235"})
HALF = LAW.wage_subsidy_eur_per_year("0.5", 24)
PLANNED = ("planned_subsidy_eur_per_year", "planned_subsidy_with_charges_eur_per_year")


def region_of(wage_values, budget=None, **person):
    usual = {"municipality": "M", "ground": "38b.1.a", "hours_per_week": (0, 24)}
    return po.Region(
        name="budget",
        date="2026-02-01",
        candidates=[
            po.Candidate(id=f"C-{n}", wage_value=value, **usual | person)
            for n, value in enumerate(wage_values)
        ],
        openings=[po.Opening(id="O-1", positions=9, hours_per_week=(0, 32))],
        municipalities=[
            po.Municipality(id="M", wage_subsidy_budget_eur_per_year=budget),
            po.Municipality(id="N"),
        ],
    )


def test_the_fixed_form_is_planned_and_told():
    region = region_of([None, None, 0.5], budget=float(2 * HALF))
    result = po.solve(region, time_limit_s=20)
    assert len(result.placements) == 2
    assert set(result.placements["subsidy_eur_per_year"]) == {float(HALF)}
    assert result.budgets["subsidy_eur_per_year"].tolist() == [float(2 * HALF)]
    (row,) = result.assumptions.to_dict("records")
    assert (row["rule"], row["about"], row["count"]) == ("WageSubsidyBudget", "wage_value", 2)
    assert "50%" in row["text"]
    assert "50 %" in row["text_nl"]
    assert row["text"] in result.summary()
    assert po.check_result(region, result).is_sound


def test_a_cent_less_is_too_little_for_two():
    region = region_of([None, None], budget=float(2 * HALF) - 0.01)
    assert len(po.solve(region, time_limit_s=20).placements) == 1


@pytest.mark.parametrize("fields", [{"ground": "38b.1.b"}, {"municipality": "N"}])
def test_nothing_is_assumed_of_whom_no_budget_pays(fields):
    result = po.solve(region_of([None], budget=0, **fields), time_limit_s=20)
    assert len(result.placements) == 1
    assert result.assumptions.empty


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.sampled_from((None, 0, 0.3, 0.55, 1)), min_size=1, max_size=4))
def test_both_readings_of_a_planned_subsidy_agree(values):
    instance = Instance(region_of(values), LAW)
    pairs = enumerate_pairs(instance, [])
    placements = [Placement(id_, "O-1") for id_ in instance.candidate_ids]
    plan = Plan(instance, placements)
    for name in PLANNED:
        column = pair_column(pairs, name)
        told = [column.fraction(row) for row in range(len(placements))]
        assert told == [plan.amount(placement, name) for placement in placements]
