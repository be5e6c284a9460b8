"""Search from prices: its plans, its bounds, and each of the steps it is made of."""

import threading
import time

import numpy as np
import pytest
from formulations import problem, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from priced_models import PRICED_SEEDS, model_of, search_of
from tiny_regions import subsets, tiny_regions
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.basics.status import Status, StopReason
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.given_plan import least_plan
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.ways import auto, restricted_master
from placement_opt.solvers.ways.auto import TINY_VARIABLES, Auto, price
from placement_opt.solvers.ways.restricted_master import search_priced

MANY = TINY_VARIABLES + 100

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.fixture(autouse=True)
def by_prices_alone(monkeypatch):
    """No complete solver works beside; see test_complete.py for that."""
    monkeypatch.setattr(auto, "COMPLETE_PAIRS", 0)


class TestAnswers:
    @pytest.mark.parametrize("seed", PRICED_SEEDS)
    def test_a_region_gets_a_sound_plan_with_a_small_proven_gap(self, seed):
        model = model_of(seed)
        result = model.solve(time_limit_s=15, gap=0.02, solver="auto")
        assert any(text.startswith("prices") for text in result.stats["way"])
        assert result.status in {po.Status.OPTIMAL, po.Status.FEASIBLE}
        assert result.bound >= result.objective
        assert result.certified_bound >= result.objective
        assert result.gap < 0.03
        compiled = model.compile()
        placements = [
            Placement(row.candidate_id, row.opening_id, row.coach_id)
            for row in result.placement_rows
        ]
        verdict = compiled.judge(compiled.plan_of(placements))
        assert verdict.is_sound
        assert float(verdict.objective) == pytest.approx(result.objective)

    def test_cuts_are_certified_and_branching_proves_the_rest(self, model, priced):
        result = model.solve(time_limit_s=120, gap=0)
        assert result.status is po.Status.OPTIMAL
        assert any(text.startswith("branching") for text in result.stats["way"])
        scale = priced.formulation.objective.scale
        assert result.objective < result.certified_bound < priced.bound / scale - 1

    @pytest.mark.parametrize("seconds", [0, 0.3, 1])
    def test_a_short_limit_gives_a_plan_or_says_there_is_none(self, model, seconds):
        result = model.solve(time_limit_s=seconds, gap=0)
        assert result.status in {po.Status.FEASIBLE, po.Status.NO_SOLUTION}
        assert result.stop_reason is StopReason.TIME_LIMIT
        assert (result.objective is None) is (result.status is po.Status.NO_SOLUTION)

    def test_a_reproducible_solve_gives_the_same_plan_twice(self, model):
        plans = []
        for _ in range(2):
            result = model.solve(time_limit_s=1, reproducible=True, seed=3)
            plans.append((result.placement_rows, result.objective, result.bound))
        assert plans[0] == plans[1]
        assert plans[0][0]

    def test_a_cancel_ends_the_search_and_keeps_the_best_plan(self, priced):
        asked = threading.Event()
        search = search_of(priced.formulation, asked.is_set, time_limit_s=3600)
        timer = threading.Timer(1.5, asked.set)
        timer.start()
        ending = search_priced(priced, search)
        timer.cancel()
        # Waiting for a solver's own limit would take the hour that it was given.
        outcome = search.outcome(ending)
        assert outcome.stop_reason is (
            StopReason.PROVEN if search.is_proven else StopReason.CANCELLED
        )
        assert priced.formulation.is_satisfied_by(outcome.solution.values(priced.formulation))
        assert search.rejected == []


