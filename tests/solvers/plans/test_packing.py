"""Packing: liked pairs become plans that keep every row, with as many people as can be."""

import itertools
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.constraints import coaching_packer
from placement_opt.constraints.coaching_exchange import fullest
from placement_opt.constraints.coaching_packer import BestFit
from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.plans.packing import packed
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

NOTHING = np.zeros(0, dtype=np.int64)


class Coaches(Capacity):
    def __init__(self, make):
        self.packer = make


def block_of(teams, hours, people, free, caseload):
    """Return the rows of coaches for classes of people, one pair per person, in class order."""
    of_class = np.array([t for t, team in enumerate(teams) for _ in team], dtype=np.int64)
    coach = np.array([k for team in teams for k in team], dtype=np.int64)
    of_pair = np.repeat(np.arange(len(teams)), people)
    n, n_coaches, n_own = len(teams), len(free), coach.size
    shape = n + 2 * n_coaches
    of_own = np.array(hours, dtype=np.int64)[of_class]
    own = np.arange(n_own)
    entries = (
        np.concatenate([np.full(n_own, -1), of_own, np.ones(n_own, dtype=np.int64)]),
        (np.concatenate([of_class, n + coach, n + n_coaches + coach]), np.tile(own, 3)),
    )
    capacity = np.array(free, dtype=np.int64), np.array(caseload, dtype=np.int64)
    pairs = np.arange(of_pair.size)
    return RowBlock(
        "coaches",
        [str(row) for row in range(shape)],
        sparse.coo_array(
            (np.ones(pairs.size, dtype=np.int64), (of_pair, pairs)), shape=(shape, pairs.size)
        ).tocsr(),
        np.concatenate([np.zeros(n, dtype=np.int64), np.full(2 * n_coaches, NO_LOWER)]),
        np.concatenate([np.zeros(n, dtype=np.int64), *capacity]),
        Variables(np.zeros(n_own, np.int64), np.full(n_own, 99), [Fraction(0)] * n_own),
        sparse.coo_array(entries, shape=(shape, n_own)).tocsr(),
        capacity=Coaches(
            lambda kept, liked: BestFit(
                pairs, of_pair, np.array(hours), of_class, coach, capacity, kept, liked
            )
        ),
    )


def problem_of(block, gain):
    of_own = np.zeros(block.variable_usage.shape[1], dtype=np.int64)
    objective = Objective(np.concatenate([np.array(gain, dtype=np.int64), of_own]), 1)
    return Formulation(len(gain), (block,), objective)


def search_of(formulation):
    return Search(formulation, SearchLimits(time_limit_s=60))


@st.composite
def problems(draw):
    """Draw classes, coaches and gains, and which pairs are liked."""
    n_coaches = draw(st.integers(1, 4))
    coaches = st.sets(st.integers(0, n_coaches - 1), min_size=1).map(sorted)
    teams = draw(st.lists(coaches, min_size=1, max_size=4))

    def drawn(low, high, count):
        return draw(st.lists(st.integers(low, high), min_size=count, max_size=count))

    n = len(teams)
    people = drawn(1, 4, n)
    rows = block_of(teams, drawn(1, 6, n), people, drawn(0, 14, n_coaches), drawn(0, 4, n_coaches))
    formulation = problem_of(rows, drawn(1, 9, sum(people)))
    liked = draw(st.sets(st.integers(0, sum(people) - 1), min_size=1))
    return formulation, np.array(sorted(liked), dtype=np.int64)


@settings(max_examples=150, deadline=None, database=None)
@given(problem=problems())
def test_a_packed_plan_keeps_every_row_and_nobody_left_out_would_fit(problem):
    formulation, liked = problem
    spare = np.setdiff1d(np.arange(formulation.n_pairs), liked)
    search = search_of(formulation)
    plan = packed(formulation, liked, spare, search.clock)
    values = plan.values(formulation)
    assert formulation.is_satisfied_by(values)
    (block,) = formulation.blocks
    used = block.usage @ values[: formulation.n_pairs]
    assert used.sum() == plan.own.sum() == plan.chosen.size
    n_classes = int((block.lower != NO_LOWER).sum())
    n_coaches = (len(block) - n_classes) // 2
    left = block.upper - block.variable_usage @ plan.own
    free, heads = left[n_classes : n_classes + n_coaches], left[n_classes + n_coaches :]
    columns = block.variable_usage.tocsc()
    class_of = np.repeat(np.arange(n_classes), np.diff(block.usage.indptr)[:n_classes])
    for pair in np.setdiff1d(np.arange(formulation.n_pairs), plan.chosen).tolist():
        for own in range(columns.shape[1]):
            rows = columns.indices[columns.indptr[own] : columns.indptr[own + 1]]
            if rows.min() == class_of[pair]:
                coach = int(rows.max()) - n_classes - n_coaches
                needs = int(columns.data[columns.indptr[own] : columns.indptr[own + 1]].max())
                assert free[coach] < needs or heads[coach] == 0


