"""Infeasibility proven by prices: never claimed wrongly, found wherever the relaxation has none."""

import time
from dataclasses import replace

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, assume, given, settings

import placement_opt as po
from placement_opt.basics.status import Status
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.run import solve_parameters
from placement_opt.solvers.bounds import infeasible
from placement_opt.solvers.bounds.infeasible import find_ray, prove_infeasible_by_ray
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.reporting import is_contradictory
from placement_opt.solvers.ways import auto
from placement_opt.solvers.ways.auto import TINY_VARIABLES, Auto

MANY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def tried(formulation, *, seconds=60.0, start=None, cancelled=lambda: False):
    search = Search(formulation, SearchLimits(), cancelled)
    if start is not None:
        assert search.offer(start, "start")
    return prove_infeasible_by_ray(formulation, search, seconds), search


def relaxation_has_a_point(formulation):
    """Ask a linear program over all columns; None where it is too close to tell."""
    from scipy.optimize import linprog

    matrix = formulation.matrix.toarray().astype(float)
    sides, limits = [], []
    for row, low, high in zip(
        matrix, formulation.row_lower.tolist(), formulation.row_upper.tolist(), strict=True
    ):
        if high != NO_UPPER:
            sides.append(row)
            limits.append(high)
        if low != NO_LOWER:
            sides.append(-row)
            limits.append(-low)
    if not sides:
        return True
    # One more variable: how far all limits have to give way.
    columns = np.column_stack([np.array(sides), -np.ones(len(sides))])
    cost = np.append(np.zeros(matrix.shape[1]), 1.0)
    ranges = [*zip(formulation.lower.tolist(), formulation.upper.tolist(), strict=True), (0, None)]
    least = linprog(cost, columns, limits, bounds=ranges).fun
    return None if 0 < least < 1e-6 else least == 0


class TestTiny:
    @MANY
    @given(formulation=formulations())
    def test_what_is_claimed_is_true(self, formulation):
        is_proven, search = tried(formulation)
        assert is_proven is (search.infeasible_by is not None)
        if is_proven:
            assert brute_force(formulation) is None

    @MANY
    @given(formulation=formulations())
    def test_it_is_found_where_the_relaxation_has_no_point(self, formulation):
        assume(not is_contradictory(formulation))
        has_a_point = relaxation_has_a_point(formulation)
        assume(has_a_point is not None)
        assert tried(formulation)[0] is not has_a_point

    @MANY
    @given(formulation=formulations())
    def test_columns_come_in_one_by_one(self, formulation):
        most = infeasible.MOST_ENTERING
        whole = tried(formulation)[0]
        infeasible.MOST_ENTERING = 1
        try:
            assert tried(formulation)[0] is whole
        finally:
            infeasible.MOST_ENTERING = most


def crowded(n_people=30, n_places=29):
    """Build a problem with a place too few: everybody has to be placed in one of two openings."""
    everyone = rows("placed", np.kron(np.eye(n_people), [1, 1]), [1] * n_people, [1] * n_people)
    of_opening = np.tile(np.eye(2), n_people)
    half = n_places // 2
    capacity = rows("capacity", of_opening, [NO_LOWER] * 2, [half, n_places - half])
    return problem([1] * (2 * n_people), [everyone, capacity])


class TestProof:
    def test_a_place_too_few(self):
        is_proven, search = tried(crowded())
        assert is_proven
        assert search.outcome(Ending.EXHAUSTED).status is Status.INFEASIBLE
        assert not tried(crowded(n_places=30))[0]

    def test_what_only_whole_numbers_exclude_is_left_open(self):
        halves = problem([1, 1], [rows("half", [[2, 2]], [1], [1])])
        assert brute_force(halves) is None
        assert not tried(halves)[0]

    def test_large_and_small_units_side_by_side(self):
        cents = rows("cents", [[10**11, 3 * 10**11]], [NO_LOWER], [4 * 10**11 - 10**6])
        both = rows("both", [[1, 1]], [2], [NO_UPPER])
        assert tried(problem([1, 1], [cents, both]))[0]

    def test_a_minimum_that_nobody_can_add_to(self):
        assert tried(problem([5], [rows("empty", [[0], [1]], [3, 0], [NO_UPPER, 1])]))[0]

    def test_a_row_with_crossed_limits(self):
        is_proven, search = tried(problem([1], [rows("crossed", [[1]], [1], [0])]))
        assert (is_proven, search.infeasible_by) == (True, infeasible.CONTRADICTION)

    @pytest.mark.parametrize("n_places", [29, 30])
    def test_the_first_order_method_does_as_well(self, monkeypatch, n_places):
        monkeypatch.setattr(infeasible.RestrictedLp, "simplex", lambda *_: None)
        assert tried(crowded(n_places=n_places))[0] is (n_places == 29)

    def test_cuts_are_no_part_of_the_proof(self):
        formulation = crowded()
        ray = find_ray(formulation, lambda: False, time.perf_counter() + 60)
        assert ray.prices.size == formulation.n_rows


