"""Nobody is placed with subsidy, or in sheltered work, that no municipality would pay."""

import pytest

import placement_opt as po


def region_of(people, *, budget=None, maximum=None, sheltered=False, **town):
    usual = {"ground": "38b.1.a", "hours_per_week": (0, 24), "wage_value": 0.6}
    limits = {
        "wage_subsidy_budget_eur_per_year": budget,
        "sheltered_places_maximum": maximum,
    }
    return po.Region(
        name="leak",
        date="2026-02-01",
        candidates=[po.Candidate(**{"id": f"C-{n}"} | usual | one) for n, one in enumerate(people)],
        openings=[po.Opening(id="O", positions=9, hours_per_week=(0, 32), sheltered=sheltered)],
        municipalities=[po.Municipality(id="M", **limits, **town)],
    )


def asked(region, **model):
    with pytest.raises(po.InvalidInputError) as caught:
        po.Model(region, **model).compile()
    assert {problem.field for problem in caught.value.problems} == {"municipality"}
    assert all("name the municipality" in problem.hint for problem in caught.value.problems)
    return [problem.id for problem in caught.value.problems]


def test_everybody_whom_no_budget_pays_is_in_one_list():
    people = [{}, {"municipality": "M"}, {"wage_value": None}, {"wage_value": 0.2}]
    assert asked(region_of(people, budget=50_000)) == ["C-0", "C-2", "C-3"]


def test_the_list_stands_beside_what_else_is_wrong():
    region = region_of([{}, {"coaching_regime": "light"}], budget=50_000)
    with pytest.raises(po.InvalidInputError) as caught:
        po.Model(region, rules=[po.WageSubsidyBudget(), po.Coaching()]).compile()
    fields = [(problem.id, problem.field) for problem in caught.value.problems]
    assert ("C-0", "municipality") in fields
    assert len({field for _, field in fields}) > 1


@pytest.mark.parametrize(
    "fields",
    [{"wage_value": 1}, {"ground": "38b.1.b"}, {"hours_per_week": (33, 40)}],
    ids=["earns the wage", "not entitled", "no opening"],
)
def test_who_would_have_no_subsidy_needs_no_municipality(fields):
    po.Model(region_of([fields], budget=50_000)).compile()


def test_without_budgets_nobody_needs_a_municipality():
    result = po.solve(region_of([{}], population=5), time_limit_s=10)
    assert len(result.placements) == 1


def test_a_given_subsidy_is_not_paid_by_nobody_either():
    region = region_of([{"wage_value": None, "ground": None}], budget=50_000)
    rules = [po.OnePlacement(), po.WageSubsidyBudget(employer_charges=False)]
    pairs = {"candidate_id": ["C-0"], "opening_id": ["O"], "score": [1]}
    assert asked(region, rules=rules, pairs=pairs | {"subsidy_eur_per_year": [10]}) == ["C-0"]
    free = pairs | {"subsidy_eur_per_year": [0]}
    assert po.Model(region, rules=rules, pairs=free).solve().has_plan


def test_nobody_takes_a_sheltered_place_beside_all_maximums():
    people = [{"sheltered": True}, {"sheltered": True, "municipality": "M"}]
    assert asked(region_of(people, maximum=1, sheltered=True)) == ["C-0"]
    # A minimum alone pays nothing: who counts for no municipality only does not help it.
    free = region_of(people, sheltered=True, sheltered_places_minimum=1)
    assert len(po.solve(free, time_limit_s=10).placements) == 2
    # No sheltered place is open to anybody.
    assert po.Model(region_of([{}], maximum=1, sheltered=False)).compile()
