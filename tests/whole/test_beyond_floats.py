"""Sums that floating point cannot tell apart."""

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from formulations import knapsack, problem, rows
from gap_models import model

from placement_opt.basics.status import StopReason
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.engines.linear_program import ObjectiveUnit
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.guarded import guarded
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import auto
from placement_opt.solvers.ways.large import search_large
from placement_opt.solvers.ways.restricted_master import search_priced


class TestBeyondFloats:
    """Two levels by weights and more than HiGHS can tell apart: exact integers go on."""

    TWO = problem(
        [5 * 10**15 + 7, 5 * 10**15 + 3, 10**15], [rows("one", [[1, 1, 1]], [NO_LOWER], [1])]
    )

    def standing(self, chosen, least_reach):
        points = replace(self.TWO.objective, least_reach=Fraction(least_reach))
        formulation = replace(self.TWO, objective=points)
        search = Search(formulation, SearchLimits(gap=0.0))
        search.offer(Solution(np.array([chosen]), np.zeros(0, np.int64)), "any")
        search.prove(5 * 10**15 + 1000, "floats")
        search.precision = 2000
        return formulation, search

    def test_exact_integers_go_on_where_all_of_a_term_may_be_left(self):
        formulation, search = self.standing(1, least_reach=100)
        assert search.reached() is StopReason.PRECISION
        assert auto._beyond_floats(formulation, search) is Ending.EXHAUSTED
        assert search.best.chosen.tolist() == [0]
        assert search.gained == search.bound
        assert search.reached() is StopReason.PROVEN

    def test_they_go_on_behind_prices(self, monkeypatch):
        formulation, search = self.standing(1, least_reach=100)
        search.precision = 0

        def search_priced(_priced, inner, *_more):
            inner.precision = 2000
            return Ending.STOPPED

        monkeypatch.setattr(auto, "price", lambda *_: "prices")
        monkeypatch.setattr(auto, "search_priced", search_priced)
        assert auto.Auto()._by_prices(formulation, search) is Ending.EXHAUSTED
        assert search.best.chosen.tolist() == [0]

    def test_what_is_optimal_is_left_alone(self):
        formulation, search = self.standing(1, least_reach=0)
        assert search.reached() is StopReason.PROVEN
        assert auto._beyond_floats(formulation, search) is None

    def test_rounded_points_are_left_alone(self):
        points = replace(self.TWO.objective, least_reach=Fraction(100), rounding=Fraction(2000))
        formulation = replace(self.TWO, objective=points)
        search = Search(formulation, SearchLimits(gap=0.0))
        search.offer(Solution(np.array([1]), np.zeros(0, np.int64)), "any")
        search.prove(5 * 10**15 + 1000, "floats")
        assert search.reached() is StopReason.PRECISION
        assert auto._beyond_floats(formulation, search) is None

    def test_a_stop_that_is_withdrawn_leaves_nobody_behind(self):
        formulation, search = self.standing(1, least_reach=100)

        def solve(_formulation, inner):
            time.sleep(0.3)
            inner.precision = 0
            time.sleep(1.5)
            inner.precision = 2000
            time.sleep(0.3)
            inner.note("came to its own end")
            return Ending.FINISHED

        assert guarded(solve, formulation, search, patience_s=1.5) is Ending.FINISHED
        assert search.notes == ["came to its own end"]

    def test_prices_that_no_integers_hold_are_told_and_not_a_crash(self):
        formulation = knapsack(2)
        search = Search(formulation, SearchLimits(gap=0.0))

        def refuse(*_):
            raise ValueError("the prices are too large for exact sums in int64")

        search.certify = refuse
        assert auto.price(formulation, search) is None
        assert "too large for exact sums" in search.notes[-1]


@pytest.mark.parametrize("way", ["prices", "large"])
def test_ways_that_rest_on_floats_say_what_those_cannot_tell_apart(way):
    draws = np.random.default_rng(4)
    formulation = model(draws.random((110, 20)), limit=16).compile().formulation
    stopped = Search(formulation, SearchLimits(gap=0.0))
    assert stopped.precision == 0
    priced = auto.price(formulation, stopped)
    stopped.clock.cancel()
    if way == "large":
        search_large(formulation, stopped)
    else:
        search_priced(priced, stopped)
    assert stopped.precision == ObjectiveUnit.of(formulation).precision > 0
