"""The relaxation of a larger region over a few of its columns at a time."""

import itertools
import time

import numpy as np
import pytest
from formulations import problem, rows

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.relaxation import column_choice, column_generation, sampling
from placement_opt.solvers.relaxation.column_choice import OwnColumns, best_of_each
from placement_opt.solvers.relaxation.column_generation import ColumnGeneration
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.relaxation.sampling import sampled_prices
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

PRECISION = 1e-3
LONG = 600.0
CANDIDATES = 400

SMALL = {
    "FIRST_PAIRS": 300,
    "FIRST_PER_CANDIDATE": 0.1,
    "BEST_OF_CANDIDATE": 1,
    "BEST_OF_OPENING": 2,
    "BEST_OF_EQUATION": 2,
    "ENTERING_OF_CANDIDATE": 2,
    "FEW_ENTERING": 10,
    "FEW_OWN": 50,
    "MOST_ENTERING": 400,
    "ENTERING_PER_CANDIDATE": 0.1,
    "SAMPLES": ((0.2, 10**6, 6, 0.02), (0.5, 10**6, 4, 0.02)),
    "PRECISIONS": (1e-3, 1e-4),
    "FIRST_ORDER_RUN_S": (LONG,),
    "PRICING_POLL_S": 0.01,
}
"""Constants under which a region of thousands of pairs goes all the way of one of millions."""


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    for name, value in SMALL.items():
        homes = (column_choice, column_generation, sampling, schedule)
        module = next(home for home in homes if hasattr(home, name))
        monkeypatch.setattr(module, name, value)


def clock_of(stop=lambda: False, **limits):
    return Clock(SearchLimits(LONG, **limits), stop)


@pytest.fixture(scope="module")
def region():
    region = po.synthetic_region(candidates=CANDIDATES, openings=120, seed=1)
    assert region.fixed_placements
    return po.Model(region).compile().formulation


@pytest.fixture(scope="module")
def small(region):
    return lumped(region)[0]


@pytest.fixture(scope="module")
def best(small):
    columns = np.arange(small.n_variables)
    point = RestrictedLp(small).simplex(columns, LONG)
    return float(small.objective.gain @ point.values)


def soon():
    return time.perf_counter() + LONG


def fixed_pairs(formulation):
    (block,) = [block for block in formulation.blocks if block.title == "fixed placements"]
    return block.usage.indices


class TestBounds:
    def test_it_ends_within_the_precision_of_the_optimum(self, region, small, best):
        told = []
        generation = ColumnGeneration(small, clock_of(), on_bound=told.append)
        start = generation.started(sampled_prices(small, clock_of(), soon()))
        n_sampled = len(told)
        assert n_sampled == 1
        assert start.bound < 1.1 * best
        seen = []
        relaxed = generation.priced_out(start, soon(), PRECISION, seen.append)

        bounds = [priced.bound for priced in told]
        assert all(after < before for before, after in itertools.pairwise(bounds))
        assert min(bounds) >= best * (1 - 1e-9)
        assert relaxed.best is told[-1] is generation.best
        assert relaxed.best.bound <= best * (1 + PRECISION)

        # Not all pairs were ever in the program, and hard minimums always were.
        assert relaxed.core.size < 0.7 * small.n_pairs
        assert relaxed.asked.tolist() == sorted(fixed_pairs(small).tolist())
        for one in (*seen, relaxed):
            assert np.isin(one.asked, one.core).all()
            assert np.all(np.diff(one.core) > 0)
            assert one.columns[-one.core.size :].tolist() == one.core.tolist()
        assert seen[0].point is None
        assert relaxed.point.values.size == relaxed.columns.size
        gained = float(small.objective.gain[relaxed.columns] @ relaxed.point.values)
        assert gained == pytest.approx(best, rel=2 * PRECISION)

        # What it says of the lumped problem, anyone can check in integers for the exact one.
        prices = lumped(region).of_whole(relaxed.best.prices)
        certificate = Certificate.from_duals(region, prices)
        assert certificate.bound(region) == pytest.approx(relaxed.best.bound, rel=1e-6)

    def test_it_gets_finer_where_no_pair_comes_in_any_more(self, monkeypatch):
        region = po.synthetic_region(candidates=60, openings=20, seed=3)
        formulation = po.Model(region).compile().formulation
        columns = np.arange(formulation.n_variables)
        point = RestrictedLp(formulation).simplex(columns, LONG)
        best = float(formulation.objective.gain @ point.values)
        monkeypatch.setattr(column_generation, "PRECISIONS", (1e-2,))
        relaxed = ColumnGeneration(formulation, clock_of()).priced_out(None, soon(), 1e-4)
        assert best * (1 - 1e-9) <= relaxed.best.bound <= best * (1 + 1e-4)

    def test_it_needs_no_sample(self, small, best):
        relaxed = ColumnGeneration(small, clock_of()).priced_out(None, soon(), 0.01)
        assert best * (1 - 1e-9) <= relaxed.best.bound <= best * 1.01

    def test_equal_seeds_draw_equal_samples(self, small):
        prices = [sampled_prices(small, clock_of(seed=seed), soon()).tolist() for seed in (3, 3, 4)]
        assert prices[0] == prices[1] != prices[2]

    def test_without_an_anchor_there_is_no_sample(self):
        formulation = problem([5, 4, 3], [rows("two", [[1, 1, 1]], [NO_LOWER], [2])])
        assert sampled_prices(formulation, clock_of(), soon()) is None
        relaxed = ColumnGeneration(formulation, clock_of()).priced_out(None, soon(), PRECISION)
        assert relaxed.best.bound == pytest.approx(9, rel=PRECISION)


