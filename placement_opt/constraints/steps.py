"""Steps before a job: trainings, trials and services that make people eligible."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.step_grants import Grants
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_rooms import budgets_of, costs_of, without_payer
from placement_opt.constraints.step_rows import step_rows
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.table import PairTable
from placement_opt.records import Municipality, Opening

_DUTCH = (
    ("^trial ", "proefplaatsing "),
    ("^service ", "dienst "),
    (", one thing at a time", ", één ding tegelijk"),
    (" takes (.*) once$", r" volgt \1 één keer"),
    (" takes ", " volgt "),
    (" or ", " of "),
    (" before ", " vóór "),
)
"""What labels of rows say beside ids, in Dutch."""


class Steps(Rule):
    r"""Who lacks an essential skill takes a step that gives it before the job, where one has room.

    .. math:: \sum_{o \text{ that lacks } k} x_{co} \le \sum_{s \text{ gives } k} z_{cs}, \qquad
              \sum_c z_{cs} \le \text{positions}_s, \qquad
              \sum_{c \in m,\, s} \text{cost}_s \, z_{cs} \le \text{budget}_m

    Openings of a kind other than ``"job"`` are steps: nobody is placed there, and z says who takes
    one. A pair that lacks only essential skills that steps give, which the person can take, is
    eligible after them; what a step asks is met in the same way, by steps before it. Each step
    comes before by itself, one after the other; where a step and what follows have dates, the step
    is over when that starts. Rules on skills, journeys, hours, days, licences, needs, start and
    excluded pairs decide about steps as about jobs, and what a trial gives counts at its own
    employer. Steps use no coach, no wage subsidy and no place of supervision, and count for no
    quota.

    Holds in every model of a region with steps, whether it is named or not.

    Raises
    ------
    InvalidInputError
        When a model of a region with budgets is compiled, for everybody who could take a step that
        costs something and has no municipality whose budget would pay it; in a region with periods
        for each step that does not say how long it takes.

    References
    ----------
    Participatiewet art. 7 and 10: municipalities support people towards work with provisions
    (re-integratievoorzieningen), from means of their own.
    """

    title: ClassVar[str] = "steps before a job"
    title_nl: ClassVar[str] = "stappen vóór een baan"
    rule: Literal["Steps"] = "Steps"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if bool(instance.is_step.any()) else None

    @override
    def label_nl(self, label: str) -> str:
        for english, dutch in _DUTCH:
            label = re.sub(english, dutch, label)
        return label

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        is_job: Bools = np.broadcast_to(
            ~instance.is_step[opening], np.broadcast_shapes(candidate.shape, opening.shape)
        )
        return is_job

    @override
    def problems(self, instance: Instance) -> Iterator[Problem]:
        if instance.region.periods:
            hint = "say how many months it takes; it is rounded up to whole periods"
            for row in np.flatnonzero(instance.is_step).tolist():
                step = instance.opening_of[instance.opening_ids[row]]
                if step.contract_months is None:
                    expected = f"must be given of a {step.kind} in a region with periods"
                    yield step.problem("contract_months", expected, hint)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        needs = self._needs(pairs)
        if needs is None or not needs.candidate.size:
            return None
        homeless = without_payer(needs, pairs.instance)
        problems = [self._payer_missing(pairs.instance.candidate_ids[row]) for row in homeless]
        if problems:
            raise InvalidInputError(problems)
        return step_rows(self.title, pairs, needs, _points(pairs.instance))

    def _payer_missing(self, candidate_id: str) -> Problem:
        hint = "name the municipality whose budget pays the step, or leave the person out"
        expected = f"must be given, since {self.title} needs it"
        return Problem("candidate", candidate_id, "municipality", None, expected, hint)

    def _needs(self, pairs: PairTable) -> StepNeeds | None:
        return StepNeeds.of(pairs, with_all=_points(pairs.instance) > 0)

    def taken(self, pairs: PairTable, chosen: Ints, own: Ints) -> Iterator[Placement]:
        """Yield who takes which step in a plan; none that nobody needs, unless it counts.

        `chosen` are the pairs of the plan, `own` the variables of the rule's rows.
        """
        needs, instance = self._needs(pairs), pairs.instance
        if needs is None:
            return
        kept = np.flatnonzero(own > 0)
        if not _points(instance):
            kept = needs.least(chosen, own, costs_of(needs, instance))
        periods = instance.region.periods
        columns = needs.candidate[kept], needs.step[kept], needs.start[kept]
        for person, step, start in zip(*(one.tolist() for one in columns), strict=True):
            yield Placement(
                instance.candidate_ids[person],
                instance.opening_ids[step],
                variant=periods[start].id if periods else None,
            )

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        person, budgets = plan.candidate(placement), budgets_of(plan.instance)
        home = plan.instance.municipality_of.get(person.municipality or "")
        raises = dict[tuple[str, str], tuple[Opening | Municipality, str, Fraction]]()
        for taken in _leading_to(plan, placement):
            step = plan.opening(taken)
            people = _most_people(plan, taken)
            if people >= step.positions:
                _least(raises, step, "positions", Fraction(people + 1))
            if home is not None and home.id in budgets:
                year = _year(plan, taken)
                euros = _spent(plan).get((home.id, year), Fraction(0))
                euros += read_number(step.cost_eur or 0)
                if euros > budgets[home.id]:
                    _least(raises, home, "reintegration_budget_eur_per_year", euros)
        for record, field, least in raises.values():
            yield raised(record, field, least)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            kind = plan.opening(placement).kind
            if kind != "job":
                yield self.broken(placement.candidate_id, f"{placement.opening_id} is a {kind}")
        for taken in plan.steps:
            if plan.opening(taken).kind == "job":
                yield self.broken(taken.candidate_id, f"{taken.opening_id} is a job, no step")
        yield from self._too_many(plan)
        yield from self._at_once(plan)
        yield from self._overspent(plan)

    def _too_many(self, plan: Plan) -> Iterator[Violation]:
        people = Counter((s.opening_id, period) for s in plan.steps for period in _when(plan, s))
        for (opening_id, period), count in people.items():
            positions = plan.instance.opening_of[opening_id].positions
            if count > positions:
                text = f"{count} people, {positions} free positions"
                yield self.broken(in_period(opening_id, period), text)

    def _at_once(self, plan: Plan) -> Iterator[Violation]:
        """Yield the periods of people who take a step, no service, beside another or a job."""
        if not plan.instance.region.periods:
            return
        for person, steps in plan.of_steps.of_candidate.items():
            alone = [one for one in steps if plan.opening(one).kind != "service"]
            jobs = plan.of_candidate.get(person, ())
            taken = Counter(period for one in alone for period in _when(plan, one))
            running = Counter(period for one in jobs for period in _when(plan, one))
            for period, count in taken.items():
                if count + min(1, running[period]) > 1:
                    text = "takes a step, and does something else at the same time"
                    yield self.broken(in_period(person, period), text)

    def _overspent(self, plan: Plan) -> Iterator[Violation]:
        budgets = budgets_of(plan.instance)
        for (municipality_id, year), euros in _spent(plan).items():
            if euros > budgets[municipality_id]:
                yield self.broken(
                    in_period(municipality_id, year),
                    f"EUR {float(euros):,.2f} a year for steps,"
                    f" EUR {float(budgets[municipality_id]):,.2f} free",
                )


def _when(plan: Plan, placement: Placement) -> Sequence[str | None]:
    """Return the periods in which something runs; None stands for all without periods."""
    return [period.id for period in plan.run(placement)] or [None]


def _year(plan: Plan, step: Placement) -> str | None:
    """Return the calendar year whose budget pays a step: that of its start; None without."""
    run = plan.run(step)
    return str(run[0].starts_on.year) if run else None


def _spent(plan: Plan) -> dict[tuple[str, str | None], Fraction]:
    """Return the euros that the steps of a plan take of each budget and year."""
    budgets, spent = budgets_of(plan.instance), dict[tuple[str, str | None], Fraction]()
    for step in plan.steps:
        home = plan.candidate(step).municipality
        if home in budgets:
            key = home, _year(plan, step)
            cost = read_number(plan.opening(step).cost_eur or 0)
            spent[key] = spent.get(key, Fraction(0)) + cost
    return spent


def _most_people(plan: Plan, step: Placement) -> int:
    """Return the most people that somebody would find in a step while it runs."""
    people = Counter(
        period
        for one in plan.steps
        if one.opening_id == step.opening_id
        for period in _when(plan, one)
    )
    return max(people[period] for period in _when(plan, step))


def _least(
    raises: dict[tuple[str, str], tuple[Opening | Municipality, str, Fraction]],
    record: Opening | Municipality,
    field: str,
    value: Fraction,
) -> None:
    """Note a raise of a limit where none is known that is as small."""
    known = raises.get((record.id, field))
    if known is None or value < known[-1]:
        raises[record.id, field] = record, field, value


def _leading_to(plan: Plan, placement: Placement) -> Iterator[Placement]:
    """Yield the steps, in each start, that lead to a placement: what gives it skills, and so on."""
    possible, reached = list(_possible(plan.instance, placement.candidate_id)), [placement]
    for later in reached:
        lacking = [skill for skill in plan.lacking(later) if not plan.is_granted(later, skill)]
        for step in possible:
            if step not in reached and any(plan.gives(step, later, skill) for skill in lacking):
                reached.append(step)
                yield step


def _possible(instance: Instance, candidate_id: str) -> Iterator[Placement]:
    """Yield the steps that a person can take, ids ascending, in each start."""
    grants = instance.derived(Grants.of)
    if grants is None:
        return
    candidate, step, first = grants.takeable()
    mine = np.flatnonzero(candidate == instance.candidate_idx(candidate_id))
    place, start = grants.times.starts(first[mine], step[mine])
    periods = instance.region.periods
    steps = step[mine][place].tolist()
    # Without periods a step is one, whatever round it is in.
    starts = [periods[at].id if periods else None for at in start.tolist()]
    for row, variant in dict.fromkeys(zip(steps, starts, strict=True)):
        yield Placement(candidate_id, instance.opening_ids[row], variant=variant)


def _points(instance: Instance) -> Fraction:
    return Fraction(0) if instance.steps is None else instance.steps.points
