"""A cheapest flow comes with prices that prove it, over all pairs and in exact integers."""

import numpy as np
import pytest
from formulations import brute_force, networks, problem, rows
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from placement_opt.basics.status import Status
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.flow import core as network_core
from placement_opt.solvers.flow import network_flow
from placement_opt.solvers.flow.core import core_of
from placement_opt.solvers.flow.min_cost_flow import cheapest_flow
from placement_opt.solvers.flow.network import read_network
from placement_opt.solvers.flow.network_flow import NetworkFlow
from placement_opt.solvers.flow.prices import potentials
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.limits import SearchLimits

MANY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def assignment(scores, positions=None):
    """Build rows for each person (once) and each place (its positions) over a dense table."""
    n_people, n_places = scores.shape
    positions = np.ones(n_places, dtype=np.int64) if positions is None else positions
    person, place = np.indices(scores.shape).reshape(2, -1)
    blocks = [
        rows(title, np.arange(n)[:, None] == of[None, :], [NO_LOWER] * n, limit)
        for title, of, n, limit in (
            ("person", person, n_people, np.ones(n_people, dtype=np.int64)),
            ("place", place, n_places, positions),
        )
    ]
    return problem(scores.ravel(), blocks)


def solved(formulation, **limits):
    search = Search(formulation, SearchLimits(gap=0.0, **limits))
    ending = NetworkFlow(in_process=True).solve(formulation, search)
    return search, ending, search.outcome(ending)


def is_certified(search, optimum):
    """Check that the bound rests on prices alone, and prove it again."""
    assert (search.gained, search.bound, search.certified) == (optimum, optimum, optimum)
    again = Certificate(search.certificate.prices, search.certificate.bits)
    assert again.bound(search.formulation) == optimum


@pytest.fixture
def _tiny_cores(monkeypatch):
    """Let problems of any size begin with a core, of hardly any pairs."""
    monkeypatch.setattr(network_core, "CORE_FROM", 0)
    monkeypatch.setattr(network_core, "PER_PLACE", 1)
    monkeypatch.setattr(network_core, "SPARE", 0)


@MANY
@given(formulation=networks())
def test_every_optimum_of_a_network_is_certified(formulation):
    optimum = brute_force(formulation)
    search, ending, outcome = solved(formulation)
    assert ending is Ending.EXHAUSTED
    if optimum is None:
        assert outcome.status is Status.INFEASIBLE
        assert search.certificate is None
        return
    assert outcome.status is Status.OPTIMAL
    counts_one = np.abs(formulation.matrix.data).max(initial=0) <= 1
    event(f"units of one: {counts_one}")
    if counts_one:
        is_certified(search, optimum)
    else:
        assert search.gained == optimum == search.bound
        assert search.certified is None


@pytest.mark.usefixtures("_tiny_cores")
@settings(MANY, suppress_health_check=[*HealthCheck])
@given(formulation=networks())
def test_a_core_that_lacks_pairs_gives_the_same_optimum(formulation):
    optimum = brute_force(formulation)
    search, ending, outcome = solved(formulation)
    assert ending is Ending.EXHAUSTED
    assert outcome.status is (Status.INFEASIBLE if optimum is None else Status.OPTIMAL)
    assert (search.gained, search.bound) == (optimum, optimum)


@MANY
@given(formulation=networks(), steps=st.lists(st.integers(-3, 3), min_size=20, max_size=20))
def test_other_prices_prove_no_lower_bound(formulation, steps):
    optimum = brute_force(formulation)
    assume(optimum is not None)
    search, _, _ = solved(formulation)
    assume(search.certificate is not None)
    prices = search.certificate.prices + np.resize(steps, formulation.n_rows)
    prices = np.where(formulation.row_upper == NO_UPPER, np.minimum(prices, 0), prices)
    prices = np.where(formulation.row_lower == NO_LOWER, np.maximum(prices, 0), prices)
    assert Certificate(prices, 0).bound(formulation) >= optimum


@pytest.mark.usefixtures("_tiny_cores")
@pytest.mark.parametrize("shape", [(40, 40), (60, 20), (20, 60)])
@pytest.mark.parametrize("largest", [3, 10**4, 10**12])
def test_an_assignment_from_a_core(shape, largest):
    scores = np.random.default_rng(largest).integers(1, largest, shape, endpoint=True)
    search, _, _ = solved(assignment(scores))
    is_certified(search, scores[linear_sum_assignment(scores, maximize=True)].sum())


