"""What a run and its workers tell each other meanwhile, by files in a folder.

A worker appends its events to a file of its own, and looks for a file that asks it to stop. That
works from thread to thread and from process to process alike. A worker on another machine does not
see the folder: it then tells nothing meanwhile, and ends by its own limits.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from placement_opt.solvers.search.base import Event

LOOKED_S = 0.1
"""How often a worker looks whether to stop: files on a network are slow."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The run's end: a folder of its own."""

    folder: Path

    def stop(self) -> None:
        """Ask all workers to stop with their best plans."""
        with contextlib.suppress(OSError):  # the run has ended, and the folder is gone
            self._stop.touch()

    @property
    def _stop(self) -> Path:
        return self.folder / "stop"

    def events_of(self, number: int) -> Path:
        """Return the file of the events of one region."""
        return self.folder / f"{number}.events"


class Listener:
    """Reads what workers have told since it last looked."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._read: dict[int, int] = {}

    def heard(self, number: int, region: str) -> Iterator[Event]:
        """Yield the new events of one region."""
        begin = self._read.get(number, 0)
        try:
            with self._wire.events_of(number).open("rb") as file:
                file.seek(begin)
                text = file.read()
        except OSError:
            return
        whole = text[: text.rfind(b"\n") + 1]  # the last line may still be written
        self._read[number] = begin + len(whole)
        for line in whole.splitlines():
            yield replace(Event(**json.loads(line)), region=region)


class WorkersEnd:
    """The worker's end of a wire."""

    def __init__(self, wire: Wire, number: int) -> None:
        self._stop = wire.folder / "stop"
        self._events = wire.events_of(number)
        self._is_here = wire.folder.is_dir()
        self._is_stopped = False
        self._next_s = float("-inf")

    def tell(self, event: Event) -> None:
        """Pass an event on."""
        if self._is_here:
            with contextlib.suppress(OSError), self._events.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(event)) + "\n")

    def is_stopped(self) -> bool:
        """Tell whether to stop: somebody asks, or the run is gone, and its folder with it."""
        now = time.monotonic()
        if self._is_here and not self._is_stopped and now >= self._next_s:
            self._next_s = now + LOOKED_S
            self._is_stopped = self._stop.exists() or not self._stop.parent.is_dir()
        return self._is_stopped
