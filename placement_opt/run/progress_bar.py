"""Progress as a bar that is drawn again in place: in a terminal, and in a notebook.

Both draw the same table, by rich: a row for each region that is being solved, with its phase, plan,
bound, gap and seconds, and a bar of the time that is gone. It is drawn a few times a second, so
that its seconds run on also while nothing is found.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from placement_opt.run.progress import Guarded, ProgressObserver
from placement_opt.run.progress_lines import gap_text, points_text
from placement_opt.solvers.search.base import Event

if TYPE_CHECKING:
    from rich.table import Table

REDRAWN_S = 0.25
"""How often the bar is drawn again: often enough for seconds to run."""

BAR_WIDTH = 16

MOST_ROWS = 8
"""So many regions that are being solved have a row; of the others the number is told."""

ENDED = frozenset({"done", "failed", "kept"})
"""Phases after which nothing more follows."""


class Bar:
    """What the bar shows; an observer.

    Parameters
    ----------
    time_limit_s
        Seconds that one solve may take; None where there is no limit to show.
    regions
        How many regions are solved side by side.
    """

    def __init__(self, time_limit_s: float | None, regions: int = 1) -> None:
        self._limit_s = time_limit_s
        self._regions = regions
        self._latest: dict[str | None, tuple[Event, float]] = {}
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Keep the newest event of each region."""
        began_s = time.perf_counter() - event.elapsed_s
        with self._lock:
            known = self._latest.get(event.region)
            if known is None or known[0].phase not in ENDED or event.phase in ENDED:
                self._latest[event.region] = (event, began_s)

    def table(self) -> "Table":
        """Return the rows as they are now."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        with self._lock:
            latest = list(self._latest.values())
        ended = sum(event.phase in ENDED for event, _ in latest)
        running = [row for row in latest if row[0].phase not in ENDED] or latest[-1:]
        table = Table.grid(padding=(0, 2))
        for event, began_s in running[:MOST_ROWS]:
            spent = event.elapsed_s
            if event.phase not in ENDED:
                spent = time.perf_counter() - began_s
            limit_s = self._limit_s or spent or 1.0
            named = [] if event.region is None else [Text(event.region)]
            table.add_row(
                *named,
                Text(event.phase),
                ProgressBar(limit_s, min(spent, limit_s), width=BAR_WIDTH),
                f"{spent:.1f} s",
                f"plan {points_text(event.objective)}",
                f"bound {points_text(event.bound)}",
                f"gap {gap_text(event)}",
            )
        if self._regions > 1:
            waiting = len(running) - MOST_ROWS if len(running) > MOST_ROWS else 0
            more = f", {waiting} more being solved" if waiting else ""
            table.add_row(Text(f"{ended} of {self._regions} regions{more}"))
        return table


@contextmanager
def shown_in_terminal(bar: Bar, stream: TextIO | None = None) -> Iterator[ProgressObserver]:
    """Draw the bar on a terminal until the end of the block, where it stays."""
    from rich.console import Console
    from rich.live import Live

    console = Console(file=stream, force_jupyter=False, highlight=False)
    live = Live(
        console=console,
        get_renderable=bar.table,
        refresh_per_second=1 / REDRAWN_S,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with live:
        yield bar


@contextmanager
def shown_in_notebook(bar: Bar) -> Iterator[ProgressObserver]:
    """Draw the bar below the cell until the end of the block, where it stays."""
    from IPython.display import DisplayHandle

    handle: Any = DisplayHandle()  # type: ignore[no-untyped-call]
    handle.display(bar.table())
    with _redrawn(Guarded(lambda: handle.update(bar.table()))):
        yield bar


@contextmanager
def _redrawn(draw: Callable[[], object]) -> Iterator[None]:
    """Draw again and again beside the block, and once at its end."""
    ended = threading.Event()

    def ticking() -> None:
        while not ended.wait(REDRAWN_S):
            draw()

    ticker = threading.Thread(target=ticking, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
        draw()


def is_notebook() -> bool:
    """Tell whether this is a kernel, whose front end shows what is displayed."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a stream, or standard output, is a terminal that can draw in place."""
    file: Any = sys.stdout if stream is None else stream
    try:
        return bool(file.isatty()) and _can_draw(file)
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False


def _can_draw(file: TextIO) -> bool:
    from rich.console import Console

    console = Console(file=file, force_jupyter=False)
    return console.is_terminal and not console.is_dumb_terminal
