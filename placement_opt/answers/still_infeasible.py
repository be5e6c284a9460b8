"""Tells whether some rows still contradict each other, as exactly and as quickly as it can."""

import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from placement_opt.answers.limits import is_tie, ties_of
from placement_opt.answers.one_search import searched
from placement_opt.basics.arrays import Ints
from placement_opt.basics.status import Status
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.bounds.infeasible import find_ray
from placement_opt.solvers.bounds.least_breach import least_breach
from placement_opt.solvers.derived.counting import counted, row_out_of_reach
from placement_opt.solvers.derived.rows_alone import RowPrices, rows_alone
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model
from placement_opt.solvers.flow.cut import cut_of
from placement_opt.solvers.flow.sets import NotANetworkError
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.native import NATIVE

MOST_CHECKS = 300
"""Questions that a reproducible solve asks at most, in place of seconds."""

WORK_OF_A_CHECK = 2.0
"""CP-SAT's deterministic time for one question."""

MOST_VARIABLES = 200_000
"""Beyond this size a question takes CP-SAT longer than the answer is worth."""

RAY_SHARE, PLAN_SHARE = 0.3, 0.5
"""Shares of the time left for one question beyond that size: for prices, then for a plan."""


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


class Verdict(Enum):
    """What is known about some rows."""

    INFEASIBLE = "no plan keeps them"
    FEASIBLE = "some plan keeps them"
    UNKNOWN = "not shown in time"


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
        self.allowance = allowance

    def ask(self, rows: Ints) -> Answer:
        """Ask whether a plan keeps the rows, ascending."""
        self.allowance.tick()
        if not rows.size:
            return _answer(Verdict.FEASIBLE)
        tied = ties_of(self._formulation, self._ties, rows)
        every = np.union1d(rows, tied) if tied.size else rows
        answer = self._ask(rows_alone(self._formulation, every))
        if answer.verdict is not Verdict.INFEASIBLE:
            return answer
        prices = None if answer.prices is None else answer.prices.within(every)
        return Answer(answer.verdict, self.untied(every[answer.rows]), prices, answer.is_minimal)

    def _ask_at_scale(self, part: Formulation) -> Answer:
        """Look for prices that leave no plan over a few columns at a time, then for a plan."""
        prices = counted(part)
        if prices is None:
            until = self.allowance.moment_in(RAY_SHARE * self.allowance.left_s)
            ray = find_ray(part, lambda: self.allowance.is_spent, until)
            prices = None if ray is None else RowPrices.proving(part, ray)
        if prices is not None:
            return _excluded(prices)
        limits = SearchLimits(PLAN_SHARE * self.allowance.left_s, gap=1.0, seed=self._seed)
        outcome = searched(part, limits, first=True)
        if outcome.status is Status.INFEASIBLE:
            return Answer(Verdict.INFEASIBLE, np.arange(part.n_rows))
        return _answer(Verdict.UNKNOWN if outcome.solution is None else Verdict.FEASIBLE)

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
            return self._ask_at_scale(part)
        breach = least_breach(part, self.allowance.left_s)
        if breach.prices is not None:
            return _excluded(breach.prices)
        verdict = asked_of_cp_sat(cp_sat_model(part), self._seed, self.allowance.left_s)[0]
        if verdict is Verdict.INFEASIBLE:
            return Answer(verdict, np.arange(part.n_rows))
        return _answer(verdict)


def _excluded(prices: RowPrices, *, is_minimal: bool = False) -> Answer:
    return Answer(Verdict.INFEASIBLE, prices.rows, prices, is_minimal)


def _answer(verdict: Verdict) -> Answer:
    return Answer(verdict, np.zeros(0, dtype=np.int64))


def cp_solver(seed: int, seconds: float) -> Any:
    """Return CP-SAT with one worker and so many seconds."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    parameters: Any = solver.parameters
    parameters.max_time_in_seconds = max(0.01, seconds)
    parameters.max_deterministic_time = WORK_OF_A_CHECK
    parameters.num_workers = 1
    parameters.random_seed = seed % (1 << 31)
    parameters.linearization_level = 2
    parameters.catch_sigint_signal = False
    return solver


def asked_of_cp_sat(model: Any, seed: int, seconds: float) -> tuple[Verdict, Any]:
    """Solve a CP-SAT model without an objective; return what is known, and the solver."""
    from ortools.sat.python import cp_model

    solver = cp_solver(seed, seconds)
    with NATIVE.call(solver.stop_search):
        status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Verdict.INFEASIBLE, solver
    is_feasible = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return (Verdict.FEASIBLE if is_feasible else Verdict.UNKNOWN), solver


def assumed_core(formulation: Formulation, seed: int, seconds: float) -> Ints | None:
    """Return rows that CP-SAT needs for its proof that no plan keeps all; None without one.

    Every row that limits something gets a switch, and the proof names those that it assumes to be
    on.
    """
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    bounds = zip(formulation.lower.tolist(), formulation.upper.tolist(), strict=True)
    variables = [model.new_int_var(low, high, "") for low, high in bounds]
    matrix, wide = formulation.matrix, np.iinfo(np.int64)
    switch, ties = {}, is_tie(formulation)
    for row in limited_rows(formulation).tolist():
        low, high = int(formulation.row_lower[row]), int(formulation.row_upper[row])
        entries = slice(*matrix.indptr[row : row + 2])
        total = cp_model.LinearExpr.weighted_sum(
            [variables[at] for at in matrix.indices[entries]], matrix.data[entries].tolist()
        )
        domain = cp_model.Domain(
            int(wide.min) if low == NO_LOWER else low, int(wide.max) if high == NO_UPPER else high
        )
        if ties[row]:
            model.add_linear_expression_in_domain(total, domain)
            continue
        literal = model.new_bool_var("")
        model.add_linear_expression_in_domain(total, domain).only_enforce_if(literal)
        switch[literal.index] = row
        model.add_assumption(literal)
    verdict, solver = asked_of_cp_sat(model, seed, seconds)
    if verdict is not Verdict.INFEASIBLE:
        return None
    core = [switch[index] for index in solver.sufficient_assumptions_for_infeasibility()]
    return np.array(sorted(core), dtype=np.int64)


def limited_rows(formulation: Formulation) -> Ints:
    """Return the rows of the blocks that have a limit."""
    is_limited = (formulation.row_lower > NO_LOWER) | (formulation.row_upper < NO_UPPER)
    return np.flatnonzero(is_limited[: formulation.row_offsets[len(formulation.blocks)]])
