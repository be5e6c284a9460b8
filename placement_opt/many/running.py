"""One run over many regions: hands tasks out, takes answers, and outlives lost workers."""

import logging
import pickle
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait

from placement_opt.many.nation import NationResult, RegionFailure
from placement_opt.many.processes import Processes
from placement_opt.many.results_folder import ResultsFolder
from placement_opt.many.task import NOT_BEGUN, Answer, Task, solved_task
from placement_opt.many.wire import Listener, Wire
from placement_opt.model import Model
from placement_opt.records import Region
from placement_opt.result import Result
from placement_opt.run.progress import ProgressObserver
from placement_opt.solvers.search.base import Event

_LOG = logging.getLogger("placement_opt")

LOOKED_S = 0.1
"""How often a run looks for answers, events and the wish to stop."""

STOPPING_S = 60.0
"""How long a run that was stopped waits for its workers, who verify their best plans. Workers that
do not see the wish, on other machines, are left behind then."""

CANNOT_TRAVEL = (pickle.PicklingError, AttributeError, ImportError, TypeError)
"""What is raised for a task that cannot be sent, whatever executor it is for."""


class Run:
    """Solves tasks on an executor.

    Parameters
    ----------
    tasks
        By name of the region.
    executor
        Where they are solved.
    wire
        What goes back and forth meanwhile.
    folder
        Where results are written.
    tell
        Called with every event.
    is_cancelled
        Says when to stop.
    most_tries
        A region whose worker is lost that often fails.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task],
        executor: Executor,
        wire: Wire,
        folder: ResultsFolder,
        tell: ProgressObserver,
        is_cancelled: Callable[[], bool],
        most_tries: int,
    ) -> None:
        self._tasks = tasks
        self._executor, self._own = executor, list[Processes]()
        self._wire, self._listener = wire, Listener(wire)
        self._folder, self._tell, self._is_cancelled = folder, tell, is_cancelled
        self._most_tries = most_tries
        self._tries = dict.fromkeys(tasks, 0)
        self._futures: dict[Future[Answer], str] = {}
        self._results: dict[str, Result] = {}
        self._failures: dict[str, RegionFailure] = {}
        self._remarks: dict[str, list[str]] = {name: [] for name in tasks}
        self._began = time.perf_counter()
        self._stopped_at: float | None = None

    def stop(self) -> None:
        """Ask all workers to stop with their best plans; regions that wait are not begun."""
        self._wire.stop()
        self._is_cancelled = lambda: True

    def work(self) -> NationResult:
        """Solve all regions, and return what they came to."""
        try:
            for name in self._tasks:
                self._submit(name)
            while self._futures and not self._is_left_behind():
                done, _ = wait(self._futures, LOOKED_S, FIRST_COMPLETED)
                self._relay()
                for future in done:
                    self._ended(future)
                if self._is_cancelled() and self._stopped_at is None:
                    self._stop_all()
            for name in self._futures.values():
                self._fail(name, RegionFailure("stopped", "its worker did not stop in time"))
        finally:
            for own in self._own:
                own.shutdown(wait=False, cancel_futures=True)
        return self._nation()

    def _nation(self) -> NationResult:
        names = [name for name in self._tasks if name in self._results]
        remarks = {name: "; ".join(told) for name, told in self._remarks.items() if told}
        return NationResult(
            {name: self._results[name] for name in names},
            {name: self._failures[name] for name in self._tasks if name in self._failures},
            remarks,
            round(time.perf_counter() - self._began, 3),
        )

    def _is_left_behind(self) -> bool:
        stopped = self._stopped_at
        return stopped is not None and time.perf_counter() - stopped > STOPPING_S

    def _stop_all(self) -> None:
        self._stopped_at = time.perf_counter()
        self.stop()
        for future, name in list(self._futures.items()):
            if future.cancel():
                del self._futures[future]
                self._fail(name, NOT_BEGUN)

    def _submit(self, name: str) -> None:
        """Hand a task out; where the executor takes none any more, to processes of our own."""
        self._tries[name] += 1
        try:
            future = self._executor.submit(solved_task, self._tasks[name])
        except RuntimeError as error:  # broken, or shut down
            many = getattr(self._executor, "_max_workers", 1)
            _LOG.warning("the executor is gone (%s); processes of our own go on", error)
            self._executor = Processes(many if isinstance(many, int) else 1)
            self._own.append(self._executor)
            future = self._executor.submit(solved_task, self._tasks[name])
        self._futures[future] = name

    def _relay(self) -> None:
        for name in self._futures.values():
            for event in self._listener.heard(self._tasks[name].number, name):
                if event.phase != "done":  # it is told when the result has arrived
                    self._tell(event)

    def _ended(self, future: "Future[Answer]") -> None:
        name = self._futures.pop(future, None)
        if name is None:
            return
        try:
            answer = future.result()
        except CANNOT_TRAVEL as error:
            text = f"the region cannot travel to a worker: {error}"
            hint = "give a function of a module that workers can import, or solve it inline"
            self._fail(name, RegionFailure("bad_input", f"{text}. Hint: {hint}."))
        except (Exception, CancelledError) as error:
            self._lost(name, error)
        else:
            self._take(name, answer)

    def _lost(self, name: str, error: BaseException) -> None:
        tries, told = self._tries[name], str(error) or type(error).__name__
        self._remarks[name].append(f"its worker was lost, try {tries}: {told}")
        if self._stopped_at is not None:
            text = f"its worker was lost while stopping: {told}"
            self._fail(name, RegionFailure("stopped", text))
        elif tries < self._most_tries:
            _LOG.warning("a worker was lost (%s); %r is solved again", told, name)
            self._submit(name)
        else:
            text = f"its worker was lost {tries} times, at last: {told}"
            self._fail(name, RegionFailure("lost_worker", text))

    def _take(self, name: str, answer: Answer) -> None:
        task = self._tasks[name]
        if answer.remark:
            self._remarks[name].append(answer.remark)
        if answer.failure is not None:
            self._fail(name, answer.failure)
            return
        result = task.known if answer.is_kept else answer.result
        if result is None:
            self._fail(name, RegionFailure("error", "its worker gave no answer"))
            return
        if answer.is_kept:
            self._remarks[name].append("its result is that of an earlier run")
        elif wrong := self._folder.keep(name, result):
            self._remarks[name].append(wrong)
        self._results[name] = _answering(result, task)
        phase = "kept" if answer.is_kept else "done"
        self._say(name, phase, result.objective, result.bound)

    def _fail(self, name: str, failure: RegionFailure) -> None:
        self._failures[name] = failure
        self._say(name, "failed", None, None)

    def _say(self, name: str, phase: str, objective: float | None, bound: float | None) -> None:
        elapsed_s = time.perf_counter() - self._began
        self._tell(Event(elapsed_s, phase, objective, bound, phase, name))


def _answering(result: Result, task: Task) -> Result:
    """Give a result the model that the caller holds anyway."""
    if isinstance(task.source, Region):
        return Result.of(result, Model(task.source, rulebook=task.rulebook))
    if isinstance(task.source, Model):
        return Result.of(result, task.source)
    return result
