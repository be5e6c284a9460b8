"""Without a measured wage value a budget plans the law's fixed form, and says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.enumeration import enumerate_pairs

LAW = po.Rulebook.on("2026-02-01").override({"wage_subsidy.employer_charges": "0.235"})
WITHOUT_CHARGES = po.WageSubsidyBudget(employer_charges=False)
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
    result = po.Model(region).add(WITHOUT_CHARGES).solve(time_limit_s=20)
    assert len(result.placements) == 2
    assert set(result.placements["subsidy_eur_per_year"]) == {float(HALF)}
    assert result.budgets["subsidy_eur_per_year"].tolist() == [float(2 * HALF)]
    assert set(result.costs["subsidy_eur_per_year"]) == {float(HALF)}
    assert sum("fixed form (50%)" in text for text in result.costs["reasons"].dropna()) in {1, 2}
    (row,) = result.assumptions.to_dict("records")
    assert (row["rule"], row["about"], row["count"]) == ("WageSubsidyBudget", "wage_value", 2)
    assert "50%" in row["text"]
    assert "50 %" in row["text_nl"]
    assert row["text"] in result.summary()
    assert po.check_result(region, result).is_sound


def test_charges_of_the_rulebook_are_planned_and_shown():
    whole = float(LAW.wage_subsidy_eur_per_year("0.5", 24, with_charges=True))
    for budget, n_placed in ((2 * whole, 2), (2 * whole - 0.01, 1)):
        result = po.solve(region_of([None, 0.5], budget=budget), time_limit_s=20)
        assert len(result.placements) == n_placed
        (row,) = result.budget_rows
        assert row.subsidy_eur_per_year == n_placed * float(HALF)
        assert row.charges_eur_per_year == pytest.approx(n_placed * (whole - float(HALF)))
        assert result.assumption_rows[0].about == "wage_value"
        assert "employer charges" in result.summary()
        assert "werkgeverslasten" in result.summary("nl")
        costs = result.costs
        assert set(costs["subsidy_eur_per_year"] + costs["charges_eur_per_year"]) == {whole}


def test_charges_that_the_law_did_not_know_are_left_out_and_told():
    law = po.Rulebook.on("2014-06-01")
    names = [name for name in law.names() if name.startswith(("wage_subsidy.", "minimum_wage."))]
    names.remove("wage_subsidy.employer_charges")
    law = law.override({n: row.value for n in names if (row := LAW.find(n)) is not None})
    early = po.Model(region_of([0.5], budget=50_000), rulebook=law)
    result = early.solve(time_limit_s=20)
    assert (
        result.budget_rows[0].subsidy_eur_per_year
        == result.placement_rows[0]["subsidy_eur_per_year"]
    )
    rows = {row.about: row for row in result.assumption_rows}
    assert "pay the subsidy only" in rows["employer_charges"].text


def test_a_cent_less_is_too_little_for_two():
    region = region_of([None, None], budget=float(2 * HALF) - 0.01)
    model = po.Model(region).add(WITHOUT_CHARGES)
    assert len(model.solve(time_limit_s=20).placements) == 1


@pytest.mark.parametrize("fields", [{"ground": "38b.1.b"}, {"municipality": "N"}])
def test_nothing_is_assumed_of_whom_no_budget_pays(fields):
    result = po.solve(region_of([None], budget=0, **fields), time_limit_s=20)
    assert len(result.placements) == 1
    assert "wage_value" not in set(result.assumptions["about"])


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


@pytest.mark.parametrize(("charges", "placed"), [(None, 2), (False, 2), (True, 1)])
def test_subsidies_of_your_own_are_taken_as_they_are(charges, placed):
    """One subsidy is given, the other computed: charges go on top of what is computed."""
    own, whole = 1_000, float(LAW.wage_subsidy_eur_per_year("0.5", 24, with_charges=True))
    budget = own + (float(HALF) if charges is False else whole)
    values = {"candidate_id": ["C-0"], "opening_id": ["O-1"], "subsidy_eur_per_year": [own]}
    model = po.Model(region_of([0.5, 0.5], budget=budget), pair_values=values)
    model.add(po.WageSubsidyBudget(employer_charges=charges))
    result = model.solve(time_limit_s=20)
    assert len(result.placements) == placed
    if charges is None:
        (row,) = result.budget_rows
        assert row.subsidy_eur_per_year == own + float(HALF)
        assert row.charges_eur_per_year == pytest.approx(whole - float(HALF))
