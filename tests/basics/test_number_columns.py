"""Numbers that a machine computed are read: as what was meant, on a documented grid."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.basics.number_columns import UnreadableNumberError, rounded_array
from placement_opt.basics.quantities import Digits, read_number, read_rounded

THIRD = Fraction(1, 3)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SIZES = st.floats(-1e12, 1e12) | st.floats(-1e-6, 1e-6) | st.floats(0, 1)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (1 / 3, THIRD),
        (-2 / 3, -2 * THIRD),
        (24 / 36, 2 * THIRD),
        (1e5 + 1 / 7, 10**5 + Fraction(1, 7)),
        (0.3333333, Fraction("0.3333333")),  # written so
        (np.float32(1 / 3), Fraction("0.33333334")),
        (1 / 1009, Fraction(repr(1 / 1009))),
        (5e-324, Fraction("5e-324")),
        (1e308, Fraction(10**308)),
    ],
)
def test_a_quotient_is_read_as_the_fraction_it_is(value, exact):
    assert read_number(value) == exact


@given(FLOATS)
def test_reading_a_float_loses_nothing(value):
    assert float(read_number(value)) == value


@given(st.integers(-(10**6), 10**6), st.integers(1, 1_000))
def test_every_small_quotient_is_exact(numerator, denominator):
    exact = Fraction(numerator, denominator)
    if abs(exact) < 10**6:
        assert read_number(numerator / denominator) == exact


@pytest.mark.parametrize(
    ("value", "places", "digits", "read"),
    [
        (0.1 + 0.2, 6, Digits.LIMIT, Fraction(3, 10)),
        (0.1 + 0.2, 6, Digits.FACTOR, Fraction(3, 10)),
        (0.1 + 0.2, 2, Digits.WRITTEN, Fraction(3, 10)),
        (1 / 3, 6, Digits.MEASURED, Fraction(333_333, 10**6)),
        (1 / 3, 6, Digits.LIMIT, THIRD),
        (1 / 3, 6, Digits.FACTOR, THIRD),
        (1 / 3, 2, Digits.WRITTEN, Fraction(33, 100)),
        (THIRD, 6, Digits.MEASURED, Fraction(333_333, 10**6)),
        (THIRD, 2, Digits.WRITTEN, None),
        (24 * 0.15, 3, Digits.WRITTEN, Fraction(18, 5)),
        (12.345, 2, Digits.WRITTEN, None),
        (3.0000000000000004, 0, Digits.WRITTEN, Fraction(3)),
        (10 / 3, 0, Digits.WRITTEN, None),
        (1e9 + 1 / 3, 0, Digits.WRITTEN, None),
        (0.3 - 0.1 - 0.2, 2, Digits.WRITTEN, Fraction(0)),
        (0.3 - 0.1 - 0.2, 6, Digits.LIMIT, Fraction(0)),
        (-0.0001, 6, Digits.LIMIT, Fraction(-1, 10**4)),
        (Decimal("0.1234567"), 6, Digits.LIMIT, None),
        (Decimal("0.1234567"), 6, Digits.FACTOR, Fraction("0.1234567")),
        (Decimal(1) / Decimal(7), 6, Digits.FACTOR, Fraction("0.142857142857")),
        (1.5e-9, 6, Digits.LIMIT, Fraction("1.5e-9")),
        (1e-9 / 3, 6, Digits.LIMIT, Fraction("3.333333e-10")),
        (1e9 + 1e-6, 6, Digits.FACTOR, 10**9 + Fraction(1, 10**6)),
        (51.842022142760435, 6, Digits.MEASURED, Fraction("51.842022")),
    ],
)
def test_each_kind_of_number_has_its_grid(value, places, digits, read):
    assert read_rounded(value, places, digits) == read


@given(SIZES, st.sampled_from([Digits.LIMIT, Digits.MEASURED, Digits.FACTOR]))
def test_no_float_is_refused_for_its_digits_nor_moved_far(value, digits):
    read, printed = read_rounded(value, 6, digits), Fraction(repr(value))
    assert read is not None
    assert abs(read - printed) <= Fraction(6, 10**7)
    if digits is Digits.FACTOR:
        assert abs(read - printed) <= abs(printed) * Fraction(6, 10**12)


FIELDS = {
    "location": (lambda x: po.Candidate(id="C", location=(x, x)).location[0], 1),
    "wage value": (lambda x: po.Candidate(id="C", wage_value=x).wage_value, 1),
    "level": (lambda x: po.Candidate(id="C", skills={"kassa": x}).skills["kassa"], 1),
    "priority": (lambda x: po.Candidate(id="C", priority=x).priority, 10**6),
    "most minutes": (lambda x: po.Candidate(id="C", max_travel_minutes=x).max_travel_minutes, 1e5),
    "jobs pledged": (lambda x: po.Employer(id="E", jobs_pledged=x).jobs_pledged, 10**6),
    "weight": (lambda x: po.PairScore("score", weight=x).weight, 10**12),
    "price": (lambda x: po.ResourceLimit(per="region", shortfall_price=x).shortfall_price, 10**12),
    "limit": (lambda x: po.ResourceLimit(per="region", limits=x).limits, 10**12),
    "limit of a group": (lambda x: po.ResourceLimit(per="x", limits={"a": x}).limits["a"], 10**12),
    "minimum": (lambda x: po.ResourceLimit(per="region", minimums=x).minimums, 10**12),
    "jobs": (lambda x: po.JobsQuota(per="sector", jobs={"market": x}).jobs["market"], 10**12),
    "shortfall": (lambda x: po.JobsQuota(per="sector", max_shortfall=x).max_shortfall, 10**9),
}


@pytest.mark.parametrize("name", FIELDS)
@given(share=st.floats(0, 1), kind=st.sampled_from([float, np.float64, np.float32]))
def test_every_field_that_may_be_computed_takes_any_float(name, share, kind):
    build, most = FIELDS[name]
    value = kind(share * most)
    held = build(value)
    assert type(held) in {int, float}
    assert math.copysign(1, held) == 1
    assert read_number(held) == read_rounded(value, 6, _digits_of(name))


def _digits_of(name):
    if name in {"weight", "price"}:
        return Digits.FACTOR
    measured = {"location", "wage value", "level", "priority", "most minutes"}
    return Digits.MEASURED if name in measured else Digits.LIMIT


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), "0.5", True])
def test_what_is_no_finite_number_is_still_refused(name, value):
    with pytest.raises(po.InvalidInputError, match=r"must (be|hold) a number"):
        FIELDS[name][0](value)


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.1),
        np.array(0.1),
        pd.Series([0.1]).iloc[0],
        pd.array([0.1], dtype="Float32")[0],
        Decimal("0.10"),
        Fraction(1, 10),
    ],
)
def test_scalars_of_every_kind_are_the_decimal_they_print_as(value):
    assert po.Candidate(id="C", wage_value=value).wage_value == 0.1
    assert po.PairScore("score", weight=value).weight == 0.1
    assert po.ResourceLimit(per="region", limits=value).limits == 0.1


def test_computed_hours_and_money_are_read_and_written_ones_keep_their_places():
    assert po.Candidate(id="C", coaching_hours_per_week=24 * 0.15).coaching_hours_per_week == 3.6
    assert po.Candidate(id="C", hours_per_week=(50 / 3, 24)).hours_per_week == (16.667, 24)
    budget = po.Municipality(id="M", wage_subsidy_budget_eur_per_year=100_000 / 3)
    assert budget.wage_subsidy_budget_eur_per_year == 33_333.33
    with pytest.raises(po.InvalidInputError, match=r"round it, for example to 12\.34"):
        po.Opening(id="O", wage_eur_per_hour=12.345)


def exact(column, *, fine=False):
    values, scale = rounded_array(column, fine=fine)
    return [Fraction(int(value), scale) for value in values]


@pytest.mark.parametrize("fine", [False, True])
def test_a_column_of_quotients_is_exact(fine):
    assert exact([1 / 3, 2 / 3, 0.25], fine=fine) == [THIRD, 2 * THIRD, Fraction(1, 4)]
    assert exact([24 / 36, 20 / 38, 19 / 40, -1 / 7], fine=fine) == [
        *(Fraction(24, 36), Fraction(20, 38), Fraction(19, 40), Fraction(-1, 7)),
    ]


def test_quotients_stay_exact_beside_other_computed_numbers():
    assert exact([1 / 3, 3.1 * 0.23, 0.123456789123]) == [
        *(THIRD, Fraction("0.713"), Fraction("0.123457")),
    ]
    assert exact([Fraction(1, 3), Decimal(1) / Decimal(7), 2]) == [
        *(THIRD, Fraction("0.142857"), Fraction(2)),
    ]


def test_small_columns_have_a_finer_grid():
    assert exact([1e-9 / 3, 2e-9 / 3]) == [Fraction("3.33333e-10"), Fraction("6.66667e-10")]
    assert exact([5e-324, 0.0]) == [0, 0]


@given(st.lists(SIZES, min_size=1, max_size=8))
def test_a_summed_column_is_on_its_grid(values):
    read = exact(np.array(values))
    largest = max(1e-280, *map(abs, values))
    step = Fraction(1, 10**6) if largest >= 0.1 else Fraction(largest) / 10**5
    for value, number in zip(values, read, strict=True):
        assert (
            abs(number - Fraction(value)) <= step * Fraction(51, 100) + abs(Fraction(value)) / 2**50
        )


@given(st.lists(SIZES, min_size=1, max_size=8))
def test_a_fine_column_is_as_near_as_doubles_are(values):
    largest = max(1e-280, *map(abs, values))
    for value, number in zip(values, exact(np.array(values), fine=True), strict=True):
        assert abs(number - Fraction(value)) <= Fraction(largest) / 2**49


@given(
    st.lists(st.tuples(st.integers(-999, 999), st.integers(1, 40)), min_size=1, max_size=5),
)
def test_arrays_and_objects_are_read_alike(quotients):
    floats = [top / bottom for top, bottom in quotients]
    assert exact(np.array(floats)) == exact(np.array(floats, dtype=object))


@pytest.mark.parametrize(
    ("column", "positions"),
    [
        ([1 / 3, math.nan, math.inf], (1, 2)),
        ([1 / 3, None, "2", True], (1, 2, 3)),
        ([1 / 3, 1e19], (1,)),
        ([1e18, 0.123456789], (0,)),
    ],
)
def test_what_a_column_cannot_hold_is_named_by_position(column, positions):
    values = np.array(column, dtype=object if None in column else None)
    with pytest.raises(UnreadableNumberError) as caught:
        rounded_array(values, fine=False)
    assert caught.value.positions == positions


REGION = po.Region(
    name="r",
    candidates=[po.Candidate(id=f"C-{n}") for n in range(4)],
    openings=[po.Opening(id="O", positions=4)],
)
BASE = [po.OnePlacement(), po.OpeningCapacity()]


def solved(columns, *rules, objective=None):
    n = len(next(iter(columns.values())))
    ids = {"candidate_id": [f"C-{i}" for i in range(n)], "opening_id": ["O"] * n}
    pairs = {**ids, "score": [1] * n, **columns}
    model = po.Model(
        REGION, pairs=pairs, rules=[*BASE, *rules], objective=objective or [po.PairScore("score")]
    )
    result = model.solve(gap=0, time_limit_s=10)
    assert po.check_result(REGION, result, pairs).is_sound
    return result


@pytest.mark.parametrize(
    ("usage", "limit", "n_placed"), [(1 / 3, 1, 3), (2 / 3, 2, 3), (0.1, 0.1 + 0.2, 3)]
)
def test_three_computed_usages_fill_their_limit(usage, limit, n_placed):
    rule = po.ResourceLimit(uses="fte", per="region", limits=limit)
    assert len(solved({"fte": [usage] * 4}, rule).placement_rows) == n_placed
    need = po.ResourceLimit(uses="fte", per="region", minimums=limit)
    least = solved({"fte": [usage] * 4}, need, objective=[po.PairScore("score", weight=-1)])
    assert (least.status, len(least.placement_rows)) == (po.Status.OPTIMAL, n_placed)


def test_computed_numbers_in_every_place_pass_the_plain_reading():
    rng = np.random.default_rng(3)
    km = rng.random(4) * 20
    result = solved(
        {"cost": km * 0.23, "p": 1 / (1 + np.exp(-km)), "hours_per_week": 36 * rng.random(4)},
        po.ResourceLimit(uses="cost", per="region", limits=km.sum() * 0.23 / 2),
        po.ResourceLimit(uses="p", per="opening", minimums={"O": 2 / 3}, shortfall_price=1 / 7),
        po.ResourceLimit(uses="hours_per_week", per="opening", limits={"O": 36 * 7 / 3}),
        objective=[po.PairScore("p", weight=1 / 3), po.PairScore("score", weight=0.1 + 0.2)],
    )
    assert result.status is po.Status.OPTIMAL


def test_a_column_that_is_only_valued_keeps_its_digits():
    p = np.random.default_rng(5).random(4)
    result = solved({"p": p}, objective=[po.PairScore("p")])
    assert result.objective == pytest.approx(p.sum(), rel=1e-12)


def test_a_column_that_is_also_summed_is_on_the_grid_of_limits():
    rule = po.ResourceLimit(uses="p", per="region", limits=1)
    result = solved({"p": [0.123456789]}, rule, objective=[po.PairScore("p")])
    assert result.objective == 0.123457


@pytest.mark.parametrize("weight", [1e-12, 1 / 3, 1e12 / 7, 12345.678912345])
def test_weights_of_every_size_are_kept(weight):
    result = solved({"x": [1, 2, 3]}, objective=[po.PairScore("x", weight=weight)])
    assert result.objective == pytest.approx(6 * weight, rel=1e-9)


def test_quotients_give_way_where_their_denominator_leaves_no_room():
    large = 700_317_445_878.7418
    assert exact([1 / 7, 1 / 38, large, 0.1234567891]) == [
        *(Fraction("0.142857"), Fraction("0.026316"), Fraction(repr(large)), Fraction("0.123457")),
    ]
    assert exact([1e13, 1 / 3]) == [10**13, THIRD]


def test_a_limit_beyond_all_sums_binds_nothing_and_such_a_minimum_is_out_of_reach():
    columns = {"u": [1 / 3, 0.123456789]}
    free = po.ResourceLimit(uses="u", per="region", limits=1e15)
    assert len(solved(columns, free).placement_rows) == 2
    most = po.ResourceLimit(uses="u", per="region", minimums=1e15)
    pairs = {"candidate_id": ["C-0"], "opening_id": ["O"], "score": [1], "u": [0.123456789]}
    model = po.Model(REGION, pairs=pairs, rules=[*BASE, most], objective=[po.PairScore("score")])
    assert model.solve(time_limit_s=5).status is po.Status.INFEASIBLE
    priced = po.ResourceLimit(uses="u", per="region", minimums=1e15, shortfall_price=1)
    with pytest.raises(po.InvalidInputError, match=r"keeps the row below 2\^60"):
        solved({"u": [0.123456789, 1 / 3]}, priced)


def test_a_price_of_what_is_always_zero_does_not_count():
    need = po.ResourceLimit(per="candidate", minimums={"C-3": 0}, shortfall_price=1e8)
    result = solved({"u": [1, 2]}, need, objective=[po.PairScore("u", weight=1e-12)])
    assert (result.status, result.objective) == (po.Status.OPTIMAL, 3e-12)
