"""Packing, parts and neighbourhoods around a plan with prices."""

from fractions import Fraction

import numpy as np
import pytest
from formulations import problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from priced_models import search_of
from tiny_search import best_own_values

from placement_opt.constraints.coaching_packer import BestFit
from placement_opt.formulation.own_variables import following, tightened
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.neighbourhood import Neighbourhoods
from placement_opt.solvers.plans.packing import packed, repacked
from placement_opt.solvers.search.base import Ending
from placement_opt.solvers.search.board import Solution


def packer_of(teams, hours, free, caseload=None, people=None, kept=None, liked=()):
    """Return a packer of classes, with `people` pairs in class order, and its (class, coach)."""
    of_class = np.array([t for t, team in enumerate(teams) for _ in team], dtype=np.intp)
    coach = np.array([k for team in teams for k in team], dtype=np.int64)
    people = people or [1] * len(teams)
    of_pair = np.repeat(np.arange(len(teams)), people)
    packer = BestFit(
        np.arange(of_pair.size),
        of_pair,
        np.array(hours, dtype=np.int64),
        of_class,
        coach,
        (np.array(free, dtype=np.int64), np.array(caseload or [9] * len(free), dtype=np.int64)),
        None if kept is None else np.array(kept, dtype=np.int64),
        np.array(liked, dtype=np.int64),
    )
    return packer, of_pair, of_class, coach


@st.composite
def packings(draw):
    """Draw teams of coaches, hours and people per class, and what each coach has free."""
    n_coaches = draw(st.integers(1, 4))
    team = st.sets(st.integers(0, n_coaches - 1), min_size=1).map(sorted)
    teams = draw(st.lists(team, min_size=1, max_size=4))
    n = len(teams)
    return {
        "teams": teams,
        "hours": draw(st.lists(st.integers(1, 6), min_size=n, max_size=n)),
        "people": draw(st.lists(st.integers(1, 4), min_size=n, max_size=n)),
        "free": draw(st.lists(st.integers(0, 14), min_size=n_coaches, max_size=n_coaches)),
        "caseload": draw(st.lists(st.integers(0, 4), min_size=n_coaches, max_size=n_coaches)),
    }


class TestBestFit:
    @settings(max_examples=300, deadline=None, database=None)
    @given(case=packings(), data=st.data())
    def test_what_it_hands_out_always_keeps_the_rows(self, case, data):
        packer, of_pair, of_class, coach = packer_of(**case)
        order = data.draw(st.permutations(range(of_pair.size)))
        added = [pair for pair in order if packer.add(pair)]
        first = packer.own()
        keeps_rows(case, first, of_class, coach, of_pair[added])
        # Some of the places are kept for some of the people, who come again in another order.
        kept = np.array([data.draw(st.integers(0, count)) for count in first.tolist()])
        liked = [pair for pair in added if data.draw(st.booleans())]
        packer, *_ = packer_of(**case, kept=kept, liked=liked)
        again = [pair for pair in data.draw(st.permutations(order)) if packer.add(pair)]
        keeps_rows(case, packer.own(), of_class, coach, of_pair[again])

    @settings(max_examples=100, deadline=None, database=None)
    @given(case=packings())
    def test_people_whose_places_are_kept_keep_them(self, case):
        packer, of_pair, *_ = packer_of(**case)
        added = [pair for pair in range(of_pair.size) if packer.add(pair)]
        kept = packer.own()
        packer, *_ = packer_of(**case, kept=kept, liked=added)
        assert all(packer.add(pair) for pair in reversed(added))
        assert packer.own().tolist() == kept.tolist()

    def test_places_kept_for_nobody_are_given_back(self):
        packer, *_ = packer_of([[0]], [4], [8], people=[2], kept=[2], liked=[])
        assert packer.own().tolist() == [0]

    def test_a_pair_without_coaching_asks_nothing(self):
        packer, *_ = packer_of([[0]], [4], [0])
        assert packer.add(99)
        assert not packer.add(0)

    def test_one_person_moves_to_make_room(self):
        packer, *_ = packer_of([[0, 1], [0]], [4, 4], [4, 5])
        assert packer.add(0)
        assert packer.own().tolist() == [1, 0, 0]
        assert packer.add(1)
        assert packer.own().tolist() == [0, 1, 1]

    def test_a_chain_of_moves_makes_room(self):
        packer, *_ = packer_of([[0, 1], [1, 2], [0]], [4, 4, 4], [4, 5, 6])
        assert packer.add(0)
        assert packer.add(1)
        assert packer.own().tolist() == [1, 0, 1, 0, 0]
        assert packer.add(2)
        assert packer.own().tolist() == [0, 1, 0, 1, 1]

    def test_two_people_swap_coaches_to_make_room(self):
        packer, *_ = packer_of([[0, 1], [0, 1], [0]], [5, 4, 1], [5, 5])
        assert packer.add(0)
        assert packer.add(1)
        assert packer.add(2)
        assert packer.own().tolist() == [0, 1, 1, 0, 1]

    def test_where_nothing_helps_nobody_moves(self):
        packer, *_ = packer_of([[0, 1], [0]], [4, 4], [4, 3])
        assert packer.add(0)
        assert not packer.add(1)
        assert packer.own().tolist() == [1, 0, 0]


