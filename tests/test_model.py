"""The sentences of the contract, one by one: what a model means and what solving it promises."""

import datetime as dt
import threading
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from builders import any_run

import placement_opt as po
from placement_opt.run.one_solve import CLOSING_S, CLOSING_SHARE, closing_s
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.search.base import Ending
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.reporting import Beside

DATE = dt.date(2026, 2, 1)


def region(n_candidates=2, n_openings=2, **fields):
    people = fields.pop("candidate", {})
    work = fields.pop("opening", {})
    return po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}", **people) for n in range(1, n_candidates + 1)],
        openings=[po.Opening(id=f"O-{n}", **work) for n in range(1, n_openings + 1)],
        **fields,
    )


PAIRS = {
    "candidate_id": ["C-1", "C-1", "C-2", "C-2"],
    "opening_id": ["O-1", "O-2", "O-1", "O-2"],
    "score": [5, 4, 3, 1],
}
BASE = [po.OnePlacement(), po.OpeningCapacity()]
SCORE = [po.PairScore("score")]


def model(rules=BASE, objective=SCORE, pairs=PAIRS, **fields):
    return po.Model(region(**fields), pairs=pairs, rules=rules, objective=objective)


def placed(result):
    return {(row.candidate_id, row.opening_id) for row in result.placement_rows}


def problems_of(info):
    return [(p.subject, p.id, p.field) for p in info.value.problems]


class TestRules:
    def test_without_rules_the_standard_ones_apply_also_with_pairs(self):
        alone = po.Model(region(candidate={"needs": {"quiet"}}), pairs=PAIRS, objective=SCORE)
        assert [rule.rule for rule in alone.rules] == [
            "WorkplaceNeeds",
            "OnePlacement",
            "OpeningCapacity",
        ]
        assert alone.solve().placement_rows == ()

    def test_rules_are_the_complete_list(self):
        needy = {"candidate": {"needs": {"quiet"}}}
        assert placed(model(**needy).solve()) == {("C-1", "O-2"), ("C-2", "O-1")}
        everybody = model(rules=[], **needy).solve()
        assert len(everybody.placement_rows) == 4
        assert everybody.objective == 13

    def test_only_listed_pairs_are_eligible(self):
        one = {name: values[:1] for name, values in PAIRS.items()}
        assert placed(model(pairs=one).solve()) == {("C-1", "O-1")}

    def test_an_added_rule_replaces_one_of_its_class_with_the_same_per(self):
        limited = model()
        limited.add(po.ResourceLimit(per="region", limits=1))
        assert limited.solve().objective == 5
        limited.add(po.ResourceLimit(per="region", limits=0))
        assert limited.solve().objective == 0
        limited.add(po.ResourceLimit(per="opening", limits=1))
        assert len([rule for rule in limited.rules if rule.rule == "ResourceLimit"]) == 2
        limited.add(po.ResourceLimit(per="region", limits=2))
        assert limited.solve().objective == 7

    def test_an_added_term_replaces_one_of_its_kind(self):
        doubled = model().add(po.PairScore("score", weight=2))
        assert [term.weight for term in doubled.objective] == [2]
        assert doubled.solve().objective == 14

    def test_rules_given_twice_are_refused(self):
        with pytest.raises(po.InvalidInputError, match="once per class") as info:
            model(rules=[*BASE, po.OnePlacement(at_most=2)])
        assert problems_of(info) == [("rule", "OnePlacement", "key")]

    def test_terms_given_twice_are_refused(self):
        with pytest.raises(po.InvalidInputError, match="once per class") as info:
            model(objective=[*SCORE, po.PairScore("score", weight=2)])
        assert problems_of(info) == [("objective term", "PairScore", "key")]
        two = {**PAIRS, "wish": [1, 0, 0, 1]}
        both = model(objective=[*SCORE, po.PairScore("wish")], pairs=two).solve()
        assert [row.term for row in both.term_rows] == ["PairScore (score)", "PairScore (wish)"]

    def test_shortfalls_of_two_rules_of_a_class_are_told_apart(self):
        minimums = [
            po.ResourceLimit(per="region", minimums=9, shortfall_price=2),
            po.ResourceLimit(per="opening", minimums=2, shortfall_price=2),
        ]
        result = model(rules=[*BASE, *minimums]).solve()
        short = {row.term: row.value for row in result.term_rows if "shortfall" in row.term}
        assert short == {
            "ResourceLimit (region) shortfall": 7,
            "ResourceLimit (opening) shortfall": 2,
        }
        assert "grens aan een middel (region)" in result.summary("nl")

    def test_a_result_answers_for_the_model_that_was_solved(self):
        solved = model(candidate={"needs": {"quiet"}})
        result = solved.solve()
        before = result.why_not("C-1", "O-1")
        solved.add(po.WorkplaceNeeds())
        assert result.why_not("C-1", "O-1") == before
        assert before.is_eligible
        assert not solved.why_not("C-1", "O-1").is_eligible

    @pytest.mark.parametrize(
        "wrong", ["OnePlacement", po.OnePlacement, None, po.PairScore("score")]
    )
    def test_what_is_no_rule_is_refused(self, wrong):
        with pytest.raises(po.InvalidInputError, match="must be an object such as"):
            model(rules=[wrong])

    def test_a_rule_is_no_term(self):
        with pytest.raises(po.InvalidInputError, match="objective term must be"):
            model(objective=[po.OnePlacement()])


