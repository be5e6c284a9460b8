"""A checker of plans in time, written by hand.

It reads the records and the tables of placements and paths, and counts month by month with a
calendar of its own. Of the library it asks the law alone.
"""

import calendar
import datetime as dt
from collections import defaultdict
from fractions import Fraction

import placement_opt as po


def number(value):
    return Fraction(str(value))


def months_after(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_within(first, last, year):
    first, last = max(first, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31))
    return max(0, (last - first).days + 1)


class CheckerInTime:
    """Judges the tables of placements and of paths by the records of a region."""

    def __init__(self, region, placements, paths):
        self.region, self.rows = region, list(placements.itertuples(index=False))
        self.path, self.steps = [], []
        for row in paths.itertuples(index=False):
            (self.path if row.kind == "job" else self.steps).append(row)
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
            self.steps_in(period, running)
        self.budgets()
        self.what_is_asked()
        self.runs_of_steps()
        self.budgets_of_steps()
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

    def steps_in(self, period, running):
        """One thing at a time, services aside; places of steps."""
        now = [row for row in self.steps if self.runs(row, period)]
        people = [row.candidate_id for row in now if self.work[row.opening_id].kind != "service"]
        if len(set(people)) < len(people) or {row.candidate_id for row in running} & set(people):
            self.wrong.append("two things at a time")
        taken = [row.opening_id for row in now]
        if any(taken.count(id_) > self.work[id_].positions for id_ in taken):
            self.wrong.append("more people than places of a step")

    def has(self, person, opening):
        return {
            skill
            for skill in opening.essential_skills
            if number(person.skills.get(skill, 0)) >= number(opening.required_skills[skill])
        }

    def what_is_asked(self):
        def run(row):
            return row.candidate_id, row.opening_id, row.starts_on, row.ends_on

        if set(map(run, self.path)) != set(map(run, self.rows)):
            self.wrong.append("paths lead elsewhere")
        for row in (*self.rows, *self.steps):
            person, later = self.people[row.candidate_id], self.work[row.opening_id]
            missing = later.essential_skills - self.has(person, later)
            for step in self.steps:
                if step.candidate_id == person.id and step.ends_on < row.starts_on:
                    missing -= self.given(self.work[step.opening_id], later)
            if missing:
                self.wrong.append("a skill is missing")

    def runs_of_steps(self):
        for row in self.steps:
            person, step = self.people[row.candidate_id], self.work[row.opening_id]
            over = months_after(row.starts_on, step.contract_months)
            last = [one for one in self.region.periods if one.starts_on < over][-1]
            begins = [one for one in self.region.periods if one.starts_on == row.starts_on]
            if not begins or row.ends_on != last.ends_on:
                self.wrong.append("a step runs for another time")
            dates = [day for day in (person.available_from, step.starts_on) if day]
            if any(day > one.ends_on for one in begins for day in dates):
                self.wrong.append("a step starts too early")

    def given(self, step, job):
        if step.kind == "trial" and step.employer not in {None, job.employer}:
            return set()
        levels = job.required_skills
        return {
            skill
            for skill, level in step.grants.items()
            if skill in levels and number(level) >= number(levels[skill])
        }

    def budgets_of_steps(self):
        spent = defaultdict(Fraction)
        for row in self.steps:
            home, cost = (
                self.people[row.candidate_id].municipality,
                self.work[row.opening_id].cost_eur,
            )
            spent[home, row.starts_on.year] += number(cost or 0)
        for town in self.region.municipalities:
            budget = town.reintegration_budget_eur_per_year
            for (home, _), euros in spent.items():
                if home == town.id and budget is not None and euros > number(budget):
                    self.wrong.append("a budget for steps is overspent")