class TestFallbacks:
    """What `auto` does where prices or a first plan fail."""

    def test_without_prices_the_whole_is_searched_though_nobody_placed_is_a_plan(
        self, model, monkeypatch
    ):
        monkeypatch.setattr(auto, "price", lambda *_: None)
        free = [rule for rule in model.rules if rule.rule != "FixedPlacements"]
        model = po.Model(model.region, rules=free)
        search = search_of(model.compile().formulation)
        nobody = completed(search.formulation, np.zeros(0, dtype=np.int64), search.clock)
        assert search.offer(nobody, "nobody")
        result = model.solve(time_limit_s=4, gap=0)
        assert result.objective > 0
        assert any("CP-SAT on the whole" in note for note in result.stats["way"])
        again = model.solve(time_limit_s=1, gap=0, reproducible=True)
        assert any("CP-SAT on the whole" in note for note in again.stats["way"])

    def test_numbers_too_large_for_highs_go_to_cp_sat_alone(self, priced, monkeypatch):
        monkeypatch.setattr(auto, "price", lambda *_: None)
        monkeypatch.setattr(Mip, "refuses", lambda *_: "too large")
        search = search_of(priced.formulation, time_limit_s=2)
        Auto().solve(priced.formulation, search)
        assert any("CP-SAT on the whole" in note for note in search.notes)

    def test_in_a_reproducible_solve_the_clock_ends_no_linear_program(self, priced, monkeypatch):
        seconds = []
        monkeypatch.setattr(auto, "whole_relaxation", lambda _, limit: seconds.append(limit))
        for reproducible in (True, False):
            price(priced.formulation, search_of(priced.formulation, reproducible=reproducible))
        assert seconds[0] == np.inf
        assert seconds[1] < 60

    def test_a_plan_of_the_master_ends_a_repair_that_leads_nowhere(self, priced, monkeypatch):
        steps = []

        def hopeless(*arguments):
            while arguments[-1](len(steps)) and len(steps) < 3_000:
                steps.append(time.sleep(0.01))

        monkeypatch.setattr(restricted_master, "rounded", lambda *_: None)
        monkeypatch.setattr(restricted_master, "repaired", hopeless)
        search = search_of(priced.formulation, time_limit_s=15)
        search_priced(priced, search)
        assert steps
        assert search.gained is not None
        assert any(note.startswith("branching") for note in search.notes)


class TestAnytime:
    """What the first seconds bring does not hang on the limit."""

    def test_there_is_a_plan_before_there_are_prices(self, model, monkeypatch):
        formulation = model.compile().formulation
        search = search_of(formulation, time_limit_s=0.5)
        placed = []

        def without_prices(formulation, search):
            placed.append(search.best.chosen.size)
            search.clock.cancel()

        monkeypatch.setattr(auto, "price", without_prices)
        Auto().solve(formulation, search)
        assert placed[0] > 0
        assert search.best_source == "greedy"

    def test_a_plan_at_hand_needs_no_greedy_one(self, model, start, monkeypatch):
        formulation = model.compile().formulation
        search = search_of(formulation)
        search.offer(start, "start plan")
        made = []
        monkeypatch.setattr(auto, "rounded", lambda *_: made.append("greedy"))
        auto._offer_greedy(formulation, search)
        assert made == []
        assert search.best is start

    def test_fixed_placements_alone_are_no_plan_at_hand(self):
        region = po.synthetic_region(candidates=60, openings=20, seed=5)
        placed = po.Model(region).pairs_frame().iloc[0]
        fixed = [(placed["candidate_id"], placed["opening_id"])]
        region = region.model_copy(update={"fixed_placements": fixed})
        formulation = po.Model(region).compile().formulation
        search = search_of(formulation)
        search.offer(least_plan(formulation, search.limits), "empty plan")
        fixed = search.best.chosen
        assert fixed.size == 1
        auto._offer_greedy(formulation, search)
        assert search.best_source == "greedy"
        assert set(fixed.tolist()) < set(search.best.chosen.tolist())

    @pytest.mark.parametrize(("limit_s", "least", "most"), [(2, 1.5, 1.6), (60, 23, 24)])
    def test_a_short_solve_gives_prices_most_of_its_time(
        self, priced, monkeypatch, limit_s, least, most
    ):
        given = []
        monkeypatch.setattr(auto, "whole_relaxation", lambda _, seconds: given.append(seconds))
        price(priced.formulation, search_of(priced.formulation, time_limit_s=limit_s))
        assert least <= given[0] <= most

    @pytest.mark.parametrize(("gap", "is_first"), [(None, True), (0.01, True), (0.001, False)])
    def test_a_rough_plan_is_improved_before_cuts(self, priced, start, monkeypatch, gap, is_first):
        search = search_of(priced.formulation)
        steps = []
        plans = restricted_master._Plans(priced, priced.first_core(), search, None)
        monkeypatch.setattr(type(search), "gap", gap)
        search.offer(start, "start plan")
        monkeypatch.setattr(Improver, "step", lambda _: steps.append("improve"))
        monkeypatch.setattr(plans, "_strengthened", lambda: steps.append("cuts"))
        plans.step()
        plans.end()
        assert steps == ["improve" if is_first else "cuts"]


