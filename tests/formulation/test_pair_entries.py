"""The coefficients of a block by pair: one by one they are those of all at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.formulation.pair_entries import PairEntries


@given(data=st.data(), n_rows=st.integers(1, 4), n_pairs=st.integers(1, 20))
def test_entries_of_a_pair_are_those_of_the_matrix(data, n_rows, n_pairs):
    drawn = st.sampled_from([0, 0, 0, 1, 1, -1, 300])
    cells = data.draw(st.lists(drawn, min_size=n_rows * n_pairs, max_size=n_rows * n_pairs))
    matrix = np.array(cells, dtype=np.int64).reshape(n_rows, n_pairs)
    entries = PairEntries.of(sparse.csr_array(matrix))
    for pair in range(n_pairs):
        expected = {row: int(matrix[row, pair]) for row in np.flatnonzero(matrix[:, pair])}
        found = [*entries.of_pair(pair)]
        assert dict(found) == expected
        assert len(found) == len(expected)
        _, row, value = entries.of_pairs(np.array([pair]))
        assert dict(zip(row.tolist(), value.tolist(), strict=True)) == expected
