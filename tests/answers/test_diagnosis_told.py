"""What a diagnosis tells: weights, words, records, and quotas that fall short."""

import itertools
import math
from types import SimpleNamespace

import pytest
from diagnosed import conflicts_of, crowd, relaxations_of

import placement_opt as po
from placement_opt.answers import relaxed
from placement_opt.answers.diagnosis import Diagnosis
from placement_opt.answers.limits import opened
from placement_opt.formulation.certificate import without_gains
from placement_opt.solvers.search.limits import SearchLimits


class TestWeights:
    def test_what_has_to_stay_is_never_dropped(self):
        found = crowd(4, 2).diagnose(weights={"OpeningCapacity": math.inf}, solve_first=0)
        rules = {one.rule for way in found.relaxations for one in way.changes}
        assert rules == {"EveryCandidatePlaced"}
        assert found.has_all_relaxations
        named = {("OpeningCapacity", "O-0"): math.inf, "EveryCandidatePlaced": math.inf}
        found = crowd(4, 2).diagnose(weights=named, solve_first=0)
        assert relaxations_of(found, "drop") == [frozenset({("OpeningCapacity", "O-1")})]

    def test_nothing_may_give_way(self):
        stay = {"OpeningCapacity": math.inf, "EveryCandidatePlaced": math.inf}
        found = crowd(2, 1).diagnose(weights=stay)
        assert len(found.conflicts) == 1
        assert found.relaxations == ()
        assert found.has_all_relaxations

    def test_the_lightest_come_first(self):
        for rule, other in itertools.permutations(("OpeningCapacity", "EveryCandidatePlaced")):
            found = crowd(2, 1).diagnose(weights={rule: 0.5, other: 2}, solve_first=0)
            assert found.relaxations[0].changes[0].rule == rule

    def test_small_groups_are_protected(self):
        region = po.Region(
            name="minimums",
            candidates=[po.Candidate(id=f"C-{c}") for c in range(6)],
            openings=[po.Opening(id=f"O-{o}", positions=9) for o in range(2)],
        )
        wanted = {"O-0": 6, "O-1": 1}
        rules = [po.OnePlacement(), po.ResourceLimit(per="opening", minimums=wanted)]
        model = po.Model(region, rules=rules)
        equal = model.diagnose(weights={"OnePlacement": math.inf}, solve_first=0)
        assert {one.cost for one in equal.relaxations if one.kind == "move"} == {1.0}
        found = model.diagnose(weights="small_groups", solve_first=0)
        minimums = [one for one in found.relaxations if one.changes[0].rule == "ResourceLimit"]
        costs = {one.changes[0].group: one.cost for one in minimums if one.kind == "move"}
        assert costs == {"O-0": 1.0, "O-1": 6.0}
        weighed = [one.changes[0].group for one in minimums if one.kind == "drop"]
        assert weighed == ["O-0", "O-1"]

    def test_bad_weights_are_told_at_once(self):
        with pytest.raises(po.InvalidInputError) as told:
            crowd(2, 1).diagnose(weights={"NoRule": 1, "OpeningCapacity": -1, ("A", "b"): 2})
        assert len(told.value.problems) == 3
        with pytest.raises(po.InvalidInputError, match="other rules hold only under this limit"):
            crowd(2, 1).diagnose(weights={("OnePlacement", "C-1"): 2})


class TestTold:
    def test_a_model_with_a_plan_has_no_conflict(self):
        found = crowd(2, 2).diagnose()
        assert found == Diagnosis(
            is_feasible=True, has_all_conflicts=True, has_all_relaxations=True
        )
        assert found.text() == "Some plan keeps all limits."
        assert found.text("nl") == "Er is een plan dat zich aan alle grenzen houdt."

    def test_no_time_is_told(self):
        found = crowd(2, 1).diagnose(time_limit_s=0)
        assert found.is_feasible is None
        assert not found.has_all_conflicts
        assert "more time" in str(found)

    def test_so_many_are_enough(self):
        found = crowd(6, 3).diagnose(max_conflicts=2, max_relaxations=3, solve_first=0)
        assert len(found.conflicts) == 2
        assert len(relaxations_of(found, "drop")) == 3
        assert not found.has_all_conflicts
        assert not found.has_all_relaxations
        assert "there may be others" in found.text()

    def test_in_words(self):
        found = crowd(2, 1).diagnose()
        assert found.conflicts[0].text() == (
            "no plan keeps all of these: positions of an opening (O-0): at most 1 placement; every"
            " candidate placed (C-0): at least 1 placement; every candidate placed (C-1): at least"
            " 1 placement"
        )
        one = next(way for way in found.relaxations if way.changes[0].rule == "OpeningCapacity")
        assert one.text() == (
            "positions of an opening (O-0): at most 2 instead of 1 placement"
            " (a plan with 2 placements and 0 points)"
        )
        assert one.text("nl") == (
            "plekken van een vacature (O-0): ten hoogste 2 in plaats van 1 plaatsing"
            " (een plan met 2 plaatsingen en 0 punten)"
        )
        assert Diagnosis.model_validate_json(found.model_dump_json()) == found

    def test_the_result_names_a_conflict_of_the_diagnosis(self):
        model = crowd(3, 2)
        result = model.solve()
        assert result.status is po.Status.INFEASIBLE
        told = {f"{limit.title} ({limit.group})" for limit in result.diagnose().conflicts[0].limits}
        assert set(result.conflicts) == told