class TestPer:
    def test_a_number_means_every_record_of_the_kind(self):
        free = [po.ResourceLimit(per="opening", limits=1)]
        assert model(rules=free, objective=[po.PairScore("score")]).solve().objective == 5 + 4

    def test_a_mapping_leaves_the_others_free(self):
        only = [po.ResourceLimit(per="opening", limits={"O-1": 1})]
        assert model(rules=only).solve().objective == 5 + 4 + 1

    def test_a_number_means_every_label_of_a_pair_column(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        limited = model(rules=[po.ResourceLimit(per="crew", limits=1)], pairs=crews)
        assert limited.solve().objective == 5 + 3
        named = model(rules=[po.ResourceLimit(per="crew", limits={"red": 1})], pairs=crews)
        assert named.solve().objective == 5 + 3 + 1

    @pytest.mark.parametrize(
        ("per", "unknown"),
        [
            ("candidate", "C-9"),
            ("opening", "O-9"),
            ("employer", "E-9"),
            ("municipality", "M-9"),
            ("opening_municipality", "M-9"),
            ("sector", "markt"),
            ("region", "elsewhere"),
        ],
    )
    def test_an_unknown_id_of_a_built_in_kind_is_bad_input(self, per, unknown):
        wrong = model(rules=[po.ResourceLimit(per=per, limits={unknown: 1})])
        with pytest.raises(po.InvalidInputError, match=unknown) as info:
            wrong.solve()
        assert problems_of(info) == [("rule", "ResourceLimit", "limits")]

    def test_an_unknown_per_is_bad_input_with_the_closest(self):
        with pytest.raises(po.InvalidInputError, match="did you mean 'employer'"):
            model(rules=[po.ResourceLimit(per="employr", limits=1)]).solve()

    def test_a_numeric_column_is_no_group(self):
        with pytest.raises(po.InvalidInputError, match="score"):
            model(rules=[po.ResourceLimit(per="score", limits=1)]).solve()

    def test_a_label_column_is_no_amount(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        with pytest.raises(po.InvalidInputError, match="not of group labels"):
            model(
                rules=[po.ResourceLimit(uses="crew", per="region", limits=1)], pairs=crews
            ).solve()

    def test_a_named_group_without_pairs_uses_nothing(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        limit = po.ResourceLimit(per="crew", limits={"nobody": 0})
        assert model(rules=[*BASE, limit], pairs=crews).solve().objective == 7
        hard = po.ResourceLimit(per="crew", minimums={"nobody": 1})
        result = model(rules=[*BASE, hard], pairs=crews).solve()
        assert result.status is po.Status.INFEASIBLE
        assert result.conflicts == ("resource limit (nobody)",)
        priced = po.ResourceLimit(per="crew", minimums={"nobody": 2.5}, shortfall_price=2)
        result = model(rules=[*BASE, priced], pairs=crews).solve()
        assert (result.status, result.objective) == (po.Status.OPTIMAL, 7 - 5)

    def test_a_pair_column_may_not_be_named_like_a_built_in_group(self):
        with pytest.raises(po.InvalidInputError, match="own_sector"):
            model(pairs=PAIRS | {"sector": ["a", "b", "c", "d"]}).solve()

    def test_negative_usage_is_refused(self):
        owed = PAIRS | {"debt": [1, -1, 0, 0]}
        with pytest.raises(po.InvalidInputError, match="must be >= 0"):
            model(rules=[po.ResourceLimit(uses="debt", per="region", limits=1)], pairs=owed).solve()


PEOPLE = {"candidate": {"ground": "38b.1.a", "hours_per_week": (0, 25.5)}}
WORK = {"opening": {"hours_per_week": (0, 25.5), "employer": "E-1"}}


class TestQuota:
    def asked(self, quota, **employer):
        firm = po.Employer(id="E-1", sector="market", **employer)
        return po.Model(
            region(**PEOPLE, **WORK, employers=[firm], date=DATE),
            rules=[*BASE, quota],
            objective=[po.PlacedJobs(points_per_job=1)],
        )

    def test_pledges_are_new_jobs_on_top_of_those_in_service(self):
        quota = po.JobsQuota(per="employer", shortfall_price=10)
        result = self.asked(quota, jobs_pledged=3, target_group_hours_per_year=1331).solve()
        row = result.quota_rows[0]
        assert (row.target_jobs, row.in_service_jobs, row.placed_jobs) == (3, 0, 2)
        assert (row.shortfall_jobs, row.price_per_job, row.points) == (1, 10, -10)
        assert result.objective == 2 - 10

    def test_a_statutory_target_counts_people_in_service_exactly(self):
        quota = po.JobsQuota(per="sector", jobs={"market": 3}, shortfall_price=3)
        result = self.asked(quota, target_group_hours_per_year=665.5).solve()
        row = result.quota_rows[0]
        assert (row.in_service_jobs, row.placed_jobs, row.shortfall_jobs) == (0.5, 2, 0.5)

    def test_hard_and_flexible(self):
        hard = self.asked(po.JobsQuota(per="employer"), jobs_pledged=2.5).solve()
        assert hard.status is po.Status.INFEASIBLE
        assert "jobs quota (E-1)" in hard.conflicts
        loose = po.JobsQuota(per="employer", max_shortfall=0.5)
        assert self.asked(loose, jobs_pledged=2.5).solve().status is po.Status.OPTIMAL

    def test_people_in_service_have_to_be_known_where_they_count(self):
        quota = po.JobsQuota(per="employer", jobs=1, shortfall_price=1)
        with pytest.raises(po.InvalidInputError) as info:
            self.asked(quota).solve()
        assert problems_of(info) == [("employer", "E-1", "target_group_hours_per_year")]

    def test_people_in_service_of_others_are_not_asked_for(self):
        firms = [
            po.Employer(id="E-1", target_group_hours_per_year=0),
            po.Employer(id="E-2"),
        ]
        asked = po.Model(
            region(**PEOPLE, **WORK, employers=firms, date=DATE),
            rules=[*BASE, po.JobsQuota(per="employer", jobs={"E-1": 2})],
        )
        assert asked.solve().status is po.Status.OPTIMAL

    def test_leaving_a_job_lowers_the_employer_left(self):
        people = [
            po.Candidate(
                id="C-1", ground="38b.1.a", hours_per_week=(0, 25.5), current_opening="O-1"
            )
        ]
        work = [
            po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 20.4)),
            po.Opening(id="O-2", employer="E-2", hours_per_week=(0, 25.5)),
        ]
        firms = [po.Employer(id="E-1", jobs_pledged=0), po.Employer(id="E-2", jobs_pledged=1)]
        leaving = po.Region(
            name="leaving", candidates=people, openings=work, employers=firms, date=DATE
        )
        result = po.solve(leaving)
        assert {row.group: row.placed_jobs for row in result.quota_rows} == {"E-1": -0.8, "E-2": 1}

    def test_a_job_is_left_once_however_many_come_instead(self):
        person = po.Candidate(
            id="C-1", ground="38b.1.a", hours_per_week=(0, 25.5), current_opening="O-1"
        )
        work = [
            po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 20.4)),
            po.Opening(id="O-2", employer="E-2", hours_per_week=(0, 10.2)),
            po.Opening(id="O-3", employer="E-2", hours_per_week=(0, 10.2)),
        ]
        firms = [po.Employer(id="E-1", jobs_pledged=0), po.Employer(id="E-2", jobs_pledged=1)]
        leaving = po.Region(
            name="leaving", candidates=[person], openings=work, employers=firms, date=DATE
        )
        stacking = po.Model(leaving).add(po.OnePlacement(at_most=2))
        result = stacking.solve()
        assert len(result.placement_rows) == 2
        assert {row.group: row.placed_jobs for row in result.quota_rows} == {
            "E-1": -0.8,
            "E-2": 0.8,
        }

    def test_a_shortfall_that_a_solver_leaves_too_high_costs_no_plan(self, monkeypatch):
        """What a stopped solver has at hand is a plan, also where it has not looked at it twice."""

        class Careless:
            name = "careless"

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                some = np.zeros(1, dtype=np.int64)
                assert search.offer(Solution(some, formulation.own_upper.copy()), "careless")
                return Ending.STOPPED

        firms = [po.Employer(id="E-1", jobs_pledged=1), po.Employer(id="E-2", jobs_pledged=1)]
        place = po.Region(
            name="careless",
            date=DATE,
            candidates=[
                po.Candidate(
                    id=f"C-{n}", ground="38b.1.a", hours_per_week=(0, 20.4), current_opening="O-1"
                )
                for n in (1, 2)
            ],
            openings=[
                po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 20.4)),
                po.Opening(id="O-2", employer="E-2", positions=2, hours_per_week=(0, 10.2)),
            ],
            employers=firms,
        )
        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Careless())
        monkeypatch.setattr("placement_opt.run.start_plan.least_plan", lambda *_: None)
        for at_most in (1, 2):
            result = po.Model(place).add(po.OnePlacement(at_most=at_most)).solve()
            assert [row.candidate_id for row in result.placement_rows] == ["C-1"]
            short = {row.group: row.shortfall_jobs for row in result.quota_rows}
            assert short == {"E-1": 1.8, "E-2": 0.6}

    def test_a_pledge_is_never_dropped(self):
        firm = po.Employer(id="E-1", jobs_pledged=1)
        asked = po.Model(
            region(**PEOPLE, employers=[firm], date=DATE, opening={"hours_per_week": (0, 20)}),
            rules=[po.JobsQuota(per="sector")],
        )
        with pytest.raises(po.InvalidInputError, match="pledge counts per sector") as info:
            asked.solve()
        assert problems_of(info) == [("employer", "E-1", "sector")]

    def test_hours_of_a_job_that_is_left_have_to_be_known(self):
        people = [
            po.Candidate(
                id="C-1", ground="38b.1.a", hours_per_week=(0, 25.5), current_opening="O-1"
            )
        ]
        work = [
            po.Opening(id="O-1", employer="E-1", positions=0),
            po.Opening(id="O-2", employer="E-1", hours_per_week=(0, 25.5)),
        ]
        firms = [po.Employer(id="E-1", jobs_pledged=1)]
        silent = po.Region(
            name="silent", candidates=people, openings=work, employers=firms, date=DATE
        )
        rules = [*BASE, po.ExcludedPairs(), po.JobsQuota(per="employer")]
        asked = po.Model(silent, rules=rules, objective=[])
        with pytest.raises(po.InvalidInputError, match="job that is left") as info:
            asked.solve()
        assert problems_of(info) == [("opening", "O-1", "hours_per_week")]

    def test_solving_a_region_never_ends_infeasible_on_a_shortfall(self):
        poor = region(
            **PEOPLE,
            opening={"hours_per_week": (0, 8), "employer": "E-1", "municipality": "M-1"},
            employers=[po.Employer(id="E-1", jobs_pledged=100)],
            municipalities=[po.Municipality(id="M-1", sheltered_places_minimum=50)],
            date=DATE,
        )
        assert po.solve(poor).status is po.Status.OPTIMAL