class TestStops:
    def test_nothing_is_tried_with_a_plan_at_hand(self, monkeypatch):
        monkeypatch.setattr(infeasible, "find_ray", lambda *_: pytest.fail("tried"))
        one = problem([1], [rows("any", [[1]], [NO_LOWER], [1])])
        start = Solution(np.zeros(0, np.int64), np.zeros(0, np.int64))
        assert not tried(one, start=start)[0]

    def test_out_of_time_is_no_claim(self):
        is_proven, search = tried(crowded(), seconds=0.0)
        assert (is_proven, search.infeasible_by) == (False, None)

    def test_a_cancel_is_no_claim(self):
        assert not tried(crowded(), cancelled=lambda: True)[0]

    def test_a_crash_is_no_claim(self, monkeypatch, caplog):
        def crash(*_arguments):
            raise MemoryError("no more")

        monkeypatch.setattr(infeasible, "find_ray", crash)
        is_proven, search = tried(crowded())
        assert (is_proven, search.infeasible_by) == (False, None)
        assert "no more" in caplog.text


def test_prices_that_prove_nothing_are_no_proof(monkeypatch):
    """Even a linear program that lies cannot make the proof wrong."""

    def lies(self, seconds):
        del seconds
        return np.linspace(-3.0, 3.0, self._formulation.n_rows)

    monkeypatch.setattr(infeasible._PhaseOne, "prices", lies)
    formulation: Formulation = crowded(n_places=31)
    assert not tried(formulation)[0]
    assert not tried(replace(formulation, blocks=formulation.blocks[:1]))[0]


class TestChecking:
    """A result that says INFEASIBLE is checked without any solver."""

    PLACE = po.Region(
        name="crowded",
        date="2026-02-01",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(5)],
        openings=[po.Opening(id=f"O-{n}", positions=2) for n in range(2)],
    )

    def result(self, monkeypatch):
        class ByRay:
            def refuses(self, _formulation):
                return None

            def solve(self, formulation, search):
                assert prove_infeasible_by_ray(formulation, search, 60)
                return Ending.EXHAUSTED

        monkeypatch.setattr(solve_parameters, "get_solver", lambda _name: ByRay())
        rules = [po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()]
        return po.Model(self.PLACE, rules=rules, objective=[]).solve()

    def test_the_proof_is_found_again(self, monkeypatch, tmp_path):
        result = self.result(monkeypatch)
        assert result.status is Status.INFEASIBLE
        assert (result.bound, result.certified_bound) == (None, None)
        result.to_json(tmp_path / "result.json")
        report = po.check_result(self.PLACE, po.Result.from_json(tmp_path / "result.json"))
        assert report.is_sound, str(report)
        assert report.on_trust == ()
        assert "no plan" in {finding.subject for finding in report.findings}

    def test_other_prices_are_no_proof(self, monkeypatch):
        result = self.result(monkeypatch)
        for price in ([0] * len(result.certificate.price), [1, 2, 3]):
            other = result.certificate.model_copy(update={"price": tuple(price)})
            told = result.model_copy(update={"certificate": other})
            report = po.check_result(self.PLACE, told)
            assert [finding.subject for finding in report.differences] == ["no plan"]

    def test_without_prices_it_rests_on_a_word(self, monkeypatch):
        told = self.result(monkeypatch).model_copy(update={"certificate": None})
        report = po.check_result(self.PLACE, told)
        assert report.is_sound
        assert len(report.on_trust) == 1


def weighted_crowd(n_people):
    """Build people who all need a place in one of two, a unit short, which no counting shows.

    Half of them take 2 in the first or 3 in the second, the others twice as much.
    """
    size = np.tile([2, 3, 4, 6], n_people // 2)
    everyone = rows("placed", np.kron(np.eye(n_people), [1, 1]), [1] * n_people, [1] * n_people)
    of_opening = np.tile(np.eye(2), n_people) * size
    first = n_people // 2
    room = [2 * first, 3 * (3 * n_people // 2 - first) - 1]
    return problem([1] * (2 * n_people), [everyone, rows("room", of_opening, [NO_LOWER] * 2, room)])


class TestTheChosenWay:
    def solved(self, formulation):
        search = Search(formulation, SearchLimits(time_limit_s=20))
        assert Auto().solve(formulation, search) is Ending.EXHAUSTED
        assert search.ray.leaves_no_plan(formulation)
        return search.infeasible_by

    def test_it_counts_first(self):
        n_pairs = TINY_VARIABLES + 100
        amount = np.tile([2, 3], n_pairs // 2)
        asked = int(amount.sum()) + 1
        one = problem([1] * n_pairs, [rows("sum", [amount], [asked], [NO_UPPER])])
        assert self.solved(one) == infeasible.COUNTED

    def test_a_small_program_tells_before_any_search(self, monkeypatch):
        monkeypatch.setattr(infeasible, "find_ray", lambda *_: pytest.fail("searched"))
        assert self.solved(weighted_crowd(100)) == infeasible.RAY

    def test_it_ends_in_the_proof_where_no_plan_exists(self, monkeypatch):
        monkeypatch.setattr(infeasible, "AT_ONCE_VARIABLES", 0)
        monkeypatch.setattr(auto, "COMPLETE_PAIRS", 0)  # else HiGHS says it first
        assert self.solved(weighted_crowd(TINY_VARIABLES // 2 + 100)) == infeasible.RAY
