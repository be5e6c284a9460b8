"""Everybody without a placement gets the reason that is true of them."""

import numpy as np
import pytest
from told_reasons import DATE, job, person, told

import placement_opt as po
from placement_opt.answers.row_prices import row_prices
from placement_opt.formulation.certificate import Certificate
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits


class TestNothingEligible:
    @pytest.mark.parametrize(
        ("because", "candidate", "opening"),
        [
            (
                "essential skills",
                {},
                {"required_skills": {"dutch": 1}, "essential_skills": {"dutch"}},
            ),
            (
                "travel time",
                {"location": (51.0, 5.0), "transport": "walk", "max_travel_minutes": 9},
                {"location": (52.0, 5.0)},
            ),
            ("hours overlap", {"hours_per_week": (32, 40)}, {}),
            ("workplace needs", {"needs": {"quiet"}}, {}),
            ("start dates", {"available_from": "2027-01-01"}, {"starts_on": "2026-03-01"}),
            ("sheltered work", {"sheltered": True}, {}),
            ("sheltered work", {}, {"sheltered": True}),
        ],
    )
    def test_the_rule_that_removes_most_is_named(self, because, candidate, opening):
        row = told([person(**candidate)], [job("O-1", **opening), job("O-2", **opening)])["C-1"]
        assert (row.reason, row.because, row.about) == ("no_eligible_opening", because, "2")
        assert row.eligible_openings == 0
        assert row.best_opening_id is None
        assert "2 of 2" in row.text

    def test_the_one_that_removes_more_wins(self):
        work = [
            job("O-1", hours_per_week=(30, 40)),
            job("O-2", hours_per_week=(30, 40)),
            job("O-3"),
        ]
        row = told([person(needs={"quiet"}, hours_per_week=(8, 20))], work)["C-1"]
        assert (row.because, row.about) == ("workplace needs", "3")

    def test_an_excluded_pair(self):
        row = told([person()], [job()], excluded_pairs=[("C-1", "O-1")])["C-1"]
        assert (row.because, row.about) == ("excluded pairs", "1")

    def test_nobody_covers_the_coaching(self):
        coached = person(coaching_hours_per_week=1, coaching_regime=None, municipality="M-1")
        coach = po.Coach(id="K-1", hours_per_week=9, municipalities={"M-2"})
        towns = [po.Municipality(id="M-1"), po.Municipality(id="M-2")]
        row = told([coached], [job()], coaches=[coach], municipalities=towns)["C-1"]
        assert (row.reason, row.because) == ("no_eligible_opening", "coaching capacity")

    def test_no_pair_was_listed(self):
        pairs = {"candidate_id": ["C-2"], "opening_id": ["O-1"]}
        row = told([person(), person("C-2")], [job()], pairs=pairs)["C-1"]
        assert (row.reason, row.because) == ("no_eligible_opening", None)
        assert "no pair with this candidate was given" in row.text


class TestClosed:
    def test_closed_openings_are_no_eligible_ones(self):
        row = told([person()], [job("O-1", positions=0), job("O-2", positions=0)])["C-1"]
        assert (row.reason, row.because) == ("no_eligible_opening", "positions of an opening")
        assert (row.about, row.eligible_openings, row.best_opening_id) == ("2", 0, None)
        assert "all are closed" in row.text
        assert "gesloten" in row.text_nl

    def test_where_nobody_counts_positions_none_is_closed(self):
        rules = [po.OnePlacement(), po.ResourceLimit(per="region", limits=1)]
        people = [person(), person("C-2", priority=1)]
        row = told(people, [job(positions=0)], rules=rules)["C-1"]
        assert (row.eligible_openings, row.because) == (1, "resource limit")

    def test_a_closed_opening_beside_one_that_is_full(self):
        work = [job("O-1", positions=0), job("O-2")]
        row = told([person(), person("C-2", priority=1)], work)["C-1"]
        assert (row.reason, row.eligible_openings) == ("outcompeted", 1)
        assert (row.because, row.about) == ("positions of an opening", "O-2")


class TestTooLarge:
    """A limit never has room for this person, even alone: it is not called full."""

    def check(self, row, because, about):
        assert (row.reason, row.because, row.about) == ("outcompeted", because, about)
        assert (row.eligible_openings, row.best_opening_id) == (1, "O-1")
        assert "even for this candidate alone" in row.text
        assert "has too little room" in row.text
        assert "heeft te weinig ruimte" in row.text_nl

    @pytest.mark.parametrize(
        ("fields", "about"), [({"hours_per_week": 1}, "hours"), ({"max_caseload": 0}, "caseload")]
    )
    @pytest.mark.parametrize("at_most", [1, 2])
    def test_a_coach(self, fields, about, at_most):
        coached = {"coaching_hours_per_week": 2, "coaching_regime": None}
        row = told(
            [person(**coached)],
            [job(positions=2)],
            rules=[po.OnePlacement(at_most=at_most), po.OpeningCapacity(), po.Coaching()],
            coaches=[po.Coach(id="K-1", **{"hours_per_week": 9} | fields)],
        )["C-1"]
        self.check(row, "coaching capacity", f"K-1 {about}")

    @pytest.mark.parametrize("budget", [0, 10])
    def test_a_budget(self, budget):
        town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=budget)
        people = [person(municipality="M-1", wage_value=0.5)]
        row = told(people, [job()], municipalities=[town])["C-1"]
        self.check(row, "wage-subsidy budget of a municipality", "M-1")

    def test_what_is_too_small_comes_before_what_is_full(self):
        town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=10)
        people = [person(municipality="M-1", wage_value=0.5), person("C-2", priority=1)]
        row = told(people, [job()], municipalities=[town])["C-1"]
        self.check(row, "wage-subsidy budget of a municipality", "M-1")
        assert row.text.endswith(
            "(M-1) has too little room and positions of an opening (O-1) is full"
        )

    def test_where_others_have_room_that_is_told(self):
        rules = [
            po.OnePlacement(),
            po.ResourceLimit(uses="hours_per_week", per="opening", limits={"O-1": 19, "O-2": 20}),
        ]
        rows = told([person(), person("C-2", priority=1)], [job("O-1"), job("O-2")], rules=rules)
        assert (rows["C-1"].best_opening_id, rows["C-1"].about) == ("O-2", "O-2")
        assert rows["C-1"].text.startswith("outcompeted at")