class TestPrices:
    """Prices say nothing where a row asks nothing: less than zero, more than all, no pairs."""

    def test_a_row_whose_pairs_are_all_chosen(self):
        block = rows("room", [[1, 1]], [NO_LOWER], [5], [(0, 2, 1)], [[1]])
        search, _, _ = solved(problem([3, 4], [block]))
        is_certified(search, 9)

    @pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
    @pytest.mark.parametrize(("gain", "best"), [(-2, -4), (3, 12), (0, 0)])
    def test_a_row_without_pairs(self, order, gain, best):
        left = rows("left", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        own, own_usage = [(0, 6, gain)], [[1], [0], [0]]
        usage = [[0, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]]
        right = rows("right", usage, [2, NO_LOWER, NO_LOWER], [4, 1, 1], own, own_usage)
        search, _, _ = solved(problem([9, 1, 8, 2], [left, right][order]))
        is_certified(search, 11 + best)


@pytest.mark.usefixtures("_tiny_cores")
def test_a_core_without_a_plan_is_no_proof_that_none_exists():
    scores = np.array([[9, 5, 5], [8, 1, 1], [8, 1, 1]])
    formulation = assignment(scores)
    people = formulation.blocks[0]
    everyone = rows("everyone", people.usage.toarray(), [1] * 3, [NO_UPPER] * 3)
    formulation = problem(scores.ravel(), [*formulation.blocks, everyone])
    assert core_of(read_network(formulation)).sum() == 5
    search, _, _ = solved(formulation)
    is_certified(search, 14)


class TestBadCases:
    def test_one_person_fits_everywhere_and_all_fit_in_one_place(self):
        scores = np.full((30, 25), -1)
        scores[0], scores[:, 3] = np.arange(1, 26), np.arange(30, 60)
        search, _, _ = solved(assignment(np.where(scores > 0, scores, 0)))
        is_certified(search, 59 + 25)

    def test_a_place_with_room_for_all(self):
        scores = np.random.default_rng(1).integers(1, 50, (200, 3))
        search, _, _ = solved(assignment(scores, np.array([10_000, 1, 0])))
        surplus = scores[:, 1] - scores[:, 0]
        is_certified(search, scores[:, 0].sum() + max(0, surplus.max()))

    @pytest.mark.usefixtures("_tiny_cores")
    def test_all_scores_equal(self):
        search, _, _ = solved(assignment(np.full((40, 30), 7)))
        is_certified(search, 210)

    def test_nothing_is_worth_a_place(self):
        search, _, _ = solved(assignment(np.full((4, 3), -2)))
        is_certified(search, 0)

    @pytest.mark.parametrize("weight", [10**12, 10**15])
    def test_large_weights_are_divided_by_what_they_share(self, weight):
        scores = np.random.default_rng(2).integers(1, 100, (30, 30))
        search, _, _ = solved(assignment(scores * weight))
        is_certified(search, weight * scores[linear_sum_assignment(scores, maximize=True)].sum())

    def test_large_weights_that_share_nothing_are_exact_or_refused(self):
        random = np.random.default_rng(3)
        for digits in range(9, 18):
            scores = random.integers(10**digits, 3 * 10**digits, (12, 12)) | 1
            formulation = assignment(scores)
            refusal = NetworkFlow().refuses(formulation)
            if refusal is None:
                search, _, _ = solved(formulation)
                # As Python integers, since floats would hide the last digits.
                chosen = linear_sum_assignment((scores.max() - scores).astype(object).astype(float))
                assert search.gained >= sum(int(scores[at]) for at in zip(*chosen, strict=True))
                is_certified(search, search.gained)
            else:
                assert "too large" in refusal
        assert refusal is not None

    def test_sparse_pairs_with_a_long_chain_of_exchanges(self):
        n = 300
        scores = np.zeros((n, n), dtype=np.int64)
        scores[np.arange(n), np.arange(n)] = 10
        scores[np.arange(1, n), np.arange(n - 1)] = 11
        search, _, _ = solved(assignment(scores))
        is_certified(search, 11 * (n - 1))


class TestStops:
    def test_a_stop_before_the_prices_leaves_plan_and_word(self, monkeypatch):
        monkeypatch.setattr(network_flow, "potentials", lambda *_: None)
        search, ending, outcome = solved(assignment(np.eye(3, dtype=np.int64)))
        assert ending is Ending.EXHAUSTED
        assert (outcome.gained, outcome.bound, search.certified) == (3, 3, None)

    @pytest.mark.usefixtures("_tiny_cores")
    def test_a_stop_in_a_core_leaves_a_plan_without_a_bound(self, monkeypatch):
        monkeypatch.setattr(network_flow, "potentials", lambda *_: None)
        scores = np.random.default_rng(4).integers(1, 1_000, (30, 30))
        search, ending, outcome = solved(assignment(scores))
        assert ending is Ending.STOPPED
        assert outcome.status is Status.FEASIBLE
        assert outcome.bound is None
        assert search.rejected == []

    def test_prices_ask_now_and_then_whether_to_stop(self):
        network = read_network(assignment(np.eye(3, dtype=np.int64)))
        arcs = network.arcs(np.flatnonzero(core_of(network)))
        _, flow = cheapest_flow(arcs.tail, arcs.head, arcs.capacity, arcs.cost, network.supply)
        assert potentials(arcs, flow, network.supply.size, lambda: True) is None
        found = potentials(arcs, flow, network.supply.size, lambda: False)
        assert np.all(network.reduced_cost(found)[flow[:9] == 0] >= 0)
        assert np.all(network.reduced_cost(found)[flow[:9] == 1] <= 0)
