"""Results of the benchmarks: tables, files, growth and regressions."""

import json
from pathlib import Path

import numpy as np
import pytest
from benchmark_problems import small_file

from benchmarks.__main__ import main
from benchmarks.attempt import Attempt
from benchmarks.growth import exponents, growth_table
from benchmarks.regressions import compare_phases
from benchmarks.results import append, header, read_results
from benchmarks.table import COLUMNS, best_bounds, gap_to_best_bound, tables
from placement_opt.basics.errors import InvalidInputError


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
