"""Which larger limits of steps have room for what a placement needs first, beside a plan."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.step_grants import Grants
from placement_opt.constraints.step_paths import Paths
from placement_opt.constraints.step_rooms import budgets_of
from placement_opt.constraints.steps_of_plan import spent, when, year_of
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised


def more_places(plan: Plan, placement: Placement) -> Iterator[RecordChange]:
    """Yield a place more in each step without one that may lead to a placement."""
    least = dict[str, int]()
    for taken in _leading_to(plan, placement):
        people, id_ = _most_people(plan, taken), taken.opening_id
        if people >= plan.opening(taken).positions:
            least[id_] = min(people + 1, least.get(id_, people + 1))
    for id_, people in least.items():
        yield raised(plan.instance.opening_of[id_], "positions", Fraction(people))


def more_money(plan: Plan, placement: Placement) -> Iterator[RecordChange]:
    """Yield the budget that pays the whole of a path to a placement, beside what is spent.

    It is the cheapest of those paths that the fewest full steps and other things at the same time
    are in the way of.
    """
    home = plan.instance.municipality_of.get(plan.candidate(placement).municipality or "")
    if home is not None and home.id in budgets_of(plan.instance):
        paths = _PaidPaths(plan, placement, home.id)
        best, _ = paths.best(paths.needs(placement, ()))
        if best:
            _, euros = paths.lack(best)
            if euros > budgets_of(plan.instance)[home.id]:
                yield raised(home, "reintegration_budget_eur_per_year", euros)


class _Need(NamedTuple):
    """A skill that a job or step asks, and the steps that wait for it: it, and what it is for."""

    skill: str
    later: Placement
    waiting: tuple[Placement, ...]


class _PaidPaths(Paths[_Need, Placement]):
    """Paths of a person, compared by how much is in their way, then by the dearest year."""

    def __init__(self, plan: Plan, placement: Placement, municipality_id: str) -> None:
        self._plan = plan
        self._possible = list(_possible(plan.instance, placement.candidate_id))
        self._full = [
            one for one in self._possible if _most_people(plan, one) >= plan.opening(one).positions
        ]
        self._giving = dict[tuple[str, str | None, str], list[Placement]]()
        self._spent = {
            year: euros for (id_, year), euros in spent(plan).items() if id_ == municipality_id
        }
        self._busy = self._periods(plan.of_steps.of_candidate.get(placement.candidate_id, ()))

    def needs(self, later: Placement, waiting: tuple[Placement, ...]) -> list[_Need]:
        """Return what no step of the plan gives of what a job or step asks."""
        lacking = self._plan.lacking(later)
        granted = self._plan.is_granted
        return [_Need(one, later, waiting) for one in lacking if not granted(later, one)]

    @override
    def is_met(self, need: _Need, taken: tuple[Placement, ...]) -> bool:
        return any(step in taken for step in self.options(need))

    @override
    def options(self, need: _Need) -> list[Placement]:
        later, skill = need.later, need.skill
        key = later.opening_id, later.variant, skill
        if key not in self._giving:
            gives = self._plan.gives
            self._giving[key] = [one for one in self._possible if gives(one, later, skill)]
        # None that waits for it: without periods, steps may ask for each other in a circle.
        return [step for step in self._giving[key] if step not in need.waiting]

    @override
    def asked(self, step: Placement, need: _Need) -> Sequence[_Need]:
        return self.needs(step, (*need.waiting, step))

    @override
    def lack(self, taken: tuple[Placement, ...]) -> tuple[int, Fraction]:
        euros, busy = self._spent.copy(), self._busy + self._periods(taken)
        for step in taken:
            cost = read_number(self._plan.opening(step).cost_eur or 0)
            year = year_of(self._plan, step)
            euros[year] = euros.get(year, Fraction(0)) + cost
        at_once = sum(count - 1 for count in busy.values())
        n_full = sum(step in self._full for step in taken)
        return n_full + at_once, max(euros.values(), default=Fraction(0))

    def _periods(self, steps: Sequence[Placement]) -> Counter[str | None]:
        """Return in how many steps somebody is in each period, services aside."""
        if not self._plan.instance.region.periods:
            return Counter()
        alone = [one for one in steps if self._plan.opening(one).kind != "service"]
        return Counter(period for one in alone for period in when(self._plan, one))


def _most_people(plan: Plan, step: Placement) -> int:
    """Return the most people that somebody would find in a step while it runs."""
    people = Counter(
        period
        for one in plan.steps
        if one.opening_id == step.opening_id
        for period in when(plan, one)
    )
    return max(people[period] for period in when(plan, step))


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
