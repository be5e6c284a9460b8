"""Many regions on every kind of executor: the same answers, what fails is told, the rest stands."""

import copy
import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from many_regions import broken, deadly, deadly_once, hard, tiny

import placement_opt as po
from placement_opt.many import task
from placement_opt.many.nation import NationResult

LAW = po.Rulebook.on("2026-02-01").override({"wage_subsidy.employer_charges": "0.2"})

REGIONS = {f"R{seed}": partial(tiny, seed) for seed in (1, 2, 3)}

ONE = {"R1": REGIONS["R1"]}
"""Enough where each region costs the start of a process."""


@pytest.fixture(scope="module")
def plain() -> dict[str, po.Result]:
    return {name: po.solve(make()) for name, make in REGIONS.items()}


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


# Stopping.


def begun(events: list[po.Event], wanted: int) -> bool:
    return len({e.region for e in events if e.objective is not None}) >= wanted


@pytest.mark.parametrize(("executor", "at_once"), [(None, 1), (2, 2)])
def test_a_cancelled_run_keeps_the_best_plans(executor: int | None, at_once: int) -> None:
    events: list[po.Event] = []
    given = {f"R{n}": partial(hard, 300) for n in range(4)}
    nation = po.solve_many(
        given,
        executor,
        time_limit_s=300,
        gap=0,
        on_progress=events.append,
        cancel=lambda: begun(events, at_once),
    )
    assert len(nation.results) == at_once
    assert {r.stop_reason for r in nation.results.values()} == {po.StopReason.CANCELLED}
    assert all(result.has_plan for result in nation.results.values())
    assert {f.kind for f in nation.failures.values()} == {"stopped"}


CHILD = """
import functools, json, sys
import placement_opt as po
from many_regions import hard

def told(event):
    if event.objective is not None:
        print("plan", file=sys.stderr, flush=True)

nation = po.solve_many(
    {f"R{n}": functools.partial(hard, 300) for n in range(3)}, EXECUTOR,
    time_limit_s=300, gap=0, on_progress=told,
)
print(json.dumps([len(nation.results), sorted({f.kind for f in nation.failures.values()})]))
"""
"""A program without a guard; its functions are in a module of their own."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
@pytest.mark.parametrize("executor", ["None", "2"])
def test_ctrl_c_keeps_the_best_plans(executor: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.replace("EXECUTOR", executor)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "plan\n"
    process.send_signal(signal.SIGINT)
    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    solved, kinds = json.loads(answer)
    assert 1 <= solved < 3
    assert kinds == ["stopped"]


CLOSING = """
import os, signal, sys, time
from contextlib import contextmanager
import placement_opt as po
from placement_opt.many import side_by_side

@contextmanager
def pressed_at_its_end(*given, inner=side_by_side.WHAT, **named):
    with inner(*given, **named) as it:
        yield it
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)

side_by_side.WHAT = pressed_at_its_end
regions = {f"R{n}": po.synthetic_region(candidates=9, openings=4, seed=n) for n in (1, 2)}
nation = po.solve_many(regions, EXECUTOR)
print(len(nation.results), len(nation.failures), nation.status.value)
"""
"""Ctrl-C while what a run has opened is being closed."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
@pytest.mark.parametrize("what", ["_shown", "_workers", "_folder"])
@pytest.mark.parametrize("executor", ["None", "2"])
def test_ctrl_c_while_it_closes_loses_nothing(what: str, executor: str) -> None:
    program = CLOSING.replace("WHAT", what).replace("EXECUTOR", executor)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "2 0 OPTIMAL\n"), done.stderr


def test_ctrl_c_before_any_region_is_begun_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("placement_opt.many.side_by_side._workers", interrupted)
    with pytest.raises(KeyboardInterrupt, match="no plan yet"):
        po.solve_many(REGIONS)


def environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}


# Results in a folder.


def solved_anew(folder: Path, given: dict[str, object], **how: object) -> set[str]:
    """Return the regions that were solved, not taken from the folder."""
    events: list[po.Event] = []
    nation = po.solve_many(given, folder=folder, on_progress=events.append, **how)  # type: ignore[arg-type]
    assert nation.failures == {}
    return {str(e.region) for e in events if e.phase == "search"}


def test_results_are_written_and_taken_again(tmp_path: Path, plain: dict[str, po.Result]) -> None:
    assert solved_anew(tmp_path, dict(REGIONS)) == set(REGIONS)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert po.Result.from_json(files[0]).objective == plain["R1"].objective
    nation = po.solve_many(REGIONS, folder=tmp_path)
    assert set(nation.remarks.values()) == {"its result is that of an earlier run"}
    assert {n: r.objective for n, r in nation.results.items()} == {
        name: result.objective for name, result in plain.items()
    }
    assert solved_anew(tmp_path, dict(REGIONS)) == set()


