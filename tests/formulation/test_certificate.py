"""Prices prove bounds: any prices a valid one, in exact integers, and tampering cannot lower it."""

from fractions import Fraction
from unittest.mock import patch

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.formulation.certificate import Certificate, bound_in_points, exact_sum
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

MANY = settings(max_examples=150, deadline=None, database=None)
DUALS = st.floats(-1e4, 1e4, allow_nan=False) | st.sampled_from((0.0, 1.0, -1.0, 0.5))


@st.composite
def priced(draw):
    formulation = draw(formulations())
    n_rows = formulation.n_rows
    duals = draw(st.lists(DUALS, min_size=n_rows, max_size=n_rows))
    return formulation, np.array(duals, dtype=np.float64)


def plain_bound(certificate, formulation):
    """Return the bound by the formula of the module, in Fractions, entry by entry."""
    unit = 2**certificate.bits
    price = [Fraction(int(value), unit) for value in certificate.prices]
    matrix = formulation.matrix.toarray()
    total = Fraction(0)
    for row, value in enumerate(price):
        if value > 0:
            total += value * int(formulation.row_upper[row])
        if value < 0:
            total += value * int(formulation.row_lower[row])
    for column in range(formulation.n_variables):
        reduced = int(formulation.objective.gain[column]) - sum(
            (value * int(matrix[row, column]) for row, value in enumerate(price)), Fraction(0)
        )
        ends = int(formulation.lower[column]), int(formulation.upper[column])
        total += max(reduced * end for end in ends)
    return total


@MANY
@given(drawn=priced(), largest=st.sampled_from((1.0, 1e9, 1e13)))
def test_duals_become_the_finest_prices_that_fit(drawn, largest):
    formulation, duals = drawn
    duals = duals * largest
    certificate = Certificate.from_duals(formulation, duals)
    useless = (duals > 0) & (formulation.row_upper == NO_UPPER)
    useless |= (duals < 0) & (formulation.row_lower == NO_LOWER)
    useful = np.where(useless, 0.0, duals)
    assert certificate.prices.tolist() == np.rint(useful * 2.0**certificate.bits).tolist()
    paid = np.abs(useful) @ np.abs(formulation.matrix.toarray().astype(np.float64))
    paid = max(1.0, paid.max(initial=0), abs(useful).max(initial=0))
    reach = paid + np.abs(formulation.objective.gain).max(initial=0)
    assert certificate.bits in range(21)
    if certificate.bits:
        assert reach * 2.0**certificate.bits <= 1.000001 * 2.0**61
    if certificate.bits < 20:
        assert reach * 2.0 ** (certificate.bits + 1) >= 0.999999 * 2.0**61


@MANY
@given(drawn=priced(), block=st.sampled_from((1, 3, 1 << 22)))
def test_any_prices_prove_a_bound_that_holds(drawn, block):
    formulation, duals = drawn
    certificate = Certificate.from_duals(formulation, duals)
    with patch("placement_opt.formulation.certificate.BLOCK", block):
        bound = certificate.bound(formulation)
    assert bound == plain_bound(certificate, formulation).__floor__()
    optimum = brute_force(formulation)
    if optimum is not None:
        assert bound >= optimum


def is_on_a_side_without_limit(prices, formulation):
    upward, downward = prices > 0, prices < 0
    return bool(
        np.any(upward & (formulation.row_upper == NO_UPPER))
        or np.any(downward & (formulation.row_lower == NO_LOWER))
    )


@MANY
@given(drawn=priced(), data=st.data())
def test_tampered_prices_never_prove_what_is_not_so(drawn, data):
    formulation, duals = drawn
    certificate = Certificate.from_duals(formulation, duals)
    if not certificate.prices.size:
        return
    prices = certificate.prices.copy()
    at = data.draw(st.integers(0, prices.size - 1))
    prices[at] += data.draw(st.integers(-(2**40), 2**40))
    tampered = Certificate(prices, certificate.bits)
    if is_on_a_side_without_limit(prices, formulation):
        with pytest.raises(ValueError, match="side without a limit"):
            tampered.bound(formulation)
        return
    bound = tampered.bound(formulation)
    optimum = brute_force(formulation)
    if optimum is not None:
        assert bound >= optimum


ONE_ROW = problem([5, 4], [rows("at most", [[1, 1]], [NO_LOWER], [1])])


def test_good_prices_prove_the_optimum():
    certificate = Certificate.from_duals(ONE_ROW, np.array([4.5]))
    assert certificate.bound(ONE_ROW) == 5 == brute_force(ONE_ROW)


def test_prices_without_a_limit_are_refused():
    with pytest.raises(ValueError, match="side without a limit"):
        Certificate(np.array([-1]), 0).bound(ONE_ROW)
    at_least = problem([1], [rows("at least", [[1]], [1], [NO_UPPER])])
    with pytest.raises(ValueError, match="side without a limit"):
        Certificate(np.array([1]), 0).bound(at_least)


def test_prices_of_another_problem_are_refused():
    with pytest.raises(ValueError, match="2 prices for 1 rows"):
        Certificate(np.array([1, 2]), 0).bound(ONE_ROW)


def test_useless_prices_are_set_to_nothing():
    certificate = Certificate.from_duals(ONE_ROW, np.array([-3.0]))
    assert certificate.prices.tolist() == [0]
    assert Certificate.from_duals(ONE_ROW, np.array([np.nan])).prices.tolist() == [0]
    assert Certificate.from_duals(ONE_ROW, np.array([np.inf])).prices.tolist() == [0]


def test_large_prices_take_fewer_binary_places():
    steep = problem([2**52, 1], [rows("steep", [[2**20, 1]], [NO_LOWER], [2**20])])
    certificate = Certificate.from_duals(steep, np.array([2.0**31]))
    assert 0 < certificate.bits < 20
    assert certificate.bound(steep) == plain_bound(certificate, steep).__floor__()


def test_prices_beyond_exact_sums_are_refused():
    steep = problem([1], [rows("steep", [[2**40]], [NO_LOWER], [1])])
    with pytest.raises(ValueError, match="too large"):
        Certificate(np.array([2**30]), 0).bound(steep)


@given(values=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_sums_beyond_64_bits_are_exact(values):
    assert exact_sum(np.array(values, dtype=np.int64)) == sum(values)


def test_a_result_carries_its_certificate(tmp_path):
    region = po.synthetic_region(candidates=400, seed=6)
    model = po.Model(region)
    model.solve(time_limit_s=20, gap=0.1).to_json(tmp_path / "result.json")
    told = po.Result.from_json(tmp_path / "result.json")
    if told.certificate is None:
        pytest.fail("no certificate: the linear program gave no prices")
    formulation = model.compile().formulation
    prices = np.zeros(told.certificate.rows, dtype=np.int64)
    prices[list(told.certificate.row)] = told.certificate.price
    bound = Certificate(prices, told.certificate.bits).bound(formulation)
    assert bound == told.certificate.bound_units
    assert told.certified_bound == pytest.approx(float(bound_in_points(formulation, bound)))
    assert told.certified_bound >= told.bound - 1e-9 >= told.objective - 1e-6


def test_steep_prices_get_fewer_binary_places_until_sums_fit():
    formulation = problem([1], [rows("steep", [[1 << 30]], [0], [1 << 30])])
    certificate = Certificate.from_duals(formulation, np.array([2.0**20]))
    assert certificate.bits < 20
    assert certificate.bound(formulation) == 1 << 50
