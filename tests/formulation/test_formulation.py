"""What solvers ask of a formulation block by block equals what its whole matrix says."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from formulations import formulations, problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.formulation.assembly import formulate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.pair_entries import PairEntries, row_reach, rows_of_pairs
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.formulation.rows import ExtraRows
from placement_opt.formulation.sums import BLOCK_PAIRS
from placement_opt.pairs.table import Column, times

SOME = settings(max_examples=150, deadline=None, database=None)


@st.composite
def strengthened(draw: st.DrawFn) -> Formulation:
    """Draw a formulation, now and then with extra rows over all its variables."""
    formulation = draw(formulations())
    if draw(st.booleans()):
        return formulation
    width, n_rows = formulation.n_variables, draw(st.integers(1, 2))
    entries = st.lists(st.integers(-3, 3), min_size=width, max_size=width)
    dense = np.array([draw(entries) for _ in range(n_rows)], dtype=np.int64)
    matrix = sparse.csr_array(dense.reshape(n_rows, width))
    extra = ExtraRows(matrix, np.zeros(n_rows, dtype=np.int64), (None,) * n_rows)
    return replace(formulation, extra=extra)


def wide_problem(seed: int, n_pairs: int) -> Formulation:
    """Build rows of every kind over many pairs: partitions, overlaps, few entries, none at all."""
    random = np.random.default_rng(seed)
    pair = np.arange(n_pairs)
    blocks = []
    for title, n_rows, share, repeats, high in (
        ("one row each", 300, 1.0, 1, 1),
        ("amounts", 9, 0.7, 1, 40_000),
        ("two rows each", 40, 0.5, 2, -90),
        ("few pairs", 5, 0.001, 1, 7),
        ("no pair", 3, 0.0, 1, 1),
    ):
        member = np.concatenate([pair[random.random(n_pairs) < share] for _ in range(repeats)])
        row = random.integers(0, n_rows, member.size)
        low = min(1, high)
        value = random.integers(low, max(1, high) + 1, member.size)
        usage = sparse.coo_array((value, (row, member)), shape=(n_rows, n_pairs)).tocsr()
        usage.sum_duplicates()
        block = rows(title, np.zeros((n_rows, 0)), [NO_LOWER] * n_rows, [5] * n_rows)
        narrow = usage.data.astype(np.min_scalar_type(min(-1, int(usage.data.min(initial=0)))))
        data = narrow if np.array_equal(narrow, usage.data) else usage.data
        usage = sparse.csr_array((data, usage.indices, usage.indptr), shape=usage.shape)
        blocks.append(replace(block, usage=usage))
    return problem(random.integers(0, 9, n_pairs), blocks)


@SOME
@given(strengthened(), st.data())
def test_sums_and_prices_equal_those_of_the_matrix(
    formulation: Formulation, data: st.DataObject
) -> None:
    dense = formulation.matrix.toarray()
    n_rows, width = dense.shape
    values = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=width, max_size=width)))
    prices = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=n_rows, max_size=n_rows)))
    values, prices = values.astype(np.int64), prices.astype(np.int64)

    assert np.array_equal(formulation.activity(values), dense @ values)
    assert np.allclose(formulation.activity(values / 4), dense @ (values / 4))
    assert np.array_equal(formulation.paid(prices), prices @ dense)
    assert np.allclose(formulation.paid(prices / 8), prices / 8 @ dense)
    magnitudes = formulation.paid(np.abs(prices), absolute=True)
    assert np.array_equal(magnitudes, np.abs(prices) @ np.abs(dense))
    assert formulation.paid(prices).dtype == np.int64
    widest = np.maximum(np.abs(formulation.lower), np.abs(formulation.upper))
    assert np.array_equal(formulation.reach, np.abs(dense) @ widest)


@SOME
@given(strengthened(), st.data())
def test_columns_and_rows_equal_those_of_the_matrix(
    formulation: Formulation, data: st.DataObject
) -> None:
    dense = formulation.matrix.toarray()
    order = data.draw(st.permutations(range(dense.shape[1])))
    chosen = np.array(order[: data.draw(st.integers(0, dense.shape[1]))], dtype=np.int64)

    columns = formulation.columns(chosen)

    assert columns.shape == (dense.shape[0], chosen.size)
    assert np.array_equal(columns.toarray(), dense[:, chosen])
    assert columns.has_sorted_indices
    assert formulation.width.tolist() == np.count_nonzero(dense, axis=1).tolist()
    for row in range(dense.shape[0]):
        member, coefficient = formulation.row(row)
        assert np.all(np.diff(member) > 0)
        full = np.zeros(dense.shape[1], dtype=np.int64)
        full[member] = coefficient
        assert np.array_equal(full, dense[row])


@pytest.mark.parametrize("n_pairs", [0, 1, 1_000, BLOCK_PAIRS, 2 * BLOCK_PAIRS + 7])
def test_blocks_of_pairs_join_up(n_pairs: int) -> None:
    formulation = wide_problem(n_pairs, n_pairs)
    random = np.random.default_rng(1)
    matrix, n_rows = formulation.matrix, formulation.n_rows
    prices = random.integers(-(10**9), 10**9, n_rows)

    assert np.array_equal(formulation.paid(prices), matrix.T @ prices)
    assert np.allclose(formulation.paid(prices / 7), matrix.T @ (prices / 7))
    magnitudes = formulation.paid(np.abs(prices), absolute=True)
    assert np.array_equal(magnitudes, abs(matrix).T @ np.abs(prices))
    part = slice(n_pairs // 3, n_pairs - n_pairs // 5)
    assert np.array_equal(formulation.paid_by_pairs(prices, part), (matrix.T @ prices)[part])
    ones = (random.random(n_pairs) < 0.01).astype(np.int64)
    assert np.array_equal(formulation.activity(ones), matrix @ ones)
    chosen = random.permutation(n_pairs)[: n_pairs // 10]
    assert (formulation.columns(chosen) - matrix[:, chosen]).count_nonzero() == 0


def test_the_smallest_byte_keeps_its_magnitude() -> None:
    usage = sparse.csr_array(np.array([[-128, 0, 3]], dtype=np.int8))
    entries = PairEntries.of(usage)
    sums = np.zeros(3)

    entries.add_paid(np.array([0.0, 2.0]), sums, slice(0, 3), absolute=True)

    assert sums.tolist() == [256, 0, 6]
    assert row_reach(usage).tolist() == [131]


def test_values_beyond_a_limit_are_refused() -> None:
    own = [(0, 4, -1)]
    block = rows("r", [[2, 1], [0, 1]], [1, NO_LOWER], [3, NO_UPPER], own, [[-1], [0]])
    formulation = problem([1, 1], [block])

    assert formulation.is_satisfied_by(np.array([1, 1, 0]))
    assert not formulation.is_satisfied_by(np.array([1, 1, 3]))
    assert not formulation.is_satisfied_by(np.array([1, 1, 5]))
    assert not formulation.is_satisfied_by(np.array([0, 0, 0]))


@SOME
@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-200, 200)), max_size=30))
def test_rows_of_pairs_hold_one_entry_for_each_pair(entries: list[tuple[int, int]]) -> None:
    row = np.array([row for row, _ in entries], dtype=np.int32)
    value = np.array([value for _, value in entries], dtype=np.int64)
    dense = np.zeros((5, row.size), dtype=np.int64)
    for pair, (at, amount) in enumerate(entries):
        if at >= 0:
            dense[at, pair] = amount

    assert np.array_equal(rows_of_pairs(row, 5, value).toarray(), dense)
    ones = rows_of_pairs(row, 5)
    assert np.array_equal(ones.toarray().sum(axis=0), row >= 0)
    assert ones.indices.dtype == np.int32
    assert ones.data.dtype == np.int8


@pytest.mark.parametrize("factor", [1, 25, 1 << 24, 1 << 40])
def test_narrow_integers_are_multiplied_without_overflow(factor: int) -> None:
    values = np.array([-128, 0, 127], dtype=np.int8)
    assert times(values, factor).tolist() == [-128 * factor, 0, 127 * factor]


def test_the_gain_of_an_own_variable_stands_at_its_place() -> None:
    own = [(0, 4, 0), (0, 4, Fraction(-1, 3)), (0, 4, 0), (-2, 1, Fraction(5, 2))]
    none = rows("none", [[1, 0]], [NO_LOWER], [1])
    blocks = [none, *(rows("r", [[0, 0]], [0], [4], [one], [[1]]) for one in own)]
    column = Column(np.array([7, -100], dtype=np.int8), 5)

    formulation = formulate(np.array([0, 2]), blocks, [(Fraction(3), column)], at_most=1)

    assert formulation.objective.scale == 30
    assert formulation.objective.gain.tolist() == [126, -1800, 0, -10, 0, 75]
    assert formulation.objective.rounding == 0


def test_points_too_wide_for_64_bits_are_rounded_up_by_a_unit_a_term() -> None:
    column = Column(np.array([1, 3, 5], dtype=np.int64), 7)
    terms = [(Fraction(10**17), column), (Fraction(1, 10**9), column)]

    objective = formulate(np.array([0, 2, 3]), [], terms, at_most=1).objective

    assert objective.rounding > 0
    for gain, value in zip(objective.gain.tolist(), (1, 3, 5), strict=True):
        exact = (Fraction(10**17) + Fraction(1, 10**9)) * value / 7
        assert 0 <= Fraction(gain, objective.scale) - exact <= objective.rounding / 2


@pytest.mark.parametrize(
    ("most", "held_in"), [(7, np.int32), ((1 << 30) - 1, np.int32), (1 << 30, np.int64)]
)
def test_bounds_of_variables_are_held_exactly(most: int, held_in: type[np.integer]) -> None:
    block = rows("own", [[1, 1]], [0], [2], own=[(-most, 3, 0), (0, most, 0)], own_usage=[[1, 1]])
    formulation = problem([1, 1], [block])
    assert formulation.lower.tolist() == [0, 0, -most, 0]
    assert formulation.upper.tolist() == [1, 1, 3, most]
    assert formulation.lower.dtype == formulation.upper.dtype == held_in
    some = np.array([3, 0, 2])
    lower, upper = formulation.bounds(some)
    assert lower.tolist() == formulation.lower[some].tolist()
    assert upper.tolist() == formulation.upper[some].tolist()


@pytest.mark.parametrize(("values", "keeps"), [([1, 1], True), ([2, 0], False), ([1, -1], False)])
def test_a_pair_is_zero_or_one_whatever_the_rows_allow(values: list[int], keeps: bool) -> None:
    formulation = problem([1, 1], [rows("wide", [[1, 1]], [-5], [5])])
    assert formulation.is_satisfied_by(np.array(values)) is keeps


def test_reduced_gains_and_the_largest_gain() -> None:
    block = rows(
        "row", [[1, 2], [0, 3]], [NO_LOWER] * 2, [2, 2], own=[(0, 1, -9)], own_usage=[[1], [0]]
    )
    formulation = problem([4, 5], [block])
    assert formulation.reduced(np.array([0.5, 1.0])).tolist() == [3.5, 1.0, -9.5]
    assert formulation.objective.largest_gain == 9
    assert problem([0, 0], [rows("none", [[1, 1]], [0], [1])]).objective.largest_gain == 1
