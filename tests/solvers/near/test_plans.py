"""Whole plans near a relaxation: dives, parts decided again, and cuts that hold for the whole."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from formulations import brute_force, formulations
from hypothesis import HealthCheck, assume, given, settings

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import cuts_of, with_cuts
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.derived.lumped import lumped, spread
from placement_opt.solvers.engines.linear_program import NEARLY, LinearProgram, ObjectiveUnit
from placement_opt.solvers.near import ground as near_ground
from placement_opt.solvers.near import plans as near_plans
from placement_opt.solvers.near.diving import dive, keeps
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.parts import PartSearch
from placement_opt.solvers.near.plans import SLACK_SHARE
from placement_opt.solvers.near.program import HOLDER_RESERVE, _holders
from placement_opt.solvers.relaxation.point import BASIC
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

NONE = np.zeros(0, dtype=np.int64)

QUIET = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def n_open(program, point):
    """Return how many deciding variables a point leaves between whole numbers."""
    between = np.abs(point.values - np.rint(point.values)) > NEARLY
    return int((between & program.is_integer).sum())


class TestDiving:
    @QUIET
    @given(formulations())
    def test_a_dive_to_the_end_is_a_solution_below_the_optimum(self, formulation):
        unit = ObjectiveUnit.of(formulation)
        program = LinearProgram.of(formulation, unit)
        point = solve_lp(program, 10.0)
        assume(point is not None)
        dived = dive(program, point, 0)
        assume(n_open(program, dived) == 0)
        values = np.rint(dived.values)
        whole = formulation.is_integer
        assert np.abs(dived.values - values)[whole].max(initial=0) < 1e-5
        if whole.all():
            assert formulation.is_satisfied_by(values.astype(np.int64))
            best = brute_force(formulation)
            assert best is not None
            assert formulation.gained(values.astype(np.int64)) <= best

    def test_it_stops_with_some_values_open_and_when_asked(self, plans):
        program, point = plans.program, plans.near.point
        most = n_open(program, dive(program, point, 10**6))
        assert most > 3
        assert n_open(program, dive(program, point, 3)) <= 3
        assert n_open(program, dive(program, point, 0, lambda _: True)) == most


class TestPlans:
    def test_a_poor_plan_is_improved_and_never_made_worse(self, plans):
        is_pair, point = plans.near.is_pair, plans.near.point.values
        settled = ~is_pair | (point > 0.9)
        poor = plans.decided(settled, np.zeros(point.size), 5.0, 0, 1e-6)
        assert plans.take(poor[0])
        first, values = plans.best()
        searcher = PartSearch(plans, 1)
        for _ in range(100):
            searcher.step(1.0)
            assert plans.gained >= first
            if plans.gained > first:
                break
        assert plans.gained > first
        assert not plans.take(values)

    def test_a_first_plan_lies_below_the_relaxation_and_one_that_breaks_a_row_is_refused(
        self, plans, first
    ):
        assert plans.take(first)
        gained, values = plans.best()
        assert gained <= float(plans.program.gain @ plans.near.point.values) + 1e-6
        assert not plans.take(np.where(plans.near.is_pair, 1.0, values))

    def test_losses_add_up_to_the_distance_from_the_relaxation(self, plans, first):
        assert plans.take(first)
        gained, values = plans.best()
        of_row, of_column = plans.losses(values)
        bound = float(plans.program.gain @ plans.near.point.values)
        assert of_row.sum() + of_column.sum() == pytest.approx(bound - gained, rel=1e-6, abs=1e-3)

    def test_what_shortfalls_lose_is_told_of_the_rows_that_they_are_short_of(self, plans):
        of_row, of_column = np.zeros(plans.width.size), np.zeros(plans.near.columns.size)
        own = np.flatnonzero(~plans.near.is_pair)
        of_column[own] = np.arange(1.0, own.size + 1)
        told = plans.with_own_losses(of_row, of_column)
        for row in range(told.size):
            members = plans.rows[[row]].indices
            assert told[row] == pytest.approx(of_column[np.intersect1d(members, own)].sum())

    def test_a_part_may_end_short_of_its_optimum_by_a_share_of_its_own_losses(self, plans, first):
        assert plans.take(first)
        of_row, of_column = plans.losses(plans.best()[1])
        everything = np.ones(of_column.size, dtype=np.bool_)
        pairs = np.flatnonzero(plans.near.is_pair)
        half, none = everything.copy(), ~everything
        half[pairs[::2]] = False
        in_rows = plans.with_own_losses(of_row, of_column)
        whole = plans.slack(everything, in_rows, of_column)
        told = in_rows[plans.width > 0].sum()
        assert whole == pytest.approx(SLACK_SHARE * (told + of_column[pairs].sum()))
        assert 0 < plans.slack(none, in_rows, of_column) < 1e-6
        assert plans.slack(half, in_rows, of_column) < whole

    def test_a_part_is_changed_in_the_plan_of_somebody_who_was_quicker(self, plans, first):
        assert plans.take(first)
        pairs, best = plans.near.is_pair, plans.best()[1]
        one, other = np.flatnonzero(pairs & (best > 0))[:2]

        def without(*columns):
            fewer = best.copy()
            fewer[list(columns)] = 0.0
            return plans.decided(~pairs, fewer, 5.0, 0, 1e-6)[0]

        before, found, now = without(one, other), without(one), without(other)
        plans.values, plans.gained = now, float(plans.program.gain @ now)
        free = plans.with_own(pairs & (found != before))
        assert PartSearch(plans, 0)._merged(free, before, found, 1e-6)
        gained, both = plans.best()
        assert np.array_equal(both[pairs], best[pairs])
        assert gained == pytest.approx(float(plans.program.gain @ best), abs=1e-3)
        assert keeps(plans.program, plans.rows, both)

    def test_what_is_beside_the_pairs_is_decided_again_where_it_no_longer_fits(self, plans, first):
        assert plans.take(first)
        pairs, (gained, best) = plans.near.is_pair, plans.best()
        plans.values, plans.gained = None, -np.inf
        bare = np.where(pairs, best, 0.0)
        assert not plans.take(bare)
        assert plans.take_pairs(bare, 5.0)
        assert np.array_equal(plans.best()[1][pairs], best[pairs])
        assert plans.best()[0] >= gained - plans._slack_at_first - 1e-6

    def test_a_dive_that_leads_to_nothing_better_ends(self, plans, monkeypatch):
        monkeypatch.setattr(plans, "decided", lambda *_: pytest.fail("decided"))
        plans.values = plans.near.point.values
        plans.gained = float(plans.program.gain @ plans.near.point.values) + 1.0
        assert not plans.start(5.0)

    def test_a_deeper_dive_is_for_those_without_a_plan(self, plans, monkeypatch):
        dives = []

        def counted(*args):
            dives.append(args[2])
            return dive(*args)

        monkeypatch.setattr(near_plans, "dive", counted)
        monkeypatch.setattr(plans, "decided", lambda *_: None)
        assert not plans.start(5.0)
        assert dives == [near_plans.FEW_OPEN, 0]
        dives.clear()
        plans.values = plans.near.point.values
        assert not plans.start(5.0)
        assert dives == [near_plans.FEW_OPEN]

    def test_two_searchers_share_a_plan(self, plans, first):
        assert plans.take(first)

        def improve(seed):
            searcher = PartSearch(plans, seed)
            for _ in range(5):
                searcher.step(1.0)

        threads = [threading.Thread(target=improve, args=(seed,)) for seed in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gained, values = plans.best()
        assert gained == pytest.approx(float(plans.program.gain @ values))
        assert keeps(plans.program, plans.rows, values)

    def test_its_plans_are_handed_out_to_single_coaches(self, found, ground, plans, first):
        assert plans.take(first)
        gained, values = plans.best()
        plan = ground.packed(plans.near, values)
        near = ground.part.formulation
        assert near.is_satisfied_by(plan.values(near))
        liked = np.searchsorted(ground.core, plans.near.chosen(values))
        assert np.isin(liked, plan.chosen).mean() > 0.97
        ground.search.offer(plan, "hand")
        unit = ObjectiveUnit.of(found.program.formulation).units
        assert ground.search._outer.gained >= 0.97 * gained * unit


class TestProgram:
    def test_its_pairs_are_those_that_plans_are_handed_out_among(
        self, formulation, found, monkeypatch
    ):
        monkeypatch.setattr(near_ground, "NEAR_PAIRS", 1)
        monkeypatch.setattr(near_ground, "LEAST_TIMES", 0)
        # Some pair is basic at zero, and loses nothing though no plan uses it yet.
        basis = found.program.point.basis
        spare = np.flatnonzero(
            (basis.variables != BASIC) & (found.program.columns < formulation.n_pairs)
        )[-5:]
        variables = basis.variables.copy()
        variables[spare] = BASIC
        point = replace(found.program.point, basis=replace(basis, variables=variables))
        program = replace(found.program, point=point)
        search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.0))
        degenerate = replace(found, program=program)
        ground = Ground(formulation, lumped(formulation), degenerate, search, NONE)
        assert np.isin(found.program.columns[spare], ground.core).all()
        ground = Ground(formulation, lumped(formulation), found, search, NONE)
        near = ground.program()
        assert np.isin(near.columns[near.is_pair], ground.core).all()

    def test_what_is_beside_the_pairs_is_told_for_all_of_the_lumped_problem(
        self, ground, formulation
    ):
        near, small = ground.program(), lumped(formulation).formulation
        values = np.arange(1.0, near.columns.size + 1)
        beside = near.own_values(values, small)
        assert beside.tolist() == near.spread(values, small.n_variables)[small.n_pairs :].tolist()
        assert beside.any()

    def test_a_little_is_kept_back_of_large_holders_and_small_ones_are_whole(self, formulation):
        problem = lumped(formulation)
        small = problem.formulation
        (number,) = [n for n, block in enumerate(formulation.blocks) if block.pools is not None]
        block = small.blocks[number]
        reserve, decided = _holders(problem, number)
        assert np.all(reserve[block.lower != NO_LOWER] == 0)
        assert np.all(reserve <= np.ceil(HOLDER_RESERVE * np.maximum(block.upper, 0)))
        assert 0 < decided.sum() < decided.size
        of_whole = block.variable_usage[:, np.flatnonzero(decided)]
        rows = np.unique(of_whole.tocoo().row)
        assert np.all(reserve[rows][block.upper[rows] < 1 / HOLDER_RESERVE] == 0)


class TestSpread:
    def test_cuts_of_the_lumped_problem_hold_for_the_whole(self, formulation, found):
        problem = lumped(formulation)
        cuts = spread(cuts_of(found.formulation), problem, formulation)
        whole = with_cuts(formulation, cuts)
        rules = problem.formulation.n_rows
        prices = found.prices
        of_whole = np.append(problem.of_whole(prices), prices[rules:])
        bound = Certificate.from_duals(whole, of_whole).bound(whole)
        assert bound <= found.bound * (1 + 1e-6)
        outcome = po.Model(po.synthetic_region(candidates=240, openings=80, seed=3)).solve(
            time_limit_s=4, gap=0.05
        )
        assert outcome.objective <= float(formulation.points(bound)) + 1e-6

    def test_without_holders_recipes_stay_as_they_are(self, formulation):
        blocks = tuple(block for block in formulation.blocks if block.pools is None)
        own = [
            formulation.own_values(formulation.objective.gain, number)
            for number, block in enumerate(formulation.blocks)
            if block.pools is None
        ]
        gain = np.concatenate([formulation.objective.gain[: formulation.n_pairs], *own])
        objective = Objective(gain, 1)
        bare = Formulation(formulation.n_pairs, blocks, objective)
        strong = strengthen(bare, np.arange(bare.n_pairs), 10.0)
        cuts = cuts_of(strong.formulation)
        assert cuts
        assert spread(cuts, lumped(bare), bare) == cuts
