"""Why not there: regrets by brute force and by scipy, reasons with numbers, who sees what."""

import itertools

import numpy as np
import pytest
from builders import region_with_everything
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from tiny_models import MOST_PAIRS, all_plans, models
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.answers.move_chains import Move, in_chains
from placement_opt.answers.why_not import WhyNot

TINY = settings(
    max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def after(result, answer):
    """Return the pairs of the plan once the moves were made."""
    pairs = {(row.candidate_id, row.opening_id) for row in result.placement_rows}
    for move in answer.moves:
        pairs -= {(move.candidate_id, one) for one in (move.before or "").split(", ")}
        pairs |= {(move.candidate_id, one) for one in (move.after or "").split(", ") if one}
    return pairs


@TINY
@given(model=models(), at=st.integers(0, 10))
def test_each_regret_is_the_difference_of_two_brute_force_optima(model, at):
    compiled = model.compile()
    assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
    result = model.solve(gap=0, solver="cp-sat")
    assume(result.status is po.Status.OPTIMAL)
    plans = [
        (verdict.objective, {(p.candidate_id, p.opening_id) for p in placements})
        for verdict, placements in all_plans(compiled)
    ]
    best = max(objective for objective, _ in plans)
    candidate, opening = ids_of(compiled.pairs)[at % compiled.pairs.n_pairs]
    for asked in (opening, None):
        held = [
            objective
            for objective, pairs in plans
            if any(c == candidate and asked in {None, o} for c, o in pairs)
        ]
        answer = result.why_not(candidate, asked, time_limit_s=20)
        assert answer.is_eligible
        assert answer.is_proven
        assert answer.is_possible is bool(held)
        if not held:
            assert answer.regret_points is None
            continue
        regret = float(best - max(held))
        assert answer.regret_points == pytest.approx(regret, abs=1e-6)
        assert answer.loss_points == pytest.approx(regret, abs=1e-6)
        assert answer.regret_bounds == pytest.approx((regret, regret), abs=1e-6)
        now = after(result, answer)
        assert answer.is_placed or any(c == candidate and asked in {None, o} for c, o in now)
        assert any(pairs == now for _, pairs in plans)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_plain_assignment_each_regret_is_that_of_scipy(seed):
    """The best plan with a pair: the optimum without its row and column, and the pair's score."""
    score = np.random.default_rng(seed).integers(1, 30, size=(4, 3))
    rows = [
        (f"C-{c}", f"O-{o}", int(score[c, o])) for c, o in itertools.product(range(4), range(3))
    ]
    names = ("candidate_id", "opening_id", "score")
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(4)],
        openings=[po.Opening(id=f"O-{o}") for o in range(3)],
    )
    listed = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    model = po.Model(region, pairs=listed, rules=rules, objective=[po.PairScore("score")])
    result = model.solve(gap=0)

    def optimum(values):
        return values[linear_sum_assignment(values, maximize=True)].sum()

    for candidate, opening, points in rows:
        c, o = int(candidate[2:]), int(opening[2:])
        rest = np.delete(np.delete(score, c, axis=0), o, axis=1)
        expected = optimum(score) - optimum(rest) - points
        answer = result.why_not(candidate, opening, time_limit_s=20)
        assert answer.regret_points == pytest.approx(expected)
        assert answer.is_proven


def pair_of(person, work, **fields):
    opening = po.Opening(id="O-1", **work)
    region = po.Region(
        name="r",
        date="2026-02-01",
        candidates=[po.Candidate(id="C-1", **person)],
        openings=[opening],
        **fields,
    )
    return po.Model(region).why_not("C-1", "O-1")


REASONS = [
    (
        {"max_travel_minutes": 30, "transport": "bike", "location": (51.84, 5.86)},
        {"location": (51.84, 5.86)},
        {"travel_minutes": (("C-1", "O-1", 42),)},
        ("TravelTime", "max_travel_minutes", 30, 42, 12, "minutes"),
        "12 minutes more travel than wanted (42, at most 30)",
        "12 minuten meer reizen dan gewenst (42, hooguit 30)",
    ),
    (
        {"hours_per_week": (20, 24)},
        {"hours_per_week": (8, 16)},
        {},
        ("HoursOverlap", "hours_per_week", 20, 16, 4, "hours a week"),
        "16 hours a week in O-1, C-1 needs at least 20",
        "16 uur per week in O-1, C-1 heeft er minstens 20 nodig",
    ),
    (
        {"skills": {"heftruck": 0.4}},
        {"required_skills": {"heftruck": 0.6}, "essential_skills": {"heftruck"}},
        {},
        ("EssentialSkills", "skills['heftruck']", 0.6, 0.4, 0.2, None),
        "skill heftruck at 0.4 where 0.6 is asked",
        "vaardigheid heftruck op 0.4 waar 0.6 gevraagd is",
    ),
    (
        {"available_days": {"mon", "wed"}},
        {"days": {"mon", "tue.morning"}},
        {},
        ("WorkingDays", "available_days", 2, 1, 1, "days"),
        "Tuesday morning missing (1 of 2 days)",
        "dinsdag ochtend ontbreekt (1 van 2 dagen)",
    ),
    (
        {"licences": {"B"}},
        {"licences": {"B", "VCA"}},
        {},
        ("Licences", "licences", "VCA", None, None, None),
        "licence VCA missing",
        "bewijs VCA ontbreekt",
    ),
    (
        {"needs": {"quiet"}},
        {},
        {},
        ("WorkplaceNeeds", "provides", "quiet", None, None, None),
        "O-1 lacks quiet",
        "O-1 biedt geen quiet",
    ),
    (
        {"available_from": "2026-04-01"},
        {"starts_on": "2026-03-01"},
        {},
        ("StartDates", "available_from", "2026-03-01", "2026-04-01", 31, "days"),
        "available 31 days after the start (2026-04-01, starts on 2026-03-01)",
        "31 dagen na de start beschikbaar (2026-04-01, begint op 2026-03-01)",
    ),
]