class TestStacking:
    def test_two_part_time_jobs_within_the_hours(self):
        stacking = po.Model(
            region(1, 3, candidate={"hours_per_week": (0, 20)}, opening={"hours_per_week": (0, 8)}),
            rules=[po.OnePlacement(at_most=3), po.OpeningCapacity()],
            objective=[po.PairScore("hours_per_week")],
        )
        result = stacking.solve()
        assert len(result.placement_rows) == 2
        assert result.objective == 16

    def test_hours_are_asked_of_nobody_who_names_no_maximum(self):
        free = po.Model(region(1, 2), rules=[po.OnePlacement(at_most=2)], pairs=None)
        assert len(free.solve().placement_rows) == 2
        people = [po.Candidate(id="C-1"), po.Candidate(id="C-2", hours_per_week=(0, 8))]
        work = [po.Opening(id="O-1", hours_per_week=(0, 8))]
        mixed = po.Region(name="mixed", candidates=people, openings=work)
        some = po.Model(mixed, rules=[po.OnePlacement(at_most=2)], objective=[po.MatchScore()])
        assert len(some.solve().placement_rows) == 2

    def test_one_coach_over_all_placements(self):
        coached = po.Model(
            region(
                1,
                2,
                candidate={
                    "coaching_regime": "intensive",
                    "coaching_year": 1,
                    "hours_per_week": (0, 40),
                },
                opening={"hours_per_week": (0, 20)},
                coaches=[po.Coach(id=f"K-{n}", hours_per_week=3) for n in (1, 2)],
                date=DATE,
            ),
            rules=[po.OnePlacement(at_most=2), po.OpeningCapacity(), po.Coaching()],
        )
        one = coached.solve()
        assert len(one.placement_rows) == 1  # two coaches with room for one job each
        told = po.Model(coached.region, rules=[po.OnePlacement(at_most=2), po.Coaching()])
        assert len(told.solve().placement_rows) == 1


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


