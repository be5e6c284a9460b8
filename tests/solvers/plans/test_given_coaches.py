"""Given plans with coaches: who is served by whom."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from formulations import problem, rows
from given_plans import kept_only, with_at_most
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import tiny_regions

import placement_opt as po
from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.plans import given_filling, given_plan
from placement_opt.solvers.plans.given_greedy import settled, taken_of
from placement_opt.solvers.plans.upper_limits import UpperLimits, asked_by_name

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def coached_region(coaches, n=6, at_hours=(0, 20)):
    return po.Region(
        name="coached",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(id=f"C-{c}", coaching_hours_per_week=1 + c % 3, hours_per_week=at_hours)
            for c in range(n)
        ],
        openings=[po.Opening(id=f"O-{o}", hours_per_week=(0, 10)) for o in range(n)],
        coaches=coaches,
    )


ROOMY = [po.Coach(id=f"K-{k}", hours_per_week=20, max_caseload=4) for k in range(3)]


class TestCoaches:
    @pytest.mark.parametrize("at_most", [1, 2])
    def test_given_coaches_are_kept_without_any_search(self, at_most, monkeypatch):
        def no_search(*_, **__):
            raise AssertionError("a search")

        monkeypatch.setattr(given_plan, "_solved", no_search)
        monkeypatch.setattr("placement_opt.solvers.plans.completion._solved", no_search)
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
        # Not who a search or a hand-out in order would take.
        start = [(f"C-{c}", f"O-{c}", f"K-{(c * 2 + 1) % 3}") for c in range(6)]
        of = coached_model(coached_region(ROOMY), at_most)
        result = kept_only(of, start)
        found = [(r.candidate_id, r.opening_id, r.coach_id) for r in result.placement_rows]
        assert sorted(found) == start
        assert (result.start.coaches_kept, result.start.coaches_found) == (6, 0)

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_missing_coaches_are_found_and_others_stay(self, at_most):
        start = pd.DataFrame(
            {
                "candidate_id": [f"C-{c}" for c in range(6)],
                "opening_id": [f"O-{c}" for c in range(6)],
                "coach_id": ["K-2", None, "K-9", "K-1", np.nan, "K-0"],
            }
        )
        result = kept_only(coached_model(coached_region(ROOMY), at_most), start)
        coach = {row.candidate_id: row.coach_id for row in result.placement_rows}
        assert [coach["C-0"], coach["C-3"], coach["C-5"]] == ["K-2", "K-1", "K-0"]
        told = result.start
        assert (told.coaches_kept, told.coaches_found, told.coaches_changed) == (3, 2, 1)
        assert "coaches: 3 kept, 2 found, 1 changed" in result.summary()
        assert "coaches: 3 behouden, 2 gevonden, 1 gewijzigd" in result.summary("nl")

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_a_coach_who_cannot_be_kept_costs_nobody_a_place(self, at_most):
        # C-0 and C-3 need 1 hour, C-1 and C-4 two, C-2 and C-5 three: 12 hours in all, 6 each.
        tight = [po.Coach(id=f"K-{k}", hours_per_week=6, max_caseload=3) for k in range(2)]
        start = [(f"C-{c}", f"O-{c}", "K-0") for c in range(6)]
        result = kept_only(coached_model(coached_region(tight), at_most), start)
        assert len(result.placement_rows) == 6
        assert result.start.left_out == ()

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_too_few_hours_cost_as_little_as_can_be(self, at_most):
        few = [po.Coach(id="K-0", hours_per_week=5, max_caseload=2)]
        result = kept_only(
            coached_model(coached_region(few), at_most), [(f"C-{c}", f"O-{c}") for c in range(6)]
        )
        # Hours allow C-1 with C-2 or C-5, and so on; worth 10 * c + 1.
        assert result.objective == 41 + 51
        assert result.start.left_out[0].rule == "coaching capacity"

    def test_who_is_placed_again_keeps_their_coach_where_people_are_alike(self):
        start = [(f"C-{c}", f"O-{c}", f"K-{(c + 1) % 3}") for c in range(6)]
        result = coached_model(coached_region(ROOMY), 1).solve(start=start)
        assert result.status is po.Status.OPTIMAL
        assert {row.candidate_id: row.coach_id for row in result.placement_rows} == {
            c: coach for c, _, coach in start
        }

    @FEW
    @given(region=tiny_regions(fixed=False), data=st.data())
    def test_coaches_of_a_plan_are_kept_in_every_region(self, region, data):
        at_most = data.draw(st.sampled_from([1, 2]))
        of = with_at_most(region, at_most)
        first = of.solve(solver="cp-sat", gap=0)
        if not first.has_plan:
            return
        for start in (first, first.placements):
            again = kept_only(of, start)
            assert again.start.kept == len(first.placement_rows)
            assert again.objective == pytest.approx(first.objective, abs=1e-9)
            if again.placement_rows == first.placement_rows:
                assert again.start.coaches_kept == sum(
                    row.coach_id is not None for row in first.placement_rows
                )


@pytest.mark.parametrize("at_most", [1, 2])
def test_what_a_pair_could_use_is_all_it_needs(at_most):
    compiled = coached_model(coached_region(ROOMY), at_most).compile()
    block = next(block for block in compiled.formulation.blocks if block.capacity is not None)
    pair = np.array([7])
    moved = given_plan._moved(block, pair)
    assert 0 < moved.sum() < moved.size
    for coach in range(3):
        own, served = block.capacity.settle(pair, {"coach": np.array([coach])})
        assert served.all()
        assert moved[own > 0].all()


def coached_model(place, at_most):
    pairs = {
        "candidate_id": [f"C-{c}" for c in range(6) for _ in range(6)],
        "opening_id": [f"O-{o}" for _ in range(6) for o in range(6)],
        "score": [10 * c + (1 if c == o else 0) for c in range(6) for o in range(6)],
    }
    return po.Model(
        place,
        pairs=pairs,
        rules=[po.OnePlacement(at_most=at_most), po.OpeningCapacity(), po.Coaching()],
        objective=[po.PairScore("score")],
    )


class TestGreedy:
    def limits(self, usage, upper):
        usage = np.array(usage)
        whole = problem([1] * usage.shape[1], [rows("r", usage, [NO_LOWER] * len(upper), upper)])
        return UpperLimits(whole, np.arange(usage.shape[1]))

    def test_pairs_are_taken_in_order_while_there_is_room(self):
        limits = self.limits([[2, 1, 2, 1]], [3])
        assert limits.taken([2, 0, 3, 1]).tolist() == [False, False, True, True]

    def test_what_fits_by_itself_is_told(self):
        limits = self.limits([[2, 1, 4], [0, 5, 0]], [3, 4])
        assert limits.fitting().tolist() == [True, False, False]

    def test_one_that_is_in_the_way_of_two_is_given_up(self):
        # Taken by gain alone the first keeps out the others.
        limits = self.limits([[1, 1, 0], [1, 0, 1]], [1, 1])
        assert limits.given_up(np.array([6.0, 5.0, 5.0])).tolist() == [True, False, False]

    def test_what_is_asked_for_is_given_up_last(self):
        limits = self.limits([[1, 1, 0], [1, 0, 1]], [1, 1])
        assert limits.given_up(np.array([np.inf, 5.0, 5.0])).tolist() == [False, True, True]

    def test_coefficients_below_zero_end_the_search(self):
        limits = self.limits([[-1, -1, -1]], [-5])
        assert limits.given_up(np.ones(3)).tolist() == [False] * 3

    def test_greed_is_compared_with_giving_up(self):
        whole = problem([6, 5, 5], [rows("r", [[1, 1, 0], [1, 0, 1]], [NO_LOWER] * 2, [1, 1])])
        assert self.taken(whole) == [1, 2]
        assert self.taken(problem([60, 5, 5], whole.blocks)) == [0]

    def test_what_rows_ask_for_by_name_comes_first(self):
        blocks = [rows("one", [[1, 1]], [NO_LOWER], [1]), rows("fixed", [[1, 0]], [1], [NO_UPPER])]
        assert self.taken(problem([1, 9], blocks)) == [0]

    def taken(self, whole):
        given = np.arange(whole.n_pairs)
        nothing = {"coach": np.full(given.size, -1)}
        return taken_of(whole, given, nothing, asked_by_name(whole))[0].tolist()

    def test_who_finds_no_coach_keeps_nobody_out(self):
        place = coached_region([po.Coach(id="K-0", hours_per_week=2)])
        compiled = coached_model(place, 1).compile()
        pairs, instance = compiled.pairs, compiled.pairs.instance
        # C-5 needs 3 hours and gains most; C-3 needs 1.
        given = np.array(
            [
                pairs.find(instance.candidate_idx(c), instance.opening_idx("O-0"))
                for c in ("C-3", "C-5")
            ]
        )
        nothing = {"coach": np.full(2, -1)}
        taken, _ = taken_of(compiled.formulation, given, nothing, given[:0])
        assert taken.tolist() == given[:1].tolist()

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_named_coaches_are_given_up_before_anybody_is(self, at_most):
        tight = [po.Coach(id=f"K-{k}", hours_per_week=6, max_caseload=3) for k in range(2)]
        compiled = coached_model(coached_region(tight), at_most).compile()
        given = diagonal(compiled)
        taken, _ = taken_of(compiled.formulation, given, {"coach": np.zeros(6, int)}, given[:0])
        assert taken.tolist() == given.tolist()

    @pytest.mark.parametrize(("gains", "named"), [([5, 5], False), ([5, 0], True)])
    def test_names_are_kept_unless_they_cost_points(self, gains, named):
        def settle(chosen, columns):
            is_named = bool((columns["coach"] >= 0).any())
            return np.array([int(is_named)]), np.array([True, not is_named])

        own = rows("coach", [[0, 0]], [NO_LOWER], [1], [(0, 1, 0)], [[1]])
        capacity = Capacity()
        capacity.settle = settle
        whole = problem(gains, [dataclasses.replace(own, capacity=capacity)])
        served, known = settled(whole, np.arange(2), {"coach": np.zeros(2, dtype=int)})
        assert served.tolist() == [True, not named]
        assert known[0].tolist() == [int(named)]

    def test_pairs_are_added_where_they_fit_and_only_as_many_as_are_lacking(self):
        blocks = [
            rows("at least", [[1, 1, 1, 1]], [2], [NO_UPPER]),
            rows("full", [[1, 0, 0, 0]], [NO_LOWER], [0]),
        ]
        whole = problem([9, 5, 7, 6], blocks)
        taken = np.array([1])
        fill = given_filling.filling(whole, taken, taken)
        assert fill.tolist() == [0, 2, 3]
        found, _ = given_filling.filled_greedily(whole, taken, fill, taken, {"coach": taken * 0})
        assert found.tolist() == [1, 2]

    def test_pairs_that_fit_are_looked_at_first(self, monkeypatch):
        monkeypatch.setattr(given_filling, "MOST_FILLING", 1)
        monkeypatch.setattr(given_filling, "FILLING_PAIRS", 1)
        blocks = [
            rows("at least", [[1, 1, 1, 1]], [2], [NO_UPPER]),
            rows("full", [[1, 0, 0, 0]], [NO_LOWER], [0]),
        ]
        whole = problem([9, 5, 7, 6], blocks)
        assert given_filling.filling(whole, np.array([1]), np.array([1])).tolist() == [2]


def diagonal(compiled):
    pairs, instance = compiled.pairs, compiled.pairs.instance
    return np.array(
        [
            pairs.find(instance.candidate_idx(f"C-{n}"), instance.opening_idx(f"O-{n}"))
            for n in range(6)
        ]
    )


class TestStackedCoaches:
    """Who has several placements has one coach for all of them."""

    def settle(self, coaches, asked, named=None):
        place = coaches if isinstance(coaches, po.Region) else coached_region(coaches)
        compiled = coached_model(place, 2).compile()
        pairs, instance = compiled.pairs, compiled.pairs.instance
        block = next(block for block in compiled.formulation.blocks if block.capacity is not None)
        chosen = np.array(
            [pairs.find(instance.candidate_idx(c), instance.opening_idx(o)) for c, o in asked]
        )
        coach = np.full(chosen.size, -1) if named is None else np.array(named)
        own, served = block.capacity.settle(chosen, {"coach": coach})
        values = np.zeros(pairs.n_pairs, dtype=np.int64)
        values[chosen[served]] = 1
        activity = block.usage @ values + block.variable_usage @ own
        assert np.all(activity >= block.lower)
        assert np.all(activity <= block.upper)
        lifted = block.capacity.lift(np.sort(chosen[served]), own)["coach"].tolist()
        return served.tolist(), lifted

    TWICE = (("C-1", "O-0"), ("C-1", "O-1"))

    def test_one_coach_serves_both_placements(self):
        served, coach = self.settle(ROOMY, self.TWICE, [1, 2])
        assert served == [True, True]
        assert coach == [1, 1]

    def test_a_person_keeps_one_placement_where_nobody_has_hours_for_two(self):
        served, coach = self.settle([po.Coach(id="K-0", hours_per_week=3)], self.TWICE)
        assert served == [True, False]
        assert coach == [0]

    def test_a_head_is_a_person_not_a_placement(self):
        one = [po.Coach(id="K-0", hours_per_week=30, max_caseload=1)]
        served, _ = self.settle(one, [*self.TWICE, ("C-2", "O-2")])
        assert served.count(True) == 2

    def test_the_coach_of_a_person_serves_every_one_of_their_openings(self):
        coaches = [
            po.Coach(id="K-0", hours_per_week=30, kind="employer", employer="E-0"),
            po.Coach(id="K-1", hours_per_week=9),
        ]
        place = coached_region(ROOMY).model_copy(
            update={
                "coaches": tuple(coaches),
                "employers": (po.Employer(id="E-0"),),
                "openings": tuple(
                    po.Opening(id=f"O-{o}", employer="E-0" if o else None, hours_per_week=(0, 10))
                    for o in range(6)
                ),
            }
        )
        asked = [("C-1", "O-0"), ("C-1", "O-1"), ("C-4", "O-2")]
        assert self.settle(place, asked) == ([True] * 3, [1, 1, 0])
        result = kept_only(coached_model(place, 2), asked)
        coach = {(r.candidate_id, r.opening_id): r.coach_id for r in result.placement_rows}
        assert coach == {
            ("C-1", "O-0"): "K-1",
            ("C-1", "O-1"): "K-1",
            ("C-4", "O-2"): "K-0",
        }
