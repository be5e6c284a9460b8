"""What the packer of coaches chooses: whom to fill up, whom to share out, which places to keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.constraints.coaching_packer import BestFit
from placement_opt.constraints.coaching_places import trimmed
from placement_opt.constraints.coaching_pools import CoachPools

MANY = settings(max_examples=200, deadline=None, database=None)
NOTHING = np.zeros(0, dtype=np.int64)


def packer_of(hours, free, heads, people=3):
    """Return a packer of classes that any coach may serve, with so many pairs each from 1 on."""
    n_coaches = len(free)
    pair = np.arange(1, 1 + people * len(hours), dtype=np.int32)
    return BestFit(
        pair,
        np.repeat(np.arange(len(hours)), people),
        np.array(hours, dtype=np.int64),
        np.repeat(np.arange(len(hours)), n_coaches),
        np.tile(np.arange(n_coaches), len(hours)),
        (np.array(free, dtype=np.int64), np.array(heads, dtype=np.int64)),
        None,
        NOTHING,
    )


def test_who_needs_no_coaching_always_finds_room():
    packer = packer_of([5], [0], [0])
    assert packer.add(0) is True
    assert packer.add(9) is True
    assert packer.add(1) is False
    assert packer.own().tolist() == [0]


@pytest.mark.parametrize(
    ("free", "heads", "first"),
    [
        ([12, 6, 30], [3, 3, 3], 1),  # who is filled up with it, least being left
        ([7, 5, 30], [3, 3, 3], 1),
        ([30, 40, 44], [3, 2, 4], 1),  # else who has most hours per head
        ([30, 44, 40], [1, 1, 1], 0),  # at the last head, who is left with least
        ([30, 44, 12], [1, 1, 2], 2),  # a last head is spent last
        ([4, 44, 12], [1, 0, 2], 2),  # never who has no hours or no head
    ],
)
def test_the_first_goes_to_who_is_used_up_best(free, heads, first):
    packer = packer_of([5, 3], free, heads)
    assert packer.add(1)
    taken = packer.own().tolist()
    assert taken.index(1) == first
    assert sum(taken) == 1


@MANY
@given(data=st.data())
def test_two_coaches_who_share_out_their_people_keep_their_limits(data):
    drawn = data.draw
    hours = drawn(st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True))
    free = drawn(st.lists(st.integers(3, 14), min_size=2, max_size=3))
    heads = drawn(st.lists(st.integers(1, 4), min_size=len(free), max_size=len(free)))
    packer = packer_of(hours, free, heads)
    for pair in drawn(st.permutations(range(1, 1 + 3 * len(hours)))):
        own = packer._best_fit((pair - 1) // 3)
        if own is not None:
            packer._take(own, 1)
    count, left, room = list(packer._count), list(packer._heads), list(packer._free)
    packer._fill_up(0, 1)
    assert min(packer._free) >= 0
    assert min(packer._heads) >= 0
    assert packer._heads[1] >= min(1, left[1]), "the second keeps a place for one more"
    assert packer._free[0] + packer._free[1] == room[0] + room[1]
    assert packer._free[0] <= room[0], "the first is at least as full as before"
    for number in range(len(hours)):
        mine = slice(number * len(free), (number + 1) * len(free))
        assert sum(packer._count[mine]) == sum(count[mine])
        assert packer._count[mine][2:] == count[mine][2:]


@MANY
@given(
    places=st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4),
    data=st.data(),
)
def test_kept_places_are_trimmed_from_the_last_coach_on(places, data):
    each = st.lists(st.integers(0, 6), min_size=len(places), max_size=len(places))
    wanted = data.draw(each)
    expected = []
    for kept, people in zip(places, wanted, strict=True):
        for at, place in enumerate(kept):
            expected.append(min(place, max(0, people - sum(kept[:at]))))
    of_class = np.array([n for n, kept in enumerate(places) for _ in kept], dtype=np.intp)
    kept = np.array([place for kept in places for place in kept], dtype=np.int64)
    got = trimmed(kept, of_class, np.array(wanted, dtype=np.int64))
    assert got.tolist() == expected


@MANY
@given(data=st.data())
def test_a_pool_has_the_rows_that_can_be_tight(data):
    drawn = data.draw
    n_coaches = drawn(st.integers(1, 3))
    ids = range(n_coaches)
    teams = drawn(st.lists(st.sets(st.sampled_from(ids)).map(sorted), min_size=1, max_size=3))
    people = drawn(
        st.lists(st.tuples(st.integers(1, 6), st.sampled_from(range(len(teams)))), max_size=5)
    )
    free = drawn(st.lists(st.integers(0, 12), min_size=n_coaches, max_size=n_coaches))
    heads = drawn(st.lists(st.integers(0, 3), min_size=n_coaches, max_size=n_coaches))
    group = drawn(st.sets(st.sampled_from(ids)))
    pair = np.arange(1, 2 * len(people), 2, dtype=np.int32)
    pools = CoachPools(
        "pools",
        2 * len(people) + 1,
        pair,
        np.array([needed for needed, _ in people], dtype=np.int64),
        np.array([team for _, team in people], dtype=np.int32),
        teams,
        np.array(free, dtype=np.int64),
        np.array(heads, dtype=np.int64),
        n_classes=0,
    )
    inside = [at for at, (_, team) in enumerate(people) if set(teams[team]) <= group]
    expected = []
    if inside:
        needs = {int(pair[at]): people[at][0] for at in inside}
        most = sum(min(heads[k], free[k] // min(needs.values())) for k in group)
        if sum(needs.values()) > sum(free[k] for k in group):
            expected.append((needs, sum(free[k] for k in group)))
        if len(needs) > most:
            expected.append((dict.fromkeys(needs, 1), most))
    block = pools.rows([sorted(group)])
    dense = block.usage.toarray()
    got = [{int(at): int(row[at]) for at in np.flatnonzero(row)} for row in dense]
    assert list(zip(got, block.upper.tolist(), strict=True)) == expected