class TestSolving:
    LARGE = po.synthetic_region(candidates=200, seed=5)

    def test_stopped_at_the_asked_gap_is_feasible(self):
        too_large_to_be_proven_meanwhile = po.synthetic_region(candidates=800, seed=5)
        result = po.solve(too_large_to_be_proven_meanwhile, gap=10)
        assert (result.status, result.stop_reason) == (po.Status.FEASIBLE, po.StopReason.GAP)
        assert 0 < result.gap <= 10

    @pytest.mark.parametrize("seconds", [0, 0.2])
    def test_a_short_limit_returns_the_best_plan_so_far(self, seconds):
        region_ = self.LARGE.model_copy(update={"fixed_placements": ()})
        result = po.solve(region_, time_limit_s=seconds, gap=0)
        assert result.status is po.Status.FEASIBLE
        assert result.stop_reason is po.StopReason.TIME_LIMIT
        assert result.has_plan

    def test_no_solution_where_the_empty_plan_breaks_a_rule(self):
        result = model(rules=[*BASE, po.EveryCandidatePlaced()]).solve(time_limit_s=0)
        assert (result.status, result.stop_reason) == (
            po.Status.NO_SOLUTION,
            po.StopReason.TIME_LIMIT,
        )
        assert result.objective is None
        assert result.gap is None
        assert result.placements.empty
        assert result.conflicts == ()

    @pytest.mark.parametrize("kind", ["event", "function"])
    def test_a_cancel_stops_and_keeps_the_plan(self, kind):
        event = threading.Event()
        event.set()
        result = po.solve(self.LARGE, cancel=event if kind == "event" else event.is_set)
        assert result.stop_reason is po.StopReason.CANCELLED

    def test_what_cannot_cancel_is_refused(self):
        with pytest.raises(po.InvalidInputError, match="Event"):
            model().solve(cancel=True)

    def test_an_observer_that_raises_does_not_lose_the_plan(self, caplog):
        def observer(event):
            raise RuntimeError("no more paper")

        result = model().solve(on_progress=observer)
        assert result.objective == 7
        assert "a progress observer failed" in caplog.text

    def test_an_observer_hears_of_every_phase_in_order(self):
        events = []
        result = po.solve(self.LARGE, gap=0.05, on_progress=events.append)
        begun = [event for event in events if event.source == event.phase]
        phases = ["pairs", "lower", "formulate", "search", "verify", "done"]
        assert [event.phase for event in begun] == phases
        assert {event.phase for event in events if event not in begun} == {"search"}
        assert [event.objective for event in begun[:4]] == [None] * 4
        assert begun[-1].objective == pytest.approx(result.objective, abs=1e-6)
        assert begun[-1].bound == pytest.approx(result.bound, abs=1e-6)
        seconds = [event.elapsed_s for event in begun]
        assert seconds == sorted(seconds)

    def test_a_model_that_is_compiled_tells_no_phases_of_compiling_again(self):
        events, made = [], model()
        made.compile()
        made.solve(on_progress=events.append)
        phases = [event.phase for event in events if event.source == event.phase]
        assert phases == ["search", "verify", "done"]

    def test_an_observer_sees_plans_improve_under_the_bound(self):
        events = []
        result = po.solve(self.LARGE, gap=0.05, on_progress=events.append)
        plans = [event.objective for event in events if event.objective is not None]
        bounds = [event.bound for event in events if event.bound is not None]
        assert plans == sorted(plans)
        assert bounds == sorted(bounds, reverse=True)
        assert plans[-1] == pytest.approx(result.objective, abs=1e-6)

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("time_limit_s", -1),
            ("time_limit_s", float("nan")),
            ("time_limit_s", "60"),
            ("gap", -0.1),
            ("gap", True),
            ("seed", -1),
            ("memory_limit_gb", -1),
            ("time_limit_s", None),
        ],
    )
    def test_bad_parameters_are_refused(self, parameter, value):
        with pytest.raises(po.InvalidInputError) as info:
            model().solve(**{parameter: value})
        assert problems_of(info) == [("solve", None, parameter)]

    def test_an_unknown_solver_is_refused_with_the_closest(self):
        with pytest.raises(po.SolverUnavailableError, match="did you mean 'cp-sat'"):
            model().solve(solver="cpsat")

    def test_a_solver_that_cannot_take_the_model_says_why(self):
        weights = PAIRS | {"weight": [1, 2, 3, 4]}
        knapsack = po.ResourceLimit(uses="weight", per="region", limits=5)
        with pytest.raises(po.UnsupportedRuleError, match="flow"):
            model(rules=[*BASE, knapsack], pairs=weights).solve(solver="flow")

    def test_the_run_can_be_repeated_from_its_record(self):
        result = model().solve(seed=3, gap=0.01)
        assert result.run.parameters.seed == 3
        assert result.run.parameters.gap == 0.01
        assert result.run.input == model().region.fingerprint()
        assert [rule["rule"] for rule in result.run.rules] == ["OnePlacement", "OpeningCapacity"]
        assert {"ortools", "numpy", "python"} <= result.run.versions.keys()
        assert {"pairs", "rows", "variables", "seconds", "peak_memory_mb"} <= result.stats.keys()

    def test_a_start_is_used_and_improved(self):
        result = model().solve(start=[("C-1", "O-1")])
        assert result.objective == 7
        assert result.run.parameters.start == "used: 1 placements"
        frame = pd.DataFrame({"candidate_id": ["C-2"], "opening_id": ["O-1"]})
        assert model().solve(start=frame).objective == 7
        assert model().solve(start=result).objective == 7

    @pytest.mark.parametrize("how", [{"time_limit_s": 0}, {"cancel": lambda: True}])
    def test_a_start_is_kept_whatever_the_limits(self, how):
        first = po.solve(self.LARGE, gap=0.05)
        assert any(row.coach_id for row in first.placement_rows)
        again = po.solve(self.LARGE, start=first, **how)
        assert again.run.parameters.start == f"used: {len(first.placement_rows)} placements"
        assert again.objective >= first.objective - 1e-9

    def test_a_start_that_breaks_a_rule_is_said_so(self):
        result = model().solve(start=[("C-1", "O-1"), ("C-2", "O-1")])
        told = result.run.parameters.start
        assert told == (
            "used: 1 placements; 1 left out, rule broken: positions of an opening (C-2 in O-1)"
        )

    def test_a_start_with_unknown_ids_leaves_them_out(self):
        result = model().solve(start=[("C1", "O-1"), ("C-1", "O-2")])
        told = result.run.parameters.start
        assert told == "used: 1 placements; 1 left out, unknown candidate (C1)"

    def test_a_model_can_be_solved_again_after_a_change(self):
        changing = model()
        assert changing.solve().objective == 7
        assert changing.add(po.ResourceLimit(per="region", limits=1)).solve().objective == 5


