"""The board of a search: the best verified plan and bound, and what proves them.

The best solution lives here, outside every solver, and is checked in exact integers before it is
kept, so that a crash, a time-out or a wrong answer never loses or spoils it.
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
"""Source of the plan of nobody but who rows ask for by name: a plan, and no guide to a better one.
"""


@dataclass(frozen=True, eq=False, repr=False)
class Solution(ShortRepr):
    """Integer values of all variables, kept small.

    Parameters
    ----------
    chosen
        Indices of the pairs that are one, ascending, int64.
    own
        Values of the variables behind the pairs, shape (N - E,), int64.
    """

    chosen: Ints
    own: Ints

    @classmethod
    def of(cls, formulation: Formulation, values: npt.NDArray[np.generic]) -> "Solution":
        """Round the values of all N variables to a solution."""
        whole = np.rint(values).astype(np.int64)
        # A copy: a view would hold on to the values of all pairs.
        return cls(formulation.chosen(whole), whole[formulation.n_pairs :].copy())

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
        The best solution and who found it, and who proved the best bound; None without.
    certificate, certified, certified_formulation
        Prices that prove a bound in exact integers, that bound, and the problem with the cuts that
        the prices are for.
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
        """Take nothing more: what a solver that was left behind still says is dropped."""
        with self._lock:
            self._is_closed = True

    def offer(self, solution: Solution, source: str) -> bool:
        """Take a solution if it keeps every row, in exact integers, and is better; else leave it.

        Which is better is decided by the user's own numbers; `gained` is the most that any of them
        reached in integer units. A solution that breaks a row is noted in `rejected` and never
        kept.
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
            # Whoever claimed that there is none was wrong.
            self.infeasible_by = self.ray = None
            is_better = self.best is None or worth > self.worth
            if is_better:
                self.best, self.worth, self.best_source = solution, worth, source
            # Last, since others take it as a sign that there is a plan, without the lock.
            self.gained = gained if self.gained is None else max(gained, self.gained)
            if is_better:
                self.changed(source)
        return is_better

    def prove(self, bound: float, source: str) -> None:
        """Take an upper bound on the objective, in its integer units, if it is lower."""
        whole = math.floor(bound)
        with self._lock:
            if not self._is_closed and (self.bound is None or whole < self.bound):
                self.bound, self.bound_source = whole, source
                self.changed(source)

    def prove_infeasible(self, source: str, ray: Certificate | None = None) -> None:
        """Note that no solution exists, on the word of `source`; a solution at hand refutes that.

        With a `ray` it is no matter of trust: prices that exact arithmetic has just confirmed to
        prove it; see `placement_opt.solvers.bounds.infeasible`.
        """
        with self._lock:
            if self.best is None and not self._is_closed:
                self.infeasible_by, self.ray = source, ray

    def certify(
        self, certificate: Certificate, source: str, formulation: Formulation | None = None
    ) -> int:
        """Take prices whose bound exact arithmetic confirms; return that bound.

        `formulation` is the search's own with cuts, where the prices are for those too.

        Raises
        ------
        ValueError
            When the prices do not fit the problem.
        """
        priced = self.formulation if formulation is None else formulation
        bound = certificate.bound(priced)
        with self._lock:
            if not self._is_closed and (self.certified is None or bound < self.certified):
                self.certificate, self.certified = certificate, bound
                self.certified_formulation = priced
            self.prove(bound, source)
        return bound

    def go_on_from(self, other: Self) -> None:
        """Take what another search of the same problem has found and proven."""
        if other.best is not None:
            self.offer(other.best, other.best_source or "start")
        if other.bound is not None:
            self.prove(other.bound, other.bound_source or "start")
        self.certificate, self.certified = other.certificate, other.certified
        self.certified_formulation = other.certified_formulation

    def changed(self, source: str) -> None:
        """Hear of a better plan or bound, which whoever keeps the log overrides."""
