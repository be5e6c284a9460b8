"""The records of work: openings, the employers who offer them, the municipalities that pay.

Every field but the id is optional; None means not known, and a rule that needs it says so. Units
are in the names; pairs of numbers are tuples.
"""

from collections.abc import Collection, Iterator
from typing import ClassVar

from pydantic import Field
from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.basics.read_only import ReadOnlyDict
from placement_opt.records.base import Record
from placement_opt.records.fields import (
    Bool,
    CrewSize,
    Date,
    Euros,
    EurosPerHour,
    EurosPerYear,
    GroupLabels,
    HoursPerWeek,
    HoursPerYear,
    HoursRange,
    Identifier,
    Jobs,
    Label,
    Labels,
    Levels,
    Location,
    Months,
    NumberOfDays,
    OpeningKind,
    People,
    PersonRanking,
    Positions,
    Sector,
    Share,
    TotalHoursPerWeek,
    Weekdays,
)

_OF_STEPS = ("grants", "cost_eur")
_OF_JOBS = (
    "crew_minimum",
    "guidance_share",
    "shared_guidance_hours_per_week",
    "hours_total_per_week",
    "wage_eur_per_hour",
    "sheltered",
    "trial_months",
)
"""Fields that only steps have, and that only jobs have."""


class Opening(Record):
    """One or more equal positions that an employer offers, or places of a step before a job.

    Parameters
    ----------
    id
        Id of the opening.
    kind
        ``"job"``, or a step before one: a ``"trial"`` at an employer, a ``"training"``, or a
        ``"service"`` that may run beside others. Only jobs count as placed; see `Steps`.
    employer
        Employer, by id.
    municipality
        Municipality of the workplace, by id.
    location
        Workplace as (latitude, longitude) in degrees.
    postcode
        Postcode, whole or its four digits; gives the location where the region has a table of them.
    remote
        Can be done from home: nobody travels.
    positions
        Free positions, 0 (closed) to 1,000,000.
    crew_minimum
        Fewest people that make a crew: nobody is placed, or at least so many; None where one may
        work alone.
    guidance_share
        Part of each person's own coaching hours that is needed here, from 0 to 1, as where a crew
        has guidance of its own; None for all of them.
    shared_guidance_hours_per_week
        Hours a week that one coach gives to all people here together, whenever somebody is placed:
        the coach who serves the opening by name, see `Coaching`. None for none.
    hours_per_week
        Fewest and most hours a week of one position.
    hours_total_per_week
        Most hours a week of all its placements together, as where two people share 36 hours.
    days
        Days of the work, ``"mon"`` to ``"sun"``, or parts of them such as ``"mon.morning"``; empty
        means not known, and fits everybody.
    days_needed
        How many of those days one person needs to have; None means all.
    licences
        Licences and certificates that the work asks for, such as ``"B"`` or ``"VCA"``.
    required_skills
        Name or URI of a skill, with the level asked for, from 0 to 1.
    essential_skills
        Those of the required skills that nobody can do without.
    grants
        Of a step: the skills that it gives, with their level from 0 to 1; a trial gives them for
        jobs of its own employer.
    cost_eur
        Of a step: what a place costs, in euros; paid from the budget of the person's municipality.
    provides
        Workplace needs that are met here.
    wage_eur_per_hour
        Gross wage, in euros an hour; `Result.costs` tells what of it is above the minimum wage, and
        `WageAboveMinimum` counts it in the objective.
    sheltered
        Is a sheltered place (beschut werk).
    starts_on
        First day of work.
    contract_months
        Length of the contract, in months; None where it has no end.
    trial_months
        Months that people work here on trial before the contract, without wage and subsidy; a plan
        in time begins with them, see `Region.periods`. None for no trial.
    preferences
        Candidate ids, best first; a tuple among them holds equally good ones.
    sector_of_work
        Kind of work, as candidates wish for it.
    groups
        Groups of your own, by name: ``{"site": "harbour"}``. Rules group by them as
        ``per="opening.site"``.

    Raises
    ------
    InvalidInputError
        With all problems of the record.
    """

    subject: ClassVar[str] = "opening"

    id: Identifier
    kind: OpeningKind = "job"
    employer: Identifier | None = None
    municipality: Identifier | None = None
    location: Location | None = None
    postcode: Identifier | None = None
    remote: Bool = False
    positions: Positions = 1
    crew_minimum: CrewSize | None = None
    guidance_share: Share | None = None
    shared_guidance_hours_per_week: HoursPerWeek | None = None
    hours_per_week: HoursRange | None = None
    hours_total_per_week: TotalHoursPerWeek | None = None
    days: Weekdays = frozenset()
    days_needed: NumberOfDays | None = None
    licences: Labels = frozenset()
    required_skills: Levels = Field(default_factory=ReadOnlyDict)
    essential_skills: Labels = frozenset()
    grants: Levels = Field(default_factory=ReadOnlyDict)
    cost_eur: Euros | None = None
    provides: Labels = frozenset()
    wage_eur_per_hour: EurosPerHour | None = None
    sheltered: Bool = False
    starts_on: Date | None = None
    contract_months: Months | None = None
    trial_months: Months | None = None
    preferences: PersonRanking = ()
    sector_of_work: Label | None = None
    groups: GroupLabels = Field(default_factory=ReadOnlyDict)

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        surplus = sorted(self.essential_skills - self.required_skills.keys())
        if surplus and "required_skills" not in unread:
            expected = "must be a subset of required_skills"
            hint = f"add {', '.join(map(repr, surplus))} to required_skills with a level"
            yield self.problem("essential_skills", expected, hint)
        needed = self.days_needed
        if needed is not None and needed > len(self.days) and "days" not in unread:
            expected = f"must be at most the number of days ({len(self.days)})"
            yield self.problem("days_needed", expected, "name the days, or leave days_needed out")
        if "kind" not in unread:
            yield from self._out_of_kind(unread)

    def _out_of_kind(self, unread: Collection[str]) -> Iterator[Problem]:
        """Yield a problem for each field that openings of this kind do not have."""
        unfit = _OF_STEPS if self.kind == "job" else _OF_JOBS
        for field in unfit:
            if field not in unread and getattr(self, field):
                hint = f"leave {field} out, or check the kind of the opening"
                yield self.problem(field, f"must be left out of a {self.kind}", hint)


