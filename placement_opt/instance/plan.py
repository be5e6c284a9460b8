"""A plan as people read it: placements in ids, and what each of them means in the records.

Everything here is a plain reading of the records in exact fractions. Lowering never uses it, and
it never uses the columns: two readings of the same region that have to agree.
"""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from functools import cached_property, wraps

from placement_opt.basics.dates import whole_years
from placement_opt.basics.quantities import read_number
from placement_opt.instance.placement import Placement
from placement_opt.instance.proposal import Proposal
from placement_opt.instance.straight_line import straight_line_minutes
from placement_opt.records import Candidate, Opening, Period
from placement_opt.records.rankings import Ranking
from placement_opt.rulebook import ADULT_AGE, Rulebook

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


class Plan(Proposal):
    """A proposal with the quantities of each placement, read from the records in exact fractions.

    It is made as a `Proposal` is.
    """

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
