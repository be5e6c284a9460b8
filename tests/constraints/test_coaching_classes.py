"""Which own variable stands for a coach of a class, and who gets one that several ask for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.constraints.coaching_classes import Classes, HandOut, _first

MANY = settings(max_examples=200, deadline=None, database=None)
TEAMS = st.lists(st.sets(st.integers(0, 3)).map(sorted), min_size=1, max_size=4)


def hand_out(teams):
    """Return classes of two people each: pairs 1, 3, 5, ... need coaching, the even ones none."""
    pair = np.arange(1, 4 * len(teams), 2)
    key = np.array([[number, 10 + number] for number in range(len(teams))], dtype=np.int64)
    of_class = [number for number, team in enumerate(teams) for _ in team]
    coach = [k for team in teams for k in team]
    return HandOut(
        Classes(pair, np.arange(pair.size) // 2, key),
        np.array(of_class, dtype=np.intp),
        np.array(coach, dtype=np.int64),
    )


@MANY
@given(teams=TEAMS)
def test_the_place_of_each_coach_in_each_class(teams):
    hands = hand_out(teams)
    places = list(zip(hands.of_class.tolist(), hands.coach.tolist(), strict=True))
    asked = [(number, coach) for number in range(len(teams)) for coach in range(-1, 6)]
    number, coach = np.array(asked, dtype=np.int64).T
    found = hands._places(number, coach).tolist()
    assert found == [places.index(pair) if pair in places else -1 for pair in asked]


@MANY
@given(teams=TEAMS)
def test_the_class_of_each_pair(teams):
    hands = hand_out(teams)
    pairs = np.arange(4 * len(teams) + 2)
    expected = [(p - 1) // 4 if p % 2 and p < 4 * len(teams) else -1 for p in pairs.tolist()]
    assert hands.classes.of_pairs(pairs).tolist() == expected


@MANY
@given(
    place=st.lists(st.integers(-1, 3), max_size=8),
    free=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_who_asks_first_gets_the_place(place, free):
    left, expected = list(free), []
    for asked in place:
        gets = asked >= 0 and left[asked] > 0
        expected.append(gets)
        if gets:
            left[asked] -= 1
    got = _first(np.array(place, dtype=np.int64), np.array(free, dtype=np.int64))
    assert got.tolist() == expected


@pytest.mark.parametrize(
    ("liked", "named"),
    [
        (None, [0, 1, -1, 1, 1]),
        ([1, 0, -1, 1, 1], [1, 0, -1, 1, 1]),
        ([-1, -1, -1, -1, -1], [0, 1, -1, 1, 1]),
        ([0, 0, 0, 0, 0], [0, 1, -1, 1, 1]),  # the second in line for coach 0 gets who is left
    ],
)
def test_people_get_the_coaches_of_their_class(liked, named):
    hands = hand_out([[0, 1], [1]])
    chosen, own = np.array([1, 3, 4, 5, 7]), np.array([1, 1, 2])
    columns = None if liked is None else {"coach": np.array(liked)}
    assert hands.coaches(chosen, own, columns)["coach"].tolist() == named
    assert own.tolist() == [1, 1, 2], "the plan's own values stay as they are"
