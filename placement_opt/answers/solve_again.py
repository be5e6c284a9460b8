"""Solves a problem again that differs a little from one whose plan is at hand.

What may differ: pairs that the plan must hold, other rows of a rule over the same pairs (both in
`changed_models`), or any other compiled model over the same pairs. There are two ways to solve it:

- `solve_whole`: the ordinary solve, from the plan at hand. It brings a plan and a proven bound.
- `solve_near`: most of the plan stays, and what surrounds the change is decided again. It brings a
  plan in a second or two, whatever the size of the region, and no bound. Small problems are solved
  whole in the same time, so that they bring a bound as well.

Either plan is verified by the plain reading of all rules, the changed one included, before it is
told. Where `with_block` replaced the rows of a rule, that rule is not read, since its records say
something else: its rows are kept in exact integers.

Examples
--------
>>> import placement_opt as po
>>> from placement_opt.answers.changed_models import holding
>>> people = [po.Candidate(id="C-1"), po.Candidate(id="C-2", priority=5)]
>>> model = po.Model(po.Region(name="r", candidates=people, openings=[po.Opening(id="O-1")]))
>>> hand = model.solve().at_hand
>>> again = solve_near(hand, holding(hand.compiled, [("C-1", "O-1")]))
>>> [(move.candidate_id, move.before, move.after) for move in again.moves]
[('C-1', None, 'O-1'), ('C-2', 'O-1', None)]
>>> again.points < hand.points, again.is_proven
(True, True)
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from placement_opt.answers.move_chains import Move, moves_between
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.surroundings import NEAR, Surroundings
from placement_opt.basics.arrays import Ints
from placement_opt.basics.errors import InternalError
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.certificate import bound_in_points
from placement_opt.formulation.formulation import Formulation
from placement_opt.instance.in_time import first_day
from placement_opt.instance.plan import Plan
from placement_opt.run.compiled import Compiled
from placement_opt.run.two_readings import contradictions
from placement_opt.solvers import DEFAULT_SOLVER, get_solver
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.plans.given_plan import plan_of_given, taken_one_by_one
from placement_opt.solvers.plans.upper_limits import asked_by_name
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.guarded import guarded
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.schedule import KEEPING_S

SMALL_VARIABLES = 3_000
"""`solve_near` solves a problem with no more variables whole: that takes a moment."""

LEAST_S = 0.1
"""What a part gets at least, also where the time is up."""

SEARCH_SHARE = 0.7
"""Share of the time for the search near a plan; the rest is for the verdict on what it found."""

GIVEN_SHARE = 0.3
"""Share of what is left for each of the two or three small problems that a first plan may take."""

REPRODUCIBLE_TURNS = 2
"""Times that surroundings are decided again where no clock may say when to stop."""


@dataclass(frozen=True, eq=False, repr=False)
class SolvedAgain(ShortRepr):
    """What solving again brought.

    Parameters
    ----------
    compiled
        The changed model.
    solution, plan
        The best plan found, in integers and in ids with coaches; None where none was found.
    points
        What it is worth, in points; None without a plan.
    bound
        No plan of the changed model has more points than this, proven by prices or by a solver;
        None where nothing is proven.
    is_impossible
        True where it is proven that the changed model has no plan.
    moves
        Who has another opening than in the plan at hand, candidates in order; see `moves_between`.
    """

    compiled: Compiled
    solution: Solution | None = None
    plan: Plan | None = None
    points: Fraction | None = None
    bound: Fraction | None = None
    is_impossible: bool = False
    moves: tuple[Move, ...] = ()

    @property
    def is_proven(self) -> bool:
        """True where the plan is proven the best, or it is proven that there is none."""
        if self.is_impossible:
            return True
        return self.points is not None and self.bound is not None and self.points >= self.bound

    def first_day(self, candidate_id: str, openings: Iterable[int]) -> dt.date | None:
        """Return on which day somebody starts in one of some openings; None where nobody knows."""
        instance = self.compiled.pairs.instance
        meant = {instance.opening_ids[row] for row in openings}
        days = (
            first_day(instance.region.periods, one.variant)
            for one in (() if self.plan is None else self.plan.placements)
            if one.candidate_id == candidate_id and one.opening_id in meant
        )
        return min((day for day in days if day is not None), default=None)


def solve_near(
    hand: PlanAtHand,
    changed: Compiled,
    *,
    start: Solution | None = None,
    time_limit_s: float = 2.0,
    at_least: Fraction | None = None,
    seed: int = 0,
    reproducible: bool = False,
) -> SolvedAgain:
    """Solve a changed model near the plan at hand; see the module.

    Parameters
    ----------
    hand
        The plan.
    changed
        The changed model, over the same pairs.
    start
        A plan of the changed model near the one at hand; one is made by default.
    time_limit_s
        Seconds in all, the verdict on the plan included.
    at_least
        A plan of fewer points is no answer: it is neither verified nor told.
    seed, reproducible
        As for `Model.solve`.
    """
    until = time.perf_counter() + SEARCH_SHARE * time_limit_s
    formulation = changed.formulation
    limits = SearchLimits(time_limit_s, gap=0.0, seed=seed, reproducible=reproducible)
    search = Search(formulation, limits)
    if formulation.n_variables <= SMALL_VARIABLES:
        guarded(get_solver("cp-sat").solve, formulation, search)
        return _told(hand, changed, search, at_least)
    start = start or _start(hand, search, taken_one_by_one)
    if start is None:
        left = KEEPING_S if reproducible else GIVEN_SHARE * (until - time.perf_counter())
        seconds = max(LEAST_S, left)
        start = _start(hand, search, partial(plan_of_given, seconds=seconds))
    if start is not None:
        search.offer(start, "plan at hand")
    _improve(hand, search, until)
    return _told(hand, changed, search, at_least)


def solve_whole(
    hand: PlanAtHand,
    changed: Compiled,
    *,
    start: Solution | None = None,
    time_limit_s: float = 60.0,
    gap: float = 0.0,
    seed: int = 0,
    solver: str = DEFAULT_SOLVER,
    reproducible: bool = False,
) -> SolvedAgain:
    """Solve a changed model whole, from the plan at hand; see the module.

    Parameters
    ----------
    hand, changed
        As for `solve_near`.
    start
        A plan of the changed model to start from; the plan at hand, completed, by default.
    time_limit_s, gap, seed, solver, reproducible
        As for `Model.solve`.
    """
    formulation = changed.formulation
    limits = SearchLimits(time_limit_s, gap=gap, seed=seed, reproducible=reproducible)
    search = Search(formulation, limits)
    start = _start(hand, search, plan_of_given) if start is None else start
    if start is not None:
        search.offer(start, "start plan")
    guarded(get_solver(solver).solve, formulation, search)
    return _told(hand, changed, search)


def _start(
    hand: PlanAtHand,
    search: Search,
    made: Callable[[Formulation, Ints, Columns, SearchLimits], Solution | None],
) -> Solution | None:
    """Return the plan at hand with what has to come in, and without as few others as possible."""
    formulation = search.formulation
    if search.offer(hand.solution, "plan at hand"):
        return hand.solution
    given = np.union1d(hand.solution.chosen, asked_by_name(formulation, hand.solution.chosen))
    coach = hand.coach_of[hand.compiled.pairs.candidate[given]]
    coach[~np.isin(given, hand.solution.chosen)] = -1
    return made(formulation, given, {"coach": coach}, search.limits)


def _improve(hand: PlanAtHand, search: Search, until: float) -> None:
    """Decide the surroundings of the change again, wider and wider, while there is time."""
    formulation = search.formulation
    asked = np.setdiff1d(asked_by_name(formulation, hand.solution.chosen), hand.solution.chosen)
    surroundings = Surroundings(hand, formulation, asked, _other_rows(hand, search))
    reach, turns = NEAR, 0
    while (around := search.best) is not None and time.perf_counter() < until:
        changed = np.setxor1d(around.chosen, hand.solution.chosen)
        pairs = np.union1d(surroundings.pairs(reach), changed)
        part = part_of(formulation, pairs, around, surroundings.free_own(pairs, around))
        seconds = max(LEAST_S, until - time.perf_counter())
        inner = Search(part.formulation, replace(search.limits, time_limit_s=seconds, workers=1))
        inner.offer(part.inside(around), "start")
        _solve_part(part.formulation, inner)
        if inner.best is not None:
            search.offer(part.outside(around, inner.best), "near")
        turns += 1
        if not inner.is_proven or (search.limits.reproducible and turns == REPRODUCIBLE_TURNS):
            return
        reach = reach.wider()


def _solve_part(formulation: Formulation, inner: Search) -> None:
    """Solve by HiGHS, since the linear relaxation nearly solves such a part; else by CP-SAT."""
    highs = Mip(in_process=True)
    solver = CpSat() if highs.refuses(formulation) is not None else highs
    solver.solve(formulation, inner)


def _other_rows(hand: PlanAtHand, search: Search) -> Ints:
    """Return the rows of the plan's own problem that have other limits in the changed one."""
    old, new = hand.formulation, search.formulation
    n_rows = old.row_offsets[len(old.blocks)]
    differs = old.row_lower[:n_rows] != new.row_lower[:n_rows]
    differs |= old.row_upper[:n_rows] != new.row_upper[:n_rows]
    return np.flatnonzero(differs)


