"""A solve in an event loop: awaited, watched, stopped with its plan, and cancelled."""

import asyncio
import threading
import time

import pytest
from many_regions import hard, tiny

import placement_opt as po
from placement_opt.many import in_asyncio as module

PATIENCE_S = 60.0


def test_a_solve_is_awaited_while_the_loop_goes_on() -> None:
    async def app() -> tuple[po.Result, int, set[int]]:
        threads: set[int] = set()
        solving = asyncio.create_task(
            po.solve_async(tiny(1), on_progress=lambda _e: threads.add(threading.get_ident()))
        )
        turns = 0
        while not solving.done():
            turns += 1
            await asyncio.sleep(0.01)
        return await solving, turns, threads

    result, turns, threads = asyncio.run(app())
    assert result.objective == po.solve(tiny(1)).objective
    assert result.model.region == tiny(1)
    assert turns > 2
    assert threads == {threading.get_ident()}


def test_a_model_keeps_its_rules() -> None:
    model = po.Model(tiny(1)).add(po.ResourceLimit(per="region", limits=1))
    result = asyncio.run(po.solve_async(model, gap=0))
    assert len(result.placement_rows) <= 1
    assert result.model.rules == model.rules


def test_several_solves_run_at_a_time() -> None:
    async def app() -> list[po.Result]:
        return await asyncio.gather(*(po.solve_async(tiny(seed)) for seed in (1, 2, 3)))

    points = [result.objective for result in asyncio.run(app())]
    assert points == [po.solve(tiny(seed)).objective for seed in (1, 2, 3)]


def test_the_cancel_event_brings_the_best_plan() -> None:
    async def app() -> po.Result:
        enough = threading.Event()

        def heard(event: po.Event) -> None:
            if event.objective is not None:
                enough.set()

        return await po.solve_async(
            hard(), time_limit_s=300, gap=0, cancel=enough, on_progress=heard
        )

    result = asyncio.run(app())
    assert result.stop_reason is po.StopReason.CANCELLED
    assert result.has_plan


def solves_left() -> int:
    return sum(thread.name == module.THREAD for thread in threading.enumerate())


@pytest.mark.parametrize("when", ["searching", "compiling", "timeout"])
def test_a_cancelled_task_ends_and_leaves_no_solve_behind(when: str) -> None:
    region = hard()

    async def app() -> None:
        reached = asyncio.Event()

        def heard(event: po.Event) -> None:
            if when == "compiling" or event.objective is not None:
                reached.set()

        solving = asyncio.create_task(
            po.solve_async(region, time_limit_s=300, gap=0, on_progress=heard)
        )
        if when == "timeout":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(solving, 2)
        else:
            await reached.wait()
            solving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await solving
        assert solving.cancelled()

    asyncio.run(app())
    deadline = time.monotonic() + PATIENCE_S
    while solves_left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert solves_left() == 0


def test_a_solve_that_does_not_stop_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on, begun = threading.Event(), threading.Event()

    def endless(*_given: object, **_named: object) -> po.Result:
        begun.set()
        goes_on.wait(PATIENCE_S)
        raise RuntimeError("nobody hears this")

    monkeypatch.setattr(po.Model, "solve", endless)
    monkeypatch.setattr(module, "CANCELLED_S", 0.1)

    async def app() -> None:
        solving = asyncio.create_task(po.solve_async(tiny(1)))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        solving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await solving

    asyncio.run(app())
    goes_on.set()


def test_errors_are_raised_where_it_is_awaited() -> None:
    with pytest.raises(po.InvalidInputError, match="time_limit_s"):
        asyncio.run(po.solve_async(tiny(1), time_limit_s=-1))
    with pytest.raises(po.InvalidInputError, match=r"po\.Region"):
        asyncio.run(po.solve_async(7))  # type: ignore[arg-type]
    with pytest.raises(po.InvalidInputError, match="cancel"):
        asyncio.run(po.solve_async(tiny(1), cancel=7))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="solve_async"):
        po.solve_async(tiny(1), speed=9)  # type: ignore[call-arg]