@pytest.mark.parametrize(
    "how",
    [
        {"gap": 0.01},
        {"seed": 5},
        {"time_limit_s": 30},
        {"reproducible": True},
        {"memory_limit_gb": 50},
        {"solver": "cp-sat"},
        {
            "rulebook": po.Rulebook.on("2026-02-01").override(
                {"wage_subsidy.employer_charges": "0.2"}
            )
        },
    ],
    ids=lambda how: next(iter(how)),
)
def test_another_parameter_is_another_run(how: dict[str, object], tmp_path: Path) -> None:
    given: dict[str, object] = {"R1": REGIONS["R1"]}
    assert solved_anew(tmp_path, given) == {"R1"}
    assert solved_anew(tmp_path, given, **how) == {"R1"}
    assert solved_anew(tmp_path, given, **how) == set()


def test_another_region_or_other_rules_are_another_run(tmp_path: Path) -> None:
    region = tiny(1)
    assert solved_anew(tmp_path, {"R": region}) == {"R"}
    assert solved_anew(tmp_path, {"R": po.Model(region)}) == set()
    loose = po.Model(region).add(po.ResourceLimit(per="region", limits=1000))  # the plan keeps it
    assert solved_anew(tmp_path, {"R": loose}) == {"R"}
    changed = region.model_copy(
        update={"excluded_pairs": ((region.candidates[0].id, region.openings[0].id),)}
    )
    assert solved_anew(tmp_path, {"R": changed}) == {"R"}
    ruled = po.Model(region).add(po.ResourceLimit(per="region", limits=1))
    assert solved_anew(tmp_path, {"R": ruled}) == {"R"}
    valued = po.Model(region).add(po.Priority(weight=2))
    assert solved_anew(tmp_path, {"R": valued}) == {"R"}


def test_pairs_of_a_models_own_are_solved_anew(tmp_path: Path) -> None:
    """No fingerprint tells which they were."""
    region = tiny(1)
    pairs = {
        "candidate_id": [region.candidates[0].id],
        "opening_id": [region.openings[0].id],
        "score": [3],
    }
    model = po.Model(region, pairs=pairs, rules=[], objective=[po.PairScore("score")])
    assert solved_anew(tmp_path, {"R": model}) == {"R"}
    assert solved_anew(tmp_path, {"R": model}) == {"R"}


def test_a_result_that_was_changed_or_broken_is_solved_again(
    tmp_path: Path, plain: dict[str, po.Result]
) -> None:
    given: dict[str, object] = {"R1": REGIONS["R1"]}
    solved_anew(tmp_path, given)
    (file,) = tmp_path.iterdir()
    content = json.loads(file.read_text())
    content["objective"] += 1
    file.write_text(json.dumps(content))
    assert solved_anew(tmp_path, given) == {"R1"}
    file.write_text("no result")
    assert solved_anew(tmp_path, given) == {"R1"}
    assert po.Result.from_json(file).objective == plain["R1"].objective


def test_what_was_stopped_goes_on_from_its_plan(tmp_path: Path) -> None:
    events: list[po.Event] = []
    given = {"hard": partial(hard, 300)}
    first = po.solve_many(
        given, gap=0, folder=tmp_path, on_progress=events.append, cancel=lambda: begun(events, 1)
    ).results["hard"]
    assert first.stop_reason is po.StopReason.CANCELLED
    second = po.solve_many(
        given,
        gap=0,
        folder=tmp_path,
        on_progress=events.append,
        cancel=lambda: events[-1].objective is not None and events[-1].phase == "search",
    )
    assert second.results["hard"].start is not None
    assert (second.results["hard"].objective or 0) >= (first.objective or 0)


def test_names_make_files_of_their_own(tmp_path: Path) -> None:
    names = ["a/b", "a_b", "A/B", "x" * 300, "..", "été"]
    po.solve_many(dict.fromkeys(names, REGIONS["R1"]), folder=tmp_path / "new" / "folder")
    files = list((tmp_path / "new" / "folder").iterdir())
    assert len({file.name.casefold() for file in files}) == len(names)


def test_a_result_that_cannot_be_written_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(po.Result, "to_json", full)
    nation = po.solve_many({"R1": REGIONS["R1"]}, folder=tmp_path)
    assert nation.status is po.Status.OPTIMAL
    assert "no space left" in nation.remarks["R1"]


def test_progress_of_all_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    po.solve_many({"R1": REGIONS["R1"]}, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[2] == "read"
    assert lines[-1].split()[2] == "done"
    assert lines[-1].endswith("R1")


def test_a_nation_can_be_copied() -> None:
    nation: NationResult = po.solve_many({"R1": tiny(1)})
    assert copy.deepcopy(nation).objective == nation.objective
