"""Tells whether some rows still contradict each other, as exactly and as quickly as it can."""

import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from placement_opt.answers.in_whole_numbers import Verdict, asked_of_cp_sat, cp_solver, limited_rows
from placement_opt.answers.limits import is_tie, ties_of
from placement_opt.answers.one_search import searched
from placement_opt.answers.relaxed import Moved, with_limits, without
from placement_opt.answers.some_plan import Attempt, rows_around, some_plan
from placement_opt.basics.arrays import Ints
from placement_opt.basics.status import Status
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.infeasible import find_ray
from placement_opt.solvers.bounds.least_breach import least_breach
from placement_opt.solvers.derived.counting import counted, row_out_of_reach
from placement_opt.solvers.derived.rows_alone import RowPrices, asked_for, rows_alone
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model
from placement_opt.solvers.flow.cut import cut_of
from placement_opt.solvers.flow.sets import NotANetworkError
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

MOST_CHECKS = 300
"""Questions that a reproducible solve asks at most, in place of seconds."""

MOST_VARIABLES = 200_000
"""Beyond this size a question takes CP-SAT longer than the answer is worth."""

LARGE_VARIABLES = 50_000
"""Beyond this size some plan is sooner found than the linear program of all rows is solved."""

MOST_AROUND, MOST_STEPS = 5, 5
"""Around so many rows that were missed a conflict is looked for, in so many steps."""

QUICK_SHARE, RAY_SHARE, PLAN_SHARE = 0.3, 0.5, 0.7
"""Shares of the time left for one such question: for a plan, for prices, for a plan again."""


class Allowance:
    """What may still be spent: seconds, or in a reproducible solve a number of questions."""

    def __init__(self, seconds: float, *, reproducible: bool = False) -> None:
        self._until = time.perf_counter() + seconds
        self._seconds = seconds
        self._checks = MOST_CHECKS if reproducible else None

    def tick(self) -> None:
        """Count a question."""
        if self._checks is not None:
            self._checks -= 1

    def at_least(self, seconds: float) -> None:
        """See to it that so many seconds are left."""
        self._until = max(self._until, time.perf_counter() + seconds)

    @property
    def left_s(self) -> float:
        """Seconds that one question may take."""
        if self._checks is not None:
            return self._seconds
        return max(0.0, self._until - time.perf_counter())

    def moment_in(self, seconds: float) -> float:
        """Return the moment of `time.perf_counter` so many seconds from now."""
        return time.perf_counter() + seconds

    @property
    def is_spent(self) -> bool:
        """True when no other question may be asked."""
        return self._checks <= 0 if self._checks is not None else self.left_s <= 0


@dataclass(frozen=True, eq=False)
class Answer:
    """What is known about some rows, and where no plan keeps them, which of them suffice.

    Parameters
    ----------
    verdict
        What is known.
    rows
        Those that suffice, rows of the whole, ascending; empty unless infeasible.
    prices
        Prices of rows of the whole that prove it; None where it rests on a solver's word.
    is_minimal
        True where any of `rows` left out makes the others feasible.
    """

    verdict: Verdict
    rows: Ints
    prices: RowPrices | None = None
    is_minimal: bool = False


