"""A part of a problem: its solutions are those of the whole around it, totals included."""

from dataclasses import replace

import numpy as np
import pytest

import placement_opt as po
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits


@pytest.fixture(scope="module")
def result():
    region = po.synthetic_region("rijk-van-nijmegen", candidates=60, openings=20, seed=2)
    return po.Model(region).solve(time_limit_s=20, reproducible=True, gap=1e-3)


def some_pairs(hand, share):
    random = np.random.default_rng(3)
    return np.flatnonzero(random.random(hand.formulation.n_pairs) < share)


def test_a_known_activity_makes_the_same_part(result):
    hand = result.at_hand
    pairs = some_pairs(hand, 0.1)
    one = part_of(hand.formulation, pairs, hand.solution)
    two = part_of(hand.formulation, pairs, hand.solution, activity=hand.activity)
    assert np.array_equal(one.own, two.own)
    assert np.array_equal(one.formulation.row_lower, two.formulation.row_lower)
    assert np.array_equal(one.formulation.row_upper, two.formulation.row_upper)


def test_in_a_part_more_or_fewer_people_can_be_placed(result):
    """The total of a balance between municipalities follows what each of them gets."""
    hand = result.at_hand
    whole, chosen = hand.formulation, hand.solution.chosen
    assert any(block.title == po.MunicipalityBalance.title for block in whole.blocks)
    part = part_of(whole, chosen, hand.solution)
    gain = part.formulation.objective.gain.copy()
    gain[: part.formulation.n_pairs] = -1_000_000
    objective = part.formulation.objective.of_integers(gain)
    emptier = replace(part.formulation, objective=objective)
    search = Search(emptier, SearchLimits(5, gap=0))
    CpSat().solve(emptier, search)
    found = part.outside(hand.solution, search.best)
    assert found.chosen.size < chosen.size
    assert whole.is_satisfied_by(found.values(whole))
