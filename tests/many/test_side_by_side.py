"""Many regions on every kind of executor: the same answers, what fails is told, the rest stands."""

import copy
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from many_regions import REGIONS, broken, deadly, deadly_once, tiny

import placement_opt as po
from placement_opt.many import task
from placement_opt.many.nation import NationResult

ONE = {"R1": REGIONS["R1"]}
"""Enough where each region costs the start of a process."""


@pytest.fixture
def spawned() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def of_kind(kind: str) -> Executor | int | None:
    if kind == "threads":
        return ThreadPoolExecutor(2)
    if kind == "pool":
        return ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    return 2 if kind == "processes" else None


@pytest.mark.parametrize("kind", ["inline", "threads", "pool", "processes"])
def test_every_executor_gives_the_same(kind: str, plain: dict[str, po.Result]) -> None:
    events: list[po.Event] = []
    executor = of_kind(kind)
    given = (
        REGIONS if kind in {"inline", "threads"} else {name: REGIONS[name] for name in ("R2", "R1")}
    )
    nation = po.solve_many(given, executor, on_progress=events.append)
    if isinstance(executor, Executor):
        executor.submit(int).result()  # it is still the caller's own
        executor.shutdown()
    assert nation.failures == {}
    assert list(nation.results) == list(given)
    for name, result in nation.results.items():
        assert result.objective == plain[name].objective
        assert result.status is po.Status.OPTIMAL
    assert nation.objective == pytest.approx(sum(plain[name].objective or 0 for name in given))
    for name in given:
        phases = [e.phase for e in events if e.region == name and e.source == e.phase]
        asked = ["read", "pairs", "lower", "formulate", "search", "verify", "done"]
        assert phases == asked
        assert events[-1].phase == "done"


def test_regions_models_files_and_folders_are_alike(
    tmp_path: Path, plain: dict[str, po.Result]
) -> None:
    region = tiny(1)
    region.to_json(tmp_path / "file.json")
    region.to_folder(tmp_path / "folder")
    people = tmp_path / "folder" / "candidates.csv"
    head, *rows = people.read_text().splitlines()
    people.write_text("\n".join([f"{head},shoe size", *(f"{row},42" for row in rows)]))
    given = {
        "region": region,
        "model": po.Model(region),
        "file": tmp_path / "file.json",
        "folder": tmp_path / "folder",
        "function": partial(tiny, 1),
    }
    nation = po.solve_many(given)
    assert {r.objective for r in nation.results.values()} == {plain["R1"].objective}
    assert set(nation.remarks) == {"folder"}
    assert "shoe size" in nation.remarks["folder"]


def test_what_the_caller_holds_answers_questions() -> None:
    region = tiny(1)
    model = po.Model(region)
    given = {"region": region, "model": model, "function": partial(tiny, 1)}
    results = po.solve_many(given, 2).results
    asked = (region.candidates[0].id, region.openings[0].id)
    assert results["region"].why_not(*asked) == results["model"].why_not(*asked)
    with pytest.raises(po.PlacementError, match="knows its model only when told"):
        results["function"].why_not(*asked)


def test_what_is_compiled_for_a_solve_is_not_kept() -> None:
    model = po.Model(tiny(1))
    result = po.solve_many({"model": model}).results["model"]
    assert model._compiled is None
    assert result.model is model


@pytest.mark.parametrize("executor", [None, 2])
def test_a_region_that_fails_is_told_and_the_rest_stands(
    executor: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "_LOG", logging.getLogger("elsewhere"))
    (tmp_path / "bad.json").write_text('{"name": "x", "candidates": [], "openings": []}')
    given = {
        "bad": tmp_path / "bad.json",
        "missing": tmp_path / "none.json",
        "broken": broken,
        "good": partial(tiny, 1),
    }
    nation = po.solve_many(given, executor)
    assert list(nation.results) == ["good"]
    kinds = {name: failure.kind for name, failure in nation.failures.items()}
    assert kinds == {"bad": "bad_input", "missing": "bad_input", "broken": "error"}
    assert {p.field for p in nation.failures["bad"].problems} == {"candidates", "openings"}
    assert "no file at" in nation.failures["missing"].text
    assert nation.failures["broken"].text == "RuntimeError: no such region"
    assert "many_regions.py" in nation.failures["broken"].trace
    assert nation.status is po.Status.NO_SOLUTION


def test_bad_parameters_are_told_at_once_before_anything_is_solved() -> None:
    with pytest.raises(po.InvalidInputError) as refused:
        po.solve_many({"A": 7}, "fast", time_limit_s=-1, most_tries=0)  # type: ignore[arg-type, dict-item]
    told = {problem.field for problem in refused.value.problems}
    assert told == {"regions", "executor", "time_limit_s", "most_tries"}


# Lost workers.


def test_a_worker_that_is_killed_costs_its_region_a_try(tmp_path: Path) -> None:
    given = {"deadly": partial(deadly_once, str(tmp_path)), **ONE}
    nation = po.solve_many(given, 2)
    assert nation.failures == {}
    assert len(nation.results) == 2
    assert "its worker was lost, try 1" in nation.remarks["deadly"]
    assert set(nation.remarks) == {"deadly"}


def test_a_region_that_kills_all_its_workers_fails_alone() -> None:
    nation = po.solve_many({"deadly": deadly, **ONE}, 2, most_tries=2)
    assert list(nation.results) == list(ONE)
    failure = nation.failures["deadly"]
    assert failure.kind == "lost_worker"
    assert "2 times" in failure.text


def test_a_pool_that_breaks_is_gone_on_without(
    spawned: Executor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"deadly": partial(deadly_once, str(tmp_path)), **ONE}
    with caplog.at_level(logging.WARNING, "placement_opt"):
        nation = po.solve_many(given, spawned)
    assert nation.failures == {}
    assert len(nation.results) == 2
    assert "processes of our own go on" in caplog.text


def test_an_executor_that_is_shut_down_is_gone_on_without() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    assert po.solve_many(ONE, executor).status is po.Status.OPTIMAL


def test_a_function_that_cannot_travel_is_told_at_once(spawned: Executor) -> None:
    lock = threading.Lock()

    def local() -> po.Region:
        with lock:
            return tiny(1)

    nation = po.solve_many({"local": local, **ONE}, spawned)
    assert list(nation.results) == list(ONE)
    assert nation.failures["local"].kind == "bad_input"
    assert "cannot travel to a worker" in nation.failures["local"].text


def test_progress_of_all_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    po.solve_many({"R1": REGIONS["R1"]}, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[2] == "read"
    assert lines[-1].split()[2] == "done"
    assert lines[-1].endswith("R1")


def test_a_nation_can_be_copied() -> None:
    nation: NationResult = po.solve_many({"R1": tiny(1)})
    assert copy.deepcopy(nation).objective == nation.objective
