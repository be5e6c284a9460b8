"""Ctrl-C at every step of a wait, and where Python drops what it raises."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import count
from types import FrameType

import pytest

import placement_opt as po
from placement_opt.run.compile_model import compile_model
from placement_opt.solvers.search import presses as module
from placement_opt.solvers.search.guarded import uninterrupted
from placement_opt.solvers.search.presses import Presses, before_any_plan, heard
from placement_opt.solvers.search.reporting import Beside

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")

EVERY_STEP = """
import signal, sys, threading
from itertools import count
from placement_opt.solvers.search.guarded import uninterrupted
from placement_opt.solvers.search.presses import before_any_plan

def pressed_at(step):
    steps, stopped = count(1), threading.Event()
    has_pressed = []

    def traced(frame, event, argument):
        if next(steps) == step:
            sys.settrace(None)
            has_pressed.append(step)
            signal.raise_signal(signal.SIGINT)
        return traced

    def work():
        stopped.wait(0.05)
        return "a plan"

    try:
        with before_any_plan():
            sys.settrace(traced)
            try:
                answer = uninterrupted(work, stopped.set, lambda text: None)
            finally:
                sys.settrace(None)
    except KeyboardInterrupt as interrupt:
        answer = str(interrupt)
    return answer if has_pressed else None

for step in count(1):
    answer = pressed_at(step)
    if answer is None:
        break
    print(answer)
"""


def test_a_press_at_every_step_of_a_wait_is_answered() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_STEP], capture_output=True, text=True, timeout=180, check=True
    )
    answers = done.stdout.splitlines()
    none_yet = answers.count(module.NO_PLAN_YET)
    assert none_yet > 0
    assert answers == [module.NO_PLAN_YET] * none_yet + ["a plan"] * (len(answers) - none_yet)
    assert len(answers) - none_yet > 50
    assert "Exception ignored" not in done.stderr


def test_a_press_that_was_dropped_is_raised_when_the_search_would_begin() -> None:
    begun: list[int] = []
    with before_any_plan():
        with pytest.raises(KeyboardInterrupt):  # as in a destructor, which drops what it raises
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt, match="no plan yet"):
            uninterrupted(lambda: begun.append(1), lambda: None)
    assert not begun
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_solve_does_not_go_on_when_compiling_dropped_a_press(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain: Callable[..., object] = compile_model

    def dropping(*given: object, **named: object) -> object:
        with pytest.raises(KeyboardInterrupt, match="no plan yet"):
            signal.raise_signal(signal.SIGINT)
        return plain(*given, **named)

    monkeypatch.setattr("placement_opt.model.compile_model", dropping)
    with pytest.raises(KeyboardInterrupt, match="no plan yet"):
        po.solve(po.synthetic_region(candidates=12, openings=6, seed=1))


def test_a_press_while_the_answer_is_handed_back_does_not_cost_it() -> None:
    with before_any_plan():
        answer = uninterrupted(lambda: 7, lambda: None)
        signal.raise_signal(signal.SIGINT)
    assert answer == 7


def test_the_handler_of_the_callers_program_stays() -> None:
    def own(*_signal: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGINT, own)
    try:
        with heard():
            assert signal.getsignal(signal.SIGINT) is own
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_nothing_is_changed_from_another_thread() -> None:
    found: list[object] = []

    def work() -> None:
        with heard() as mine:
            found.extend([mine, signal.getsignal(signal.SIGINT)])

    with heard() as of_main:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found[0] is not of_main
    assert found[1] is of_main


def test_a_forked_process_answers_ctrl_c_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with heard() as of_parent:
        of_parent.keep()
        monkeypatch.setattr("os.getpid", lambda: -1)
        with pytest.raises(KeyboardInterrupt) as interrupt:
            signal.raise_signal(signal.SIGINT)
        assert not interrupt.value.args
        assert of_parent.at_s == []
        with heard() as own:
            assert own is not of_parent
            assert signal.getsignal(signal.SIGINT) is own
        assert isinstance(signal.getsignal(signal.SIGINT), Presses)


def test_an_exception_at_any_step_of_waiting_leaves_nothing_held() -> None:
    """As an alarm of the caller's own raises, of which nobody makes a note."""
    for step in range(1, 60):
        if not _waits_again(step):
            assert step > 2
            return
    raise AssertionError("it never waited in peace")


def _waits_again(step: int) -> bool:
    """Break into a wait at a step, and wait once more; False where it had fewer steps."""
    steps, may_end = count(1), threading.Event()

    def traced(_frame: FrameType, _event: str, _argument: object) -> Callable[..., object]:
        if next(steps) == step:
            raise TimeoutError
        return traced

    beside = Beside(lambda: may_end.wait(30))
    try:
        sys.settrace(traced)
        beside.wait(0.001)
        was_broken = False
    except TimeoutError:
        was_broken = True
    finally:
        sys.settrace(None)
    may_end.set()
    ended: list[bool] = []
    other = threading.Thread(target=lambda: ended.append(beside.wait(30)), daemon=True)
    other.start()
    other.join(60)
    assert ended == [True]
    return was_broken