class TestInfeasible:
    """More variables than CP-SAT gets alone; the plain answer, or none, never a wrong one."""

    def test_too_much_is_asked(self, model):
        asked = po.ResourceLimit(uses=None, per="region", minimums=301)
        hopeless = po.Model(model.region, rules=[*model.rules, asked])
        outcome = outcome_of(hopeless.compile().formulation)
        assert outcome.status in {Status.INFEASIBLE, Status.NO_SOLUTION}
        assert outcome.solution is None

    def test_whole_numbers_miss_what_fractions_reach(self):
        usage = np.array([[2] * MANY, [1] * MANY])
        formulation = problem([1] * MANY, [rows("odd", usage, [5, 1], [5, 3])])
        outcome = outcome_of(formulation)
        assert outcome.status in {Status.INFEASIBLE, Status.NO_SOLUTION}

    def test_an_unpromising_pair_that_is_needed_is_no_reason_to_call_it_infeasible(self):
        # 6 and 10 reach 5 only by fractions, 15 with a pair of 5 that costs much more.
        amount = np.array([6] * (MANY // 2) + [10] * (MANY // 2) + [5])
        gain = [50] * MANY + [-1000]
        block = rows("sum", [amount], [31], [31])
        outcome = outcome_of(problem(gain, [block]))
        assert outcome.status is not Status.INFEASIBLE
        if outcome.gained is not None:
            assert outcome.gained == 50 * 3 - 1000


def outcome_of(formulation):
    search = search_of(formulation, time_limit_s=8)
    ending = Auto().solve(formulation, search)
    assert search.rejected == []
    return search.outcome(ending)


class TestPools:
    @FEW
    @given(region=tiny_regions(most=3), data=st.data())
    def test_every_exact_solution_keeps_the_rows_of_every_price_level(self, region, data):
        instance = Instance(region)
        rule = po.Coaching()
        assume(rule.standard(instance) is not None)
        table = enumerate_pairs(instance, [rule]).with_placements_per_candidate(1)
        assume(0 < table.n_pairs <= 6)
        block = rule.lower(table)
        assume(block is not None)
        prices = st.sampled_from([0.0, 0.5, 0.5 + 1e-12, 1.0, 7.0])
        duals = np.array(data.draw(st.lists(prices, min_size=len(block), max_size=len(block))))
        sets = block.pools.sets(duals)
        assert all(list(group) == sorted(set(group)) for group in sets)
        relaxed = block.pools.rows(sets)
        for chosen in subsets(range(table.n_pairs)):
            ones = np.isin(np.arange(table.n_pairs), chosen).astype(int).tolist()
            if best_own_values(block, ones) is not None:
                assert best_own_values(relaxed, ones) is not None

    def test_equal_needs_keep_the_rounding_and_a_reserve_narrows(self):
        region = po.Region(
            name="one coach",
            candidates=[po.Candidate(id=f"C-{n}", coaching_hours_per_week=4) for n in range(6)],
            openings=[po.Opening(id="O-1", positions=9)],
            coaches=[po.Coach(id="K-1", hours_per_week=10), po.Coach(id="K-2", hours_per_week=10)],
        )
        instance = Instance(region)
        table = enumerate_pairs(instance, []).with_placements_per_candidate(1)
        pools = po.Coaching().lower(table).pools
        hours, heads = pools.rows([(0, 1)]).upper.tolist()
        per_hour = hours // 20
        assert (hours, heads) == (20 * per_hour, 4)
        assert pools.rows([(0, 1)], 0.5).upper[0] == 10 * per_hour
        assert len(pools.rows([])) == 0


def test_without_prices_of_the_whole_they_come_by_column_generation(monkeypatch):
    region = po.synthetic_region(candidates=300, openings=80, seed=2)
    monkeypatch.setattr(auto, "price", lambda *_: None)
    monkeypatch.setattr(auto, "PARTS_PAIRS", 0)
    result = po.Model(region).solve(time_limit_s=30, gap=0.03)
    assert any("column generation instead" in note for note in result.stats["way"])
    assert result.bound is not None
    assert result.gap < 0.05
