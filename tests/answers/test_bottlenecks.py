"""What is scarce: prices with their ranges, and one more and one less beside solving again."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, brute_force, models

import placement_opt as po
from placement_opt.answers.bottleneck_words import told
from placement_opt.answers.bottlenecks import _Again
from placement_opt.answers.pace import Pace
from placement_opt.answers.solve_again import SolvedAgain
from placement_opt.formulation.certificate import Certificate

MANY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)

FIELDS = {
    ("OpeningCapacity", "placements"): ("openings", "positions"),
    ("OpeningHours", "hours_per_week"): ("openings", "hours_total_per_week"),
    ("SupervisionPlaces", "placements"): ("employers", "supervision_places"),
    ("Coaching", "people"): ("coaches", "max_caseload"),
    ("Coaching", "coaching_hours_per_week"): ("coaches", "hours_per_week"),
    ("WageSubsidyBudget", "eur_per_year"): ("municipalities", "wage_subsidy_budget_eur_per_year"),
}
"""Which field of which records a limit is, so that the model can be made anew with another one."""


def with_another(model, row, value):
    """The model of a region whose record says another limit; None where no record does."""
    if row["rule"] in {"ShelteredPlaces"}:
        end = "maximum" if row["side"] == "at most" else "minimum"
        records, field = "municipalities", f"sheltered_places_{end}"
    elif row["rule"] == "JobsQuota" and all(
        getattr(rule, "jobs", None) is None and getattr(rule, "per", "employer") == "employer"
        for rule in model.rules
        if rule.rule == "JobsQuota"
    ):
        records, field = "employers", "jobs_pledged"
    elif (row["rule"], row["unit"]) in FIELDS:
        records, field = FIELDS[row["rule"], row["unit"]]
    else:
        return None
    # A count is a whole number in its record, half a job is not.
    value = int(value) if float(value).is_integer() else value
    told_ = [
        record.model_copy(update={field: value}) if record.id == row["group"] else record
        for record in getattr(model.region, records)
    ]
    return model.of_region(model.region.model_copy(update={records: tuple(told_)}))


class TestEveryRuleAtOnce:
    @MANY
    @given(model=models())
    def test_one_more_and_one_less_equal_solving_again(self, model):
        compiled = model.compile()
        assume(compiled.pairs.n_pairs <= MOST_PAIRS)
        best = brute_force(compiled)
        assume(best is not None)
        result = model.solve(gap=0)
        found = result.bottlenecks(prove=6)
        for row in found.head(6).to_dict("records"):
            if row["step"] != 1:
                continue  # told in units of the row, which no record holds exactly
            for name, more in (("one_more", 1), ("one_less", -1)):
                if row["limit"] + more < 0:
                    continue
                try:
                    other = with_another(model, row, row["limit"] + more)
                except po.InvalidInputError:
                    continue  # no record holds it, such as a minimum above its maximum
                if other is None:
                    continue
                expected = brute_force(other.compile())
                gain = row[f"gain_points_of_{name}"]
                if expected is None:
                    assert math.isnan(gain), "no plan is left"
                    continue
                if math.isnan(gain):
                    assert row["rule"] in {"JobsQuota", "ShelteredPlaces"}, (
                        "of priced minimums only"
                    )
                    continue
                assert gain == pytest.approx(float(expected - best), abs=1e-6), (row, name)
                low, high = row[f"gain_low_of_{name}"], row[f"gain_high_of_{name}"]
                assert low - 1e-6 <= float(expected - best) <= high + 1e-6
                assert high - low <= 1e-6

    @MANY
    @given(model=models(hard=False))
    def test_used_is_what_the_tables_say(self, model):
        assume(model.compile().pairs.n_pairs <= MOST_PAIRS)
        result = model.solve(gap=0)
        assume(result.has_plan)
        coaches = {row.coach_id: row for row in result.coach_rows}
        budgets = {row.municipality_id: row for row in result.budget_rows}
        filled = {row.opening_id: row for row in result.opening_rows}
        for row in result.bottlenecks(prove=0).to_dict("records"):
            used, group = row["used"], row["group"]
            if row["rule"] == "OpeningCapacity":
                assert (used, row["limit"]) == (filled[group].filled, filled[group].places)
            if row["rule"] == "Coaching" and row["unit"] == "people":
                assert used == coaches[group].people
            if row["rule"] == "Coaching" and row["unit"] == "coaching_hours_per_week":
                assert row["limit"] - used == pytest.approx(coaches[group].free_hours_per_week)
            if row["rule"] == "WageSubsidyBudget":
                # The table tells the subsidy alone; the budget may pay charges as well.
                assert used >= budgets[group].subsidy_eur_per_year - 0.01
            if row["rule"] == "JobsQuota":
                jobs = [q for q in result.quota_rows if q.group == group]
                assert used == pytest.approx(jobs[0].placed_jobs + jobs[0].in_service_jobs)


def market(places, scores):
    """People 0, 1, ... with scores for openings 0, 1, ...; so many places each."""
    region = po.Region(
        name="market",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(len(scores))],
        openings=[po.Opening(id=f"O-{o}", positions=n) for o, n in enumerate(places)],
    )
    entries = [
        (f"C-{c}", f"O-{o}", value) for c, row in enumerate(scores) for o, value in enumerate(row)
    ]
    columns = zip(("candidate_id", "opening_id", "score"), zip(*entries, strict=True), strict=True)
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    return po.Model(region, pairs=dict(columns), rules=rules, objective=[po.PairScore("score")])


class TestPrices:
    def test_a_price_that_is_not_unique_has_its_range(self):
        # One place, worth 9 to the first and 4 to the second: any price from 4 to 9 clears it.
        row = market([1], [[9], [4]]).solve().bottlenecks(prove=1).iloc[0]
        assert (row["price_low"], row["price_high"]) == (pytest.approx(4), pytest.approx(9))
        assert 4 <= row["price_points_per_unit"] <= 9
        assert (row["gain_points_of_one_more"], row["placements_of_one_more"]) == (4, 1)
        assert (row["gain_points_of_one_less"], row["placements_of_one_less"]) == (-9, -1)
        assert row["is_proven"]
        assert "any price from 4 to 9" in row["text"]
        assert "elke prijs van 4 tot 9" in row["text_nl"]

    def test_a_unique_price_says_nothing_of_a_range(self):
        row = market([1], [[9], [9]]).solve().bottlenecks().iloc[0]
        assert row["price_low"] == row["price_high"] == row["price_points_per_unit"]
        assert "any price" not in row["text"]

    def test_prices_only_where_nothing_is_to_be_proven(self):
        found = market([1, 1], [[9, 2], [4, 1], [3, 3]]).solve().bottlenecks(prove=0)
        assert len(found) == 2
        assert found["gain_points_of_one_more"].isna().all()
        assert not found["is_proven"].any()

    def test_the_dearest_come_first(self):
        found = market([1, 1], [[9, 0], [8, 0], [0, 3], [0, 2]]).solve().bottlenecks()
        assert found["group"].tolist() == ["O-0", "O-1"]

    def test_people_are_told_where_they_are_asked_for(self):
        result = market([2, 2], [[9, 5]]).solve()
        assert result.bottlenecks().empty
        found = result.bottlenecks(rules=["OnePlacement"])
        assert found["group"].tolist() == ["C-0"]
        assert found["gain_points_of_one_more"].tolist() == [5]

    def test_steps_say_how_much_one_more_is(self):
        result = market([1], [[9], [4], [3]]).solve()
        row = result.bottlenecks(steps={"placements": 2}).iloc[0]
        assert (row["step"], row["gain_points_of_one_more"]) == (2, 7)
        with pytest.raises(po.InvalidInputError, match="a unit that some limit counts"):
            result.bottlenecks(steps={"placement": 2})
        with pytest.raises(po.InvalidInputError, match="positive"):
            result.bottlenecks(steps={"placements": 0})

    def test_a_minimum_costs_what_one_more_asks(self):
        model = market([3, 3], [[9, 1], [9, 2]])
        model.add(po.ResourceLimit(per="opening", minimums={"O-1": 1}))
        row = model.solve().bottlenecks().iloc[0]
        assert (row["rule"], row["group"], row["side"]) == ("ResourceLimit", "O-1", "at least")
        assert row["gain_points_of_one_more"] == -8
        assert row["gain_points_of_one_less"] == 7
        assert row["price_points_per_unit"] < 0

    def test_a_priced_minimum_moves_by_whole_units_of_its_own(self):
        # Each of the two would be one and a half jobs: nothing between 3 and 4.5 can be asked.
        region = po.Region(
            name="quota",
            date="2026-02-01",
            candidates=[
                po.Candidate(id=f"C-{c}", ground="38b.1.a", hours_per_week=(38.25, 38.25))
                for c in range(2)
            ],
            openings=[po.Opening(id="O-1", employer="E-1", hours_per_week=(38.25, 38.25))],
            employers=[po.Employer(id="E-1", jobs_pledged=3)],
        )
        rules = [
            po.OnePlacement(),
            po.OpeningCapacity(),
            po.JobsQuota(per="employer", shortfall_price=100),
        ]
        found = po.Model(region, rules=rules).solve().bottlenecks(rules=["JobsQuota"])
        (row,) = found.to_dict("records")
        assert (row["limit"], row["used"], row["step"]) == (3, 1.5, 1.5)
        assert row["gain_points_of_one_more"] == pytest.approx(-150)
        assert row["gain_points_of_one_less"] == pytest.approx(150)
        assert "1.5 more: -150 points" in row["text"]

    def test_where_no_bound_is_known_no_end_is_told(self):
        result = market([1], [[9], [4]]).solve()
        hand = result.at_hand
        none = Certificate(np.zeros_like(hand.certificate.prices), 0)
        again = _Again(dataclasses.replace(hand, certificate=none), None, Pace(math.inf), 1)
        near = SolvedAgain(hand.compiled, hand.solution, points=hand.points + 4)
        told_ = again._told(near, is_wider=True)
        assert (told_.points, told_.low, told_.high, told_.is_proven) == (4, 0, None, False)
        known = _Again(hand, hand.points, Pace(math.inf), 1)._told(near, is_wider=True)
        assert known.high is not None

    def test_a_minimum_that_nobody_can_meet_has_no_gain(self):
        model = market([3], [[9], [5]])
        model.add(po.ResourceLimit(per="opening", minimums={"O-0": 2}))
        found = model.solve().bottlenecks(rules=["ResourceLimit", "OpeningCapacity"])
        assert "ResourceLimit" not in set(found["rule"])

    def test_without_a_plan_there_is_nothing_to_ask(self):
        model = market([1], [[9], [5]]).add(po.EveryCandidatePlaced())
        with pytest.raises(po.PlacementError):
            model.solve().bottlenecks()

    @MANY
    @given(data=st.data())
    def test_the_price_lies_between_one_more_and_one_less(self, data):
        scores = data.draw(
            st.lists(st.lists(st.integers(1, 9), min_size=2, max_size=2), min_size=1, max_size=4)
        )
        result = market([1, data.draw(st.integers(1, 2))], scores).solve(gap=0)
        for row in result.bottlenecks(prove=4).to_dict("records"):
            # An assignment problem is concave in its places, and its prices are the slopes.
            more, less = row["gain_points_of_one_more"], -row["gain_points_of_one_less"]
            assert row["price_low"] == pytest.approx(more, abs=1e-3)
            assert row["price_high"] == pytest.approx(less, abs=1e-3)


def test_an_interval_is_told_as_one():
    row = {
        "rule": "Coaching",
        "group": "K-1",
        "unit": "coaching_hours_per_week",
        "side": "at most",
        "used": 39.5,
        "limit": 40.0,
        "price_points_per_unit": 12.5,
        "price_low": None,
        "price_high": None,
        "step": 1.0,
        "gain_points_of_one_more": 3.0,
        "gain_low_of_one_more": 0.0,
        "gain_high_of_one_more": 21.5,
        "placements_of_one_more": 1,
        "gain_points_of_one_less": None,
        "gain_low_of_one_less": None,
        "gain_high_of_one_less": None,
        "placements_of_one_less": None,
        "is_proven": False,
    }
    assert told(row, "coaching capacity", "en") == (
        "coaching capacity (K-1): 39.5 of 40 coaching hours a week used; at the margin 12.5 points"
        " a unit; 1 more: 3 points and +1 placement (the best between 0 and 21.5)"
    )
    assert told(row, "jobcoachcapaciteit", "nl") == (
        "jobcoachcapaciteit (K-1): 39,5 van 40 uur jobcoaching per week gebruikt; aan de marge 12,5"
        " punten per eenheid; 1 meer: 3 punten en +1 plaatsing (het beste tussen 0 en 21,5)"
    )
