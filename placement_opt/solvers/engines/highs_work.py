"""HiGHS beside the caller, in a thread or in a process of its own.

A thread starts at once, but takes about a second to heed a stop. A process is killed at once, its
crash does no harm, and it never waits for the caller's Python. In the process's folder,
``problem.npz``, ``settings.json`` and perhaps ``hint.npy`` are its input, ``told.jsonl`` grows
while it runs, and ``answer.npz`` is its answer.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

import numpy as np

from placement_opt.basics.arrays import Floats
from placement_opt.solvers.engines.highs import HighsAnswer, HighsRun, HighsSettings
from placement_opt.solvers.engines.job import JobError, ProcessJob, can_have_workers
from placement_opt.solvers.engines.job_folder import JobFolder, job_folder
from placement_opt.solvers.engines.linear_program import LinearProgram
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.reporting import Beside

HIGHS_WORK = "placement_opt.solvers.engines.highs_work:work"

PROBLEM = "problem.npz"
SETTINGS = "settings.json"
HINT = "hint.npy"
TOLD = "told.jsonl"
ANSWER = "answer.npz"


@dataclass
class News:
    """What HiGHS has told since the last time: its lowest bound, and its plans in order."""

    bound: float | None = None
    plans: list[Floats] = field(default_factory=list)


class HighsWork(Protocol):
    """A run of HiGHS that was started."""

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when it has ended."""

    def news(self) -> News:
        """Return what was told since the last call."""

    def suggest(self, values: Floats) -> None:
        """Offer a plan of another solver; a process ignores it."""

    def answer(self) -> HighsAnswer:
        """Return the answer of a run that has ended, or raise `JobError`."""

    def stop(self) -> None:
        """End the run now, if it has not ended."""


@contextmanager
def highs_beside(
    program: LinearProgram, settings: HighsSettings, hint: Floats | None = None, *, in_process: bool
) -> Iterator[HighsWork]:
    """Run HiGHS beside the caller until it ends or the ``with`` block does.

    It runs in a thread `in_process`, else in a process of its own where one can be started.

    Raises
    ------
    OSError
        When no process can be started.
    """
    with ExitStack() as stack:
        work: HighsWork
        if in_process or not can_have_workers():
            work = _InThread(program, settings, hint)
        else:
            work = _InProcess(stack.enter_context(job_folder()), program, settings, hint)
        stack.callback(work.stop)
        yield work


class _InThread:
    def __init__(
        self, program: LinearProgram, settings: HighsSettings, hint: Floats | None
    ) -> None:
        self._told: SimpleQueue[float | Floats] = SimpleQueue()
        self._run = HighsRun(program, settings, hint, self._told.put, self._told.put)
        self._beside = Beside(self._run.solve)

    def wait(self, seconds: float) -> bool:
        return self._beside.wait(seconds)

    def news(self) -> News:
        news = News()
        while True:
            try:
                told = self._told.get_nowait()
            except Empty:
                return news
            if isinstance(told, float):
                news.bound = told
            else:
                news.plans.append(told)

    def suggest(self, values: Floats) -> None:
        self._run.suggest(values)

    def answer(self) -> HighsAnswer:
        try:
            answer = self._beside.answer()
        except Exception as error:
            raise JobError(f"{type(error).__name__}: {error}") from error
        if answer is None:
            raise JobError("HiGHS has not ended")
        return answer

    def stop(self) -> None:
        self._run.stop()
        self._beside.wait(schedule.THREAD_STOP_S)


class _InProcess:
    def __init__(
        self,
        folder: JobFolder,
        program: LinearProgram,
        settings: HighsSettings,
        hint: Floats | None,
    ) -> None:
        self._folder = folder.path
        self._n_columns = len(program.gain)
        self._read = 0
        program.save(folder.path / PROBLEM)
        (folder.path / SETTINGS).write_text(json.dumps(asdict(settings)), encoding="utf-8")
        if hint is not None:
            np.save(folder.path / HINT, hint)
        self._job = ProcessJob(HIGHS_WORK, folder)

    def wait(self, seconds: float) -> bool:
        return self._job.wait(seconds)

    def news(self) -> News:
        news = News()
        for line in self._new_lines():
            told = json.loads(line)
            if isinstance(told, float):
                news.bound = told
            else:
                values = np.zeros(self._n_columns)
                values[told["column"]] = told["value"]
                news.plans.append(values)
        return news

    def suggest(self, values: Floats) -> None:
        del values

    def _new_lines(self) -> list[str]:
        path = self._folder / TOLD
        if not path.exists():
            return []
        with path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        lines = new[: new.rfind(b"\n") + 1]
        self._read += len(lines)
        return lines.decode("utf-8").splitlines()

    def answer(self) -> HighsAnswer:
        self._job.finish()
        with np.load(self._folder / ANSWER) as arrays:
            return HighsAnswer(
                str(arrays["reason"]),
                float(arrays["bound"]) if arrays["has_bound"] else None,
                arrays["values"] if arrays["has_values"] else None,
            )

    def stop(self) -> None:
        self._job.stop()


def work(folder: Path) -> None:
    """Solve the problem in the folder; called in a process of its own."""
    program = LinearProgram.load(folder / PROBLEM)
    settings = HighsSettings(**json.loads((folder / SETTINGS).read_text(encoding="utf-8")))
    hint = np.load(folder / HINT) if (folder / HINT).exists() else None
    with (folder / TOLD).open("w", encoding="utf-8") as told:

        def tell(what: object) -> None:
            told.write(json.dumps(what) + "\n")
            told.flush()

        def tell_plan(values: Floats) -> None:
            column = np.flatnonzero(values)
            tell({"column": column.tolist(), "value": values[column].tolist()})

        answer = HighsRun(program, settings, hint, tell_plan, tell).solve()
    np.savez(
        folder / ANSWER,
        reason=answer.reason,
        bound=0.0 if answer.bound is None else answer.bound,
        has_bound=answer.bound is not None,
        values=np.zeros(0) if answer.values is None else answer.values,
        has_values=answer.values is not None,
    )