def test_a_full_house_that_only_a_mix_of_sizes_fills():
    # Best fit by hours ends with 6 + 4 and 4 + 4 + 3; all fit as 6 + 3 + 3 and 4 + 4 + 4.
    block = block_of([[0, 1]] * 3, [6, 4, 3], [1, 3, 2], [12, 12], [3, 3])
    formulation = problem_of(block, [5] * 6)
    plan = packed(formulation, np.arange(6), NOTHING, search_of(formulation))
    assert plan.chosen.tolist() == list(range(6))
    assert formulation.is_satisfied_by(plan.values(formulation))


def test_a_part_packs_as_the_whole_does():
    block = block_of([[0, 1]] * 3, [6, 4, 3], [1, 3, 3], [12, 12], [3, 3])
    whole = problem_of(block, [5] * 7)
    part = part_of(whole, np.array([0, 1, 2, 3, 5, 6]), None)
    plan = packed(part.formulation, np.arange(6), NOTHING, search_of(part.formulation))
    assert plan.chosen.size == 6


def test_where_not_everybody_fits_the_larger_gains_win():
    # By hours the long job would come first and take all; two short ones gain more.
    block = block_of([[0], [0]], [6, 3], [1, 2], [6], [9])
    formulation = problem_of(block, [5, 4, 4])
    plan = packed(formulation, np.arange(3), NOTHING, search_of(formulation))
    assert plan.chosen.tolist() == [1, 2]


def test_swaps_gather_what_several_coaches_leave_unused(monkeypatch):
    monkeypatch.setattr(coaching_packer, "MOST_MOVES", 0)
    everybody = [[0, 1, 2]] * 3
    block = block_of(everybody, [5, 4, 3], [2, 2, 4], [10, 10, 10], [9, 9, 9])
    # Coaches 0 and 1 have 5 + 4 hours, coach 2 has 3 + 3 + 3: one hour is left at each.
    kept = np.array([1, 1, 0, 1, 1, 0, 0, 0, 3])
    packer = block.capacity.packer(kept, np.arange(7))
    assert all(packer.add(pair) for pair in range(8))
    served = np.zeros(8, dtype=np.int64) + 1
    values = np.concatenate([served, packer.own()])
    assert problem_of(block, [1] * 8).is_satisfied_by(values)


def test_who_has_few_coaches_ranks_first_and_then_who_needs_most():
    block = block_of([[0, 1, 2], [0, 1, 2], [1]], [2, 3, 1], [1, 1, 1], [9] * 3, [9] * 3)
    packer = block.capacity.packer(None, NOTHING)
    assert packer.rank(np.array([2, 1, 0, 7])).tolist() == [0, 1, 2, 3]


class TestFullest:
    @settings(max_examples=200, deadline=None, database=None)
    @given(
        hours=st.lists(st.integers(1, 9), max_size=8),
        room=st.integers(-1, 30),
        least=st.integers(0, 4),
        most=st.integers(0, 9),
    )
    def test_it_equals_trying_every_choice(self, hours, room, least, most):
        choices = [
            chosen
            for count in range(least, min(most, len(hours)) + 1)
            for chosen in itertools.combinations(range(len(hours)), count)
            if sum(hours[place] for place in chosen) <= room
        ]
        found = fullest(hours, room, least, most)
        if not choices or room < 0:
            assert found is None
            return
        best, chosen = found
        assert best == max(sum(hours[place] for place in choice) for choice in choices)
        assert chosen in choices
        assert sum(hours[place] for place in chosen) == best


def test_a_tight_house_of_many_coaches_is_filled_to_the_last_hour():
    # Nine coaches of 40 hours and 6 heads get people who need exactly 360 hours in all.
    hours = [11, 9, 8, 7, 5]
    block = block_of([list(range(9))] * 5, hours, [9] * 5, [40] * 9, [6] * 9)
    packer = block.capacity.packer(None, np.arange(45))
    order = np.random.default_rng(3).permutation(45)
    assert all(packer.add(int(pair)) for pair in order[np.lexsort((packer.rank(order),))])
    served = np.ones(45, dtype=np.int64)
    assert problem_of(block, [1] * 45).is_satisfied_by(np.concatenate([served, packer.own()]))
