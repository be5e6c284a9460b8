"""An executor that does each call in a process of its own, started afresh.

What a call has used of memory is free when it ends, and a crash ends that call only. The processes
are those in which solvers work (`placement_opt.solvers.engines.job`): scripts without a
``__main__`` guard, notebooks and programs from standard input can have them, and they end with this
process, however it ends.
"""

import pickle
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from typing_extensions import override

from placement_opt.solvers.engines.job import start_job
from placement_opt.solvers.engines.job_folder import job_folder

P = ParamSpec("P")
AnswerT = TypeVar("AnswerT")

CALL, ANSWER = "call.pickle", "answer.pickle"

WORK = "placement_opt.many.processes:work"

LOOKED_S = 0.2
"""How often a thread that waits for a process looks around."""


class Processes(ThreadPoolExecutor):
    """Processes of our own, so many at a time.

    Parameters
    ----------
    max_workers
        How many work at a time.
    """

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, thread_name_prefix="placement_opt")

    @override
    def submit(
        self, fn: Callable[P, AnswerT], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[AnswerT]":
        """Do a call in a process as soon as there is room; its `Future` raises what that raises.

        Where the process crashes or is killed, that is a `JobError`.
        """
        return super().submit(_in_own_process, fn, args, kwargs)


def _in_own_process(
    fn: Callable[..., AnswerT], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> AnswerT:
    with job_folder() as folder:
        (folder.path / CALL).write_bytes(packed((fn, args, kwargs)))
        job = start_job(WORK, folder)
        try:
            while not job.wait(LOOKED_S):
                pass
            job.finish()
            answer, error = pickle.loads((folder.path / ANSWER).read_bytes())  # noqa: S301 - ours
        finally:
            job.stop()
    if error is not None:
        raise error
    return cast("AnswerT", answer)


def packed(call: object) -> bytes:
    """Pickle a call; by cloudpickle where there is one: it knows functions of a notebook, too."""
    try:
        import cloudpickle  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return pickle.dumps(call)
    return cast("bytes", cloudpickle.dumps(call))


def work(folder: Path) -> None:
    """Do the call of a folder, in the process that was started for it."""
    told: tuple[object, Exception | None]
    try:
        fn, args, kwargs = pickle.loads((folder / CALL).read_bytes())  # noqa: S301 - ours
        told = (fn(*args, **kwargs), None)
    except Exception as error:  # raised again where the call was made
        told = (None, error)
    (folder / ANSWER).write_bytes(pickle.dumps(told))