@pytest.mark.parametrize(("person", "work", "fields", "facts", "text", "text_nl"), REASONS)
def test_each_rule_tells_its_numbers(person, work, fields, facts, text, text_nl):
    answer = pair_of(person, work, **fields)
    assert not answer.is_eligible
    (one,) = answer.reasons
    told = (one.rule, one.field, one.asked, one.has, one.difference, one.unit)
    assert told == (*facts[:4], pytest.approx(facts[4]) if facts[4] else None, facts[5])
    assert (one.text, one.text_nl) == (text, text_nl)
    assert text in answer.text()
    assert text_nl in answer.text("nl", to="person")
    for language in ("en", "nl"):
        said = answer.text(language, to="employer")
        assert said in {
            "C-1 cannot be proposed for O-1.",
            "C-1 kan niet worden voorgesteld voor O-1.",
        }


def test_every_reader_sees_what_it_may():
    result = po.Model(region_with_everything()).solve(gap=0)
    region = result.model.region
    others = {record.id for record in (*region.candidates, *region.coaches)}
    secrets = {need for candidate in region.candidates for need in candidate.needs}
    values = (f"{candidate.wage_value or 1:g}" for candidate in region.candidates)
    secrets |= {value for value in values if "." in value}
    seen = set()
    for candidate in region.candidates[:4]:
        for opening_id in (None, *(opening.id for opening in region.openings[:3])):
            answer = result.why_not(candidate.id, opening_id)
            seen.add((answer.is_eligible, answer.is_placed))
            assert WhyNot.model_validate_json(answer.model_dump_json()) == answer
            for language, to in itertools.product(("en", "nl"), ("person", "employer")):
                text = answer.text(language, to=to)
                assert text
                assert not [id_ for id_ in others - {candidate.id} if id_ in text]
                if to == "employer":
                    assert not [secret for secret in secrets if secret in text]
            for move in answer.moves:
                assert move.candidate_id in answer.text()
    assert {(True, True), (True, False), (False, False)} <= seen


def test_moves_are_told_as_a_chain():
    moves = [
        Move(candidate_id="C", before="O-2", after=None),
        Move(candidate_id="D", before="O-9", after="O-8"),
        Move(candidate_id="B", before="O-1", after="O-2"),
        Move(candidate_id="A", before=None, after="O-1"),
    ]
    assert [move.candidate_id for move in in_chains(moves, "A")] == ["A", "B", "C", "D"]
    circle = [
        Move(candidate_id="A", before="O-2", after="O-1"),
        Move(candidate_id="B", before="O-1", after="O-2"),
    ]
    assert in_chains(circle, "A") == tuple(circle)


def test_a_better_plan_is_offered():
    """A plan that somebody made by hand is worse than one with the pair: it can be started from."""
    people = [po.Candidate(id="C-1"), po.Candidate(id="C-2", priority=5)]
    model = po.Model(po.Region(name="r", candidates=people, openings=[po.Opening(id="O-1")]))
    best = model.solve()
    wrong = best.placement_rows[0].model_copy(update={"candidate_id": "C-1"})
    worse = best.model_copy(
        update={"placement_rows": (wrong,), "status": po.Status.FEASIBLE, "objective": 1.0}
    )
    answer = worse.why_not("C-2", "O-1")
    assert answer.loss_points < 0
    assert answer.plan == (("C-2", "O-1", None),)
    assert answer.regret_bounds[0] == 0
    assert "better" in answer.text()
    assert model.solve(start=answer.plan).objective == best.objective


def test_bounds_hold_the_regret_where_nothing_is_proven(monkeypatch):
    """Near a plan that is not proven: the true regret lies between the bounds that are told."""
    region = po.synthetic_region("rijk-van-nijmegen", candidates=60, openings=20, seed=2)
    result = po.Model(region).solve(gap=0, time_limit_s=60)
    assert result.status is po.Status.OPTIMAL
    loose = result.model_copy(update={"status": po.Status.FEASIBLE, "bound": result.bound + 50})
    for pair in ids_of(result.at_hand.compiled.pairs)[::211]:
        exact = result.why_not(*pair, time_limit_s=20)
        with monkeypatch.context() as patch:
            patch.setattr("placement_opt.answers.solve_again.SMALL_VARIABLES", -1)
            patch.setattr("placement_opt.answers.regret.MOST_WHOLE", -1)
            told = loose.why_not(*pair)
        if exact.is_placed or exact.regret_points is None:
            continue
        assert not told.is_proven
        lower, upper = told.regret_bounds
        assert lower - 1e-6 <= exact.regret_points <= upper + 1e-6
        assert told.loss_points >= exact.regret_points - 1e-6
