"""A plan as people read it: placements in ids, and what each of them means in the records.

Everything here is a plain reading of the records in exact fractions. Lowering never uses it, and
it never uses the columns: two readings of the same region that have to agree.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial, wraps
from typing import Any

from typing_extensions import override

from placement_opt.basics.dates import whole_years
from placement_opt.basics.quantities import read_number
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.groupings import Group, Ways, way_to_group
from placement_opt.instance.in_time import PERIOD, START_PERIOD, run_of, start_of, way_of
from placement_opt.instance.instance import Instance
from placement_opt.instance.readings import Readings, ReadT
from placement_opt.instance.steps import comes_before
from placement_opt.instance.straight_line import straight_line_minutes
from placement_opt.instance.variants import VARIANT
from placement_opt.records import Candidate, Employer, Opening, Period
from placement_opt.records.rankings import Ranking
from placement_opt.rulebook import ADULT_AGE, Rulebook


@dataclass(frozen=True, slots=True, repr=False)
class Placement(ShortRepr):
    """One person in one opening, as proposed.

    Parameters
    ----------
    candidate_id, opening_id
        Who, and where.
    coach_id
        The coach, or None where no coaching is needed.
    given
        The pair's own columns from ``pairs=``: exact numbers, or group labels.
    variant
        Label of the way in which the pair is had; None for a pair with one way only.
    """

    candidate_id: str
    opening_id: str
    coach_id: str | None = None
    given: Mapping[str, Fraction | str] = field(default_factory=dict)
    variant: str | None = None

    @override
    def __str__(self) -> str:
        """Tell who is placed where: ``"C-1 in O-2"``, and how where there are several ways."""
        return pair_text(self.candidate_id, self.opening_id, self.variant)


def pair_text(candidate_id: str, opening_id: str, variant: str | None = None) -> str:
    """Write a pair as people read it, with the way in which it is had where that is named."""
    return f"{candidate_id} in {opening_id}" + ("" if variant is None else f" ({variant})")


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a plan breaks a rule.

    Parameters
    ----------
    rule
        Title of the rule.
    about
        The id or group it is about.
    text
        What is wrong, with the numbers.
    """

    rule: str
    about: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.rule} ({self.about}): {self.text}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How far a plan stays below one minimum: `amount` >= 0 units, each at `price` points."""

    about: str
    amount: Fraction
    price: Fraction


Amount = Callable[["Plan", Placement], Fraction | None]

AMOUNTS: dict[str, Amount] = {}
"""The plain readings of pair columns by name; `pair_amount` fills it."""


def pair_amount(read: Amount) -> Amount:
    """Mark a method of `Plan` as the plain reading of the pair column of its name.

    A column of that name given with ``pairs=`` wins.
    """
    name = read.__name__

    @wraps(read)
    def amount(plan: "Plan", placement: Placement) -> Fraction | None:
        given = placement.given.get(name)
        return plan.once(name, placement, read) if given is None else Fraction(given)

    AMOUNTS[name] = amount
    return amount


class Plan:
    """All placements of a proposal, with the quantities of each read from the records.

    Parameters
    ----------
    instance
        The region.
    placements
        The proposal, in any order.
    eligible_candidates
        Ids of the candidates that have an eligible opening; rules that spread placements evenly
        count those.
    labels
        Every label of each label column of ``pairs=`` by column name, and every combination that
        occurs of several ways to group.
    eligible
        Every eligible pair by its two ids, as a placement without a coach.
    given_columns
        Names of the columns that the user gave for some of them.
    steps
        Who takes which step before a job, in any order; `placements` are jobs only.
    readings
        What was read of placements of the same pairs before.
    """

    def __init__(
        self,
        instance: Instance,
        placements: Iterable[Placement],
        eligible_candidates: frozenset[str] = frozenset(),
        labels: Mapping[Any, tuple[Group, ...]] | None = None,
        eligible: Mapping[tuple[str, str], Placement] | None = None,
        given_columns: Collection[str] = (),
        steps: Iterable[Placement] = (),
        readings: Readings | None = None,
    ) -> None:
        self.instance = instance
        self.placements = tuple(placements)
        self.steps = tuple(steps)
        self.eligible_candidates = eligible_candidates
        self.eligible = {} if eligible is None else eligible
        self.given_columns = given_columns
        self.readings = Readings() if readings is None else readings
        self._labels = {} if labels is None else labels
        self._in_regime: dict[tuple[str, str], Candidate] = {}

    def __len__(self) -> int:
        return len(self.placements)

    @cached_property
    def of_candidate(self) -> Mapping[str, tuple[Placement, ...]]:
        """Placements by candidate id; candidates without one are left out."""
        grouped: dict[str, tuple[Placement, ...]] = {}
        for placement in self.placements:
            earlier = grouped.get(placement.candidate_id, ())
            grouped[placement.candidate_id] = (*earlier, placement)
        return grouped

    @cached_property
    def of_steps(self) -> "Plan":
        """The steps before a job as a plan of their own, for rules that judge them like jobs."""
        return Plan(self.instance, self.steps)

    def of_some(self, placements: Iterable[Placement]) -> "Plan":
        """Return some of the placements as a plan of their own, in the same setting."""
        return Plan(
            self.instance,
            placements,
            self.eligible_candidates,
            self._labels,
            self.eligible,
            self.given_columns,
            self.steps,
            self.readings,
        )

    def once(
        self, what: Hashable, placement: Placement, read: "Callable[[Plan, Placement], ReadT]"
    ) -> ReadT:
        """Return what is read of a placement, with the steps before it; it is read once."""
        taken = self.of_steps.of_candidate.get(placement.candidate_id, ()) if self.steps else ()
        steps = tuple(step.opening_id for step in taken)
        key = (placement.candidate_id, placement.opening_id, placement.variant, steps)
        return self.readings.once(what, key, partial(read, self, placement))

    def is_granted(self, placement: Placement, skill: str) -> bool:
        """Tell whether a step of the plan gives the person a skill as the job asks it, in time."""
        job = self.opening(placement)
        for taken in self.of_steps.of_candidate.get(placement.candidate_id, ()):
            step = self.opening(taken)
            level, least = step.grants.get(skill), job.required_skills[skill]
            is_open = step.kind != "trial" or step.employer in {None, job.employer}
            is_enough = level is not None and read_number(level) >= read_number(least)
            if is_open and is_enough and comes_before(step, job):
                return True
        return False

    def labels_of(self, per: Ways) -> tuple[Group, ...]:
        """Return every label of a way to group, also those without a placement."""
        way = way_to_group(per) if isinstance(per, str) else None
        return self._labels.get(per, ()) if way is None else way.labels(self.instance)

    def candidate(self, placement: Placement) -> Candidate:
        """Return the record of the person, in the regime of the placement if they have options."""
        record = self.instance.candidate_of[placement.candidate_id]
        regime = self.way(placement)
        if regime is None or regime not in record.coaching_options:
            return record
        key = (record.id, regime)
        if key not in self._in_regime:
            self._in_regime[key] = record.in_regime(regime)
        return self._in_regime[key]

    def opening(self, placement: Placement) -> Opening:
        """Return the record of the opening."""
        return self.instance.opening_of[placement.opening_id]

    def employer(self, placement: Placement) -> Employer | None:
        """Return the record of the employer, or None for an opening without one."""
        employer_id = self.opening(placement).employer
        return None if employer_id is None else self.instance.employer_of[employer_id]

    def way(self, placement: Placement) -> str | None:
        """Return the label of the way in which a pair is had, without the period of its start."""
        return way_of(self.instance.region.periods, placement.variant)

    def run(self, placement: Placement) -> tuple[Period, ...]:
        """Return the periods in which a placement runs; none in a region without periods."""
        periods, variant = self.instance.region.periods, placement.variant
        return tuple(run_of(periods, variant, self.opening(placement))) if periods else ()

    def groups(self, placement: Placement, per: Ways) -> tuple[Group, ...]:
        """Return the labels of all groups that a placement belongs to.

        It is in several where they are of the periods in which it runs, else in one or none.
        """
        ways = (per,) if isinstance(per, str) else per
        if PERIOD not in ways:
            group = self.group(placement, per)
            return () if group is None else (group,)
        labels = [None if way == PERIOD else self._label(placement, way) for way in ways]
        found = list[Group]()
        for period in self.run(placement):
            here = [
                period.id if way == PERIOD else label
                for way, label in zip(ways, labels, strict=True)
            ]
            known = tuple(label for label in here if label is not None)
            if len(known) == len(here):
                found.append(known[0] if isinstance(per, str) else known)
        return tuple(found)

    def group(self, placement: Placement, per: Ways) -> Group | None:
        """Return the label of the group that a placement belongs to, or None.

        Of several ways it is the label of each, and None where one of them is. Of the periods in
        which a placement runs `groups` knows.
        """
        if not isinstance(per, str):
            labels = [self._label(placement, way) for way in per]
            known = tuple(label for label in labels if label is not None)
            return known if len(known) == len(labels) else None
        return self._label(placement, per)

    def _label(self, placement: Placement, per: str) -> str | None:
        if per == VARIANT:
            return self.way(placement)
        if per == START_PERIOD:
            return start_of(self.instance.region.periods, placement.variant)
        way = way_to_group(per)
        if way is not None:
            candidate, opening = self.candidate(placement), self.opening(placement)
            return way.label(self.instance, candidate, opening)
        label = placement.given.get(per)
        return None if label is None else str(label)

    def amount(self, placement: Placement, uses: str | None) -> Fraction | None:
        """Return how much of a pair column a placement uses; None counts placements."""
        if uses is None:
            return Fraction(1)
        if uses in AMOUNTS:
            return AMOUNTS[uses](self, placement)
        return Fraction(placement.given[uses]) if uses in placement.given else None

    @pair_amount
    def hours_per_week(self, placement: Placement) -> Fraction | None:
        """Return min(candidate's maximum, opening's maximum), or None where one is not given."""
        return contract_hours(self.candidate(placement), self.opening(placement))

    @pair_amount
    def coaching_hours_per_week(self, placement: Placement) -> Fraction | None:
        """Return the coach hours of a placement: the part of the own ones that its opening needs.

        The own ones are the person's number, or a share of the hours of work.
        """
        return self._coaching_hours_later(placement, 0)

    def coaching_hours_in(self, placement: Placement, period: Period) -> Fraction | None:
        """Return the coach hours of a placement in a period: of that year since its start."""
        run = self.run(placement)
        if period not in run:
            return Fraction(0)
        years = whole_years(run[0].starts_on, period.starts_on)
        if not years or "coaching_hours_per_week" in placement.given:
            return self.amount(placement, "coaching_hours_per_week")
        return self._coaching_hours_later(placement, years)

    def _coaching_hours_later(self, placement: Placement, years: int) -> Fraction | None:
        own = self._own_coaching_hours(placement, years)
        part = self.opening(placement).guidance_share
        return own if own is None or part is None else own * read_number(part)

    def _own_coaching_hours(self, placement: Placement, years: int) -> Fraction | None:
        candidate = self.candidate(placement)
        if candidate.coaching_hours_per_week is not None:
            return read_number(candidate.coaching_hours_per_week)
        if candidate.coaching_regime == "none":
            return Fraction(0)
        hours = self.hours_per_week(placement)
        if candidate.coaching_regime is None or candidate.coaching_year is None or hours is None:
            return None
        rulebook = self.coaching_rulebook(candidate)
        year = candidate.coaching_year + years
        return rulebook.coaching_share(candidate.coaching_regime, year) * hours

    def coaching_rulebook(self, candidate: Candidate) -> Rulebook:
        """Return the law as the payer of a person's coach reads it; UWV knows no ordinance."""
        law = self.instance.rulebook
        ground = None if candidate.ground is None else law.ground(candidate.ground)
        if ground is not None and ground.coaching_payer == "uwv":
            return law
        return self.instance.rulebook_of(candidate.municipality)

    @pair_amount
    def success_probability(self, placement: Placement) -> Fraction | None:
        """Return the chance that the placement holds in its regime, or None where none is given."""
        options = self.instance.candidate_of[placement.candidate_id].coaching_options
        chance = options.get(self.way(placement))  # type: ignore[call-overload]
        return None if chance is None else read_number(chance)

    @pair_amount
    def wage_value(self, placement: Placement) -> Fraction | None:
        """Return the wage value in this function, else the person's own, or None."""
        wage_value = self.candidate(placement).wage_value
        return None if wage_value is None else read_number(wage_value)

    @pair_amount
    def subsidy_eur_per_year(self, placement: Placement) -> Fraction | None:
        """Return the wage-cost subsidy of a placement over twelve months, to the cent."""
        return self._subsidy(placement, with_charges=False)

    @pair_amount
    def subsidy_with_charges_eur_per_year(self, placement: Placement) -> Fraction | None:
        """Return the same with the allowance for employer charges, to the cent.

        Where the user gave the subsidy itself, the allowance on it is not rounded.
        """
        if "subsidy_eur_per_year" in placement.given:
            home = self.candidate(placement).municipality
            charges = Fraction(self.instance.rulebook_of(home).employer_charges())
            return Fraction(placement.given["subsidy_eur_per_year"]) * (1 + charges)
        return self._subsidy(placement, with_charges=True)

    @pair_amount
    def planned_subsidy_eur_per_year(self, placement: Placement) -> Fraction | None:
        """Return the subsidy, in the law's fixed form where the wage value is not measured."""
        if "subsidy_eur_per_year" in placement.given:
            return Fraction(placement.given["subsidy_eur_per_year"])
        return self._subsidy(placement, with_charges=False, is_planned=True)

    @pair_amount
    def planned_subsidy_with_charges_eur_per_year(self, placement: Placement) -> Fraction | None:
        """Return the same with the allowance for employer charges."""
        if placement.given.keys() & {"subsidy_eur_per_year", "subsidy_with_charges_eur_per_year"}:
            return self.subsidy_with_charges_eur_per_year(placement)
        return self._subsidy(placement, with_charges=True, is_planned=True)

    @pair_amount
    def candidate_rank(self, placement: Placement) -> Fraction:
        """Return the rank of the opening among the person's wishes; 0 where it meets none."""
        opening = self.opening(placement)
        met = {opening.id, opening.sector_of_work}
        return _rank(self.candidate(placement).wishes, met)

    @pair_amount
    def opening_rank(self, placement: Placement) -> Fraction:
        """Return the rank of the person among the opening's preferences; 0 where it has none."""
        return _rank(self.opening(placement).preferences, {placement.candidate_id})

    def _subsidy(
        self, placement: Placement, *, with_charges: bool, is_planned: bool = False
    ) -> Fraction | None:
        candidate = self.candidate(placement)
        rulebook = self.instance.rulebook_of(candidate.municipality)
        if candidate.ground is not None and rulebook.ground(candidate.ground).wage_subsidy is False:
            return Fraction(0)
        wage_value, hours = self.wage_value(placement), self.hours_per_week(placement)
        if wage_value is None and is_planned:
            wage_value = 1 - self.instance.rulebook.fraction("wage_subsidy.fixed_share")
        if wage_value is None or hours is None:
            return None
        age = candidate.minimum_wage_age or ADULT_AGE
        return Fraction(
            rulebook.wage_subsidy_eur_per_year(wage_value, hours, age, with_charges=with_charges)
        )

    def travel_minutes(self, placement: Placement) -> Fraction | None:
        """Return the travel time: from the region's table, else along a straight line."""
        return self.once("minutes", placement, Plan._minutes)

    def _minutes(self, placement: Placement) -> Fraction | None:
        return self._travel(self.candidate(placement), self.opening(placement))

    def _travel(self, candidate: Candidate, opening: Opening) -> Fraction | None:
        if opening.remote:
            return Fraction(0)
        table = self._table
        places = (candidate.municipality or "", opening.municipality or "")
        for key in ((candidate.id, opening.id), places):
            if key in table:
                return table[key]
        if candidate.location is None or opening.location is None or candidate.transport is None:
            return None
        return straight_line_minutes(candidate.location, opening.location, candidate.transport)

    @cached_property
    def _table(self) -> Mapping[tuple[str, str], Fraction]:
        rows = self.instance.region.travel_minutes
        return {(origin, to): read_number(minutes) for origin, to, minutes in rows}


def _rank(ranking: Ranking, meant: Collection[str | None]) -> Fraction:
    before = 0
    for entry in ranking:
        equal = (entry,) if isinstance(entry, str) else entry
        if any(name in meant for name in equal):
            return Fraction(1 + before)
        before += len(equal)
    return Fraction(0)


def contract_hours(candidate: Candidate, opening: Opening) -> Fraction | None:
    """Return the weekly hours of a person in an opening, or None where one side is silent."""
    if candidate.hours_per_week is None or opening.hours_per_week is None:
        return None
    return min(read_number(candidate.hours_per_week[1]), read_number(opening.hours_per_week[1]))