def keeps_rows(case, own, of_class, coach, classes):
    hours = np.array(case["hours"])
    n_coaches = len(case["free"])
    assert np.all(own >= 0)
    used = np.bincount(coach, own * hours[of_class], n_coaches)
    heads = np.bincount(coach, own, n_coaches)
    assert np.all(used <= case["free"])
    assert np.all(heads <= case["caseload"])
    people = np.bincount(of_class, own, len(hours)).astype(int).tolist()
    assert people == np.bincount(classes, minlength=len(hours)).tolist()


class TestPacking:
    @pytest.mark.parametrize("seed", range(4))
    def test_any_wish_becomes_a_plan_that_keeps_every_row(self, priced, spare, seed):
        formulation, random = priced.formulation, np.random.default_rng(seed)
        wanted = int(random.integers(1, formulation.n_pairs))
        liked = np.sort(random.choice(formulation.n_pairs, wanted, replace=False))
        plan = packed(formulation, liked, spare, search_of(formulation).clock)
        assert formulation.is_satisfied_by(plan.values(formulation))

    def test_a_plan_repacked_around_itself_stays_as_it_is(self, priced, start):
        formulation = priced.formulation
        nothing = np.zeros(0, dtype=np.int64)
        plan = repacked(formulation, start.chosen, start, nothing, search_of(formulation).clock)
        assert plan.chosen.tolist() == start.chosen.tolist()
        assert formulation.gained(plan.values(formulation)) >= formulation.gained(
            tightened_values(formulation, start)
        )


def tightened_values(formulation, solution):
    values = solution.values(formulation)
    values[formulation.n_pairs :] = tightened(formulation, solution.chosen, solution.own)
    return values


class TestParts:
    @pytest.mark.parametrize("seed", range(3))
    def test_a_part_and_its_whole_agree(self, priced, start, seed):
        whole, random = priced.formulation, np.random.default_rng(seed)
        pairs = np.sort(random.choice(whole.n_pairs, 150, replace=False))
        free = random.random(whole.n_variables - whole.n_pairs) < 0.5
        part = part_of(whole, pairs, start, free)
        inside = part.inside(start)
        assert part.formulation.is_satisfied_by(inside.values(part.formulation))
        same = part.outside(start, inside)
        assert same.values(whole).tolist() == start.values(whole).tolist()

        search = search_of(part.formulation, time_limit_s=2)
        search.offer(inside, "around")
        CpSat().solve(part.formulation, search)
        found = part.outside(start, search.best)
        before, after = start.values(whole), found.values(whole)
        assert whole.is_satisfied_by(after)
        rise = search.gained - part.formulation.gained(inside.values(part.formulation))
        assert whole.gained(after) - whole.gained(before) == rise
        stays = np.ones(whole.n_variables, dtype=bool)
        stays[pairs] = stays[whole.n_pairs + part.own] = False
        assert after[stays].tolist() == before[stays].tolist()

    def test_without_a_plan_all_own_variables_belong_to_the_part(self, priced):
        whole = priced.formulation
        part = part_of(whole, np.arange(0, whole.n_pairs, 7), None)
        assert part.own.tolist() == list(range(whole.n_variables - whole.n_pairs))


