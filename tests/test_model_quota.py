"""A model's jobs quota: what counts, and what bad input it tells."""

import numpy as np
import pytest
from small_models import BASE, DATE, problems_of, region

import placement_opt as po
from placement_opt.solvers.search.base import Ending
from placement_opt.solvers.search.board import Solution

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