class TestStops:
    def test_a_stop_before_the_start_starts_nothing(self, small, monkeypatch):
        monkeypatch.setattr(RestrictedLp, "simplex", refuse)
        monkeypatch.setattr(RestrictedLp, "start_first_order", refuse)
        assert sampled_prices(small, clock_of(lambda: True), soon()) is None
        generation = ColumnGeneration(small, clock_of(lambda: True), on_bound=refuse)
        assert generation.priced_out(None, soon(), PRECISION) is None

    def test_no_time_left_starts_no_run(self, small, monkeypatch):
        monkeypatch.setattr(RestrictedLp, "start_first_order", refuse)
        generation = ColumnGeneration(small, clock_of())
        assert generation.priced_out(None, time.perf_counter(), PRECISION) is None

    def test_a_stop_on_the_way_ends_the_run_and_keeps_the_best_bound(self, small, best):
        told, begun = [], []
        # Nothing is ever precise enough; without the stop this would take its ten minutes.
        generation = ColumnGeneration(small, clock_of(lambda: bool(begun)), on_bound=told.append)
        start = generation.started(sampled_prices(small, clock_of(), soon()))
        assert generation.priced_out(start, soon(), 0.0, begun.append) is None
        assert len(begun) == 1
        assert generation.best is told[-1]
        assert best * (1 - 1e-9) <= generation.best.bound <= start.bound

    def test_a_failed_run_keeps_what_is_known(self, small, best, monkeypatch, caplog):
        runs = []
        start_first_order = RestrictedLp.start_first_order

        def killed_at_second(self, *args):
            run = start_first_order(self, *args)
            runs.append(run)
            if len(runs) == 2:
                run._job.process.kill()
            return run

        monkeypatch.setattr(RestrictedLp, "start_first_order", killed_at_second)
        monkeypatch.setattr(column_generation, "PRECISIONS", (0.01,))
        relaxed = ColumnGeneration(small, clock_of()).priced_out(None, soon(), 1e-6)
        assert len(runs) == 2
        assert "first-order method failed" in caplog.text
        assert relaxed.best.bound >= best * (1 - 1e-9)
        assert relaxed.point is not None


def refuse(*_, **__):
    raise AssertionError("nothing may be started or told any more")


class TestHardMinimums:
    def test_a_pair_that_is_asked_for_and_promises_nothing_is_in_the_program(self, best, small):
        # The worst pairs of all, one each of the first openings' candidates, must be taken.
        worst = np.argsort(small.objective.gain[: small.n_pairs], kind="stable")[:400]
        candidates = small.blocks[0].by_pair.of_pairs(worst)[1]
        asked = worst[np.unique(candidates, return_index=True)[1]][:3]
        usage = np.zeros((3, small.n_pairs), dtype=np.int64)
        usage[np.arange(3), np.sort(asked)] = 1
        blocks = (*small.blocks, rows("asked", usage, [1, 1, 1], [1, 1, NO_UPPER]))
        formulation = type(small)(small.n_pairs, blocks, small.objective)
        generation = ColumnGeneration(formulation, clock_of())
        start = generation.started(sampled_prices(formulation, clock_of(), soon()))
        relaxed = generation.priced_out(start, soon(), PRECISION)
        assert np.isin(asked, relaxed.asked).all()
        values = dict(zip(relaxed.columns.tolist(), relaxed.point.values.tolist(), strict=True))
        assert [values[pair] for pair in asked.tolist()] == pytest.approx([1, 1, 1], abs=1e-2)
        point = RestrictedLp(formulation).simplex(np.arange(formulation.n_variables), LONG)
        optimum = float(formulation.objective.gain @ point.values)
        assert optimum < best
        assert optimum * (1 - 1e-9) <= relaxed.best.bound <= optimum * (1 + PRECISION)