class Employer(Record):
    """An employer as the law counts one: a payroll-tax number, not a concern.

    Hours are paid hours (verloonde uren) of one calendar year, as in the wage return (Wfsv art.
    38b(4)); hired-in hours count where people work, not for their lender (art. 38g(4)).

    Parameters
    ----------
    id
        Id of the employer.
    municipality
        Municipality of the employer, by id.
    sector
        Sector of the jobs agreement (banenafspraak).
    paid_hours_per_year, paid_hours_previous_year
        Paid hours of everybody, this year and the year before.
    target_group_hours_per_year
        Paid hours of the target group in service.
    hired_in_hours_per_year, lent_out_hours_per_year
        Hours of people hired from and lent to others.
    hired_in_target_group_hours_per_year, lent_out_target_group_hours_per_year
        The target group's part of those hours.
    jobs_pledged
        New jobs of 25.5 hours a week that were promised, on top of those in service.
    supervision_places
        People the employer can take in and supervise.
    groups
        Groups of your own, by name: ``{"chain": "Jansen"}``. Rules group by them as
        ``per="employer.chain"``.

    Raises
    ------
    InvalidInputError
        With all problems of the record.
    """

    subject: ClassVar[str] = "employer"

    id: Identifier
    municipality: Identifier | None = None
    sector: Sector | None = None
    paid_hours_per_year: HoursPerYear | None = None
    paid_hours_previous_year: HoursPerYear | None = None
    target_group_hours_per_year: HoursPerYear | None = None
    hired_in_hours_per_year: HoursPerYear | None = None
    lent_out_hours_per_year: HoursPerYear | None = None
    hired_in_target_group_hours_per_year: HoursPerYear | None = None
    lent_out_target_group_hours_per_year: HoursPerYear | None = None
    jobs_pledged: Jobs | None = None
    supervision_places: People | None = None
    groups: GroupLabels = Field(default_factory=ReadOnlyDict)

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        for moved in ("hired_in", "lent_out"):
            whole = getattr(self, f"{moved}_hours_per_year")
            part = getattr(self, f"{moved}_target_group_hours_per_year")
            if whole is not None and part is not None and part > whole:
                expected = f"must be at most {moved}_hours_per_year ({whole})"
                hint = f"{moved}_hours_per_year counts everybody, the target group included"
                yield self.problem(f"{moved}_target_group_hours_per_year", expected, hint)


class Municipality(Record):
    """A municipality of the region, with what it can pay and the sheltered places it owes.

    Parameters
    ----------
    id
        Id of the municipality; its name will do.
    population
        Inhabitants; `MunicipalityBalance(need="population")` spreads placements by them.
    wage_subsidy_budget_eur_per_year
        Free budget for wage subsidies (loonkostensubsidie), in euros for the 12 months from the
        date of the region; pays for the municipality's own candidates.
    reintegration_budget_eur_per_year
        Free budget for steps before a job, such as trainings, in euros for the same 12 months; pays
        for the municipality's own candidates.
    sheltered_places_minimum, sheltered_places_maximum
        Fewest and most sheltered places (beschut werk) to fill.

    Raises
    ------
    InvalidInputError
        With all problems of the record.
    """

    subject: ClassVar[str] = "municipality"

    id: Identifier
    population: People | None = None
    wage_subsidy_budget_eur_per_year: EurosPerYear | None = None
    reintegration_budget_eur_per_year: EurosPerYear | None = None
    sheltered_places_minimum: People | None = None
    sheltered_places_maximum: People | None = None

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        least, most = self.sheltered_places_minimum, self.sheltered_places_maximum
        if least is not None and most is not None and least > most:
            expected = f"must be at most sheltered_places_maximum ({most})"
            hint = "check both numbers; an order above the maximum needs a higher maximum"
            yield self.problem("sheltered_places_minimum", expected, hint)
