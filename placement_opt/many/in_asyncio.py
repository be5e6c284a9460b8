"""One solve in an asyncio app: awaited, watched in the loop, and cancelled like any task."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import fields, replace
from typing import Any

from placement_opt.model import Model
from placement_opt.records import Region
from placement_opt.result import Result
from placement_opt.run.progress import ProgressObserver, as_cancel, check_observer
from placement_opt.run.solve_parameters import RegionSolveParameters, SolveParameters, taking
from placement_opt.solvers.search.base import Event

THREAD = "placement_opt solve_async"
"""Name of the threads of such solves."""

CANCELLED_S = 1.5
"""How long a task that is cancelled waits for its solve to end, so that nothing runs on unseen."""


@taking(RegionSolveParameters)
def solve_async(
    region: "Region | Model", given: RegionSolveParameters
) -> Coroutine[Any, Any, Result]:
    """Solve a region or a model in a thread of its own, while the event loop goes on.

    To stop with the best plan, set the `cancel` event that was given, and await the result as
    usual. Where the task itself is cancelled (``task.cancel()``, ``asyncio.timeout``), the solve
    is told to stop, and within two seconds the task ends as asyncio asks, by
    ``asyncio.CancelledError``: its plan is given up.

    Parameters
    ----------
    region
        The region, under the standard rules; or a model, whose own law holds.
    time_limit_s, gap, seed, solver, start, progress, reproducible, memory_limit_gb
        As for `Model.solve`.
    on_progress
        As for `Model.solve`, but called in the thread of the event loop.
    cancel
        As for `Model.solve`: the way to have the best plan so far.
    rulebook
        As for `solve`.

    Returns
    -------
    Coroutine
        What ends in the `Result`, and raises what `Model.solve` raises.

    Examples
    --------
    >>> import asyncio, threading
    >>> import placement_opt as po
    >>> region = po.synthetic_region(candidates=12, openings=6, seed=1)
    >>> async def app():
    ...     enough = threading.Event()
    ...     solving = asyncio.create_task(po.solve_async(region, cancel=enough))
    ...     await asyncio.sleep(0)  # serve others; enough.set() when somebody clicks on "stop"
    ...     return await solving
    >>> asyncio.run(app()).status.value
    'OPTIMAL'
    """
    return _solved(region, given)


async def _solved(region: Region | Model, given: RegionSolveParameters) -> Result:
    loop, given_up = asyncio.get_running_loop(), threading.Event()
    is_cancelled = as_cancel(given.cancel)
    check_observer(given.on_progress)
    heard = replace(
        given,
        cancel=lambda: given_up.is_set() or is_cancelled(),
        on_progress=_in_loop(loop, given.on_progress),
    )
    ended: asyncio.Future[Result] = loop.create_future()
    arguments = (region, heard, loop, ended)
    threading.Thread(target=_work, args=arguments, name=THREAD, daemon=True).start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        given_up.set()
        await asyncio.wait([ended], timeout=CANCELLED_S)
        ended.cancel()  # without effect where it has ended; what it ended in is looked at
        if not ended.cancelled():
            ended.exception()
        raise


def _work(
    region: Region | Model,
    given: RegionSolveParameters,
    loop: asyncio.AbstractEventLoop,
    ended: "asyncio.Future[Result]",
) -> None:
    """Solve, and hand what came of it to the loop, unless that is closed."""
    try:
        model = region if isinstance(region, Model) else Model(region, rulebook=given.rulebook)
        names = [parameter.name for parameter in fields(SolveParameters)]
        result = model.solve(**{name: getattr(given, name) for name in names})
    except BaseException as error:
        _call(loop, _unless_done(ended, ended.set_exception), error)
    else:
        _call(loop, _unless_done(ended, ended.set_result), result)


def _unless_done(
    ended: "asyncio.Future[Result]", act: Callable[[Any], None]
) -> Callable[[Any], None]:
    def told(value: Any) -> None:
        if not ended.done():
            act(value)

    return told


def _in_loop(
    loop: asyncio.AbstractEventLoop, observer: ProgressObserver | None
) -> ProgressObserver | None:
    """Return an observer that calls another one in the thread of the loop."""
    if observer is None:
        return None

    def told(event: Event) -> None:
        _call(loop, observer, event)

    return told


def _call(loop: asyncio.AbstractEventLoop, act: Callable[[Any], None], value: Any) -> None:
    try:
        loop.call_soon_threadsafe(act, value)
    except RuntimeError:  # the loop is closed: nobody waits any more
        return
