"""Passes on to the search what HiGHS reports while it works and at its end."""

from dataclasses import dataclass

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.highs import HighsAnswer
from placement_opt.solvers.engines.highs_work import News
from placement_opt.solvers.engines.linear_program import ObjectiveUnit
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.reporting import ended, logger, prove_bound, prove_none

SAYS_NONE = frozenset({"infeasible", "infeasible_or_unbounded"})
"""Endings that mean there is no solution; as all variables are bounded, so is the objective."""


@dataclass
class HighsReports:
    """Passes on plans and bounds of HiGHS to the search.

    `useful_s` is when HiGHS last had a better plan or bound, in seconds of the search. `bound` is
    HiGHS' own lowest bound, in integer units, or None.
    """

    formulation: Formulation
    search: Search
    unit: ObjectiveUnit
    source: str
    is_refuted: bool = False
    useful_s: float = 0.0
    bound: int | None = None

    def pass_on(self, news: News) -> None:
        """Pass on new bounds and solutions.

        In a reproducible solve bounds wait for the end: the moment at which one arrives is chance.
        """
        for values in news.plans:
            self._offer(values)
        if news.bound is not None and not self.search.limits.reproducible:
            self._prove(news.bound)

    def conclude(self, answer: HighsAnswer) -> Ending:
        """Report the final answer, and return how the run ended."""
        if answer.values is not None:
            self._offer(answer.values)
        if answer.reason in SAYS_NONE:
            return prove_none(self.search, self.source)
        if answer.bound is not None:
            self._prove(answer.bound)
        if self.is_refuted:
            return Ending.FAILED
        if answer.reason not in {"optimal", "stopped"}:
            logger.warning("mip ended with %r; the best plan so far is kept", answer.reason)
            return Ending.FAILED
        if answer.reason == "optimal" and self.search.clock.stop_reason() is None:
            self._settle()
            return ended(self.search) if self.search.is_proven else Ending.FINISHED
        return ended(self.search)

    def _settle(self) -> None:
        """Let an optimal plan end the search: the rest is no more than what HiGHS may round."""
        search = self.search
        if search.is_optimal:
            search.precision = max(search.precision, self.unit.precision)

    def _offer(self, values: Floats) -> None:
        if self.search.offer(Solution.of(self.formulation, values), self.source):
            self.useful_s = self.search.clock.elapsed_s

    def _prove(self, bound: float) -> None:
        before, self.bound = self.search.bound, self.unit.bound(bound)
        self.is_refuted |= not prove_bound(self.search, self.bound, self.source)
        if before is None or (self.search.bound or before) < before:
            self.useful_s = self.search.clock.elapsed_s