class TestBestOfEach:
    @pytest.mark.parametrize("seed", range(20))
    def test_it_takes_the_largest_of_each_group(self, seed):
        random = np.random.default_rng(seed)
        group = random.integers(0, 4, 15)
        value = random.permutation(15).astype(float)
        for most in (1, 2, 20):
            taken = best_of_each(group, value, most)
            expected = [
                at
                for number in range(4)
                for at in sorted(np.flatnonzero(group == number), key=lambda at: -value[at])[:most]
            ]
            assert sorted(taken.tolist()) == sorted(expected)

    def test_of_nothing_it_takes_nothing(self):
        assert best_of_each(np.zeros(0, dtype=np.int64), np.zeros(0), 3).size == 0


def test_values_are_carried_to_the_columns_that_stay():
    before, values = np.array([9, 2, 5]), np.array([0.1, 0.2, 0.3])
    carried = column_generation.carried(before, values, np.array([1, 2, 3, 9, 10]))
    assert carried.tolist() == [0.0, 0.2, 0.0, 0.1, 0.0]
    nothing = np.zeros(0, dtype=np.int64)
    assert column_generation.carried(nothing, np.zeros(0), before).tolist() == [0.0, 0.0, 0.0]


def test_pairs_are_grouped_by_opening_where_they_stand_in_several_of_its_rows():
    people = rows("people", np.eye(4), [0] * 4, [1] * 4, each_pair_once=True)
    # Two openings in two periods: three pairs run in both, or end in the first.
    in_time = [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]
    positions = rows("positions", in_time, [0] * 3, [1] * 3)
    few = rows("few", [[1, 0, 0, 0]], [0], [1])
    columns = column_choice.PairColumns(problem([4, 3, 2, 1], [few, positions, people]))
    assert [group.tolist() for group in columns._groups] == [[1, 2, 3, 4], [1, 2, 3, 3]]


class TestOwnColumns:
    def test_it_takes_the_best_of_each_equation_that_the_core_touches(self, monkeypatch):
        # Two classes of two own variables each; the third block's slack always comes along.
        classes = rows(
            "classes", [[1, 1, 0], [0, 0, 1]], [0, 0], [0, 0], [(0, 9, 0)] * 6,
            [[-1, -1, -1, 0, 0, 0], [0, 0, 0, -1, -1, -1]], serves=[0, 0, 0, 1, 1, 1],
        )  # fmt: skip
        slack = rows("slack", [[1, 1, 1]], [1], [NO_UPPER], [(0, 9, -1)], [[1]])
        # Own variables of a block with five and more are chosen from.
        monkeypatch.setattr(column_choice, "FEW_OWN", 5)
        own = OwnColumns(problem([1, 1, 1], [classes, slack]))
        reduced = np.array([0, 0, 0, -3, -1, -2, -5, -6, -4, 0.0])
        assert own.of(np.array([1]), reduced).tolist() == [9, 4, 5]
        assert own.of(np.array([2]), reduced).tolist() == [9, 6, 8]
        assert own.of(np.array([0, 2]), reduced, loss=3.5).tolist() == [9, 3, 4, 5, 6, 8]
        assert own.of(np.array([0]), None).tolist() == [9, 3, 4, 5]
        assert own.of(np.zeros(0, dtype=np.int64), reduced).tolist() == [9]


class TestLargest:
    def test_ties_are_broken_by_place(self):
        values = np.array([3.0, 1.0, 3.0, 2.0, 3.0])
        assert column_choice.largest(values, 2).tolist() == [0, 2]
        assert column_choice.largest(values, 4).tolist() == [0, 2, 3, 4]
        assert column_choice.largest(values, 0).tolist() == []
        assert column_choice.largest(values, 9).tolist() == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("most", [1, 7, 30])
    def test_they_are_the_largest(self, most):
        values = np.random.default_rng(most).integers(0, 9, 40).astype(float)
        places = column_choice.largest(values, most)
        assert np.all(np.diff(places) > 0)
        assert sorted(values[places]) == sorted(values)[-most:]

    @pytest.mark.parametrize("most", [1, 3, 7, 30])
    def test_in_blocks_they_are_the_same(self, most, monkeypatch):
        values = np.random.default_rng(most).integers(0, 9, 200).astype(float)
        at_once = column_choice.largest(values, most)
        monkeypatch.setattr(column_choice, "BLOCK", 4)
        assert np.array_equal(column_choice.largest(values, most), at_once)


def test_more_candidates_bring_more_columns(small, monkeypatch):
    gain = small.objective.gain[: small.n_pairs].astype(float)
    few = column_choice.PairColumns(small)
    monkeypatch.setattr(column_choice, "FIRST_PER_CANDIDATE", 4.0)
    monkeypatch.setattr(column_choice, "ENTERING_PER_CANDIDATE", 2.0)
    many = column_choice.PairColumns(small)
    assert many.promising(gain).size >= 4 * CANDIDATES > few.promising(gain).size
    none = np.zeros(0, dtype=np.int64)
    assert few.entering(gain, none, 0.0).size == SMALL["MOST_ENTERING"]
    assert many.entering(gain, none, 0.0).size > SMALL["MOST_ENTERING"]
