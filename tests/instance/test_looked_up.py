"""Entries of a table by row and column, in blocks and singly."""

import numpy as np
import pytest

from placement_opt.instance.columns import looked_up


@pytest.mark.parametrize("n_rows", [2, 40])
def test_a_block_and_its_pairs_are_read_alike(n_rows):
    rng = np.random.default_rng(0)
    table = rng.integers(0, 100, (n_rows, 7))
    row, column = rng.integers(0, n_rows, (12, 1)), rng.integers(0, 7, (1, 9))
    expected = [[table[r, c] for c in column[0]] for r in row[:, 0]]
    assert looked_up(table, row, column).tolist() == expected
    wide = np.broadcast_arrays(row, column)
    assert looked_up(table, *(one.ravel() for one in wide)).tolist() == np.ravel(expected).tolist()
