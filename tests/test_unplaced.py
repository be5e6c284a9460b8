"""Everybody without a placement gets the reason that is true of them."""

import datetime as dt

import pytest

import placement_opt as po

DATE = dt.date(2026, 2, 1)


def told(people, work, rules=None, objective=None, pairs=None, solver="cp-sat", **fields):
    """Solve, and return the row of each person without a placement."""
    region = po.Region(name="small", date=DATE, candidates=people, openings=work, **fields)
    result = po.Model(region, rules=rules, objective=objective, pairs=pairs).solve(
        solver=solver, gap=0
    )
    assert result.status is po.Status.OPTIMAL
    for row in result.unplaced_rows:
        assert row.text
        assert row.text_nl
        if row.because is not None:
            assert row.because in row.text
    return {row.candidate_id: row for row in result.unplaced_rows}


def person(id_="C-1", **fields):
    defaults = {
        "hours_per_week": (0, 20),
        "ground": "38b.1.a",
        "coaching_regime": "none",
        "wage_value": 1,
    }
    return po.Candidate(id=id_, **defaults | fields)


def job(id_="O-1", **fields):
    return po.Opening(id=id_, **{"hours_per_week": (0, 20)} | fields)


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


class TestOutcompeted:
    def check(self, row, because, about, opening="O-1"):
        assert (row.reason, row.because, row.about) == ("outcompeted", because, about)
        assert row.best_opening_id == opening
        assert row.eligible_openings >= 1
        assert f"best opening {opening}" in row.text

    @pytest.mark.parametrize("solver", ["cp-sat", "flow"])
    def test_by_the_positions_of_the_opening(self, solver):
        rows = told([person(), person("C-2", priority=1)], [job()], solver=solver)
        assert set(rows) == {"C-1"}
        self.check(rows["C-1"], "positions of an opening", "O-1")

    def test_by_a_closed_opening(self):
        self.check(told([person()], [job(positions=0)])["C-1"], "positions of an opening", "O-1")

    def test_by_supervision_places(self):
        firm = po.Employer(id="E-1", supervision_places=1)
        rows = told(
            [person(), person("C-2", priority=1)],
            [job(employer="E-1", positions=2)],
            employers=[firm],
        )
        self.check(rows["C-1"], "supervision places of an employer", "E-1")

    @pytest.mark.parametrize("at_most", [1, 2])
    @pytest.mark.parametrize(
        "coach", [{"hours_per_week": 3}, {"hours_per_week": 9, "max_caseload": 1}]
    )
    def test_by_coaching(self, at_most, coach):
        coached = {"coaching_hours_per_week": 2, "coaching_regime": None}
        rows = told(
            [person(**coached), person("C-2", priority=1, **coached)],
            [job(positions=2)],
            rules=[po.OnePlacement(at_most=at_most), po.OpeningCapacity(), po.Coaching()],
            coaches=[po.Coach(id="K-1", **coach)],
        )
        self.check(rows["C-1"], "coaching capacity", "K-1 hours")

    def test_by_a_budget(self):
        town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=10_000)
        cheap = {"municipality": "M-1", "wage_value": 0.5}
        rows = told(
            [person(**cheap), person("C-2", priority=1, **cheap)],
            [job(positions=2)],
            municipalities=[town],
        )
        self.check(rows["C-1"], "wage-subsidy budget of a municipality", "M-1")

    def test_by_a_sheltered_maximum_beside_a_priced_minimum(self):
        town = po.Municipality(id="M-1", sheltered_places_minimum=1, sheltered_places_maximum=1)
        advised = {"municipality": "M-1", "sheltered": True}
        rows = told(
            [person(**advised), person("C-2", priority=1, **advised)],
            [job(positions=2, sheltered=True)],
            municipalities=[town],
        )
        self.check(rows["C-1"], "sheltered places of a municipality", "M-1")

    def test_by_a_resource_of_ones_own(self):
        rows = told(
            [person(), person("C-2", priority=1)],
            [job(positions=2)],
            rules=[
                po.OnePlacement(),
                po.ResourceLimit(
                    uses="hours_per_week", per="region", limits=25, minimums=30, shortfall_price=1
                ),
            ],
        )
        self.check(rows["C-1"], "resource limit", "small")

    def test_by_a_hard_balance(self):
        people = [
            person("C-1", municipality="M-1"),
            person("C-2", municipality="M-1", priority=1),
            person("C-3", municipality="M-2"),
            person("C-4", municipality="M-2"),
        ]
        work = [job("O-1", positions=2, preferences=("C-1", "C-2")), job("O-2", provides={"quiet"})]
        closed = {"excluded_pairs": [(c, "O-1") for c in ("C-3", "C-4")]}
        rows = told(
            people,
            work,
            rules=[
                po.OnePlacement(),
                po.OpeningCapacity(),
                po.ExcludedPairs(),
                po.MunicipalityBalance(share=1),
            ],
            pairs={
                "candidate_id": ["C-1", "C-2", "C-3", "C-4"],
                "opening_id": ["O-1", "O-1", "O-2", "O-2"],
            },
            **closed,
        )
        self.check(rows["C-1"], "balance between municipalities", "M-2")
        assert rows.keys() - {"C-1"} <= {"C-3", "C-4"}

    def test_by_a_job_that_may_not_be_left(self):
        firms = [po.Employer(id="E-1", jobs_pledged=0), po.Employer(id="E-2")]
        row = told(
            [person(current_opening="O-1")],
            [job("O-1", employer="E-1"), job("O-2", employer="E-2")],
            rules=[
                po.OnePlacement(),
                po.OpeningCapacity(),
                po.ExcludedPairs(),
                po.JobsQuota(per="employer"),
            ],
            employers=firms,
        )["C-1"]
        self.check(row, "jobs quota", "E-1", "O-2")


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


def test_who_is_placed_has_no_row():
    assert told([person()], [job()]) == {}
