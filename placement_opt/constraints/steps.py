"""Steps before a job: trainings, trials and services that make people eligible."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.constraints.base import Rule
from placement_opt.constraints.step_changes import more_money, more_places
from placement_opt.constraints.step_needs import StepNeeds
from placement_opt.constraints.step_rooms import budgets_of, costs_of, without_payer
from placement_opt.constraints.step_rows import step_rows
from placement_opt.constraints.steps_of_plan import spent, when
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange
from placement_opt.pairs.table import PairTable

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
        yield from more_places(plan, placement)
        yield from more_money(plan, placement)

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
        people = Counter((s.opening_id, period) for s in plan.steps for period in when(plan, s))
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
            taken = Counter(period for one in alone for period in when(plan, one))
            running = Counter(period for one in jobs for period in when(plan, one))
            for period, count in taken.items():
                if count + min(1, running[period]) > 1:
                    text = "takes a step, and does something else at the same time"
                    yield self.broken(in_period(person, period), text)

    def _overspent(self, plan: Plan) -> Iterator[Violation]:
        budgets = budgets_of(plan.instance)
        for (municipality_id, year), euros in spent(plan).items():
            if euros > budgets[municipality_id]:
                yield self.broken(
                    in_period(municipality_id, year),
                    f"EUR {float(euros):,.2f} a year for steps,"
                    f" EUR {float(budgets[municipality_id]):,.2f} free",
                )


def _points(instance: Instance) -> Fraction:
    return Fraction(0) if instance.steps is None else instance.steps.points
