"""Reasons of people for whom rows are full."""

import numpy as np
import pytest
from formulations import problem, rows
from told_reasons import job, person, told

import placement_opt as po
from placement_opt.answers.reasons import Kind, reasons
from placement_opt.constraints.coaching_classes import Free
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.search.board import Solution

NONE = [NO_LOWER] * 3


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
        ("coach", "about"),
        [
            ({"hours_per_week": 3}, "K-1 hours"),
            ({"hours_per_week": 9, "max_caseload": 1}, "K-1 caseload"),
        ],
    )
    def test_by_coaching(self, at_most, coach, about):
        coached = {"coaching_hours_per_week": 2, "coaching_regime": None}
        rows = told(
            [person(**coached), person("C-2", priority=1, **coached)],
            [job(positions=2)],
            rules=[po.OnePlacement(at_most=at_most), po.OpeningCapacity(), po.Coaching()],
            coaches=[po.Coach(id="K-1", **coach)],
        )
        self.check(rows["C-1"], "coaching capacity", about)
        assert f"jobcoachcapaciteit ({about.replace('hours', 'uren')})" in rows["C-1"].text_nl

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


class TestSeveralRowsAreFull:
    """The scarcest is told first, by price; the order of the rules says nothing."""

    def test_coach_hours_before_positions(self):
        coached = {"coaching_hours_per_week": 2, "coaching_regime": None}
        people = [
            person("C-1", priority=2, **coached),
            person("C-2", priority=9, **coached),
            person("C-3", priority=1),
        ]
        rows = told(
            people,
            [job("O-1"), job("O-2")],
            objective=[po.Priority()],
            coaches=[po.Coach(id="K-1", hours_per_week=3)],
        )
        # A third position would place nobody; two hours more of K-1 would replace C-3.
        row = rows["C-1"]
        assert (row.because, row.about) == ("coaching capacity", "K-1 hours")
        assert "coaching capacity (K-1 hours) and positions of an opening (O-" in row.text
        assert "are full" in row.text
        assert "jobcoachcapaciteit (K-1 uren) en plekken van een vacature (O-" in row.text_nl
        assert "zijn vol" in row.text_nl

    def test_an_opening_where_one_row_alone_is_missing_comes_first(self):
        coached = {"coaching_hours_per_week": 2, "coaching_regime": None}
        rows = told(
            [person("C-1", wishes=("O-1",), **coached), person("C-2", priority=9, **coached)],
            [job("O-1"), job("O-2")],
            coaches=[po.Coach(id="K-1", hours_per_week=3)],
            pairs={"candidate_id": ["C-1", "C-1", "C-2"], "opening_id": ["O-1", "O-2", "O-1"]},
        )
        row = rows["C-1"]
        assert (row.best_opening_id, row.because) == ("O-2", "coaching capacity")
        assert "positions" not in row.text

    def reason(self, prices):
        """Return why the first person is left: two openings, each full, of 5 and of 4 points."""
        one_each = rows("person", [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], NONE, [1] * 3)
        place = rows("place", [[1, 0, 1, 0], [0, 1, 0, 1]], NONE[:2], [1, 1])
        hours = rows("hours", [[1, 0, 0, 0]], NONE[:1], [0])
        formulation = problem([5, 4, 9, 9], [one_each, place, hours])
        plan = Solution(np.array([2, 3]), np.zeros(0, dtype=np.int64))
        start, left = np.array([0, 2, 3, 4]), np.array([0])
        (reason,) = reasons(
            formulation, plan, np.array(prices, float), start, left, np.zeros(4, dtype=np.bool_)
        )
        return reason

    def test_the_opening_is_the_one_nearest_to_a_placement_at_the_prices(self):
        reason = self.reason([0, 0, 0, 0, 0, 0])
        assert (reason.kind, reason.pair, reason.rows) == (Kind.OUTCOMPETED, 1, (4,))

    @pytest.mark.parametrize(("prices", "pair"), [([9, 4.5], 1), ([5, 4.5], 0), ([0, 0], 0)])
    def test_of_two_full_openings(self, prices, pair):
        one_each = rows("person", [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], NONE, [1] * 3)
        place = rows("place", [[1, 0, 1, 0], [0, 1, 0, 1]], NONE[:2], [1, 1])
        formulation = problem([5, 4, 9, 9], [one_each, place])
        plan = Solution(np.array([2, 3]), np.zeros(0, dtype=np.int64))
        (reason,) = reasons(
            formulation,
            plan,
            np.array([0, 0, 0, *prices], float),
            np.array([0, 2, 3, 4]),
            np.array([0]),
            np.zeros(4, dtype=np.bool_),
        )
        assert (reason.pair, reason.rows) == (pair, (3 + pair,))

    @pytest.mark.parametrize("price_of_place", [0, 7])
    def test_what_is_too_small_even_alone_comes_first_whatever_it_costs(self, price_of_place):
        one_each = rows("person", [[1, 0], [0, 1]], NONE[:2], [1, 1])
        place = rows("place", [[1, 1]], NONE[:1], [1])
        budget = rows("budget", [[5, 1]], NONE[:1], [4])
        formulation = problem([5, 9], [one_each, place, budget])
        (reason,) = reasons(
            formulation,
            Solution(np.array([1]), np.zeros(0, dtype=np.int64)),
            np.array([0, 0, price_of_place, 1], float),
            np.array([0, 1, 2]),
            np.array([0]),
            np.zeros(2, dtype=np.bool_),
        )
        assert (reason.kind, reason.rows, reason.n_small) == (Kind.TOO_LARGE, (3, 2), 1)

    def test_the_coach_who_lacks_least_is_named(self):
        # The first has more hours left, too few, and no head; the second has heads.
        room = CoachRoom(
            pair=np.array([0]),
            kind_of_pair=np.array([0]),
            hours=np.array([4]),
            kind=np.array([0, 0]),
            coach=np.array([0, 1]),
            before=Free(np.array([3, 2]), np.array([0, 1])),
            first_hours_row=1,
        )
        lacks = room.lacking(np.array([0]), np.array([0, 0]))
        assert [part.tolist() for part in lacks] == [[0], [2]]

    def test_a_coach_of_several_jobs_counts_people_not_switches(self):
        room = CoachRoom(
            pair=np.array([0, 1]),
            kind_of_pair=np.array([0, 1]),
            hours=np.array([2, 2]),
            kind=np.array([0, 1]),
            coach=np.array([0, 0]),
            before=Free(np.array([9]), np.array([1])),
            first_hours_row=5,
            head=np.array([0, 1]),
        )
        asked = np.array([1])
        # The last two variables say who has a coach; the second is one for nobody.
        assert [part.tolist() for part in room.lacking(asked, np.array([0, 0, 0, 1]))] == [[], []]
        assert [part.tolist() for part in room.lacking(asked, np.array([1, 0, 1, 0]))] == [[0], [6]]
