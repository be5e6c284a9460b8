"""Steps before a job: trainings, trials and services that make people eligible."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.step_rows import (
    StepNeeds,
    budgets_of,
    costs_of,
    step_rows,
    without_payer,
)
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.table import PairTable


class Steps(Rule):
    r"""Who lacks an essential skill takes a step that gives it before the job, where one has room.

    .. math:: \sum_{o \text{ that lacks } k} x_{co} \le \sum_{s \text{ gives } k} z_{cs}, \qquad
              \sum_c z_{cs} \le \text{positions}_s, \qquad
              \sum_{c \in m,\, s} \text{cost}_s \, z_{cs} \le \text{budget}_m

    Openings of a kind other than ``"job"`` are steps: nobody is placed there, and z says who takes
    one. A pair that lacks only essential skills that steps give, which the person can take, is
    eligible after them. Each step comes before the job by itself, one after the other; where a step
    and a job have dates, the step is over when the job starts. Rules on skills, journeys, hours,
    days, licences, needs, start and excluded pairs decide about steps as about jobs; a step asks
    for what people have already, and what a trial gives counts at its own employer. Steps use no
    coach, no wage subsidy and no place of supervision, and count for no quota.

    Holds in every model of a region with steps, whether it is named or not.

    Raises
    ------
    InvalidInputError
        When a model of a region with budgets is compiled, for everybody who could take a step that
        costs something and has no municipality whose budget would pay it.

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
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        is_job: Bools = np.broadcast_to(
            ~instance.is_step[opening], np.broadcast_shapes(candidate.shape, opening.shape)
        )
        return is_job

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

    def taken(self, pairs: PairTable, chosen: Ints, own: Ints) -> list[tuple[str, str]]:
        """Return who takes which step in a plan, by ids; none that nobody needs, unless it counts.

        `chosen` are the pairs of the plan, `own` the variables of the rule's rows.
        """
        needs, instance = self._needs(pairs), pairs.instance
        if needs is None:
            return []
        kept = np.flatnonzero(own > 0)
        if not _points(instance):
            kept = needs.least(chosen, own, costs_of(needs, instance))
        return [
            (instance.candidate_ids[person], instance.opening_ids[step])
            for person, step in zip(needs.candidate[kept], needs.step[kept], strict=True)
        ]

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        person, job = plan.candidate(placement), plan.opening(placement)
        lacking = [
            skill
            for skill in sorted(job.essential_skills)
            if read_number(person.skills.get(skill, 0)) < read_number(job.required_skills[skill])
            and not plan.is_granted(placement, skill)
        ]
        people = Counter(one.opening_id for one in plan.steps)
        spent, budgets = _spent(plan), budgets_of(plan.instance)
        home = plan.instance.municipality_of.get(person.municipality or "")
        for step_id in _steps_of(plan.instance, person.id):
            step = plan.instance.opening_of[step_id]
            taken = Plan(plan.instance, [placement], steps=[Placement(person.id, step_id)])
            if not any(taken.is_granted(placement, skill) for skill in lacking):
                continue
            if people[step_id] >= step.positions:
                yield raised(step, "positions", Fraction(people[step_id] + 1))
            if home is not None and home.id in spent:
                euros = spent[home.id] + read_number(step.cost_eur or 0)
                if euros > budgets[home.id]:
                    yield raised(home, "reintegration_budget_eur_per_year", euros)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            kind = plan.opening(placement).kind
            if kind != "job":
                yield self.broken(placement.candidate_id, f"{placement.opening_id} is a {kind}")
        for taken in plan.steps:
            if plan.opening(taken).kind == "job":
                yield self.broken(taken.candidate_id, f"{taken.opening_id} is a job, no step")
        for opening_id, people in Counter(step.opening_id for step in plan.steps).items():
            positions = plan.instance.opening_of[opening_id].positions
            if people > positions:
                yield self.broken(opening_id, f"{people} people, {positions} free positions")
        yield from self._overspent(plan)

    def _overspent(self, plan: Plan) -> Iterator[Violation]:
        budgets = budgets_of(plan.instance)
        for municipality_id, euros in _spent(plan).items():
            if euros > budgets[municipality_id]:
                yield self.broken(
                    municipality_id,
                    f"EUR {float(euros):,.2f} a year for steps,"
                    f" EUR {float(budgets[municipality_id]):,.2f} free",
                )


def _spent(plan: Plan) -> dict[str, Fraction]:
    """Return the euros that the steps of a plan take of each budget."""
    spent = dict.fromkeys(budgets_of(plan.instance), Fraction(0))
    for step in plan.steps:
        home = plan.candidate(step).municipality
        if home in spent:
            spent[home] += read_number(plan.opening(step).cost_eur or 0)
    return spent


def _steps_of(instance: Instance, candidate_id: str) -> list[str]:
    """Return the steps that a person can take, ids ascending."""
    if instance.steps is None:
        return []
    mine = instance.steps.candidate == instance.candidate_idx(candidate_id)
    return [instance.opening_ids[row] for row in np.sort(instance.steps.opening[mine]).tolist()]


def _points(instance: Instance) -> Fraction:
    return Fraction(0) if instance.steps is None else instance.steps.points
