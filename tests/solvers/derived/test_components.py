"""Parts that share no row are solved apart, and add up to the whole in every respect."""

from dataclasses import replace

import numpy as np
from formulations import brute_force, formulations, knapsack, networks, problem, rows
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from separate_problems import searched, side_by_side
from tiny_regions import tiny_regions

import placement_opt as po
from placement_opt.basics.status import Status
from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.flow.network_flow import NetworkFlow
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways.auto import Auto

TINY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    database=None,
)


def share_nothing(formulation, parts):
    """Check that the parts cover everything once and that no coefficient joins two of them."""
    for what, size in (
        ("pairs", formulation.n_pairs),
        ("own", formulation.n_variables - formulation.n_pairs),
        ("rows", formulation.n_rows),
    ):
        members = [getattr(part, what) for part in parts]
        assert np.array_equal(np.sort(np.concatenate(members)), np.arange(size))
    whole = formulation.matrix
    n_entries = 0
    for part in parts:
        variables = np.concatenate([part.pairs, formulation.n_pairs + part.own])
        inside = whole[part.rows][:, variables]
        assert np.array_equal(inside.toarray(), part.formulation.matrix.toarray())
        n_entries += np.count_nonzero(inside.toarray())
        for name in ("row_lower", "row_upper"):
            of_whole, of_part = getattr(formulation, name), getattr(part.formulation, name)
            assert np.array_equal(of_whole[part.rows], of_part)
        for name in ("lower", "upper"):
            of_whole, of_part = getattr(formulation, name), getattr(part.formulation, name)
            assert np.array_equal(of_whole[variables], of_part)
        assert np.array_equal(
            formulation.objective.gain[variables], part.formulation.objective.gain
        )
    assert n_entries == np.count_nonzero(whole.toarray())


SHUFFLES = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@TINY
@given(first=formulations(), second=formulations(), order=SHUFFLES)
def test_parts_of_any_problem_add_up_to_brute_force(first, second, order):
    formulation = side_by_side(first, second, order)
    # Brute force of the whole is the sum of the parts', which keeps the tables small.
    best = [brute_force(part) for part in (first, second)]
    optimum = None if None in best else sum(best)
    parts = components(formulation, 1)
    event(f"{min(len(parts), 4)} parts")
    assume(parts)
    share_nothing(formulation, parts)
    search, ending, _ = searched(formulation, CpSat().solve)
    assert ending is Ending.EXHAUSTED
    if optimum is None:
        assert search.outcome(ending).status is Status.INFEASIBLE
        assert search.best is None
    else:
        assert (search.gained, search.bound) == (optimum, optimum)
        assert search.certified is None or search.certified >= optimum
    assert search.rejected == []


@TINY
@given(first=networks(), second=networks(), order=SHUFFLES)
def test_certificates_of_parts_are_one_of_the_whole(first, second, order):
    formulation = side_by_side(first, second, order)
    best = [brute_force(part) for part in (first, second)]
    assume(None not in best)
    assume(components(formulation, 1))
    search, ending, _ = searched(formulation, NetworkFlow().solve)
    assert ending is Ending.EXHAUSTED
    assert (search.gained, search.bound) == (sum(best), sum(best))
    assert search.certificate.bound(formulation) == search.certified
    if np.abs(formulation.matrix.data).max(initial=0) <= 1:
        assert search.certified == sum(best)


class TestSplit:
    def test_one_component_is_no_split(self):
        formulation = problem([3, 2, 1], [rows("all", [[1, 1, 1]], [NO_LOWER], [2])])
        assert components(formulation, 1) == ()

    def test_a_problem_without_pairs_is_no_split(self):
        assert components(problem([], []), 1) == ()

    def test_small_components_are_put_together(self):
        n = 40
        formulation = problem(
            np.arange(1, 2 * n + 1),
            [rows("couples", np.kron(np.eye(n), [1, 1]), [NO_LOWER] * n, [1] * n)],
        )
        parts = components(formulation, 10)
        assert [part.pairs.size for part in parts] == [10] * 8
        share_nothing(formulation, parts)
        assert len(components(formulation, 41)) == 2
        assert components(formulation, 80) == ()

    def test_the_largest_part_comes_first(self):
        block = rows("row", [[1, 1, 0, 0, 0], [0, 0, 1, 1, 1]], [NO_LOWER] * 2, [1, 1])
        parts = components(problem([1, 2, 3, 4, 5], [block]), 1)
        assert [part.pairs.tolist() for part in parts] == [[2, 3, 4], [0, 1]]
        assert [part.formulation.blocks[0].labels for part in parts] == [["row 1"], ["row 0"]]

    def test_pairs_that_a_rule_leaves_out_are_not_joined_by_it(self):
        first = rows("couples", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        second = rows("alone", [[0, 1, 0, 0]], [NO_LOWER], [1])
        parts = components(problem([1, 2, 3, 4], [first, second]), 1)
        assert [part.pairs.tolist() for part in parts] == [[0, 1], [2, 3]]
        assert [len(part.formulation.blocks) for part in parts] == [2, 1]

    def test_own_variables_join_rows(self):
        own, usage = [(0, 3, -1)], [[1], [1]]
        block = rows("joined", [[1, 0], [0, 1]], [1, 1], [3, 3], own, usage)
        assert components(problem([1, 1], [block]), 1) == ()

    def test_a_rule_that_hands_out_capacity_stays_in_one_part(self):
        block = rows("apart", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        assert len(components(problem([1, 2, 3, 4], [block]), 1)) == 2
        kept = replace(block, capacity=Capacity())
        assert components(problem([1, 2, 3, 4], [kept]), 1) == ()

    def test_a_problem_with_cuts_is_not_split(self):
        block = rows("row", [[2, 2, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [3, 1])
        formulation = problem([1, 2, 3, 4], [block])
        assert components(with_cuts(formulation, [Cut((0,), (-1,), 2, ())]), 1) == ()


@settings(TINY, max_examples=15)
@given(region=tiny_regions())
def test_every_standard_rule_of_two_regions_in_one(region):
    """All rules of the library, split where they can be: the same optimum as the whole."""
    formulation = po.Model(region).compile().formulation
    doubled = side_by_side(formulation, formulation, [0, 1])
    parts = components(doubled, 1)
    assume(parts)
    share_nothing(doubled, parts)
    alone = Search(formulation, SearchLimits(gap=0.0))
    CpSat().solve(formulation, alone)
    search, ending, _ = searched(doubled, CpSat().solve)
    assert ending is Ending.EXHAUSTED
    if alone.infeasible_by is not None:
        assert search.infeasible_by is not None
    else:
        assert search.gained == search.bound == 2 * alone.gained


def test_large_parts_go_their_own_way_under_auto():
    formulation = side_by_side(knapsack(3, n_pairs=14), knapsack(4, n_pairs=13), [0, 1, 2])
    search, ending, parts = searched(formulation, Auto().solve, least=5)
    assert len(parts) == 2
    assert ending is Ending.EXHAUSTED
    assert search.gained == brute_force(knapsack(3, n_pairs=14)) + brute_force(
        knapsack(4, n_pairs=13)
    )
    assert any(note.startswith("component 2: tiny") for note in search.notes)