class TestAnswers:
    def test_why_not_names_the_rule_that_removes_a_pair_and_no_other(self):
        coached = po.Region(
            name="far",
            date=DATE,
            candidates=[
                po.Candidate(
                    id="C-1",
                    location=(51.8, 5.8),
                    transport="walk",
                    max_travel_minutes=10,
                    hours_per_week=(0, 8),
                    coaching_regime="light",
                    coaching_year=1,
                )
            ],
            openings=[
                po.Opening(id="O-1", location=(51.9, 5.8), hours_per_week=(0, 8)),
                po.Opening(id="O-2", location=(51.8, 5.8), hours_per_week=(0, 8)),
            ],
            coaches=[po.Coach(id="K-1", hours_per_week=5)],
        )
        result = po.solve(coached)
        answer = result.why_not("C-1", "O-1")
        assert not answer.is_eligible
        assert [text.split(":")[0] for text in answer.reasons] == ["travel time"]
        assert result.why_not("C-1", "O-2").is_placed
        assert "placed there" in str(result.why_not("C-1", "O-2"))

    def test_why_not_tells_who_won(self):
        one = {name: [values[0], values[2]] for name, values in PAIRS.items()}
        result = model(pairs=one, n_openings=2).solve()
        answer = result.why_not("C-2", "O-1")
        assert answer.is_eligible
        assert any("all 1 positions are taken (by C-1)" in text for text in answer.reasons)
        closed = model(opening={"positions": 0}).solve().why_not("C-1", "O-1")
        assert any("closed" in text for text in closed.reasons)
        other = model().solve().why_not("C-1", "O-1")
        assert other.reasons[0] == "placed in O-2 instead (4 points)"

    def test_why_not_of_a_pair_that_was_not_listed(self):
        one = {name: values[:1] for name, values in PAIRS.items()}
        assert model(pairs=one).why_not("C-2", "O-2").reasons == (
            "the pair is not among the given pairs",
        )

    def test_why_not_of_unknown_ids(self):
        with pytest.raises(po.UnknownIdError, match="did you mean 'C-1'"):
            model().why_not("C1", "O-1")

    @pytest.mark.parametrize("id_", [1, 1.5, None, float("nan"), pd.NA, ["C-1"], {"a": 1}, b"C-1"])
    def test_ids_that_are_no_texts_are_unknown(self, id_):
        solved = model().solve()
        for ask in (
            lambda: model().why_not(id_, "O-1"),
            lambda: model().why_not("C-1", id_),
            lambda: solved.why_not(id_, "O-1"),
            lambda: model().to_cp_sat().variable("C-1", id_),
        ):
            with pytest.raises(po.UnknownIdError, match="Hint"):
                ask()

    def test_a_number_is_close_to_its_digits(self):
        one = po.Region(
            name="r", candidates=[po.Candidate(id="17")], openings=[po.Opening(id="O-1")]
        )
        with pytest.raises(po.UnknownIdError, match="did you mean '17'"):
            po.Model(one).why_not(17, "O-1")

    @pytest.mark.parametrize("name", [["auto"], None, 3, {"auto"}])
    def test_a_solver_that_is_no_text_is_refused(self, name):
        with pytest.raises(po.SolverUnavailableError, match="must be one of auto"):
            model().solve(solver=name)

    def test_the_cp_sat_model_is_one_and_can_be_extended(self):
        from ortools.sat.python import cp_model

        cp = model().to_cp_sat()
        assert isinstance(cp, cp_model.CpModel)
        assert cp.validate() == ""
        assert cp.pairs()[["candidate_id", "opening_id"]].to_numpy().tolist() == [
            ["C-1", "O-1"],
            ["C-1", "O-2"],
            ["C-2", "O-1"],
            ["C-2", "O-2"],
        ]
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(cp) == cp_model.OPTIMAL
        assert solver.value(cp.variable("C-1", "O-2")) == 1
        cp.add(cp.variable("C-1", "O-2") == 0)
        assert solver.solve(cp) == cp_model.OPTIMAL
        assert solver.value(cp.variable("C-1", "O-1")) == 1
        with pytest.raises(po.UnknownIdError):
            cp.variable("C-1", "O-9")

    def test_a_result_survives_json(self, tmp_path):
        file = tmp_path / "result.json"
        result = po.solve(po.synthetic_region(candidates=40, openings=14, seed=2))
        result.to_json(file)
        again = po.Result.from_json(file)
        assert again == result
        assert again.model_dump() == result.model_dump()
        assert again.summary() == result.summary()
        pd.testing.assert_frame_equal(again.placements, result.placements)
        with pytest.raises(po.PlacementError, match="from a file"):
            again.why_not("C-00001", "O-0001")

    def test_a_file_is_never_overwritten_unasked(self, tmp_path):
        file = tmp_path / "result.json"
        result = model().solve()
        result.to_json(file)
        before = file.read_bytes()
        with pytest.raises(FileExistsError):
            result.to_json(file)
        assert file.read_bytes() == before
        result.to_json(file, overwrite=True)
        assert po.Result.from_json(file) == result

    def test_what_is_no_result_is_refused(self, tmp_path):
        file = tmp_path / "other.json"
        file.write_text('{"status": "OPTIMAL"}', encoding="utf-8")
        with pytest.raises(po.InvalidInputError, match="as Result"):
            po.Result.from_json(file)

    def test_placements_have_a_plain_index(self):
        frame = model().solve().placements
        assert isinstance(frame.index, pd.RangeIndex)
        assert len(frame) == 2