def _told(
    hand: PlanAtHand, changed: Compiled, search: Search, at_least: Fraction | None = None
) -> SolvedAgain:
    """Close a search, verify its plan and tell it."""
    with_bound = search.bound
    search.close()
    if search.best is None:
        return SolvedAgain(changed, is_impossible=search.infeasible_by is not None)
    if at_least is not None and search.worth < at_least:
        return SolvedAgain(changed)
    solution = search.best
    plan = changed.plan(solution, hand.coach_of, hand.readings)
    points = _verified(changed, search, solution, plan)
    bound = None if with_bound is None else bound_in_points(changed.formulation, with_bound)
    if bound is not None and (bound < points or search.is_optimal):
        bound = points
    return SolvedAgain(
        changed, solution, plan, points, bound, moves=moves_between(hand, solution.chosen)
    )


def _verified(changed: Compiled, search: Search, solution: Solution, plan: Plan) -> Fraction:
    """Return the points of a plan after both readings of it agree.

    Raises
    ------
    InternalError
        When the plan breaks a rule that was read, or is worth something else than its rows say.
    """
    read = {id(rule) for rule in changed.rules}
    unread = [id(rule) not in read for rule in changed.rules_of_blocks]
    verdict = changed.judge(plan)
    if not any(unread):
        contradictions(changed, search, solution, plan, verdict)
        return search.worth
    formulation = changed.formulation
    values = solution.values(formulation)
    rows = Fraction(0)
    for number, block in enumerate(formulation.blocks):
        if unread[number] and block.variables is not None:
            own = formulation.own_values(values, number).tolist()
            pairs = zip(block.variables.gain, own, strict=True)
            rows += sum((gain * value for gain, value in pairs), start=Fraction(0))
    if verdict.violations or verdict.objective + rows != search.worth:
        raise InternalError(f"a plan that was solved again failed verification: {verdict.told()}")
    return search.worth
