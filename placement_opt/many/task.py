"""What a worker does with one region: read or make it, solve it, and tell what came of it.

Nothing is raised for a region that cannot be solved: what a task raises is that a worker was lost.
"""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from placement_opt.basics.errors import InvalidInputError, PlacementError
from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import StopReason
from placement_opt.checking import check_result
from placement_opt.many.nation import FailureKind, RegionFailure
from placement_opt.many.sources import Source, model_of
from placement_opt.many.wire import Wire, WorkersEnd
from placement_opt.model import Model
from placement_opt.result import Result
from placement_opt.rulebook import Rulebook
from placement_opt.run.run_record import RunParameters, in_order_told
from placement_opt.solvers.search.base import Event

_LOG = logging.getLogger("placement_opt")

_INTERRUPTED = {StopReason.CANCELLED, StopReason.SOLVER_FAILURE}
"""Results that are no answer to what was asked; their plans are a start."""

_OF_LAW = ("name", "hash", "date", "municipality", "overrides")
"""What a run record tells of the law that does not follow from the use of it."""


NOT_BEGUN = RegionFailure("stopped", "the run was stopped before this region was begun")


@dataclass(frozen=True, eq=False, repr=False)
class Task(ShortRepr):
    """One region to solve, ready to travel.

    Parameters
    ----------
    name, number
        Name of the region, and its number in the run.
    source
        What stands for the region.
    parameters
        Those of `Model.solve`, but for observers and the wish to stop.
    recorded
        The same as a run record tells them.
    rulebook
        The law, or None.
    known
        A result of an earlier run under this name, or None.
    wire
        Where to tell progress and to look whether to stop.
    """

    name: str
    number: int
    source: Source
    parameters: Mapping[str, Any]
    recorded: RunParameters
    rulebook: Rulebook | None
    known: Result | None
    wire: Wire


@dataclass(frozen=True, eq=False, repr=False)
class Answer(ShortRepr):
    """What came of a task: a result without its model, or a failure.

    `is_kept` where the result is that of the earlier run, `remark` what to know besides.
    """

    result: Result | None = None
    failure: RegionFailure | None = None
    is_kept: bool = False
    remark: str = ""

    @classmethod
    def failed(cls, kind: FailureKind, error: BaseException) -> Self:
        """Tell an error that a region ended in."""
        problems = error.problems if isinstance(error, InvalidInputError) else ()
        own = isinstance(error, PlacementError | OSError)
        text = str(error) if own else f"{type(error).__name__}: {error}"
        trace = "" if problems else "".join(traceback.format_exception(error))
        return cls(failure=RegionFailure(kind, text, problems, trace))


def solved_task(task: Task) -> Answer:
    """Solve one region; what goes wrong with it is the answer."""
    end = WorkersEnd(task.wire, task.number)
    try:
        if end.is_stopped():
            return Answer(failure=NOT_BEGUN)
        end.tell(Event(0.0, "read", None, None, "read"))
        return _solved(task, end)
    except (InvalidInputError, OSError) as error:
        return Answer.failed("bad_input", error)
    except Exception as error:
        _LOG.exception("region %r failed; the other regions go on", task.name)
        return Answer.failed("error", error)


def _solved(task: Task, end: WorkersEnd) -> Answer:
    model = model_of(task.source, task.rulebook)
    remark = str(model.region.reading) if model.region.reading else ""
    parameters = dict(task.parameters)
    if task.known is not None and _is_of(task.known, model, task.recorded):
        if task.known.stop_reason in _INTERRUPTED:
            parameters |= {"start": task.known} if task.known.has_plan else {}
        elif _is_sound(task.known, model):
            return Answer(is_kept=True, remark=remark)
    result = model.solve(**parameters, on_progress=end.tell, cancel=end.is_stopped)
    return Answer(alone(result), remark=remark)


def alone(result: Result) -> Result:
    """Return a result without its model, which would take its memory along."""
    return Result(**{name: getattr(result, name) for name in type(result).model_fields})


def _is_of(known: Result, model: Model, recorded: RunParameters) -> bool:
    """Tell whether a result is of the same region, law, rules, terms and parameters."""
    told, law = known.run, model.instance.known_rulebook
    asked = dict(vars(recorded)) | {"start": told.parameters.start}
    ours = {} if law is None else law.run_record()
    theirs = {} if told.rulebook is None else told.rulebook
    return (
        told.input == model.region.fingerprint()
        and vars(told.parameters) == asked
        and not in_order_told(model.rules, told.rules)[1]
        and not in_order_told(model.objective, told.objective)[1]
        and all(ours.get(name) == theirs.get(name) for name in _OF_LAW)
        and not model.has_given_pairs
    )


def _is_sound(known: Result, model: Model) -> bool:
    """Check a result again, without any solver: its file may have been changed since."""
    report = check_result(model.region, known, rules=model.rules, objective=model.objective)
    if not report.is_sound:
        _LOG.warning("a result at hand is not sound and is solved again:\n%s", report)
    return report.is_sound