def test_solve_takes_what_a_model_takes():
    result = po.solve(region(), 5.0, 0.0, 1, "cp-sat")
    assert result.run.parameters.solver == "cp-sat"
    assert result.run.parameters.time_limit_s == 5.0


def test_time_for_the_verdict_on_the_largest_plan_is_set_aside():
    def kept(positions, candidates, limit):
        region = po.Region(
            name="r",
            candidates=[po.Candidate(id=f"C-{n}") for n in range(candidates)],
            openings=[po.Opening(id="O-1", positions=positions)],
        )
        return closing_s(region, limit)

    assert kept(40, 100, 60.0) == pytest.approx(40 * CLOSING_S)
    assert kept(400, 100, 60.0) == pytest.approx(100 * CLOSING_S)
    assert kept(400, 100, 0.5) == pytest.approx(0.5 * CLOSING_SHARE)


class TestSeconds:
    def test_each_result_tells_its_own_seconds(self, monkeypatch):
        class Sleeps(CpSat):
            def solve(self, formulation, search):
                time.sleep(0.05)
                return super().solve(formulation, search)

        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Sleeps())
        solved = model()
        first, second = solved.solve().stats, solved.solve().stats
        assert set(first["seconds"]) == {"pairs", "lower", "formulate", "search", "verify"}
        for phase in ("pairs", "lower", "formulate"):
            assert second["seconds"][phase] == first["seconds"][phase]  # compiled once
        spent = second["seconds"]["search"] + second["seconds"]["verify"]
        assert 0.05 <= spent <= second["elapsed_s"] + 0.002