class TestQuotas:
    def model(self, **second):
        people = [
            po.Candidate(id=f"C-{c}", ground="38b.1.a", hours_per_week=(8, 24)) for c in range(3)
        ]
        openings = [
            po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 24)),
            po.Opening(id="O-2", employer="E-2", hours_per_week=(8, 24), **second),
        ]
        return po.Model(
            po.Region(
                name="quotas",
                date="2026-02-01",
                candidates=people,
                openings=openings,
                employers=[
                    po.Employer(id="E-1", jobs_pledged=1.5),
                    po.Employer(id="E-2", jobs_pledged=0.5),
                ],
            )
        )

    def test_why_a_quota_falls_short_and_what_would_meet_it(self):
        found = self.model().solve().diagnose()
        assert [(limit.group, limit.unit, limit.least) for limit in found.short] == [
            ("E-1", "jobs", 1.5)
        ]
        assert conflicts_of(found) == [{("OpeningCapacity", "O-1"), ("JobsQuota", "E-1")}]
        assert relaxations_of(found, "move") == [{("OpeningCapacity", "O-1")}]
        assert found.relaxations[0].changes[0].after == 2
        assert found.relaxations[0].placements == 3
        assert found.text().startswith("Why these minimums cannot all be met:")
        assert found.text("nl").startswith("Waarom deze minima niet allemaal te halen zijn:")

    def test_what_falls_short_for_its_price_has_no_conflict(self):
        pairs = {"candidate_id": ["C-0"] * 2, "opening_id": ["O-0", "O-1"], "score": [1, 9]}
        wanted = po.ResourceLimit(per="opening", minimums={"O-0": 1}, shortfall_price=2)
        model = po.Model(
            crowd(1, 2).region,
            pairs=pairs,
            rules=[po.OnePlacement(), wanted],
            objective=[po.PairScore("score")],
        )
        result = model.solve()
        assert result.placement_rows[0].opening_id == "O-1"
        found = result.diagnose()
        assert [limit.group for limit in found.short] == ["O-0"]
        assert (found.is_feasible, found.conflicts, found.relaxations) == (True, (), ())
        assert "gains more than its price" in found.text()

    def test_a_plan_that_is_short_of_nothing(self):
        found = crowd(2, 2).solve().diagnose()
        assert (found.is_feasible, found.short) == (True, ())


def test_the_lightest_way_comes_first_and_of_equal_ones_that_which_moves_less():
    found = crowd(3, 1).diagnose()
    keys = [(len(way.changes), way.kind == "drop", way.cost or 0) for way in found.relaxations]
    assert keys == sorted(keys)
    assert [key[:2] for key in keys] == [(1, False), (1, True), *[(2, False)] * 3, *[(2, True)] * 3]


@pytest.mark.parametrize("short_of_bound", [0, 1])
def test_moves_are_proven_the_least_where_the_search_reached_its_bound(monkeypatch, short_of_bound):
    compiled = crowd(2, 1).compile()
    bare = without_gains(opened(compiled.formulation))
    search = relaxed.searched

    def stopped(*asked):
        found = search(*asked)
        bound = found.gained + short_of_bound
        return SimpleNamespace(solution=found.solution, gained=found.gained, bound=bound)

    monkeypatch.setattr(relaxed, "searched", stopped)
    cost = dict.fromkeys(range(bare.n_rows), 1.0)
    found = relaxed.least_moves(bare, cost, SearchLimits(10.0, gap=0.0))
    assert found.is_proven is (not short_of_bound)
