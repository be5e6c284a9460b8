"""The measurements themselves: instances, readers, rivals, tables, files, regressions."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from benchmark_problems import GAP_FOLDER, needs_gap_folder, problem, small_file

import placement_opt as po
from benchmarks.__main__ import main
from benchmarks.answers import answers_table
from benchmarks.apart import attempt
from benchmarks.attempt import GAPS, Question
from benchmarks.instances import Problem, instances
from benchmarks.memory import FamilyMemory, _family, peak_mb
from benchmarks.monday import monday_of
from benchmarks.reading import reading_table
from benchmarks.results import read_results
from benchmarks.rivals import RIVALS, rival
from benchmarks.rivals.pdlp import priced_bound
from benchmarks.run import DoesNotApplyError, Run, Step


def run_on(given: Problem, solver: str, seconds: float = 20.0) -> tuple[Run, list[Step]]:
    steps: list[Step] = []
    run = Run(given.model.compile().formulation, seconds, 0.0, 1, 2, steps.append)
    rival(solver)(given, run)
    return run, steps


@needs_gap_folder
def test_no_rival_beats_what_is_known_of_a_public_gap_problem() -> None:
    first = instances(f"gap:{GAP_FOLDER}")[0]
    given = first.build(0)
    run, _ = run_on(given, "highs")
    assert given.best_known is not None
    assert run.objective is not None
    assert run.objective <= given.best_known + 1e-6


@pytest.mark.parametrize("solver", RIVALS)
@pytest.mark.parametrize("spec", ["assignment:25x8:4", "generic:24x8", "rijk-van-nijmegen:30"])
def test_a_rival_has_valid_plans_and_bounds(solver: str, spec: str) -> None:
    given = problem(spec)
    exact = given.model.solve(gap=0, solver="cp-sat").objective
    assert exact is not None
    slack = 1e-6 * abs(exact)
    if solver == "flow" and not spec.startswith("assignment"):
        with pytest.raises(DoesNotApplyError):
            run_on(given, solver)
        return
    run, steps = run_on(given, solver)
    assert run.error is None
    assert run.stop_reason
    if solver == "pdlp":
        assert run.objective is None
    else:
        assert run.objective is not None
        assert run.objective <= exact + slack
    if solver != "greedy":
        assert run.bound is not None
        assert run.bound >= exact - slack
    if solver not in {"greedy", "pdlp"}:
        assert run.objective == pytest.approx(exact)
        assert run.bound == pytest.approx(exact)
    seconds = [at for at, _, _ in steps]
    assert seconds == sorted(seconds)
    assert steps[-1][1:] == pytest.approx((run.objective, run.bound))


def test_large_assignments_are_matched_sparsely(monkeypatch: pytest.MonkeyPatch) -> None:
    given = problem("assignment:10x20:3")
    dense, _ = run_on(given, "scipy")
    monkeypatch.setattr("benchmarks.rivals.scipy_solvers.DENSE", 0)
    sparse, _ = run_on(given, "scipy")
    assert sparse.objective == dense.objective


def test_greedy_says_when_a_hard_minimum_is_out_of_its_reach(tmp_path: Path) -> None:
    # Cheapest first puts both light items at agent 1, where the heavy one had to go.
    text = "2 3\n 1 1 1\n 2 2 9\n 1 1 2\n 2 2 9\n 2 2\n"
    run, steps = run_on(problem(f"gap:{small_file(tmp_path, text)}"), "greedy")
    assert (run.objective, steps) == (None, [])
    assert "hard minimum" in run.stop_reason


def test_any_prices_give_a_valid_bound() -> None:
    formulation = problem("generic:24x8").model.compile().formulation
    optimum = problem("generic:24x8").model.solve(gap=0, solver="cp-sat").objective
    draws = np.random.default_rng(0)
    for _ in range(5):
        prices = draws.normal(0, 50, formulation.n_rows)
        assert optimum is not None
        assert priced_bound(formulation, prices) >= optimum


def test_a_plan_that_breaks_a_row_does_not_count() -> None:
    formulation = problem("assignment:25x8:4").model.compile().formulation
    run = Run(formulation, 1.0, 0.0, 1, 1, lambda _step: None)
    run.step(objective=7.0, bound=9.0)
    run.plan(np.ones(formulation.n_variables))
    assert (run.objective, run.error) == (None, "the plan breaks a row")


def test_only_better_steps_are_told() -> None:
    steps: list[Step] = []
    formulation = problem("assignment:25x8:4").model.compile().formulation
    run = Run(formulation, 1.0, 0.0, 1, 1, steps.append)
    for plan, bound in ((1.0, None), (1.0, None), (None, 9.0), (0.5, 9.5), (2.0, 8.0)):
        run.step(plan, bound)
    run.step(bound=float("inf"))
    assert [step[1:] for step in steps] == [(1.0, None), (1.0, 9.0), (2.0, 8.0)]


def test_an_attempt_tells_size_time_memory_and_trace() -> None:
    reached = attempt(Question("assignment:25x8:4", "flow", 5.0, 0.0, 1, 2), "small")
    assert (reached.instance, reached.solver, reached.error) == ("small", "flow", None)
    assert (reached.candidates, reached.openings, reached.pairs) == (25, 8, 100)
    assert reached.gap == 0
    assert reached.reached_s == (reached.first_plan_s,) * len(GAPS)
    assert reached.trace[-1][1:] == (reached.objective, reached.bound)
    if sys.platform == "linux":
        assert reached.peak_memory_mb is not None
        assert reached.peak_memory_mb > 20


def test_what_does_not_apply_is_said() -> None:
    reached = attempt(Question("generic:24x8", "flow", 5.0, 0.0, 1, 2), "generic")
    assert reached.stop_reason.startswith("does not apply")
    assert reached.objective is None


def test_a_crash_is_told_with_its_last_words() -> None:
    reached = attempt(Question("assignment:25x8:4", "nobody", 5.0, 0.0, 1, 2), "small")
    assert (reached.stop_reason, reached.pairs) == ("crashed", 100)
    assert "nobody" in str(reached.error)


def test_what_works_on_beyond_its_limit_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Killed at once, while it has seconds of work before it: a race with its end is no test.
    monkeypatch.setattr("benchmarks.apart.PATIENCE_S", -12.5)
    reached = attempt(Question("generic:3000x600", "highs", 10.0, 0.0, 1, 2), "slow")
    assert reached.stop_reason == "killed"
    assert reached.objective is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_counts_this_process_and_its_largest_child() -> None:
    memory = FamilyMemory(os.getpid())
    memory.look()
    assert memory.peak_mb == pytest.approx(peak_mb(), rel=0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("is_itself", [True, False])
def test_a_child_counts_once_it_is_a_program_of_its_own(is_itself: bool) -> None:
    wait = "import sys; sys.stdin.read()"
    fork = "import os; p = os.fork(); os.waitpid(p, 0) if p else sys.stdin.read()"
    start = f"import subprocess; subprocess.run([sys.executable, '-c', {wait!r}])"
    code = f"import sys; print('ready', flush=True); {fork if is_itself else start}"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        memory = FamilyMemory(process.pid)
        until = time.monotonic() + 10
        while len(_family(process.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.2)
        memory.look()
        assert memory.peak_mb is not None
        assert (memory._largest_child == 0) is is_itself
    finally:
        process.communicate(b"")


def test_memory_of_an_unknown_process_is_unknown() -> None:
    memory = FamilyMemory(2**31 - 1)
    memory.look()
    assert memory.peak_mb is None


def test_compare_writes_a_file_a_table_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="plots need the extra 'plots'")
    out, plot = tmp_path / "out.jsonl", tmp_path / "out.png"
    command = ["compare", "--instance", "assignment:25x8:4", "--solvers", "flow,greedy"]
    command += ["--time-limit", "5", "--out", str(out), "--plot", str(plot)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "| flow " in printed
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert [one.solver for one in read_results([out]).attempts] == ["flow", "greedy"]
    assert main(["table", str(out)]) == 0
    assert capsys.readouterr().out == printed
    before = out.read_text(encoding="utf-8")
    assert main(command) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == before
    assert main(["plot", str(out), "--out", str(plot), "--overwrite"]) == 0


def test_without_matplotlib_a_plot_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    command = ["compare", "--instance", "assignment:25x8:4", "--plot", str(tmp_path / "x.png")]
    assert main(command) == 2
    assert "placement_opt[plots]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["compare"], "--instance"),
        (["compare", "--instance", "generic:24x8", "--solvers", "auto,best"], "best"),
        (["compare", "--instance", "nowhere"], "must be known"),
    ],
)
def test_bad_commands_are_one_message(
    command: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    assert told in capsys.readouterr().err


def test_answers_are_measured_after_a_solve() -> None:
    table = answers_table(40, 15, 1, 3.0, 2).splitlines()
    assert table[0].startswith("40 candidates, 15 openings, gap ")
    assert " of 2; for " in table[0]
    rows = [line.strip("| ").split(" | ") for line in table[4:]]
    assert [row[0] for row in rows[:-1]] == [
        "the first solve",
        "result.at_hand, once",
        "why",
        "why_not, not eligible",
        "recommend, a person",
        "recommend, an opening",
        "why_not, eligible: a plan",
        "why_not, eligible: regret_bounds",
        "what_would_place",
        "bottlenecks(prove=0)",
        "bottlenecks(prove=10)",
        "blocking_rules",
        "diagnose, planted: conflicts of 5 limits, 10 ways out",
    ]
    assert rows[-1][0].startswith("replan, 1 changes, until the gap of the first solve: ")
    assert {row[-1] for row in rows if len(row) == 5} <= {"yes", "no"}
    assert [row[1] for row in rows[9:11]] == ["5", "60"]


def test_on_monday_a_few_left_and_as_many_came() -> None:
    friday = po.synthetic_region(candidates=400, openings=250, seed=2)
    monday = monday_of(friday, 3)
    for kind, count in (("candidates", 2), ("openings", 1)):
        before = {one.id for one in getattr(friday, kind)}
        after = {one.id for one in getattr(monday, kind)}
        assert len(before - after) == len(after - before) == count
    assert po.Model(monday).compile().pairs.n_pairs > 0
    assert monday_of(friday, 3) == monday


def test_reading_measures_each_way_in_and_out() -> None:
    table = reading_table(40, 1).splitlines()
    assert table[0].startswith("40 candidates, ")
    ways = [line.split(" | ")[0].strip("| ") for line in table[4:]]
    assert ways[:3] == ["to_folder", "from_folder", "from_folder, Dutch export"]
    assert len(ways) == 6
