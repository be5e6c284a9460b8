"""One solver's run on one problem: its clock, its better plans and bounds, and its last plan."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.formulation.formulation import Formulation

Step = tuple[float, float | None, float | None]
"""Seconds since the clock started, objective and bound in points."""


class DoesNotApplyError(Exception):
    """The solver cannot take this problem at all."""


@dataclass
class Run:
    """What a rival is given: limits, and whom to tell. All numbers told are points.

    Parameters
    ----------
    formulation
        The problem, compiled; compiling is outside every solver's time.
    time_limit_s, gap, seed, workers
        Limits and parameters, the same for all.
    tell
        Called with each better plan or bound.
    objective, bound, certified_bound, values
        What was told so far; the values of the last plan.
    stop_reason, error
        Why the solver ended, in its own words, and what went wrong.
    """

    formulation: Formulation
    time_limit_s: float
    gap: float
    seed: int
    workers: int
    tell: Callable[[Step], None]
    objective: float | None = None
    bound: float | None = None
    certified_bound: float | None = None
    values: npt.NDArray[np.int64] | None = None
    stop_reason: str = ""
    error: str | None = None
    _started: float = field(default_factory=time.perf_counter)
    _finished_s: float | None = None

    def begin(self) -> None:
        """Start the clock again, where building what the solver reads is not to count."""
        self._started, self._finished_s = time.perf_counter(), None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the clock started, until it was stopped."""
        if self._finished_s is not None:
            return self._finished_s
        return time.perf_counter() - self._started

    def finish(self) -> None:
        """Stop the clock: what follows only reads and checks the answer."""
        self._finished_s = self.elapsed_s

    @property
    def remaining_s(self) -> float:
        """Seconds left, at least a thousandth."""
        return max(1e-3, self.time_limit_s - self.elapsed_s)

    def points(self, units: float) -> float:
        """Turn integer objective units into points."""
        return units / self.formulation.objective.scale

    def step(
        self,
        objective: float | None = None,
        bound: float | None = None,
        *,
        elapsed_s: float | None = None,
    ) -> None:
        """Tell of a plan or a bound, in points; what is no better than before is left out."""
        is_better = False
        if objective is not None and (self.objective is None or objective > self.objective):
            self.objective, is_better = objective, True
        if (
            bound is not None
            and math.isfinite(bound)
            and (self.bound is None or bound < self.bound)
        ):
            self.bound, is_better = bound, True
        if is_better:
            seconds = self.elapsed_s if elapsed_s is None else elapsed_s
            self.tell((seconds, self.objective, self.bound))

    def plan(self, values: npt.NDArray[Any]) -> None:
        """Take the last plan; it counts when it keeps every row in exact integers.

        What was told on the way is withdrawn where the last plan does not keep the rows.
        """
        self.finish()
        whole = np.rint(values).astype(np.int64)
        if not self.formulation.is_satisfied_by(whole):
            self.objective, self.error = None, "the plan breaks a row"
            return
        exact = self.points(self.formulation.gained(whole))
        if self.objective is None:
            self.step(exact)
        self.objective, self.values = exact, whole
