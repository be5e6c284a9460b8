"""One region with crews over four quarters, judged by a checker of its own.

It reads the records and the table of placements, and counts month by month with a calendar of its
own. Of the library it asks the law alone.
"""

import calendar
import datetime as dt
from collections import defaultdict
from fractions import Fraction

import pytest

import placement_opt as po


def number(value):
    return Fraction(str(value))


def months_after(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_within(first, last, year):
    first, last = max(first, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31))
    return max(0, (last - first).days + 1)


class Checker:
    """Judges a table of placements by the records of a region."""

    def __init__(self, region, placements):
        self.region, self.rows = region, list(placements.itertuples(index=False))
        self.people = {one.id: one for one in region.candidates}
        self.work = {one.id: one for one in region.openings}
        self.law = po.Rulebook.on(region.date)
        self.wrong = []

    def judge(self):
        self.starts()
        for period in self.region.periods:
            running = [row for row in self.rows if self.runs(row, period)]
            self.places(period, running)
            self.coaches(period, running)
            self.crews(period, running)
        self.budgets()
        self.together()
        return sorted(set(self.wrong))

    def runs(self, row, period):
        return row.starts_on <= period.starts_on and period.ends_on <= row.ends_on

    def starts(self):
        seen = set()
        for row in self.rows:
            person, opening = self.people[row.candidate_id], self.work[row.opening_id]
            period = next(one for one in self.region.periods if one.id == row.start_period)
            dates = [day for day in (person.available_from, opening.starts_on) if day]
            if dates and max(dates) > period.ends_on:
                self.wrong.append("starts too early")
            ends = [one.ends_on for one in self.region.periods if one.starts_on >= period.starts_on]
            if opening.contract_months is not None:
                over = months_after(period.starts_on, opening.contract_months)
                ends = [day for day in ends if self.begun_before(day, over)]
            if (row.starts_on, row.ends_on) != (period.starts_on, max(ends)):
                self.wrong.append("runs for another time")
            if row.candidate_id in seen:
                self.wrong.append("placed twice")
            seen.add(row.candidate_id)

    def begun_before(self, last_day, over):
        (period,) = (one for one in self.region.periods if one.ends_on == last_day)
        return period.starts_on < over

    def places(self, period, running):
        taken, guided = defaultdict(int), defaultdict(int)
        for row in running:
            taken[row.opening_id] += 1
            guided[row.employer_id] += 1
        if any(n > self.work[id_].positions for id_, n in taken.items()):
            self.wrong.append("more people than positions")
        for firm in self.region.employers:
            if firm.supervision_places is not None and guided[firm.id] > firm.supervision_places:
                self.wrong.append("more people than are supervised")

    def coaching_hours(self, row, period):
        person, opening = self.people[row.candidate_id], self.work[row.opening_id]
        part = Fraction(1) if opening.guidance_share is None else number(opening.guidance_share)
        if person.coaching_hours_per_week is not None:
            return part * number(person.coaching_hours_per_week)
        if person.coaching_regime in {None, "none"}:
            return Fraction(0)
        years = 0
        while months_after(row.starts_on, 12 * (years + 1)) <= period.starts_on:
            years += 1
        hours = min(number(person.hours_per_week[1]), number(opening.hours_per_week[1]))
        share = self.law.coaching_share(person.coaching_regime, person.coaching_year + years)
        return part * share * hours

    def coaches(self, period, running):
        hours, heads = defaultdict(Fraction), defaultdict(int)
        for row in running:
            asked = self.coaching_hours(row, period)
            if asked and row.coach_id is None:
                self.wrong.append("no coach")
            if asked and row.coach_id is not None:
                hours[row.coach_id] += asked
                heads[row.coach_id] += 1
        for coach in self.region.coaches:
            if hours[coach.id] > number(coach.hours_per_week):
                self.wrong.append("too many coach hours")
            if coach.max_caseload is not None and heads[coach.id] > coach.max_caseload:
                self.wrong.append("too many people for a coach")

    def crews(self, period, running):
        there = defaultdict(int)
        for row in running:
            there[row.opening_id] += 1
        for id_, count in there.items():
            if (self.work[id_].crew_minimum or 0) > count:
                self.wrong.append("half a crew")

    def budgets(self):
        charges = 1 + Fraction(self.law.employer_charges())
        for town in self.region.municipalities:
            budget = town.wage_subsidy_budget_eur_per_year
            for year in {
                day.year for one in self.region.periods for day in (one.starts_on, one.ends_on)
            }:
                spent, length = Fraction(0), 366 if calendar.isleap(year) else 365
                for row in self.rows:
                    if self.people[row.candidate_id].municipality == town.id:
                        days = days_within(row.starts_on, row.ends_on, year)
                        spent += number(row.subsidy_eur_per_year) * charges * days / length
                if budget is not None and spent > number(budget) + Fraction(len(self.rows), 100):
                    self.wrong.append("a budget is overspent")

    def together(self):
        where = {row.candidate_id: row for row in self.rows}
        for group in self.region.together:
            there = {
                where[id_]
                and (
                    where[id_].start_period,
                    where[id_].opening_id if group.where == "opening" else where[id_].employer_id,
                )
                if id_ in where
                else None
                for id_ in group.members
            }
            if len(there) > 1:
                self.wrong.append("a group is apart")


@pytest.fixture(scope="module")
def solved():
    region = po.synthetic_region(candidates=300, openings=80, periods=4, crews=True)
    result = po.solve(region, time_limit_s=15, gap=0.15)
    assert len(result.placements) > 100
    return region, result


def test_a_plan_of_four_quarters_is_right_by_hand(solved):
    region, result = solved
    assert Checker(region, result.placements).judge() == []
    placed = result.placements
    assert len(set(placed["start_period"])) > 1
    points = sum(row.points for row in result.term_rows if "shortfall" not in row.term)
    assert placed["points"].sum() == pytest.approx(points)
    # The library tells the same loads and the same money.
    checker = Checker(region, placed)
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
    assert found in Checker(region, change(region, result.placements)).judge()
