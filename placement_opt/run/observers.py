"""Who is told of progress: the user's observer, and a bar or lines that show it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from placement_opt.run.progress import Guarded, ProgressObserver, check_observer
from placement_opt.run.progress_bar import (
    Bar,
    is_notebook,
    is_terminal,
    shown_in_notebook,
    shown_in_terminal,
)
from placement_opt.run.progress_lines import printed_lines
from placement_opt.solvers.search.base import Event


@contextmanager
def observers(
    on_progress: ProgressObserver | None,
    *,
    shown: bool = False,
    time_limit_s: float | None = None,
    regions: int = 1,
) -> Iterator[ProgressObserver]:
    """Fan events out to the user's observer and, when `shown`, to a bar or to lines.

    An observer that raises is logged once and never stops the solve, so that no plan is lost.

    Parameters
    ----------
    on_progress
        The user's observer.
    shown
        Whether progress is shown.
    time_limit_s, regions
        What a bar shows: seconds that one solve may take, and how many regions there are.

    Raises
    ------
    InvalidInputError
        When `on_progress` cannot be called.
    """
    check_observer(on_progress)
    told = [] if on_progress is None else [Guarded(on_progress)]
    with shown_on(None, time_limit_s, regions) if shown else nullcontext() as shower:
        if shower is not None:
            told.append(Guarded(shower))

        def tell(event: Event) -> None:
            for observer in told:
                observer(event)

        yield tell


def shown_on(
    stream: TextIO | None, time_limit_s: float | None, regions: int = 1
) -> AbstractContextManager[ProgressObserver]:
    """Return what shows progress: a bar in a notebook or on a terminal, else lines.

    Parameters
    ----------
    stream
        Where to show it; None for standard output, or below the cell of a notebook.
    time_limit_s, regions
        As for `observers`.
    """
    if stream is None and is_notebook():
        return shown_in_notebook(Bar(time_limit_s, regions))
    if is_terminal(stream):
        return shown_in_terminal(Bar(time_limit_s, regions), stream)
    return printed_lines(stream)
