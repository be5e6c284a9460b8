"""One region with steps and crews over four quarters, judged by a checker of its own."""

import pandas as pd
import pytest
from hand_checker_in_time import CheckerInTime

import placement_opt as po


@pytest.fixture(scope="module")
def solved():
    region = po.synthetic_region(
        candidates=120, openings=40, periods=4, steps=True, crews=True, seed=2
    )
    result = po.solve(region, reproducible=True, time_limit_s=60, gap=0.05)
    assert len(result.placements) > 40
    return region, result


def test_everything_occurs_in_the_plan(solved):
    region, result = solved
    placed, paths = result.placements, result.paths
    sites = {one.id for one in region.openings if one.crew_minimum}
    assert placed["opening_id"].isin(sites).any(), "a crew"
    assert set(paths["kind"]) > {"job", "training"}, "steps of several kinds"
    assert any(set(group.members) <= set(placed["candidate_id"]) for group in region.together)
    after = placed.merge(
        paths[paths["kind"] != "job"], on="candidate_id", suffixes=("", "_of_step")
    )
    assert (after["ends_on_of_step"] < after["starts_on"]).all()
    assert set(placed["coach_id"].dropna()), "coaches"
    assert po.check_result(region, result).is_sound


def test_a_plan_of_four_quarters_is_right_by_hand(solved):
    region, result = solved
    assert CheckerInTime(region, result.placements, result.paths).judge() == []
    placed = result.placements
    assert len(set(placed["start_period"])) > 1
    points = sum(row.points for row in result.term_rows if "shortfall" not in row.term)
    assert placed["points"].sum() == pytest.approx(points)
    # The library tells the same loads and the same money.
    checker = CheckerInTime(region, placed, result.paths)
    for told in result.coaches.itertuples():
        period = next(one for one in region.periods if one.id == told.period)
        hours = sum(
            checker.coaching_hours(row, period)
            for row in checker.rows
            if row.coach_id == told.coach_id and checker.runs(row, period)
        )
        assert float(hours) == pytest.approx(told.hours_per_week)


def with_starts(region, placed, period):
    """Return the placements as if all of them started in one period."""
    moved = placed.copy()
    moved["start_period"], moved["starts_on"] = period.id, period.starts_on
    return moved


def alone_in_a_crew(region, placed):
    """Return the placements as if somebody were the only one of a crew."""
    site = next(one.id for one in region.openings if one.crew_minimum)
    first = placed.index == placed.index[0]
    return placed.assign(opening_id=placed["opening_id"].where(~first, site))


def without_the_other(region, placed):
    """Return the placements as if one member of a group were placed, and nobody else of it."""
    member, *others = region.together[0].members
    first = placed.index == placed.index[0]
    moved = placed.assign(candidate_id=placed["candidate_id"].where(~first, member))
    return moved[~moved["candidate_id"].isin(others)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda region, placed: with_starts(region, placed, region.periods[0]), "starts too early"),
        (
            lambda region, placed: placed.assign(ends_on=region.periods[-1].ends_on),
            "runs for another time",
        ),
        (
            lambda region, placed: placed.assign(
                starts_on=region.periods[0].starts_on, ends_on=region.periods[-1].ends_on
            ),
            "more people than positions",
        ),
        (lambda region, placed: placed.assign(coach_id=None), "no coach"),
        (
            lambda region, placed: placed.assign(coach_id=region.coaches[0].id),
            "too many coach hours",
        ),
        (
            lambda region, placed: placed.assign(
                subsidy_eur_per_year=placed["subsidy_eur_per_year"] * 2
            ),
            "a budget is overspent",
        ),
        (alone_in_a_crew, "half a crew"),
        (without_the_other, "a group is apart"),
    ],
)
def test_the_checker_finds_what_is_wrong(solved, change, found):
    region, result = solved
    changed = change(region, result.placements)
    assert found in CheckerInTime(region, changed, result.paths).judge()


def moved(region, result, *, by):
    """Return the paths with each step so many periods later."""
    days = [one.starts_on for one in region.periods]
    later = {day: days[min(n + by, len(days) - 1)] for n, day in enumerate(days)}
    ends = {one.starts_on: one.ends_on for one in region.periods}
    paths = result.paths.copy()
    is_step = paths["kind"] != "job"
    paths.loc[is_step, "starts_on"] = paths.loc[is_step, "starts_on"].map(later)
    paths.loc[is_step, "ends_on"] = paths.loc[is_step, "starts_on"].map(ends)
    return paths


def all_in_one(region, result):
    """Return the paths as if everybody placed took the dearest training at first, too."""
    dear = max(
        (one for one in region.openings if one.kind == "training"), key=lambda one: one.cost_eur
    )
    first = region.periods[0]
    taking = {"opening_id": dear.id, "kind": "training"}
    days = {"starts_on": first.starts_on, "ends_on": first.ends_on}
    jobs = result.paths[result.paths["kind"] == "job"]
    return pd.concat([result.paths, jobs.assign(**taking, **days)])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda _, result: result.paths[result.paths["kind"] == "job"], "a skill is missing"),
        (lambda region, result: moved(region, result, by=3), "a skill is missing"),
        (lambda region, result: moved(region, result, by=3), "two things at a time"),
        (all_in_one, "two things at a time"),
        (all_in_one, "more people than places of a step"),
        (all_in_one, "a budget for steps is overspent"),
        (
            lambda region, result: result.paths.assign(ends_on=region.periods[0].starts_on),
            "a step runs for another time",
        ),
        (lambda _, result: result.paths[result.paths["kind"] != "job"], "paths lead elsewhere"),
    ],
)
def test_the_checker_finds_what_is_wrong_with_steps(solved, change, found):
    region, result = solved
    paths = change(region, result)
    assert found in CheckerInTime(region, result.placements, paths).judge()
