"""What `solve` takes: one list of names, defaults and checks for every way to call it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from placement_opt.basics.errors import Findings
from placement_opt.basics.flags import as_flag
from placement_opt.rulebook import Rulebook
from placement_opt.run.given_placements import GivenPlacement, GivenPlan, placements_of
from placement_opt.run.progress import Cancel, ProgressObserver, as_cancel, check_observer
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.run_record import RunParameters
from placement_opt.solvers import DEFAULT_SOLVER, get_solver
from placement_opt.solvers.search.base import Solver
from placement_opt.solvers.search.limits import SearchLimits

P = ParamSpec("P")
ParametersT = TypeVar("ParametersT")
SubjectT = TypeVar("SubjectT")
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True)
class SolveParameters:
    """The parameters of `solve`, in order; `Model.solve` says what each means."""

    time_limit_s: float = SearchLimits.time_limit_s
    gap: float = SearchLimits.gap
    seed: int = SearchLimits.seed
    solver: str = DEFAULT_SOLVER
    start: GivenPlan | None = None
    progress: bool = False
    on_progress: ProgressObserver | None = None
    cancel: Cancel | None = None
    reproducible: bool = SearchLimits.reproducible
    memory_limit_gb: float | None = SearchLimits.memory_limit_gb

    def checked(self) -> "Asked":
        """Return what is asked for; refuse what means nothing.

        Raises
        ------
        InvalidInputError
            With everything that is out of range or of the wrong kind.
        SolverUnavailableError
            When no solver has that name, or it cannot be loaded.
        """
        findings = Findings()
        shared = {limit.name for limit in fields(SearchLimits)} & vars(self).keys()
        limits = SearchLimits(**{name: getattr(self, name) for name in shared})
        with findings.gathered():
            limits = limits.checked()
        with findings.gathered():
            is_shown = as_flag(self.progress, "solve", "progress")
        with findings.gathered():
            is_cancelled = as_cancel(self.cancel)
        with findings.gathered():
            check_observer(self.on_progress)
        with findings.gathered():
            start = None if self.start is None else placements_of(self.start)
        findings.refuse()
        solver = get_solver(self.solver)
        earlier = self.start if isinstance(self.start, ResultRecord) else None
        return Asked(
            limits,
            self.solver,
            solver,
            start,
            is_shown,
            self.on_progress,
            is_cancelled,
            earlier,
        )


@dataclass(frozen=True)
class RegionSolveParameters(SolveParameters):
    """The parameters of `placement_opt.solve`, behind the region."""

    rulebook: Rulebook | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Asked:
    """What is asked of one solve, checked.

    Parameters
    ----------
    limits
        When to stop.
    solver_name, solver
        The solver that was asked for.
    start
        The rows of the start plan.
    is_shown
        Whether progress is printed.
    on_progress
        Who else is told of progress.
    is_cancelled
        Says when to stop.
    earlier
        The result that the start plan is of, if it is one; its prices are a start, too.
    """

    limits: SearchLimits
    solver_name: str
    solver: Solver
    start: Sequence[GivenPlacement] | None
    is_shown: bool
    on_progress: ProgressObserver | None
    is_cancelled: Callable[[], bool]
    earlier: ResultRecord | None = None

    def within(self, time_limit_s: float) -> SearchLimits:
        """Return the limits with fewer seconds; of a reproducible solve as they are."""
        if self.limits.reproducible:
            return self.limits
        return replace(self.limits, time_limit_s=time_limit_s)

    def told(self, start: str) -> RunParameters:
        """Return what the record of the run tells; `start` is what became of the start plan."""
        return RunParameters(**asdict(self.limits), solver=self.solver_name, start=start)


def taking(
    parameters: Callable[P, ParametersT],
) -> Callable[
    [Callable[[SubjectT, ParametersT], AnswerT]], Callable[Concatenate[SubjectT, P], AnswerT]
]:
    """Let a function that takes one object be called with the names and defaults of its class.

    `help`, notebooks and type checkers show those. The function's first parameter stays.

    Parameters
    ----------
    parameters
        The class of the object that the function takes as its second parameter.
    """

    def spelt(
        function: Callable[[SubjectT, ParametersT], AnswerT],
    ) -> Callable[Concatenate[SubjectT, P], AnswerT]:
        own, make = signature(function), cast("Callable[..., ParametersT]", parameters)
        first = next(iter(own.parameters.values()))
        shown = own.replace(parameters=[first, *signature(parameters).parameters.values()])

        @wraps(function)
        def called(*given: Any, **named: Any) -> AnswerT:
            try:
                bound = shown.bind(*given, **named).arguments
            except TypeError as error:
                raise TypeError(f"{function.__name__}() {error}") from None
            subject = bound.pop(first.name)
            return function(subject, make(**bound))

        called.__signature__ = shown  # type: ignore[attr-defined]
        named_kinds = {name: parameter.annotation for name, parameter in shown.parameters.items()}
        called.__annotations__ = named_kinds | {"return": shown.return_annotation}
        return called

    return spelt