class Judge:
    """Asks of sets of rows whether a plan keeps them.

    In this order: one row out of reach alone, a largest flow where they form a network, a linear
    program, CP-SAT. Rows that only tie variables together are no part of what is asked: those that
    the rows need are always kept.

    Of a large problem with nearly all rows no copy is made. The rows that are known to be in some
    conflict are asked about by themselves first. Then any plan will do: one that was found before,
    or one near it.

    Parameters
    ----------
    formulation
        The whole problem, without gains, opened (see `answers.limits.opened`).
    seed
        For CP-SAT.
    allowance
        What may be spent.
    """

    def __init__(self, formulation: Formulation, seed: int, allowance: Allowance) -> None:
        self._formulation = formulation
        self._seed = seed
        self._ties = is_tie(formulation)
        self._size = _row_sizes(formulation)
        self._core = np.zeros(0, dtype=np.int64)
        self._plans: list[Solution] = []
        self._nearest: Solution | None = None
        self.allowance = allowance

    @property
    def core(self) -> Ints:
        """The rows of all conflicts known so far, ascending."""
        return self._core

    def ask(self, rows: Ints) -> Answer:
        """Ask whether a plan keeps the rows, ascending."""
        self.allowance.tick()
        if not rows.size:
            return _answer(Verdict.FEASIBLE)
        answer = self._ask_at_scale(rows) if self.is_large(rows) else self._ask_alone(rows)
        if answer.verdict is Verdict.INFEASIBLE:
            self._core = np.union1d(self._core, answer.rows)
        return answer

    def plan_of(self, moved: Moved, seconds: float) -> Solution | None:
        """Return a plan of the whole under other limits of some rows; None where none was found."""
        return self._look_for(moved, seconds).plan

    def _look_for(self, moved: Moved, seconds: float, *, repair: bool = True) -> Attempt:
        eased = with_limits(self._formulation, moved)
        for plan in self._plans:
            if eased.is_satisfied_by(plan.values(eased)):
                return Attempt(plan)
        if seconds <= 0:
            return Attempt()
        near = self._plans[0] if self._plans else self._nearest
        limits = SearchLimits(seconds, gap=1.0, seed=self._seed)
        attempt = some_plan(eased, limits, near, repair=repair)
        self._nearest = self._nearest or attempt.nearest
        if attempt.plan is not None:
            self.remember(attempt.plan)
        return attempt

    def remember(self, plan: Solution) -> None:
        """Note a plan of the whole under other limits, the first to be looked at from now on."""
        self._plans.insert(0, plan)

    def with_ties(self, rows: Ints) -> Ints:
        """Return rows, ascending, together with the ties that they need."""
        tied = ties_of(self._formulation, self._ties, rows)
        return np.union1d(rows, tied) if tied.size else rows

    def is_large(self, rows: Ints) -> bool:
        """Tell whether a question about rows is about a large problem."""
        return (
            self._formulation.n_variables > LARGE_VARIABLES
            and int(self._size[rows].sum()) > LARGE_VARIABLES
        )

    def _ask_alone(self, rows: Ints) -> Answer:
        """Ask about rows as a problem of their own."""
        every = self.with_ties(rows)
        answer = self._ask(rows_alone(self._formulation, every))
        if answer.verdict is not Verdict.INFEASIBLE:
            return answer
        prices = None if answer.prices is None else answer.prices.within(every)
        return Answer(answer.verdict, self.untied(every[answer.rows]), prices, answer.is_minimal)

    def _ask_at_scale(self, rows: Ints) -> Answer:
        """Ask about rows in the whole problem, where all others lose their limits."""
        known = np.intersect1d(self._core, rows)
        if known.size and known.size < rows.size and not self.is_large(known):
            answer = self._ask_alone(known)
            if answer.verdict is Verdict.INFEASIBLE:
                return answer
        kept = self._ties.copy()
        kept[rows] = True
        limited = limited_rows(self._formulation)
        dropped = without(frozenset(limited[~kept[limited]].tolist()))
        attempt = self._look_for(dropped, QUICK_SHARE * self.allowance.left_s, repair=False)
        if attempt.plan is not None:
            return _answer(Verdict.FEASIBLE)
        eased = with_limits(self._formulation, dropped)
        proof = self._proof_around(eased, attempt) or self._proof_at_scale(eased)
        if proof is not None:
            return replace(proof, rows=self.untied(proof.rows))
        if self.plan_of(dropped, PLAN_SHARE * self.allowance.left_s) is not None:
            return _answer(Verdict.FEASIBLE)
        return self._ask_alone(rows)

    def _proof_around(self, eased: Formulation, attempt: Attempt) -> Answer | None:
        """Ask about the rows around those that a try for a plan left short."""
        if attempt.nearest is None:
            return None
        for missed in attempt.missed[:MOST_AROUND].tolist():
            for rows in islice(rows_around(eased, missed, attempt.nearest), MOST_STEPS):
                some = self.untied(rows)
                if self.is_large(some) or self.allowance.is_spent:
                    break
                answer = self._ask_alone(some)
                if answer.verdict is Verdict.INFEASIBLE:
                    return answer
        return None

    def _proof_at_scale(self, eased: Formulation) -> Answer | None:
        """Look for prices that leave no plan; of columns, over a few at a time."""
        alone = row_out_of_reach(eased)
        if alone is not None:
            return _excluded(alone, is_minimal=True)
        try:
            cut = cut_of(eased)
        except NotANetworkError:
            prices = counted(eased)
            if prices is None:
                until = self.allowance.moment_in(RAY_SHARE * self.allowance.left_s)
                ray = find_ray(eased, lambda: self.allowance.is_spent, until)
                prices = None if ray is None else RowPrices.proving(eased, ray)
            return None if prices is None else _excluded(prices)
        if cut is None:
            return None
        return Answer(Verdict.INFEASIBLE, cut.rows, cut.prices, cut.is_minimal)

    def solver(self, seconds: float) -> Any:
        """Return CP-SAT for a small question of another kind."""
        return cp_solver(self._seed, seconds)

    def untied(self, rows: Ints) -> Ints:
        """Return those of the rows that limit something by themselves."""
        return rows[~self._ties[rows]]

    def _ask(self, part: Formulation) -> Answer:
        alone = row_out_of_reach(part)
        if alone is not None:
            return _excluded(alone, is_minimal=True)
        try:
            cut = cut_of(part)
        except NotANetworkError:
            return self._ask_solvers(part)
        if cut is None:
            return _answer(Verdict.FEASIBLE)
        return Answer(Verdict.INFEASIBLE, cut.rows, cut.prices, cut.is_minimal)

    def _ask_solvers(self, part: Formulation) -> Answer:
        if part.n_variables > MOST_VARIABLES:
            limits = SearchLimits(self.allowance.left_s, gap=1.0, seed=self._seed)
            outcome = searched(part, limits, first=True)
            if outcome.status is Status.INFEASIBLE:
                return Answer(Verdict.INFEASIBLE, np.arange(part.n_rows))
            return _answer(Verdict.UNKNOWN if outcome.solution is None else Verdict.FEASIBLE)
        breach = least_breach(part, self.allowance.left_s)
        if breach.prices is not None:
            return _excluded(breach.prices)
        verdict = asked_of_cp_sat(cp_sat_model(part), self._seed, self.allowance.left_s)[0]
        if verdict is Verdict.INFEASIBLE:
            return Answer(verdict, np.arange(part.n_rows))
        return _answer(verdict)


def _row_sizes(formulation: Formulation) -> Ints:
    """Return how many pairs each row asks for, shape (R,)."""
    sizes = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        row = np.repeat(np.arange(len(block)), np.diff(block.usage.indptr))
        wanted = asked_for(block, np.arange(len(block)))
        sizes.append(np.bincount(row[wanted], minlength=len(block)))
    return np.concatenate(sizes)


def _excluded(prices: RowPrices, *, is_minimal: bool = False) -> Answer:
    return Answer(Verdict.INFEASIBLE, prices.rows, prices, is_minimal)


def _answer(verdict: Verdict) -> Answer:
    return Answer(verdict, np.zeros(0, dtype=np.int64))
