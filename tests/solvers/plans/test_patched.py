"""Numbers of which a few differ from a shared array: they are what a changed copy would be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.solvers.plans import patched
from placement_opt.solvers.plans.patched import Patched

PLACES = st.integers(0, 7)


@pytest.mark.parametrize("most", [0, 3, 1_000])
@given(more=st.lists(st.dictionaries(PLACES, st.integers(-(1 << 60), 1 << 60)), max_size=5))
def test_they_are_those_of_a_copy_that_is_changed(most, more):
    base = np.arange(8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patched, "MOST_PATCHES", most)
        now, copy, before = Patched(base), base.copy(), []
        for changes in more:
            before.append((now, copy.copy()))
            now = now.with_more(changes)
            for place, number in changes.items():
                copy[place] = number
        before.append((now, copy))
        for one, expected in before:  # also those of before: nothing is changed in place
            assert one.array().tolist() == expected.tolist()
            assert [one[place] for place in range(8)] == expected.tolist()
    assert base.tolist() == list(range(8))
