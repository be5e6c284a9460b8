"""Observers, printed progress, cancel flags and the stopwatch."""

import io
import logging
import threading

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.run.observers import observers
from placement_opt.run.progress import Stopwatch, as_cancel
from placement_opt.run.progress_lines import printed_lines, progress_line
from placement_opt.solvers.search.base import Event


def event(elapsed_s: float, objective: float | None = 10.0) -> Event:
    return Event(elapsed_s, "cp-sat", objective, 20.0)


def test_without_cancel_nothing_stops() -> None:
    assert as_cancel(None)() is False


def test_an_event_cancels_once_it_is_set() -> None:
    flag = threading.Event()
    asked = as_cancel(flag)
    assert asked() is False
    flag.set()
    assert asked() is True


def test_a_function_cancels() -> None:
    assert as_cancel(lambda: True)() is True


def test_anything_else_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"cancel must be a threading\.Event"):
        as_cancel("stop")  # type: ignore[arg-type]


def test_an_observer_hears_every_event() -> None:
    heard: list[Event] = []
    with observers(heard.append) as tell:
        tell(event(0.0))
        tell(event(0.1))
    assert [each.elapsed_s for each in heard] == [0.0, 0.1]


def test_a_failing_observer_is_logged_once_and_called_on(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Event] = []

    def failing(told: Event) -> None:
        heard.append(told)
        raise ValueError("mine")

    with caplog.at_level(logging.ERROR, "placement_opt"), observers(failing) as tell:
        tell(event(0.0))
        tell(event(1.0))
    assert len(heard) == 2
    assert len(caplog.records) == 1


def test_an_observer_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="on_progress"), observers(7):  # type: ignore[arg-type]
        pass


def test_first_and_last_event_are_printed_and_few_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with observers(None, shown=True) as tell:
        for tenth in range(8):
            tell(event(tenth / 10))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["0.0", "0.5", "0.7"]


def test_nothing_is_printed_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with observers(None) as tell:
        tell(event(0.0))
    assert capsys.readouterr().out == ""


def test_lines_can_go_elsewhere() -> None:
    stream = io.StringIO()
    with printed_lines(stream) as tell:
        tell(event(0.0, None))
    assert stream.getvalue().rstrip().endswith("gap        -")


def test_lines_are_aligned() -> None:
    assert len(progress_line(event(1.0))) == len(progress_line(event(999.0, None)))


def test_a_closed_output_does_not_stop_the_solve(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdout", closed)
    with caplog.at_level(logging.ERROR, "placement_opt"), observers(None, shown=True) as tell:
        tell(event(0.0))
        tell(event(1.0))
    assert len(caplog.records) == 1


def test_the_stopwatch_adds_up_also_when_a_phase_fails() -> None:
    seconds: dict[str, float] = {"solve": 5.0}
    watch = Stopwatch(seconds)
    with pytest.raises(ValueError, match="broken"), watch.phase("solve"):
        raise ValueError("broken")
    with watch.phase("verify"):
        pass
    assert seconds["solve"] > 5.0
    assert set(seconds) == {"solve", "verify"}
