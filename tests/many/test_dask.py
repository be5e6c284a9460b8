"""A cluster of two worker processes; one is killed on the way."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from many_regions import deadly, slow, tiny

import placement_opt as po

distributed = pytest.importorskip("distributed", reason="needs the extra dask")

pytestmark = pytest.mark.filterwarnings("default")  # of a large library that is not ours


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def test_a_worker_that_is_killed_costs_its_region_time(client: Any, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        while not killed:
            for mark in tmp_path.glob("pid-*"):
                killed.append(int(mark.name.removeprefix("pid-")))
                os.kill(killed[0], signal.SIGKILL)
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill_one)
    killer.start()
    events: list[po.Event] = []
    given = {f"R{seed}": partial(tiny, seed) for seed in (1, 2, 3)}
    nation = po.solve_many(
        {"slow": partial(slow, str(tmp_path)), **given},
        client.get_executor(pure=False),
        on_progress=events.append,
    )
    killer.join()
    assert len(list(tmp_path.glob("pid-*"))) == 2
    assert nation.failures == {}
    assert nation.status is po.Status.OPTIMAL
    assert {name: nation.results[name].objective for name in given} == {
        name: po.solve(make()).objective for name, make in given.items()
    }
    assert {event.phase for event in events} >= {"read", "search", "verify", "done"}


def test_a_region_that_kills_workers_again_and_again_fails_alone(client: Any) -> None:
    given = {"deadly": deadly, "R1": partial(tiny, 1)}
    nation = po.solve_many(given, client.get_executor(pure=False), most_tries=1)
    assert list(nation.results) == ["R1"]
    assert nation.failures["deadly"].kind == "lost_worker"
