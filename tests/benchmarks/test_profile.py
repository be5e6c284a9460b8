"""Many instances at a glance: what is timed, what is compared, and the busy loops beside."""

import math
import subprocess
import sys

import pytest

from benchmarks.attempt import Attempt, relative_gap
from benchmarks.busy import LOOP, busy_loops
from benchmarks.instances import instances
from benchmarks.profile import FLOOR_S, plan_at, plot_profile, profile_table, ratios, seconds_to
from benchmarks.shapes import SHAPES, SIZES

GAP = 1e-3


def attempt(instance, solver, *trace, objective=100.0):
    return Attempt(instance, solver, 1, objective=objective, trace=trace)


OURS = attempt("shape:a:1", "auto", (0.5, 90.0, 110.0), (2.0, 100.0, 100.05))
QUICK = attempt("shape:a:1", "highs", (1.0, 100.0, 100.05))
NEVER = attempt("shape:a:1", "cp-sat", (0.5, 99.0, 110.0))
HARD = [
    attempt("shape:b:1", "auto", (1.0, 100.0, 120.0)),
    attempt("shape:b:1", "highs", (1.0, 90.0, 120.0)),
    attempt("shape:b:1", "cp-sat", (9.0, 101.0, 120.0)),
]
ALL = [OURS, QUICK, NEVER, *HARD]


def test_the_first_moment_within_the_gap_counts():
    assert seconds_to(OURS, GAP) == 2.0
    assert seconds_to(NEVER, GAP) == math.inf
    assert seconds_to(attempt("a", "auto", (0.001, 1.0, 1.0)), GAP) == FLOOR_S


def test_a_plan_that_broke_a_row_never_counts():
    wrong = attempt("a", "auto", (1.0, 1.0, 1.0), objective=None)
    assert seconds_to(wrong, GAP) == math.inf
    assert plan_at(wrong, 5.0) == -math.inf


def test_plans_are_those_of_the_moment():
    assert plan_at(OURS, 0.4) == -math.inf
    assert plan_at(OURS, 1.9) == 90.0
    assert plan_at(OURS, 2.0) == 100.0


def test_ratios_leave_out_what_nobody_solved():
    assert ratios(ALL, GAP) == {"auto": [2.0], "highs": [1.0], "cp-sat": [math.inf]}


def test_the_table_tells_each_shape_and_all():
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in profile_table(ALL, GAP).splitlines()
    ]
    head, _, a, b, every = lines
    assert head[:3] == ["shape", "instances", "solved: placement_opt"]
    assert a == ["shape:a", "1", "1", "1", "0", "2.00", "2.00", "1", "0", "0", "0"]
    assert b == ["shape:b", "1", "0", "0", "0", "-", "-", "0", "0", "0", "1"]
    assert every == ["all", "2", "1", "1", "0", "2.00", "2.00", "1", "0", "0", "1"]


def test_instances_that_one_alone_has_tried_are_left_out():
    every = profile_table([OURS], GAP).splitlines()[-1].split("|")
    assert [cell.strip() for cell in every[1:3]] == ["all", "0"]


def test_the_picture_is_drawn(tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    path = tmp_path / "profile.png"
    plot_profile(ALL, GAP, path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("plan", "bound", "gap"),
    [(90.0, 100.0, 0.1), (-110.0, -100.0, 10 / 110), (0.0, 0.0, 0.0), (1e-9, 2e-9, 0.5)],
)
def test_gaps_are_of_the_larger(plan, bound, gap):
    assert relative_gap(plan, bound) == pytest.approx(gap)
    assert relative_gap(None, bound) is None


def test_sixty_shapes_have_names():
    names = [each.name for each in instances("shapes")]
    assert len(names) == len(set(names)) == len(SHAPES) * len(SIZES) == 60
    (one,) = instances("shape:sparse:400")
    assert one.name in names


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_has_about_as_many_pairs_and_is_the_same_for_a_seed(shape):
    (one,) = instances(f"shape:{shape}:400")
    first, again, other = (one.build(seed).model.compile() for seed in (1, 1, 2))
    assert 200 <= first.formulation.n_pairs <= 600
    assert first.formulation.objective.gain.tolist() == again.formulation.objective.gain.tolist()
    assert first.formulation.objective.gain.tolist() != other.formulation.objective.gain.tolist()


def test_everybody_fits_in_the_shape_that_places_everybody():
    (one,) = instances("shape:everybody:100")
    result = one.build(3).model.solve(time_limit_s=60)
    assert len(result.placements) == result.n_candidates


def test_busy_loops_run_beside_and_end():
    with busy_loops(2) as loops:
        assert [loop.poll() for loop in loops] == [None, None]
    assert all(loop.poll() is not None for loop in loops)


def test_a_busy_loop_ends_with_its_parent():
    """Also where the parent is gone before the loop begins."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    subprocess.run([sys.executable, "-c", LOOP, str(gone.pid)], check=True, timeout=60)