class TestTypes:
    def test_numbers_of_numpy_are_taken(self, tmp_path):
        limits = {"seed": np.int64(3), "gap": np.float32(0.5), "time_limit_s": np.int32(20)}
        for solver in ("auto", "mip"):
            result = model().solve(solver=solver, **limits)
            assert result.has_plan
            result.to_json(tmp_path / f"{solver}.json")
            assert po.Result.from_json(tmp_path / f"{solver}.json").objective == result.objective


class TestDeaf:
    @pytest.mark.parametrize("how", ["cancel", "time limit", "interrupt"])
    def test_a_solver_that_does_not_listen_is_left_behind(self, monkeypatch, how):
        asked, goes_on, heard = threading.Event(), threading.Event(), []

        class Deaf:
            name = "deaf"

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                some = Solution(np.array([3]), formulation.own_lower)
                search.offer(some, "deaf")
                asked.set()
                heard.append(goes_on.wait(30))
                better = Solution(np.array([1, 2]), formulation.own_lower)
                heard.append(search.offer(better, "deaf"))
                return Ending.STOPPED

        def wait(self, seconds):
            if how == "interrupt" and asked.is_set() and not interrupts:
                interrupts.append(seconds)
                raise KeyboardInterrupt
            return plain_wait(self, seconds)

        interrupts, plain_wait = [], Beside.wait
        monkeypatch.setattr(Beside, "wait", wait)
        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Deaf())
        limit = 0.2 if how == "time limit" else 600
        result = model().solve(time_limit_s=limit, cancel=asked if how == "cancel" else None)
        assert heard == []  # or this would have waited for it
        assert result.objective == 1
        assert result.stop_reason is (
            po.StopReason.TIME_LIMIT if how == "time limit" else po.StopReason.CANCELLED
        )
        assert any("left behind" in note for note in result.stats["way"])
        goes_on.set()
        while len(heard) < 2:
            time.sleep(0.01)
        assert heard == [True, False]


class TestCrash:
    def test_a_crash_anywhere_keeps_the_plan_and_is_told(self, monkeypatch, caplog):
        class Falls:
            name = "falls"

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                best = CpSat().solve(formulation, search)
                search.bound = None
                raise OSError(f"no room, after {best}")

        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Falls())
        result = model().solve()
        assert (result.objective, result.status) == (7, po.Status.FEASIBLE)
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert "no room" in caplog.text
        caplog.clear()
