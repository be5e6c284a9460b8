"""Solved regions judged by a checker written by hand, which shares no code with the package."""

import json
from fractions import Fraction

import pytest
from builders import region_with_everything
from hand_checker import EMPLOYER_CHARGES, HandChecker, number
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.instance.placement import Placement

EVERYTHING = region_with_everything()


def checker_of(region, tmp_path):
    region.to_json(tmp_path / "region.json")
    return HandChecker(json.loads((tmp_path / "region.json").read_text(encoding="utf-8")))


def rows_of(result):
    return [row.model_dump() for row in result.placement_rows]


def check(region, result, tmp_path):
    checker = checker_of(region, tmp_path)
    problems, terms = checker.check(rows_of(result))
    assert problems == []
    told = {row.term: row.points for row in result.term_rows}
    for name, points in terms.items():
        assert told.pop(name, 0.0) == pytest.approx(float(points), abs=1e-9), name
    assert told == {}
    assert result.objective == pytest.approx(float(sum(terms.values())), abs=1e-9)
    return checker


@pytest.fixture(scope="module")
def solved():
    return po.solve(EVERYTHING, gap=0)


def test_the_region_uses_every_record_and_standard_rule(solved):
    assert {rule.rule for rule in po.Model(EVERYTHING).rules} == {
        rule["rule"] for rule in solved.run.rules
    }
    assert len(solved.run.rules) == 16
    assert len(solved.run.objective) == 3
    assert solved.status is po.Status.OPTIMAL
    assert len(solved.placement_rows) >= 6


def test_a_region_with_everything_in_play(solved, tmp_path):
    checker = check(EVERYTHING, solved, tmp_path)
    placed = [
        (checker.people[row["candidate_id"]], checker.work[row["opening_id"]], row)
        for row in rows_of(solved)
    ]
    used = checker.check_coaches(placed)
    for row in solved.coach_rows:
        assert number(row.hours_per_week) == used.get(row.coach_id, 0)
        free = number(checker.coaches[row.coach_id]["hours_per_week"]) - used.get(row.coach_id, 0)
        assert row.free_hours_per_week == pytest.approx(float(free), abs=1e-12)
    short = checker.quota_shortfalls(placed)
    told = {row.group: row.shortfall_jobs for row in solved.quota_rows}
    assert told == pytest.approx({group: float(jobs) for group, jobs in short.items()})
    for row in solved.budget_rows:
        own = [
            [checker.subsidy(person, opening, share) for share in ("0", EMPLOYER_CHARGES)]
            for person, opening, _ in placed
            if person.get("municipality") == row.municipality_id
        ]
        subsidy = sum((without for without, _ in own), Fraction(0))
        assert number(row.subsidy_eur_per_year) == subsidy
        charges = sum((whole for _, whole in own), Fraction(0)) - subsidy
        assert number(row.charges_eur_per_year) == charges


def test_eligible_pairs_are_those_of_the_checker(tmp_path):
    checker = checker_of(EVERYTHING, tmp_path)
    found = set(ids_of(po.Model(EVERYTHING).compile().pairs))
    expected = {
        (person_id, opening_id)
        for person_id, person in checker.people.items()
        for opening_id, opening in checker.work.items()
        if checker.is_eligible(person, opening)
    }
    assert found == expected


def test_the_checker_and_the_verifier_find_the_same_broken_plans(solved, tmp_path):
    checker = checker_of(EVERYTHING, tmp_path)
    compiled = po.Model(EVERYTHING).compile()
    rows = rows_of(solved)
    told = {}
    for change in changes(rows):
        problems, _ = checker.check(change)
        placements = [Placement(r["candidate_id"], r["opening_id"], r["coach_id"]) for r in change]
        verdict = compiled.judge(compiled.plan_of(placements))
        # The checker also compares the columns, which a change by hand leaves as they were.
        found = [text for text in problems if "should be" not in text]
        assert bool(found) is bool(verdict.violations), (found, verdict.told())
        told[len(told)] = bool(found)
    assert set(told.values()) == {True, False}


def changes(rows):
    """Yield plans one step away: without a row, in another opening, with another coach."""
    for at, row in enumerate(rows):
        rest = rows[:at] + rows[at + 1 :]
        yield rest
        yield from ([*rest, row | {"opening_id": f"O-{n}"}] for n in range(1, 9))
        yield from ([*rest, row | {"coach_id": coach}] for coach in (None, "K-1", "K-2", "K-4"))


def test_a_synthetic_region(tmp_path):
    region = po.synthetic_region(candidates=300, seed=3)
    result = po.solve(region, time_limit_s=8, gap=0.01)
    assert len(result.placement_rows) > 50
    check(region, result, tmp_path)


def test_equal_coaching_needs(tmp_path):
    region = po.synthetic_region(candidates=200, seed=4, coaching="equal")
    result = po.solve(region, time_limit_s=6, gap=0.01)
    assert sum(row.coach_id is not None for row in result.placement_rows) > 10
    check(region, result, tmp_path)


def test_the_checker_sees_a_wrong_plan(solved, tmp_path):
    checker = checker_of(EVERYTHING, tmp_path)
    row = next(row for row in rows_of(solved) if row["coach_id"] is not None)
    problems, _ = checker.check([row | {"coach_id": None}])
    assert f"{row['candidate_id']}: no coach" in problems
