"""What is asked of one solver on one instance, and what it reached, and when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from placement_opt.basics import status

GAPS = (1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class Question:
    """What is measured: an instance by its spec, a solver, and the limits."""

    instance: str
    solver: str
    time_limit_s: float
    gap: float
    seed: int
    workers: int


@dataclass(frozen=True)
class Attempt:
    """What one solver reached on one instance. Values are points; what does not exist is None.

    Parameters
    ----------
    instance, solver, seed
        What was solved by what.
    candidates, openings, pairs, rows, variables
        Size of the compiled problem.
    build_s, compile_s
        Seconds to make up or read the instance, and to compile it; no part of `seconds`.
    seconds
        Seconds from the compiled problem (see each rival) to the solver's end.
    objective, bound, certified_bound
        The last plan and the solver's own bounds.
    gap
        Between `objective` and `bound`, relative to the larger of the two.
    best_known
        Best objective known for the instance.
    gap_to_best_known
        How far below it the plan is, relative to it.
    first_plan_s, first_bound_s
        When the first plan and the first bound were told.
    reached_s
        When plan and own bound were first within each gap of `GAPS`.
    peak_memory_mb
        Highest memory of the process plus that of its largest child.
    compiled_memory_mb
        Highest memory of the process when the problem was compiled.
    stop_reason, error
        Why it ended, and what went wrong.
    trace
        Seconds, plan and bound of each step.
    """

    instance: str
    solver: str
    seed: int
    candidates: int | None = None
    openings: int | None = None
    pairs: int | None = None
    rows: int | None = None
    variables: int | None = None
    build_s: float | None = None
    compile_s: float | None = None
    seconds: float | None = None
    objective: float | None = None
    bound: float | None = None
    certified_bound: float | None = None
    gap: float | None = None
    best_known: float | None = None
    gap_to_best_known: float | None = None
    first_plan_s: float | None = None
    first_bound_s: float | None = None
    reached_s: tuple[float | None, ...] = (None,) * len(GAPS)
    peak_memory_mb: float | None = None
    compiled_memory_mb: float | None = None
    stop_reason: str = ""
    error: str | None = None
    trace: tuple[tuple[float, float | None, float | None], ...] = ()

    @classmethod
    def of(cls, fields: dict[str, Any], trace: Sequence[Sequence[float | None]]) -> Self:
        """Put together what a process told."""
        steps = tuple((float(at or 0), plan, bound) for at, plan, bound in trace)
        has_plan = fields.get("objective") is not None
        plans = [at for at, plan, _ in steps if plan is not None] if has_plan else []
        bounds = [at for at, _, bound in steps if bound is not None]
        gaps = [(at, relative_gap(plan, bound)) for at, plan, bound in steps] if has_plan else []
        return cls(
            **fields,
            gap=relative_gap(fields.get("objective"), fields.get("bound")),
            gap_to_best_known=_below(fields.get("objective"), fields.get("best_known")),
            first_plan_s=plans[0] if plans else None,
            first_bound_s=bounds[0] if bounds else None,
            reached_s=tuple(
                next((at for at, gap in gaps if gap is not None and gap <= asked), None)
                for asked in GAPS
            ),
            trace=steps,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"kind": "attempt", **asdict(self)}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """Read what `to_json` made."""
        rest = {name: value for name, value in fields.items() if name != "kind"}
        rest["reached_s"] = tuple(rest["reached_s"])
        rest["trace"] = tuple((at, plan, bound) for at, plan, bound in rest["trace"])
        return cls(**rest)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return the gap between a plan and a bound, as the library tells it; None where one misses."""
    if objective is None or bound is None:
        return None
    return status.relative_gap(objective, bound)


def _below(objective: float | None, best_known: float | None) -> float | None:
    if objective is None or best_known is None:
        return None
    return (best_known - objective) / max(1.0, abs(best_known))
