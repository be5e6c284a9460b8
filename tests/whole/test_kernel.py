"""In a real kernel: a bar below the cell, an interrupt that keeps the plan, `await` in a cell."""

import queue
from collections.abc import Iterator
from typing import Any

import pytest

manager = pytest.importorskip("jupyter_client.manager", reason="comes with the extra docs")
pytest.importorskip("ipykernel", reason="comes with the extra docs")

pytestmark = pytest.mark.filterwarnings("default")  # of kernels, which are not ours

PATIENCE_S = 180.0

BEGIN = """
import placement_opt as po
hard = po.synthetic_region(candidates=300, openings=90, seed=1)
def told(event):
    if event.objective is not None and event.phase == "search":
        print("a plan", flush=True)
"""


class Kernel:
    """A kernel, and what it says."""

    def __init__(self) -> None:
        self.manager, self.client = manager.start_new_kernel(kernel_name="python3")

    def messages(self, code: str) -> Iterator[dict[str, Any]]:
        """Run a cell and yield what it publishes, until it is done."""
        asked = self.client.execute(code)
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"the kernel says nothing any more: {code}") from None
            if message["parent_header"].get("msg_id") != asked:
                continue
            yield message
            if message["content"].get("execution_state") == "idle":
                return

    def run(self, code: str) -> str:
        """Run a cell and return what it prints, errors included."""
        return "".join(map(text_of, self.messages(code)))


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return {"stream": content.get("text", ""), "error": content.get("evalue", "")}.get(
        message["msg_type"], ""
    )


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    assert kernel.run(BEGIN) == ""
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def test_a_bar_is_drawn_in_place_below_the_cell(kernel: Kernel) -> None:
    seen = list(kernel.messages("result = po.solve(hard, time_limit_s=4, gap=0, progress=True)"))
    first = [one for one in seen if one["msg_type"] == "display_data"]
    again = [one for one in seen if one["msg_type"] == "update_display_data"]
    assert len(first) == 1
    assert len(again) > 1
    drawn = {one["content"]["transient"]["display_id"] for one in (*first, *again)}
    assert len(drawn) == 1
    last = again[-1]["content"]["data"]
    assert "done" in last["text/plain"]
    assert "plan" in last["text/html"]
    assert "gap" in last["text/html"]
    assert [one for one in seen if one["msg_type"] in {"stream", "error"}] == []


def test_an_interrupt_returns_the_best_plan(kernel: Kernel) -> None:
    code = "result = po.solve(hard, time_limit_s=600, gap=0, on_progress=told)"
    pressed = False
    for message in kernel.messages(code):
        assert message["msg_type"] != "error", message["content"]
        if not pressed and "a plan" in text_of(message):
            kernel.manager.interrupt_kernel()
            pressed = True
    assert pressed
    assert kernel.run("print(result.stop_reason, result.has_plan)") == "cancelled True\n"
    assert kernel.run("print(po.check_result(hard, result).is_sound)") == "True\n"


def test_a_solve_hears_interrupts_itself(kernel: Kernel) -> None:
    code = """
import signal
def heard_by():
    return type(signal.getsignal(signal.SIGINT)).__name__
before, names = heard_by(), set()
small = po.synthetic_region(candidates=12, openings=6, seed=1)
po.solve(small, on_progress=lambda event: names.add(heard_by()))
print(names, heard_by() == before)
"""
    assert kernel.run(code) == "{'Presses'} True\n"


def test_a_cell_can_await_a_solve(kernel: Kernel) -> None:
    code = "r = await po.solve_async(hard, time_limit_s=3); print(r.has_plan)"
    assert kernel.run(code) == "True\n"


def test_functions_of_a_cell_travel_to_other_processes(kernel: Kernel) -> None:
    pytest.importorskip("cloudpickle", reason="comes with the extra dask")
    code = """
def made():
    return po.synthetic_region(candidates=24, openings=10, seed=1)
nation = po.solve_many({"A": made}, 1)
print(nation.status, nation.failures)
"""
    assert kernel.run(code) == "OPTIMAL {}\n"
