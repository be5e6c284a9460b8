"""Instances of the benchmarks: their sizes, and files of the OR-Library."""

from pathlib import Path

import numpy as np
import pytest
from benchmark_problems import GAP_FOLDER, SMALL_GAP, needs_gap_folder, problem, small_file

import placement_opt as po
from benchmarks.gap_files import gap_paths, read_gap
from benchmarks.instances import instances
from benchmarks.random_problems import BUDGET_SHARE, POOL_SHARE, best_first
from placement_opt.basics.errors import InvalidInputError

SMALL_COST = 6


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
    "spec",
    [
        *("nowhere:40", "generic", "generic:40:50", "rijk-van-nijmegen:40:odd", "planted:x", ""),
        *("shape", "shape:weights", "shape:round:100", "shape:weights:x", "shape:weights:100:2"),
    ],
)
def test_an_unknown_name_is_one_clear_error(spec: str) -> None:
    with pytest.raises(InvalidInputError, match="must be known") as raised:
        instances(spec)
    assert len(raised.value.problems) == 1


def test_a_plan_in_time_may_leave_coaches_out() -> None:
    with_coaches = problem("rijk-van-nijmegen:40x10:quarters").model
    without = problem("rijk-van-nijmegen:40x10:quarters-uncoached").model
    assert len(without.region.periods) == 4
    left = {rule.rule for rule in with_coaches.rules} - {rule.rule for rule in without.rules}
    assert left == {"Coaching"}


def test_a_shape_may_have_any_size() -> None:
    model = problem("shape:weights:150").model
    assert model.compile().formulation.n_pairs == pytest.approx(150, rel=0.2)
    assert len(instances("shapes")) == 60


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
