"""The wage above the minimum: as a term, against all plans, and in the table of costs."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po

DATE = "2026-02-01"
MINIMUM = {21: Fraction("14.71"), 18: Fraction("7.36")}  # EUR an hour, first half of 2026


def region_of(ages, wages, hours=(0, 24)):
    return po.Region(
        name="wages",
        date=DATE,
        candidates=[
            po.Candidate(id=f"C-{n}", minimum_wage_age=age, hours_per_week=hours, priority=1)
            for n, age in enumerate(ages)
        ],
        openings=[
            po.Opening(id=f"O-{n}", wage_eur_per_hour=wage, hours_per_week=(0, 20.5))
            for n, wage in enumerate(wages)
        ],
    )


def euros_of(age, wage):
    above = Fraction(str(wage)) - MINIMUM[age or 21]
    return round(max(Fraction(0), above) * Fraction("20.5") * 52, 2)


@settings(max_examples=25, deadline=None)
@given(
    ages=st.lists(st.sampled_from((None, 18, 21)), min_size=1, max_size=3),
    wages=st.lists(st.sampled_from((7.36, 8, 14.71, 15.01, 16.93)), min_size=1, max_size=3),
    weight=st.sampled_from((-1, 1)),
)
def test_the_best_plan_is_that_of_trying_out_all(ages, wages, weight):
    region = region_of(ages, wages)
    terms = [po.WageAboveMinimum(weight=weight), po.Priority(points_per_unit=2_000)]
    model = po.Model(region, objective=terms)
    result = model.solve(gap=0, time_limit_s=20)
    best = max(
        sum(
            weight * euros_of(age, wages[to]) + 2_000 if to is not None else 0
            for age, to in zip(ages, places, strict=True)
        )
        for places in itertools.product((None, *range(len(wages))), repeat=len(ages))
        if len({p for p in places if p is not None}) == sum(p is not None for p in places)
    )
    assert result.objective == pytest.approx(float(best), abs=1e-6)
    for row in result.cost_rows:
        age, wage = ages[int(row.candidate_id[2:])], wages[int(row.opening_id[2:])]
        assert row.wage_above_minimum_eur_per_year == float(euros_of(age, wage))
    assert po.check_result(region, result).is_sound


def test_openings_without_a_wage_are_asked_for_by_the_term_only():
    region = region_of([None], [None, 15])
    model = po.Model(region, objective=[po.WageAboveMinimum()])
    assert model.problems()[["id", "field"]].to_numpy().tolist() == [["O-0", "wage_eur_per_hour"]]
    rows = po.solve(region_of([None], [None]), time_limit_s=5).cost_rows
    assert rows[0].wage_above_minimum_eur_per_year is None
