"""Single changes with which somebody is placed: brute force, minimality, what is never proposed."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_changes import NEVER, apply, bests, somebody_left
from tiny_models import MOST_PAIRS, models
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.answers.change import Change
from placement_opt.rules import Rule, with_entry

TINY = settings(
    max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
STEPS = {
    "max_travel_minutes": 1,
    "positions": 1,
    "supervision_places": 1,
    "max_caseload": 1,
    "sheltered_places_maximum": 1,
    "wage_subsidy_budget_eur_per_year": 100,
    "hours_total_per_week": 0.5,
    "limits": 1,
}
"""The grids on which nothing smaller may do."""


@TINY
@given(model=models(), data=st.data())
def test_each_change_places_the_person_by_brute_force(model, data):
    compiled, result, who = somebody_left(model, data)
    now, _ = bests(compiled, who)
    found = result.what_would_place(who, k=99)
    assert [one.size for one in found] == sorted(one.size for one in found)
    assert len({(one.record, one.field) for one in found}) == len(found)
    for change in found:
        assert change.field.split("[")[0] not in NEVER
        assert change.is_proven
        changed = apply(model, change).compile()
        if changed.pairs.n_pairs > MOST_PAIRS + 2:
            continue
        best, placed = bests(changed, who)
        assert placed is not None
        assert placed == best, "a best plan places the person"
        assert change.gain_points == pytest.approx(float(best - now), abs=1e-6)
        check_that_less_does_not_do(model, change, who, set(ids_of(compiled.pairs)))


def check_that_less_does_not_do(model, change, who, eligible):
    """Try all smaller values on the grid of a field; of pair rules, those that open a pair."""
    step = STEPS.get(change.field.split("[")[0])
    if step is None:
        return
    last = eligible
    for number in range(1, 20):
        after = change.before + number * step
        if after >= change.after:
            return
        changed = apply(model, change, after).compile()
        now = set(ids_of(changed.pairs))
        opens, last = now != last, now
        if change.field == "max_travel_minutes" and not opens:
            continue
        best, placed = bests(changed, who)
        is_less = placed is None or placed < best or best < bests(model.compile(), who)[0]
        assert is_less, (change, after)


def town(people, work, **fields):
    return po.Region(name="town", date="2026-02-01", candidates=people, openings=work, **fields)


def only(region, who="C-1", **asked):
    result = po.solve(region, gap=0)
    assert who in {row.candidate_id for row in result.unplaced_rows}
    return {one.field: one for one in result.what_would_place(who, k=99, **asked)}


def one(person, opening, **fields):
    return town([po.Candidate(id="C-1", **person)], [po.Opening(id="O-1", **opening)], **fields)


HOME, NEAR = (51.84, 5.86), (51.84, 5.98)


class TestEachField:
    def test_minutes(self):
        person = {"location": HOME, "transport": "bike", "max_travel_minutes": 30}
        found = only(one(person, {"location": NEAR}))
        change = found.pop("max_travel_minutes")
        assert not found
        assert (change.record, change.before) == ("C-1", 30)
        assert change.after == 43  # 8.25 km in a straight line, 1.3 times as long, at 15 km/h
        assert change.opening_id == "O-1"
        assert change.is_proven

    def test_hours_of_either_side(self):
        result = po.solve(one({"hours_per_week": (8, 16)}, {"hours_per_week": (24, 32)}))
        found = {(c.record, c.field): c for c in result.what_would_place("C-1", k=9)}
        assert found["C-1", "hours_per_week"].after == (8, 24)
        assert found["O-1", "hours_per_week"].after == (16, 32)

    def test_a_day_or_fewer_days(self):
        found = only(one({"available_days": {"mon"}}, {"days": {"mon", "tue"}}))
        assert (found["available_days['tue']"].before, found["available_days['tue']"].after) == (
            False,
            True,
        )
        assert found["days_needed"].after == 1

    def test_a_licence_a_skill_and_what_the_workplace_provides(self):
        assert set(only(one({}, {"licences": {"B"}}))) == {"licences['B']"}
        needs = only(one({"needs": {"quiet"}}, {}))
        assert [(c.record, c.field) for c in needs.values()] == [("O-1", "provides['quiet']")]
        work = {"required_skills": {"dutch": 0.6}, "essential_skills": {"dutch"}}
        skill = only(one({"skills": {"dutch": 0.4}}, work))["skills['dutch']"]
        assert (skill.before, skill.after) == (0.4, 0.6)

    def test_a_date_of_either_side(self):
        found = only(one({"available_from": "2026-04-01"}, {"starts_on": "2026-03-01"}))
        assert found["starts_on"].after == "2026-04-01"
        assert found["available_from"].after == "2026-03-01"

    def test_a_position_and_a_supervision_place(self):
        people = [po.Candidate(id=f"C-{n}", priority=5 - n) for n in (1, 2)]
        found = only(town(people, [po.Opening(id="O-1")]), "C-2")
        assert (found["positions"].before, found["positions"].after) == (1, 2)
        work = [po.Opening(id="O-1", employer="E-1", positions=2)]
        firm = po.Employer(id="E-1", supervision_places=1)
        found = only(town(people, work, employers=[firm]), "C-2")
        assert set(found) == {"supervision_places"}

    def test_a_coach_hour_and_whom_a_coach_covers(self):
        person = {"hours_per_week": (8, 24), "coaching_hours_per_week": 2, "ground": "38b.1.a"}
        work = {"hours_per_week": (8, 24)}
        coach = po.Coach(id="K-1", hours_per_week=0.5)
        found = only(one(person, work, coaches=[coach]))
        assert (found["hours_per_week"].record, found["hours_per_week"].after) == ("K-1", 2)
        home = one(
            {**person, "municipality": "M-1"},
            work,
            coaches=[po.Coach(id="K-1", hours_per_week=5, municipalities={"M-2"})],
        )
        assert set(only(home)) == {"municipalities['M-1']"}

    def test_a_budget_in_hundreds_of_euros(self):
        person = {
            "municipality": "M-1",
            "hours_per_week": (8, 24),
            "wage_value": 0.5,
            "ground": "38b.1.a",
        }
        poor = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=1_000)
        found = only(one(person, {"hours_per_week": (8, 24)}, municipalities=[poor]))
        change = found["wage_subsidy_budget_eur_per_year"]
        assert change.record == "M-1"
        assert (change.after - 1_000) % 100 == 0
        result = po.solve(
            one(
                person,
                {"hours_per_week": (8, 24)},
                municipalities=[
                    po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=change.after - 100)
                ],
            )
        )
        assert result.unplaced_rows


def test_two_things_lacking_are_no_single_change():
    assert not only(one({"needs": {"quiet", "lift"}}, {}))
    assert not only(one({}, {"licences": {"B", "VCA"}}))
    assert not only(one({"needs": {"quiet"}}, {"licences": {"B"}}))


def test_what_the_law_and_the_region_decided_stands():
    assert not only(one({}, {"sheltered": True}))
    assert not only(one({}, {}, excluded_pairs=[("C-1", "O-1")]))


def test_one_change_may_answer_two_rules():
    person = {"hours_per_week": (2, 4), "coaching_hours_per_week": 1, "ground": "38b.1.c"}
    work = {"hours_per_week": (6, 24)}
    region = one(person, work, coaches=[po.Coach(id="K-1", hours_per_week=5)])
    result = po.Model(region).add(po.CoachedContract()).solve(gap=0)
    found = {(c.record, c.field): c for c in result.what_would_place("C-1", k=9)}
    # The work asks for 6 hours, and who pays the coach for 8.
    assert {about: change.after for about, change in found.items()} == {
        ("C-1", "hours_per_week"): (2, 8)
    }


def test_who_is_placed_needs_no_change_and_what_cannot_be_asked():
    result = po.solve(one({}, {}))
    assert result.what_would_place("C-1") == []
    with pytest.raises(po.UnknownIdError, match="C-9"):
        result.what_would_place("C-9")
    with pytest.raises(po.InvalidInputError, match="at least 1"):
        result.what_would_place("C-1", k=0)


class OwnBadge(Rule):
    """Nobody works without a badge of the town."""

    title = "badge of the town"
    title_nl = "pas van de stad"
    rule: str = "OwnBadge"

    def allows(self, instance, candidate, opening):
        held = np.array(["BADGE" in one.licences for one in instance.candidate_records])
        return np.broadcast_to(held[candidate], np.broadcast_shapes(candidate.shape, opening.shape))

    def changes(self, instance, candidate, opening):
        yield with_entry(candidate, "licences", "BADGE")

    def violations(self, plan):
        for placed in plan.placements:
            if "BADGE" not in plan.candidate(placed).licences:
                yield self.broken(placed.candidate_id, "has no badge")


def test_a_rule_of_your_own_takes_part():
    result = po.Model(one({}, {})).add(OwnBadge()).solve(gap=0)
    (change,) = result.what_would_place("C-1")
    assert (change.record, change.field, change.opening_id) == ("C-1", "licences['BADGE']", "O-1")
    assert change.is_proven


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_reader_sees_what_it_may(language):
    needs = only(one({"needs": {"quiet"}}, {}))["provides['quiet']"]
    assert "quiet" in needs.text(language)
    assert "quiet" in needs.text(language, to="person")
    assert "quiet" not in needs.text(language, to="employer")
    assert "C-1" not in needs.text(language, to="employer")
    person = {"hours_per_week": (8, 24), "coaching_hours_per_week": 2, "ground": "38b.1.a"}
    coach = po.Coach(id="K-1", hours_per_week=0.5)
    change = only(one(person, {"hours_per_week": (8, 24)}, coaches=[coach]))["hours_per_week"]
    assert "K-1" in change.text(language)
    assert "K-1" not in change.text(language, to="person")
    assert "K-1" not in change.text(language, to="employer")
    assert Change.model_validate_json(change.model_dump_json()) == change
