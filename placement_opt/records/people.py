"""The records of people: candidates, and the coaches who help them at work.

Every field but the id is optional; None means not known, and a rule that needs it says so. Ids are
pseudonyms. Units are in the names; pairs of numbers are tuples.
"""

from collections.abc import Collection, Iterator
from typing import ClassVar, Self

from pydantic import Field
from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.basics.read_only import ReadOnlyDict
from placement_opt.records.base import Record
from placement_opt.records.fields import (
    Bool,
    ChanceOfRegime,
    CoachingRegime,
    CoachKind,
    Date,
    Ground,
    GroupLabels,
    HoursPerWeek,
    HoursRange,
    Identifier,
    Identifiers,
    Labels,
    Levels,
    Location,
    MinimumWageAge,
    Minutes,
    People,
    PersonId,
    Points,
    Ranking,
    Regimes,
    Share,
    Transport,
    Weekdays,
    YearOfCoaching,
)


class Candidate(Record):
    """A person who looks for work, by a pseudonym.

    Parameters
    ----------
    id
        Pseudonymous id; a number that could be a BSN is refused.
    municipality
        Municipality that is responsible for the person, by id.
    location
        Home as (latitude, longitude) in degrees; the centre of a postcode area will do.
    postcode
        Postcode, whole or its four digits; gives the location where the region has a table of them.
    transport
        How the person travels to work.
    max_travel_minutes
        Longest journey one way, in minutes.
    ground
        Ground of the entry in the target-group register (Wfsv art. 38b); ``"none"`` means not in
        the register, None means unknown.
    ground_from, ground_until
        First and last day of the registration.
    sheltered
        Has a positive advice for sheltered work (beschut werk, Participatiewet art. 10b).
    may_work_regular
        With such an advice, may take an ordinary opening as well.
    hours_per_week
        Fewest and most hours a week.
    skills
        Name or URI of a skill, with its level from 0 to 1.
    wishes
        Opening ids or sectors of work, best first; a tuple among them holds equally good ones.
    needs
        What a workplace must provide; never a cause, never a diagnosis.
    coaching_regime, coaching_year
        Regime of job coaching, and its year (1 is the first).
    coaching_hours_per_week
        Hours of coaching a week, instead of a regime.
    coaching_options
        Regimes that would do, each with the chance that a placement in it holds, 0 to 1, instead of
        one regime: ``{"light": 0.6, "intensive": 0.85}``. The plan chooses; all have the person's
        `coaching_year`.
    coach
        Coach to keep, by id.
    wage_value
        Productivity as a share of the minimum wage (loonwaarde), 0 to 1.
    minimum_wage_age
        Age that sets the minimum wage, 15 to 21; 21 stands for 21 and older, and so does None. A
        younger person's subsidy is lower, so that budgets hold where an age is not given.
    priority
        Weight of placing this person, >= 0; `Priority` gives so many times its `points_per_unit`,
        100 points by default.
    available_from
        First day on which the person can start.
    available_days
        Days on which the person can work, ``"mon"`` to ``"sun"``, or parts of them such as
        ``"mon.morning"``; empty means not known, and fits every opening.
    licences
        Licences and certificates that the person holds, such as ``"B"`` or ``"VCA"``.
    current_opening
        Opening the person works in now, by id; leaving it lowers its employer's hours.
    groups
        Groups of your own, by name: ``{"neighbourhood": "north"}``. Rules group by them as
        ``per="candidate.neighbourhood"``.

    Raises
    ------
    InvalidInputError
        With all problems of the record.
    """

    of_person: ClassVar[bool] = True
    subject: ClassVar[str] = "candidate"

    id: PersonId
    municipality: Identifier | None = None
    location: Location | None = None
    postcode: Identifier | None = None
    transport: Transport | None = None
    max_travel_minutes: Minutes | None = None
    ground: Ground | None = None
    ground_from: Date | None = None
    ground_until: Date | None = None
    sheltered: Bool = False
    may_work_regular: Bool = False
    hours_per_week: HoursRange | None = None
    skills: Levels = Field(default_factory=ReadOnlyDict)
    wishes: Ranking = ()
    needs: Labels = frozenset()
    coaching_regime: CoachingRegime | None = None
    coaching_year: YearOfCoaching | None = None
    coaching_hours_per_week: HoursPerWeek | None = None
    coaching_options: ChanceOfRegime = Field(default_factory=ReadOnlyDict)
    coach: PersonId | None = None
    wage_value: Share | None = None
    minimum_wage_age: MinimumWageAge | None = None
    priority: Points = 0
    available_from: Date | None = None
    available_days: Weekdays = frozenset()
    licences: Labels = frozenset()
    current_opening: Identifier | None = None
    groups: GroupLabels = Field(default_factory=ReadOnlyDict)

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        if self.coaching_regime is not None and self.coaching_hours_per_week is not None:
            expected = "must be left out when coaching_regime is given"
            hint = "keep the regime, or only the hours where they are agreed individually"
            yield self.problem("coaching_hours_per_week", expected, hint)
        if self.coaching_options:
            for field in ("coaching_regime", "coaching_hours_per_week"):
                if getattr(self, field) is not None:
                    expected = "must be left out when coaching_options are given"
                    yield self.problem(field, expected, "keep the options, or the one that is sure")
        start, end = self.ground_from, self.ground_until
        if start is not None and end is not None and start > end:
            expected = f"must not be before ground_from ({start})"
            yield self.problem("ground_until", expected, "check both dates of the registration")

    def in_regime(self, regime: str) -> Self:
        """Return the same person with one of their coaching options as the only one."""
        return self.model_copy(update={"coaching_regime": regime, "coaching_options": {}})


class Coach(Record):
    """A job coach, with what is still free for this plan.

    Parameters
    ----------
    id
        Pseudonymous id of the coach.
    kind
        External, or a colleague who coaches at one employer.
    employer
        That employer, by id; only for ``kind="employer"``, and then required.
    hours_per_week
        Free hours of coaching a week.
    max_caseload
        Most people the coach can still take.
    municipalities
        Municipalities covered, by id; empty means all.
    regimes
        Coaching regimes covered; empty means all.
    needs
        Workplace needs covered; empty means all.
    openings, employers
        Openings and employers where the coach can serve people, by id; empty means all.

    Raises
    ------
    InvalidInputError
        With all problems of the record.
    """

    of_person: ClassVar[bool] = True
    subject: ClassVar[str] = "coach"

    id: PersonId
    kind: CoachKind = "external"
    employer: Identifier | None = None
    hours_per_week: HoursPerWeek | None = None
    max_caseload: People | None = None
    municipalities: Identifiers = frozenset()
    regimes: Regimes = frozenset()
    needs: Labels = frozenset()
    openings: Identifiers = frozenset()
    employers: Identifiers = frozenset()

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves."""
        if "kind" in unread or "employer" in unread:
            return
        if self.kind == "employer" and self.employer is None:
            expected = "must be given when kind is 'employer'"
            yield self.problem("employer", expected, "name the employer, or set kind to 'external'")
        if self.kind == "external" and self.employer is not None:
            expected = "must be left out when kind is 'external'"
            yield self.problem("employer", expected, "remove it, or set kind to 'employer'")