class TestRoomLeft:
    def solved(self, start, **how):
        region = po.Region(
            name="small",
            date=DATE,
            candidates=[person(), person("C-2")],
            openings=[job("O-1"), job("O-2")],
        )
        return po.Model(region).solve(start=start, **how)

    def test_a_plan_that_is_not_the_best_says_so(self):
        result = self.solved([("C-1", "O-1")], time_limit_s=0)
        assert result.status is po.Status.FEASIBLE
        (row,) = result.unplaced_rows
        assert (row.reason, row.because) == ("room_left", None)
        assert (row.best_opening_id, row.eligible_openings) == ("O-2", 2)
        assert "a better plan is open" in row.text
        assert "een beter plan is mogelijk" in row.text_nl
        assert "room left" in result.summary()
        assert "nog ruimte" in result.summary("nl")

    def test_the_best_plan_leaves_none(self):
        assert self.solved([("C-1", "O-1")]).unplaced_rows == ()


class TestNotWorthwhile:
    def test_a_placement_that_costs_points(self):
        pairs = {"candidate_id": ["C-1"], "opening_id": ["O-1"], "score": [-1]}
        row = told([person()], [job()], objective=[po.PairScore("score")], pairs=pairs)["C-1"]
        assert (row.reason, row.because) == ("not_worthwhile", None)
        assert row.best_opening_id == "O-1"
        assert "would not rise" in row.text

    def test_a_placement_whose_shortfall_costs_more(self):
        firms = [po.Employer(id="E-1", jobs_pledged=0), po.Employer(id="E-2")]
        row = told(
            [person(current_opening="O-1")],
            [job("O-1", employer="E-1"), job("O-2", employer="E-2")],
            rules=[
                po.OnePlacement(),
                po.OpeningCapacity(),
                po.ExcludedPairs(),
                po.JobsQuota(per="employer", shortfall_price=100_000),
            ],
            employers=firms,
        )["C-1"]
        assert row.reason == "not_worthwhile"

    def test_a_placement_that_brings_nothing(self):
        pairs = {"candidate_id": ["C-1"], "opening_id": ["O-1"], "score": [0]}
        model = po.Model(
            po.Region(name="small", date=DATE, candidates=[person()], openings=[job()]),
            pairs=pairs,
            objective=[po.PairScore("score")],
        )
        for row in model.solve(time_limit_s=0).unplaced_rows:
            assert row.reason == "not_worthwhile"

    def test_a_full_opening_that_would_bring_nothing(self):
        pairs = {
            "candidate_id": ["C-1", "C-2"],
            "opening_id": ["O-1", "O-1"],
            "score": [-1, 2],
        }
        people = [person(), person("C-2")]
        row = told(people, [job()], objective=[po.PairScore("score")], pairs=pairs)["C-1"]
        assert (row.reason, row.because) == ("not_worthwhile", None)

    @pytest.mark.parametrize("price", [None, 100_000])
    def test_a_job_that_is_left_where_people_may_have_two(self, price):
        firms = [po.Employer(id="E-1", jobs_pledged=0), po.Employer(id="E-2")]
        row = told(
            [person(current_opening="O-1")],
            [job("O-1", employer="E-1"), job("O-2", employer="E-2")],
            rules=[
                po.OnePlacement(at_most=2),
                po.OpeningCapacity(),
                po.ExcludedPairs(),
                po.JobsQuota(per="employer", shortfall_price=price),
            ],
            employers=firms,
            excluded_pairs=[("C-1", "O-1")],
        )["C-1"]
        if price is None:
            assert (row.reason, row.because, row.about) == ("outcompeted", "jobs quota", "E-1")
            assert "has nothing to spare" in row.text
            assert "kan niets missen" in row.text_nl
        else:
            assert row.reason == "not_worthwhile"


class TestPrices:
    def model(self):
        region = po.Region(
            name="small",
            date=DATE,
            candidates=[person(), person("C-2", priority=1)],
            openings=[job()],
        )
        return po.Model(region).compile().formulation

    def test_those_of_the_certificate_come_first(self):
        formulation = self.model()
        search = Search(formulation, SearchLimits())
        prices = np.zeros(formulation.n_rows, dtype=np.int64)
        prices[0] = 3 << 2
        search.certify(Certificate(prices, 2), "test")
        assert row_prices(formulation, search)[0] == 3

    def test_else_those_of_the_relaxation_where_it_is_small(self, monkeypatch):
        formulation = self.model()
        search = Search(formulation, SearchLimits())
        assert row_prices(formulation, search).max() > 0
        monkeypatch.setattr("placement_opt.answers.row_prices.FEW_VARIABLES", 0)
        assert not row_prices(formulation, search).any()


def test_people_are_looked_at_some_at_a_time(monkeypatch):
    people = [person(f"C-{n}", priority=n) for n in range(6)]
    work = [job("O-1"), job("O-2")]
    whole = told(people, work)
    monkeypatch.setattr("placement_opt.answers.reasons.PAIRS_AT_ONCE", 3)
    assert told(people, work) == whole
    assert len(whole) == 4


def test_who_is_placed_has_no_row():
    assert told([person()], [job()]) == {}
