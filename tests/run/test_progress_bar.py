"""The bar: what its rows say, and where it is drawn."""

import io
import sys
import time
from collections.abc import Iterable

import pytest
from rich.console import Console

from placement_opt.run import progress_bar
from placement_opt.run.observers import observers
from placement_opt.run.progress_bar import Bar, is_notebook, is_terminal, shown_in_terminal
from placement_opt.solvers.search.base import Event


def drawn(bar: Bar) -> list[str]:
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    with console.capture() as text:
        console.print(bar.table())
    return [line.rstrip() for line in text.get().splitlines()]


def told(bar: Bar, events: Iterable[Event]) -> list[str]:
    for event in events:
        bar(event)
    return drawn(bar)


def test_before_the_first_event_there_is_nothing() -> None:
    assert "".join(drawn(Bar(10.0))) == ""


def test_a_row_shows_phase_plan_bound_gap_and_time() -> None:
    (line,) = told(Bar(10.0), [Event(4.0, "highs", 900.0, 1000.0)])
    assert line.startswith("search ")
    assert line.endswith("4.0 s  plan 900.0  bound 1,000.0  gap 10.00 %")


def test_seconds_run_on_until_the_solve_has_ended() -> None:
    bar = Bar(10.0)
    bar(Event(0.0, "pairs", None, None, "pairs"))
    time.sleep(0.15)
    assert " 0.0 s" not in drawn(bar)[0]
    (line,) = told(bar, [Event(2.0, "done", 5.0, 5.0, "done")])
    time.sleep(0.15)
    assert drawn(bar) == [line]
    assert "2.0 s" in line


def test_what_is_still_reported_after_the_end_changes_nothing() -> None:
    bar = Bar(10.0)
    ended = told(bar, [Event(2.0, "done", 5.0, 5.0, "done")])
    assert told(bar, [Event(2.1, "highs", 6.0, 6.0)]) == ended


def test_regions_that_are_being_solved_have_a_row_each() -> None:
    bar = Bar(10.0, regions=12)
    names = [f"region {n}" for n in range(10)]
    lines = told(bar, [Event(1.0, "highs", 1.0, 2.0, "search", name) for name in names])
    assert [line[:8] for line in lines[:-1]] == names[: progress_bar.MOST_ROWS]
    assert lines[-1].strip() == "0 of 12 regions, 2 more being solved"
    lines = told(bar, [Event(2.0, "done", 1.0, 2.0, "done", name) for name in names[:9]])
    assert lines[0].startswith("region 9 ")
    assert lines[1].strip() == "9 of 12 regions"


def test_text_of_a_name_is_no_markup() -> None:
    (line, _) = told(Bar(1.0, regions=2), [Event(1.0, "x", None, None, "search", "[red]West[/]")])
    assert line.startswith("[red]West[/]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_keeps_the_last_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    assert is_terminal(screen)
    with shown_in_terminal(Bar(10.0), screen) as tell:
        tell(Event(1.0, "highs", 900.0, 1000.0))
        tell(Event(2.0, "done", 950.0, 1000.0, "done"))
    last = screen.getvalue().rpartition("\x1b[2K")[2]
    assert "done" in last
    assert "plan 950.0" in last


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_draw_gets_lines(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    assert not is_terminal(None)
    with observers(None, shown=True) as tell:
        tell(Event(1.0, "highs", 900.0, 1000.0))
    assert screen.getvalue().startswith("    1.0 s  highs")


def test_pipes_closed_streams_and_no_stream_are_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = io.StringIO()
    closed.close()
    assert not is_terminal(io.StringIO())
    assert not is_terminal(closed)
    monkeypatch.setattr("sys.stdout", None)
    assert not is_terminal(None)


def test_without_a_kernel_there_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert not is_notebook()
