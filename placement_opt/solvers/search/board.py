"""The board of a search: the best verified plan and bound, and what proves them.

The best solution is kept here, outside every solver, after a check in exact integers. So no crash,
time-out or wrong answer of a solver loses or spoils it.
"""

import math
import threading
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import tightened
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.standing import Standing

LEAST_PLAN = "empty plan"
"""Source of the plan with nobody in it but whom rows ask for by name. Such a plan is no guide to a
better one."""


@dataclass(frozen=True, eq=False, repr=False)
class Solution(ShortRepr):
    """Integer values of all variables, in little memory.

    Parameters
    ----------
    chosen
        Indices of the pairs that are one, ascending, int64.
    own
        Values of the own variables, shape (N - E,), int64.
    """

    chosen: Ints
    own: Ints

    @classmethod
    def of(cls, formulation: Formulation, values: npt.NDArray[np.generic]) -> "Solution":
        """Round the values of all N variables to a solution."""
        rounded = np.rint(values).astype(np.int64)
        # A copy: a view would keep the values of all pairs in memory.
        return cls(formulation.chosen(rounded), rounded[formulation.n_pairs :].copy())

    def values(self, formulation: Formulation) -> Ints:
        """Return the values of all N variables."""
        values = np.zeros(formulation.n_variables, dtype=np.int64)
        values[self.chosen] = 1
        values[formulation.n_pairs :] = self.own
        return values


class Board(Standing):
    """Best solution and bound of one search, shared by all who work on it; thread-safe.

    Attributes
    ----------
    best, best_source, bound_source
        The best solution, who found it, and who proved the best bound; None if there is none.
    certificate, certified, certified_formulation
        Prices that prove a bound in exact integers, that bound, and the problem that it was proven
        over, with its cuts.
    ray
        Prices that prove that there is no plan, or None.
    rejected
        Who offered a solution that breaks a row.
    """

    def __init__(self, formulation: Formulation, limits: SearchLimits) -> None:
        super().__init__(formulation, limits)
        self.best: Solution | None = None
        self.best_source: str | None = None
        self.bound_source: str | None = None
        self.ray: Certificate | None = None
        self.certificate: Certificate | None = None
        self.certified: int | None = None
        self.certified_formulation: Formulation = formulation
        self.rejected: list[str] = []
        self._lock = threading.RLock()
        self._is_closed = False

    def close(self) -> None:
        """Take no more reports, such as those of a solver that was left behind."""
        with self._lock:
            self._is_closed = True

    def offer(self, solution: Solution, source: str) -> bool:
        """Keep a solution if it is better and keeps every row, in exact integers; tell whether.

        The user's own numbers decide which is better; `gained` is the most that any solution
        reached in integer units. Who offers a solution that breaks a row is noted in `rejected`.
        """
        own = tightened(self.formulation, solution.chosen, solution.own)
        if own is not solution.own:
            solution = Solution(solution.chosen, own)
        values = solution.values(self.formulation)
        if not self.formulation.is_satisfied_by(values):
            with self._lock:
                self.rejected.append(source)
            return False
        gained, worth = self.formulation.gained(values), self.formulation.worth(values)
        with self._lock:
            if self._is_closed:
                return False
            # A claim that there is no plan was wrong.
            self.infeasible_by = self.ray = None
            is_better = self.best is None or worth > self.worth
            if is_better:
                self.best, self.worth, self.best_source = solution, worth, source
            # Set last: others read it without the lock, as a sign that there is a plan.
            self.gained = gained if self.gained is None else max(gained, self.gained)
            if is_better:
                self.changed(source)
        return is_better

    def prove(self, bound: float, source: str) -> None:
        """Keep an upper bound on the objective, in its integer units, if it is lower."""
        units = math.floor(bound)
        with self._lock:
            if not self._is_closed and (self.bound is None or units < self.bound):
                self.bound, self.bound_source = units, source
                self.changed(source)

    def prove_infeasible(self, source: str, ray: Certificate | None = None) -> None:
        """Note that no solution exists, as `source` says, unless a solution is at hand.

        A `ray` proves it by prices, which exact arithmetic has confirmed; see
        `placement_opt.solvers.bounds.infeasible`.
        """
        with self._lock:
            if self.best is None and not self._is_closed:
                self.infeasible_by, self.ray = source, ray

    def certify(
        self, certificate: Certificate, source: str, formulation: Formulation | None = None
    ) -> int:
        """Compute in exact integers the bound that prices prove, keep it, and return it.

        `formulation` is the search's problem with cuts, where the prices include those of cuts.

        Raises
        ------
        ValueError
            When the prices do not fit the problem.
        """
        formulation = self.formulation if formulation is None else formulation
        bound = certificate.bound(formulation)
        with self._lock:
            if not self._is_closed and (self.certified is None or bound < self.certified):
                self.certificate, self.certified = certificate, bound
                self.certified_formulation = formulation
            self.prove(bound, source)
        return bound

    def go_on_from(self, other: Self) -> None:
        """Take over what another search of the same problem has found and proven."""
        if other.best is not None:
            self.offer(other.best, other.best_source or "start")
        if other.bound is not None:
            self.prove(other.bound, other.bound_source or "start")
        self.certificate, self.certified = other.certificate, other.certified
        self.certified_formulation = other.certified_formulation

    def changed(self, source: str) -> None:
        """Do nothing after a better plan or bound; `Search` overrides this to keep the log."""
