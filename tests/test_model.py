"""The sentences of the contract, one by one: what a model means and what solving it promises."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from builders import any_run
from small_models import BASE, DATE, PAIRS, model, placed, problems_of, region

import placement_opt as po


class TestPairColumns:
    def test_a_score_replaces_the_match_score(self):
        assert model(objective=[po.MatchScore()]).solve().objective == 7

    def test_hours_are_those_given(self):
        given = PAIRS | {"hours_per_week": [8, 8, 8.125, 8]}
        limited = model(
            rules=[*BASE, po.ResourceLimit(uses="hours_per_week", per="region", limits=16.124)],
            pairs=given,
        )
        result = limited.solve()
        assert placed(result) == {("C-1", "O-1"), ("C-2", "O-2")}
        assert [row.hours_per_week for row in result.placement_rows] == [8, 8]

    def test_coaching_hours_are_those_given(self):
        given = PAIRS | {"coaching_hours_per_week": [2, 1, 1, 2]}
        coached = model(
            rules=[*BASE, po.Coaching()],
            pairs=given,
            coaches=[po.Coach(id="K-1", hours_per_week=2)],
        )
        result = coached.solve()
        assert placed(result) == {("C-1", "O-2"), ("C-2", "O-1")}
        assert {row.coach_id for row in result.placement_rows} == {"K-1"}

    def test_given_coaching_of_none_needs_no_coach(self):
        given = PAIRS | {"coaching_hours_per_week": [0, 0, 0, 0]}
        coached = model(
            rules=[*BASE, po.Coaching()],
            pairs=given,
            candidate={"coaching_regime": "intensive", "coaching_year": 1},
        )
        assert len(coached.solve().placement_rows) == 2

    def test_subsidy_and_wage_value_are_those_given(self):
        town = {"municipality": "M-1", "ground": "38b.1.a", "hours_per_week": (0, 36)}
        budget = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=5_000)
        fields = {
            "candidate": town,
            "opening": {"hours_per_week": (0, 36)},
            "municipalities": [budget],
            "date": DATE,
        }
        rules = [*BASE, po.WageSubsidyBudget()]
        euros = PAIRS | {"subsidy_eur_per_year": [6_000, 1_000, 1_000, 0]}
        assert placed(model(rules=rules, pairs=euros, **fields).solve()) == {
            ("C-1", "O-2"),
            ("C-2", "O-1"),
        }
        worth = PAIRS | {"wage_value": [0.1, 1, 1, 0.1]}
        result = model(rules=rules, pairs=worth, **fields).solve()
        assert [row.subsidy_eur_per_year for row in result.placement_rows] == [0, 0]

    def test_a_missing_value_lists_everybody_who_lacks_it(self):
        silent = {
            "candidate": {"municipality": "M-1", "ground": "38b.1.a", "hours_per_week": (0, 36)},
            "opening": {"hours_per_week": (0, 36)},
            "municipalities": [po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=0)],
            "date": DATE,
        }
        with pytest.raises(po.InvalidInputError) as info:
            model(rules=[po.WageSubsidyBudget(unmeasured="refuse")], **silent).solve()
        assert problems_of(info) == [("candidate", f"C-{n}", "wage_value") for n in (1, 2)]

    def test_a_missing_ground_lists_everybody_who_lacks_it(self):
        quota = po.JobsQuota(per="region", jobs=1, unknown_ground="refuse")
        with pytest.raises(po.InvalidInputError, match='or "none"') as info:
            model(rules=[quota], date=DATE).solve()
        assert problems_of(info) == [("candidate", f"C-{n}", "ground") for n in (1, 2)]

    def test_a_missing_regime_lists_everybody_who_lacks_it(self):
        with pytest.raises(po.InvalidInputError) as info:
            model(rules=[po.Coaching()], date=DATE).solve()
        assert problems_of(info) == [("candidate", f"C-{n}", "coaching_regime") for n in (1, 2)]

    @pytest.mark.parametrize(
        "rule", [po.JobsQuota(per="region", jobs=1, shortfall_price=1), po.Coaching()]
    )
    def test_a_missing_date_under_a_dated_rule_is_bad_input(self, rule):
        people = {
            "ground": "38b.1.a",
            "hours_per_week": (0, 36),
            "coaching_regime": "light",
            "coaching_year": 1,
        }
        dated = model(
            rules=[rule],
            candidate=people,
            opening={"hours_per_week": (0, 36)},
            coaches=[po.Coach(id="K-1", hours_per_week=1)],
        )
        with pytest.raises(po.InvalidInputError, match="dated rule") as info:
            dated.solve()
        assert problems_of(info) == [("region", "tiny", "date")]


class TestNumbers:
    @pytest.mark.parametrize(
        "limit",
        [1, 1.0, Decimal(1), Fraction(1), np.int64(1), np.float64(1), np.int8(1), np.float32(1)],
    )
    def test_every_kind_of_number_is_a_limit(self, limit):
        rule = po.ResourceLimit(per="region", limits=limit)
        assert model(rules=[rule]).solve().objective == 5
        assert model(rules=[po.ResourceLimit(per="opening", limits={"O-1": limit})]).solve()

    @pytest.mark.parametrize(
        "limit", ["1", True, float("nan"), float("inf"), -1, [1], Decimal("1.0000001")]
    )
    def test_what_is_no_number_is_refused(self, limit):
        with pytest.raises(po.InvalidInputError) as info:
            po.ResourceLimit(per="region", limits=limit)
        assert problems_of(info)[0][2] == "limits"

    def test_decimals_are_read_as_they_print(self):
        amounts = PAIRS | {"weight": [0.1, 0.2, 0.3, 0.1]}
        exact = po.ResourceLimit(uses="weight", per="region", limits=0.7)
        result = model(rules=[exact], pairs=amounts).solve()
        assert result.objective == 13  # 0.1 + 0.2 + 0.3 + 0.1 is 0.7, not a little more

    def test_scores_that_do_not_fit_are_refused(self):
        huge = PAIRS | {"score": [9e18, 9e18, 9e18, 9e18]}
        with pytest.raises(po.InvalidInputError, match="2\\^60"):
            model(pairs=huge).solve()


class TestObjective:
    def test_a_cost_is_minimised_and_told_in_its_own_unit(self):
        costs = PAIRS | {"cost": [1.25, 0.1, 0.3, 1.5]}
        result = model(
            rules=[*BASE, po.EveryCandidatePlaced()],
            objective=[po.PairScore("cost", weight=-1)],
            pairs=costs,
        ).solve()
        assert result.objective == -0.4
        assert result.bound >= result.objective
        row = result.term_rows[0]
        assert (row.term, row.weight, row.value, row.points) == ("PairScore", -1, 0.4, -0.4)

    def test_floats_beyond_any_scale_keep_bound_above_objective(self):
        thirds = PAIRS | {"score": [1 / 3, 2 / 3, 1e-12, 0.1]}
        result = model(pairs=thirds).solve(gap=0)
        assert result.objective == pytest.approx(2 / 3 + 1e-12, abs=1e-14)
        assert result.bound >= result.objective
        assert result.gap < 1e-9

    def test_the_gap_is_a_share_of_the_larger_of_plan_and_bound(self):
        result = po.Result(
            region="x",
            status="FEASIBLE",
            stop_reason="gap",
            objective=0.5,
            bound=0.75,
            n_candidates=1,
            run=any_run(),
        )
        assert result.gap == pytest.approx(1 / 3)
        large = result.model_copy(update={"objective": -50.0, "bound": 0.0})
        assert large.gap == 1.0
        opposite = result.model_copy(update={"objective": -50.0, "bound": 25.0})
        assert opposite.gap == 1.5
        assert result.model_copy(update={"objective": 0.0, "bound": 0.0}).gap == 0
        assert result.model_copy(update={"bound": None}).gap is None

    def test_the_bound_is_never_below_the_objective(self):
        result = po.solve(po.synthetic_region(candidates=40, openings=14, seed=2))
        assert result.bound >= result.objective
        if result.certified_bound is not None:
            assert result.certified_bound >= result.bound - 1e-6


class TestEmpty:
    def test_no_eligible_pair_is_an_optimal_empty_plan(self):
        result = po.Model(region(candidate={"needs": {"quiet"}})).solve()
        assert (result.status, result.objective, result.bound) == (po.Status.OPTIMAL, 0, 0)
        assert result.placements.empty
        assert list(result.placements.columns) == [
            "candidate_id",
            "opening_id",
            "employer_id",
            "coach_id",
            "hours_per_week",
            "coaching_hours_per_week",
            "subsidy_eur_per_year",
            "points",
        ]

    @pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip", "flow"])
    def test_every_solver_takes_no_pairs(self, solver):
        result = po.Model(region(candidate={"needs": {"quiet"}})).solve(solver=solver)
        assert result.status is po.Status.OPTIMAL

    def test_closed_openings(self):
        result = model(opening={"positions": 0}).solve()
        assert (result.status, result.placement_rows) == (po.Status.OPTIMAL, ())

    def test_a_million_positions(self):
        result = model(opening={"positions": 1_000_000}).solve()
        assert result.objective == 5 + 3

    @pytest.mark.parametrize("kind", ["candidates", "openings"])
    def test_nobody_or_nothing_is_bad_input(self, kind):
        fields = {"candidates": [po.Candidate(id="C-1")], "openings": [po.Opening(id="O-1")]}
        with pytest.raises(po.InvalidInputError, match=kind):
            po.Region(name="empty", **(fields | {kind: []}))


class TestFixed:
    def test_a_fixed_placement_stays(self):
        result = model(
            rules=[*BASE, po.FixedPlacements()], fixed_placements=[("C-2", "O-2")]
        ).solve()
        assert placed(result) == {("C-1", "O-1"), ("C-2", "O-2")}

    def test_one_that_breaks_a_pair_rule_is_bad_input(self):
        broken = po.Model(region(candidate={"needs": {"quiet"}}, fixed_placements=[("C-1", "O-1")]))
        with pytest.raises(po.InvalidInputError, match="must be an eligible opening") as info:
            broken.solve()
        assert problems_of(info) == [("candidate", "C-1", "fixed_placements")]

    def test_one_that_breaks_a_coupling_rule_makes_infeasible_and_is_named(self):
        both = po.Model(region(fixed_placements=[("C-1", "O-1"), ("C-2", "O-1")]))
        for solver in ("auto", "cp-sat", "mip"):
            result = both.solve(solver=solver)
            assert result.status is po.Status.INFEASIBLE
            assert set(result.conflicts) == {
                "positions of an opening (O-1)",
                "fixed placements (C-1 in O-1)",
                "fixed placements (C-2 in O-1)",
            }
            assert not result.has_plan
            assert result.objective is None
            assert result.proof[-1].how == "infeasible"


class TestTypes:
    def test_numbers_of_numpy_are_taken(self, tmp_path):
        limits = {"seed": np.int64(3), "gap": np.float32(0.5), "time_limit_s": np.int32(20)}
        for solver in ("auto", "mip"):
            result = model().solve(solver=solver, **limits)
            assert result.has_plan
            result.to_json(tmp_path / f"{solver}.json")
            assert po.Result.from_json(tmp_path / f"{solver}.json").objective == result.objective
