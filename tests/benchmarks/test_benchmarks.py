"""The measurements themselves: instances, readers, rivals, tables, files, regressions."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import placement_opt as po
from benchmarks.__main__ import main
from benchmarks.apart import attempt
from benchmarks.attempt import GAPS, Attempt, Question
from benchmarks.gap_files import gap_paths, read_gap
from benchmarks.growth import exponents, growth_table
from benchmarks.instances import Problem, instances
from benchmarks.memory import FamilyMemory, _family, peak_mb
from benchmarks.random_problems import BUDGET_SHARE, POOL_SHARE, best_first
from benchmarks.reading import reading_table
from benchmarks.regressions import compare_phases
from benchmarks.results import append, header, read_results
from benchmarks.rivals import RIVALS, rival
from benchmarks.rivals.pdlp import priced_bound
from benchmarks.run import DoesNotApplyError, Run, Step
from benchmarks.table import COLUMNS, best_bounds, gap_to_best_bound, tables
from placement_opt.basics.errors import InvalidInputError

# Two agents, three items; the best is items 1 and 3 at agent 1, item 2 at agent 2: 2 + 1 + 3.
SMALL_GAP = "2 3\n 2 9 1\n 8 3 9\n 1 1 1\n 1 1 1\n 2 2\n"
SMALL_COST = 6
GAP_FOLDER = os.environ.get("PLACEMENT_OPT_GAP", "")

needs_gap_folder = pytest.mark.skipif(
    not GAP_FOLDER, reason="set PLACEMENT_OPT_GAP to a folder of OR-Library GAP files"
)


def small_file(folder: Path, text: str = SMALL_GAP, name: str = "small") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problem(spec: str, seed: int = 1) -> Problem:
    (instance,) = instances(spec)
    return instance.build(seed)


def run_on(given: Problem, solver: str, seconds: float = 20.0) -> tuple[Run, list[Step]]:
    steps: list[Step] = []
    run = Run(given.model.compile().formulation, seconds, 0.0, 1, 2, steps.append)
    rival(solver)(given, run)
    return run, steps


# Instances


@pytest.mark.parametrize(
    ("spec", "candidates", "openings"),
    [
        ("rijk-van-nijmegen:40", 40, 11),
        ("rijk-van-nijmegen:40x20:equal", 40, 20),
        ("planted:30x12", 30, 12),
        ("generic:60x20", 60, 20),
        ("assignment:30x10:4", 30, 10),
    ],
)
def test_names_stand_for_sizes(spec: str, candidates: int, openings: int) -> None:
    region = problem(spec).model.region
    assert (len(region.candidates), len(region.openings)) == (candidates, openings)


@pytest.mark.parametrize(
    "spec", ["nowhere:40", "generic", "generic:40:50", "rijk-van-nijmegen:40:odd", "planted:x", ""]
)
def test_an_unknown_name_is_one_clear_error(spec: str) -> None:
    with pytest.raises(InvalidInputError, match="must be known") as raised:
        instances(spec)
    assert len(raised.value.problems) == 1


def test_a_seed_gives_the_same_instance_and_another_seed_another() -> None:
    def numbers(seed: int) -> list[int]:
        formulation = problem("generic:60x20", seed).model.compile().formulation
        return [*formulation.objective.gain.tolist(), *formulation.row_upper.tolist()]

    assert numbers(1) == numbers(1)
    assert numbers(1) != numbers(2)


def test_every_candidate_has_the_asked_number_of_pairs() -> None:
    pairs = problem("assignment:30x10:4").model.compile().pairs
    assert set(np.diff(pairs.candidate_start)) == {4}


def test_pools_and_budgets_have_their_share_and_minimums_are_partly_out_of_reach() -> None:
    model = problem("generic:300x60").model
    compiled = model.compile()
    formulation, pairs = compiled.formulation, compiled.pairs
    positions = np.array([one.positions for one in model.region.openings], dtype=np.int64)
    ends = (pairs.candidate.astype(np.int64), pairs.opening.astype(np.int64))
    taken = best_first(*ends, formulation.objective.gain, positions)
    chosen = np.isin(np.arange(formulation.n_pairs), taken).astype(np.int64)
    pools, budgets, minimums = formulation.blocks[2:]
    for block, share in ((pools, POOL_SHARE), (budgets, BUDGET_SHARE)):
        assert block.upper.sum() / (block.usage @ chosen).sum() == pytest.approx(share, abs=0.01)
    assert np.any(minimums.usage @ chosen < minimums.lower)
    assert np.any(minimums.usage @ chosen >= minimums.lower)


def test_the_planted_optimum_is_what_the_solver_proves() -> None:
    planted = problem("planted:30x12")
    result = planted.model.solve(gap=0)
    assert (result.status, result.objective) == (po.Status.OPTIMAL, planted.best_known)


# GAP files


def test_a_gap_file_is_a_placement_problem(tmp_path: Path) -> None:
    result = problem(f"gap:{small_file(tmp_path)}").model.solve(gap=0)
    assert (result.status, result.objective) == (po.Status.OPTIMAL, -SMALL_COST)


def test_the_best_known_cost_becomes_a_negative_objective(tmp_path: Path) -> None:
    small_file(tmp_path)
    listed = "instance,agents,items,lower_bound,best_known\nsmall,2,3,6,6\nelsewhere,9,9,1,1\n"
    small_file(tmp_path, listed, "best_known.csv")
    (instance,) = instances(f"gap:{tmp_path}")
    assert (instance.name, instance.build(0).best_known) == ("gap:small", -6.0)


def test_a_folder_without_a_table_gives_all_its_problems(tmp_path: Path) -> None:
    small_file(tmp_path, name="b")
    small_file(tmp_path, name="a.txt")
    small_file(tmp_path, "some words", "README.md")
    small_file(tmp_path, "some words", "LICENSE")
    assert [one.name for one in instances(f"gap:{tmp_path}")] == ["gap:a.txt", "gap:b"]


def test_a_file_may_hold_several_problems(tmp_path: Path) -> None:
    path = small_file(tmp_path, f"2\n{SMALL_GAP}\n1 1 7 1 1", "gapx.txt")
    assert [one.name for one in instances(f"gap:{path}")] == ["gap:gapx-1", "gap:gapx-2"]
    (second,) = instances(f"gap:{path}#2")
    assert second.build(0).model.solve().objective == -7
    (again,) = instances(second.spec)
    assert again.name == second.name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "begin with how many"),
        ("2 3\n 2 9 1", "must be 16 for 2 agents and 3 items"),
        (SMALL_GAP + " 7", "must be 16"),
        (SMALL_GAP.replace("8", "eight"), "number 6 must be a whole number, got 'eight'"),
        (SMALL_GAP.replace("8", "8.5"), "number 6 must be a whole number"),
        (SMALL_GAP.replace("2 2\n", "2 -2\n"), "must be at least 0"),
        ("0 3", "begin with"),
        ("3 0 1 1 1", "at least 1 each"),
    ],
)
def test_a_bad_gap_file_is_one_clear_error(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told) as raised:
        read_gap(small_file(tmp_path, text))
    assert len(raised.value.problems) == 1
    assert "'small'" in str(raised.value)
    assert "Hint:" in str(raised.value)


def test_a_place_without_gap_files_is_one_clear_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InvalidInputError, match="GAP file or a folder"):
            gap_paths(place)


@needs_gap_folder
def test_the_public_gap_files_are_read_whole() -> None:
    found = instances(f"gap:{GAP_FOLDER}")
    assert found
    for instance in found:
        given = instance.build(0)
        formulation = given.model.compile().formulation
        region = given.model.region
        assert formulation.n_pairs == len(region.candidates) * len(region.openings)


@needs_gap_folder
def test_no_rival_beats_what_is_known_of_a_public_gap_problem() -> None:
    first = instances(f"gap:{GAP_FOLDER}")[0]
    given = first.build(0)
    run, _ = run_on(given, "highs")
    assert given.best_known is not None
    assert run.objective is not None
    assert run.objective <= given.best_known + 1e-6


# Rivals


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


# Attempts in a process of their own


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


# Tables and files


def made(solver: str = "auto", seed: int = 1, **fields: object) -> Attempt:
    trace = [(1.0, 90.0, None), (2.0, 99.0, 100.0), (3.0, 100.0, 100.0)]
    told = {"objective": 100.0, "bound": 100.0, "seconds": 3.0, "pairs": 1_000, **fields}
    rest = {"instance": "one", "solver": solver, "seed": seed, "stop_reason": "done"}
    sizes = {"candidates": 10, "openings": 5, "rows": 7, "variables": 1_000}
    return Attempt.of({**rest, **sizes, **told}, trace)


def test_times_come_from_the_trace() -> None:
    one = made()
    assert (one.first_plan_s, one.first_bound_s) == (1.0, 2.0)
    assert one.reached_s == (2.0, 3.0, 3.0)
    assert made(objective=None).first_plan_s is None


def test_the_gap_to_best_known_and_to_the_best_bound() -> None:
    one = made(objective=90.0, bound=110.0, best_known=100.0)
    other = made("highs", objective=None, bound=99.0)
    assert one.gap == pytest.approx(20 / 110)
    assert one.gap_to_best_known == pytest.approx(0.1)
    best = best_bounds([one, other])
    assert gap_to_best_bound(one, best) == pytest.approx(9 / 99)
    assert gap_to_best_bound(other, best) is None


def test_a_table_has_a_row_per_solver_with_medians() -> None:
    attempts = [made(seed=seed, seconds=float(seed)) for seed in (1, 2, 9)]
    attempts.append(made("flow", objective=None, bound=None, stop_reason="does not apply: x|y"))
    text = tables(attempts)
    title, _, names, _, ours, flow = text.splitlines()
    assert "1,000 pairs" in title
    assert "seeds 1 to 9" in title
    assert [cell.strip() for cell in names.strip("|").split("|")] == list(COLUMNS)
    cells = [cell.strip() for cell in ours.strip("|").split("|")]
    assert cells[0] == "auto"
    assert cells[COLUMNS.index("seconds")] == "2.00"
    assert cells[COLUMNS.index("gap")] == "0 %"
    assert "does not apply: x/y" in flow
    assert len({len(line) for line in (names, ours, flow)}) == 1


def test_json_lines_go_round(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    attempts = (made(), made("flow", objective=None))
    append(path, header(["compare", "--seed", "1"]), first=True)
    for one in attempts:
        append(path, one.to_json())
    results = read_results([path])
    assert results.attempts == attempts
    assert results.headers[0]["command"] == "python -m benchmarks compare --seed 1"
    assert results.headers[0]["versions"]["numpy"] == np.__version__


def test_a_file_of_something_else_is_one_clear_error(tmp_path: Path) -> None:
    for text in ("{}", "no JSON", '{"kind": "attempt"}'):
        with pytest.raises(InvalidInputError, match="line 1"):
            read_results([small_file(tmp_path, text)])


def test_growth_fits_the_exponent() -> None:
    attempts = [
        made(pairs=pairs, compile_s=3.0 * pairs**1.5, peak_memory_mb=pairs / 10)
        for pairs in (100, 1_000, 10_000)
    ]
    fitted = exponents(attempts)
    assert fitted["compile s"] == pytest.approx(1.5)
    assert fitted["peak MB"] == pytest.approx(1.0)
    assert fitted["compiled MB"] is None
    assert "1.50" in growth_table(attempts).splitlines()[-1]
    assert set(exponents(attempts[:1]).values()) == {None}


# Regressions


def saved_run(path: Path, *, yardstick: float = 0.1, **phases: float) -> Path:
    seconds = {"test_yardstick": yardstick} | {f"test_{name}": s for name, s in phases.items()}
    entries = [{"name": name, "stats": {"min": s}} for name, s in seconds.items()]
    path.write_text(json.dumps({"benchmarks": entries}), encoding="utf-8")
    return path


def test_a_slower_machine_is_no_regression(tmp_path: Path) -> None:
    saved = saved_run(tmp_path / "a", compile=1.0, emit=0.5)
    new = saved_run(tmp_path / "b", yardstick=0.3, compile=3.0, emit=1.0)
    assert main(["regressions", str(saved), str(new)]) == 0


def test_a_slower_phase_is_a_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = saved_run(tmp_path / "a", compile=1.0, emit=0.5)
    new = saved_run(tmp_path / "b", compile=1.0, emit=0.75)
    assert main(["regressions", str(saved), str(new), "--allow", "1.4"]) == 1
    assert "REGRESSION" in capsys.readouterr().out
    assert main(["regressions", str(saved), str(new), "--allow", "1.6"]) == 0


def test_a_phase_that_is_gone_fails_and_a_new_one_passes(tmp_path: Path) -> None:
    saved = saved_run(tmp_path / "a", compile=1.0, emit=0.5)
    new = saved_run(tmp_path / "b", compile=1.0)
    assert main(["regressions", str(saved), str(new)]) == 1
    assert main(["regressions", str(new), str(saved)]) == 0


def test_a_run_without_a_yardstick_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({"benchmarks": []}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="yardstick"):
        compare_phases(path, path)


# The command line


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


def test_reading_measures_each_way_in_and_out() -> None:
    table = reading_table(40, 1).splitlines()
    assert table[0].startswith("40 candidates, ")
    ways = [line.split(" | ")[0].strip("| ") for line in table[4:]]
    assert ways[:3] == ["to_folder", "from_folder", "from_folder, Dutch export"]
    assert len(ways) == 6