class TestNeighbourhoods:
    def test_they_never_worsen_a_plan(self, priced, spare, start):
        formulation = priced.formulation
        search = search_of(formulation, time_limit_s=3600)
        search.offer(start, "start")
        relaxed = (
            priced.master,
            lambda chosen, around: repacked(formulation, chosen, around, spare, search.clock),
        )
        solvers = [Mip(in_process=True), CpSat()]
        improver = Improver(formulation, priced.first_core(), search, solvers, relaxed)
        gained = [search.gained]
        for _ in range(6):
            improver.step()
            gained.append(search.gained)
        assert gained == sorted(gained)
        assert gained[-1] > gained[0]
        assert search.rejected == []
        assert formulation.is_satisfied_by(search.best.values(formulation))

    def test_a_core_without_anybody_coached_has_no_holders_to_draw(self, priced, start):
        block = next(block for block in priced.formulation.blocks if block.capacity is not None)
        coached = np.flatnonzero(np.diff(block.usage.tocsc().indptr))
        others = np.setdiff1d(np.arange(priced.formulation.n_pairs), coached)
        part = part_of(priced.formulation, others, None)
        draws = Neighbourhoods(part.formulation, 1)
        around = Solution(np.zeros(0, dtype=np.int64), part.formulation.own_lower)
        assert all(draws.draw(around).pairs.size for _ in range(20))

    def test_a_solver_that_fails_at_once_gets_fewer_turns(self, priced, start):
        class Fails:
            name = "fails"
            turns = 0

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                del formulation, search
                Fails.turns += 1
                return Ending.FAILED

        search = search_of(priced.formulation, time_limit_s=3600)
        search.offer(start, "start")
        improver = Improver(priced.formulation, priced.first_core(), search, [Fails(), CpSat()])
        for _ in range(30):
            improver.step()
        assert Fails.turns < 10

    def test_without_a_plan_there_is_nothing_to_improve(self, priced):
        search = search_of(priced.formulation)
        improver = Improver(priced.formulation, priced.first_core(), search, [CpSat()])
        assert improver.step() is False


@st.composite
def followers(draw):
    """Draw a block whose own variables follow: some set by an equation, some by what is short."""
    n_pairs, n_set, n_short = draw(st.integers(1, 4)), draw(st.integers(0, 2)), 2
    bounds = st.tuples(st.integers(-1, 0), st.integers(0, 5))
    own = [draw(bounds) for _ in range(n_set + n_short)]
    gain = [0] * n_set + [-draw(st.integers(1, 9)) for _ in range(n_short)]
    usage, own_usage, lower, upper = [], [], [], []
    pair_amounts = st.lists(st.integers(0, 3), min_size=n_pairs, max_size=n_pairs)
    for at in range(n_set):
        usage.append(draw(pair_amounts))
        own_usage.append([-(other == at) for other in range(len(own))])
        lower.append(0)
        upper.append(0)
    for at in range(n_short):
        for _ in range(draw(st.integers(1, 2))):
            usage.append(draw(pair_amounts))
            amount, beside = draw(st.integers(1, 3)), draw(st.integers(-2, 2))
            own_usage.append(
                [beside] * min(n_set, 1)
                + [0] * (n_set - 1)
                + [amount * (other == at) for other in range(n_short)]
            )
            lower.append(draw(st.integers(-2, 8)))
            upper.append(draw(st.sampled_from([NO_UPPER, NO_UPPER, 9])))
    block = rows("follow", usage, lower, upper, [(*b, g) for b, g in zip(own, gain, strict=True)],
                 own_usage)  # fmt: skip
    variables = block.variables
    follow = Variables(variables.lower, variables.upper, variables.gain, follow=True)
    return RowBlock(
        block.title, block.labels, block.usage, block.lower, block.upper, follow,
        block.variable_usage,
    )  # fmt: skip


class TestFollowing:
    @settings(max_examples=200, deadline=None, database=None)
    @given(block=followers(), data=st.data())
    def test_it_equals_an_exhaustive_search(self, block, data):
        ones = [data.draw(st.integers(0, 1)) for _ in range(block.usage.shape[1])]
        used = block.usage @ np.array(ones, dtype=np.int64)
        lower = np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - used)
        upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
        values = following(block, lower, upper)
        best = best_own_values(block, ones)
        assert (values is None) is (best is None)
        if values is not None:
            gains = zip(block.variables.gain, values.tolist(), strict=True)
            assert sum((gain * value for gain, value in gains), Fraction(0)) == best[0]

    def test_an_offer_takes_shortfalls_down_and_else_keeps_the_object(self):
        block = rows("short", [[1, 1]], [2], [NO_UPPER], [(0, 5, -1)], [[1]])
        variables = block.variables
        follow = Variables(variables.lower, variables.upper, variables.gain, follow=True)
        block = RowBlock(block.title, block.labels, block.usage, block.lower, block.upper, follow,
                         block.variable_usage)  # fmt: skip
        formulation = problem([1, 1], [block])
        for own, is_kept in ((3, False), (1, True)):
            search = search_of(formulation)
            offered = one_pair_with(own)
            assert search.offer(offered, "hand")
            assert search.best.own.tolist() == [1]
            assert (search.best is offered) is is_kept


def one_pair_with(own):
    return Solution(np.array([0], dtype=np.int64), np.array([own], dtype=np.int64))
