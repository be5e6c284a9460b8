"""Whether a journey is within a limit is told without its minutes, and agrees with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import regions

from placement_opt.instance.columns import NOT_GIVEN, TRANSPORT_MODES, UNIT
from placement_opt.instance.instance import Instance
from placement_opt.instance.travel import TravelTable
from placement_opt.records import Candidate, Opening, Region


def scattered(seed: int, n: int, spread: float) -> Instance:
    """Place people and work around one point, some on the same spot, some far away, some nowhere.

    `spread` is in degrees.
    """
    random = np.random.default_rng(seed)
    spots = np.array([51.8, 5.8]) + spread * random.standard_normal((2 * n, 2))
    spots[n + 1] = spots[1]
    spots = np.clip(spots.round(6), -89, 89)
    where = [(float(north), float(east)) for north, east in spots]
    people = [
        Candidate(id=f"C{row:03}", location=where[row], transport=TRANSPORT_MODES[row % 4])
        for row in range(n)
    ]
    work = [Opening(id=f"O{row:03}", location=where[n + row]) for row in range(n)]
    people[0], work[0] = Candidate(id="C000"), Opening(id="O000")
    work[2] = Opening(id="O002", remote=True)
    return Instance(Region(name="scattered", candidates=people, openings=work))


def check_limits(table: TravelTable, candidate: np.ndarray, opening: np.ndarray) -> None:
    """Hold every pair against limits at, just below and around its own minutes."""
    minutes = table.minutes(candidate, opening)
    for shift in (0, -1, 1, -UNIT // 2, -UNIT, UNIT):
        most = np.maximum(minutes + shift, 0)
        most[minutes == NOT_GIVEN] = shift % 90
        expected = minutes <= most
        assert np.array_equal(table.within(candidate, opening, most), expected)
    most = np.full(minutes.shape, NOT_GIVEN)
    assert table.within(candidate, opening, most).all()


@pytest.mark.parametrize("spread", [1e-6, 1e-4, 0.1, 60.0])
def test_the_limit_itself_is_within(spread: float) -> None:
    instance = scattered(3, 40, spread)
    rows, columns = (axis.ravel().astype(np.int32) for axis in np.indices((40, 40)))
    check_limits(instance.derived(TravelTable), rows, columns)


@settings(deadline=None, max_examples=60, database=None)
@given(region=regions())
def test_tables_win_over_the_map(region: Region) -> None:
    instance = Instance(region)
    shape = (instance.n_candidates, instance.n_openings)
    rows, columns = (axis.ravel().astype(np.int32) for axis in np.indices(shape))
    check_limits(instance.derived(TravelTable), rows, columns)


def test_blocks_are_read_like_pairs_one_by_one() -> None:
    instance = scattered(7, 30, 0.05)
    table, most = instance.derived(TravelTable), np.arange(30, dtype=np.int64) * 4 * UNIT
    rows, columns = (axis.astype(np.int32) for axis in np.indices((30, 30)))
    block = table.within(rows[:, :1], columns[:1], most[rows[:, :1]])
    single = table.within(rows.ravel(), columns.ravel(), most[rows.ravel()])
    assert np.array_equal(block.ravel(), single)
    assert 0 < block.sum() < block.size
