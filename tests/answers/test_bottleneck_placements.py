"""How many placements one more and one less of a limit bring, and how that is said."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import placement_opt as po
from placement_opt.answers.bottleneck_words import told
from placement_opt.answers.bottlenecks import _Again
from placement_opt.answers.pace import Pace
from placement_opt.answers.solve_again import SolvedAgain
from placement_opt.solvers.search.board import Solution


def heavy(limit):
    """Two light people, or one heavy person who is worth more than both."""
    people = [po.Candidate(id=f"C-{n}") for n in (1, 2, 3)]
    work = [po.Opening(id="O-1", positions=3)]
    pairs = pd.DataFrame(
        {
            "candidate_id": ["C-1", "C-2", "C-3"],
            "opening_id": "O-1",
            "score": [1, 1, 10],
            "weight": [1, 1, 3],
        }
    )
    rules = [po.OnePlacement(), po.ResourceLimit(uses="weight", per="region", limits=limit)]
    region = po.Region(name="heavy", candidates=people, openings=work)
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


def test_points_may_rise_where_placements_fall_and_the_words_say_so():
    row = heavy(2).solve(gap=0).bottlenecks(prove=1).iloc[0]
    assert (row["gain_points_of_one_more"], row["placements_of_one_more"]) == (8, -1)
    assert "1 more: 8 points, with 1 placement fewer" in row["text"]
    assert "1 meer: 8 punten, met 1 plaatsing minder" in row["text_nl"]
    row = heavy(3).solve(gap=0).bottlenecks(prove=1).iloc[0]
    assert (row["gain_points_of_one_less"], row["placements_of_one_less"]) == (-8, 1)
    assert "1 less: -8 points, with 1 placement more" in row["text"]
    assert "1 minder: -8 punten, met 1 plaatsing meer" in row["text_nl"]


@pytest.mark.parametrize(
    ("points", "placements", "words"),
    [
        (8, 2, "8 points and +2 placements"),
        (-8, -1, "-8 points and -1 placement"),
        (8, -2, "8 points, with 2 placements fewer"),
        (-8, 2, "-8 points, with 2 placements more"),
        (0, -1, "0 points and -1 placement"),
        (8, 0, "8 points"),
    ],
)
def test_placements_in_words(points, placements, words):
    row = {
        "group": "region",
        "side": "at most",
        "used": 2.0,
        "limit": 2.0,
        "unit": "weight",
        "price_points_per_unit": None,
        "price_low": None,
        "price_high": None,
        "step": 1.0,
        "is_proven": True,
        "gain_points_of_one_more": points,
        "placements_of_one_more": placements,
        "gain_low_of_one_more": points,
        "gain_high_of_one_more": points,
        "gain_points_of_one_less": None,
        "placements_of_one_less": None,
    }
    assert told(row, "limit", "en").endswith(f"1 more: {words}")


def again_with(hand, chosen):
    solution = Solution(np.array(chosen, dtype=np.int64), hand.solution.own)
    points = hand.formulation.worth(solution.values(hand.formulation))
    return SolvedAgain(hand.compiled, solution, None, Fraction(points))


def test_a_plan_that_is_no_better_than_the_known_one_changes_no_placements():
    hand = heavy(3).solve(gap=0).at_hand
    asking = _Again(hand, hand.points, Pace(0), n_questions=1)
    worse = again_with(hand, [0, 1])
    assert worse.points < hand.points
    gain = asking._told(worse, is_wider=True)
    assert (gain.points, gain.placements) == (0, 0)


def test_where_the_known_plan_no_longer_fits_what_was_found_counts():
    hand = heavy(3).solve(gap=0).at_hand
    asking = _Again(hand, hand.points, Pace(0), n_questions=1)
    tighter = replace(again_with(hand, [0, 1]), compiled=heavy(2).compile())
    gain = asking._told(tighter, is_wider=False)
    assert (gain.points, gain.placements) == (-8, 1)


def test_placements_are_counted_beside_the_better_plan_that_was_found_meanwhile():
    hand = heavy(3).solve(gap=0).at_hand
    poor = replace(hand, solution=Solution(np.array([0, 1]), hand.solution.own))
    asking = _Again(poor, hand.points, Pace(0), n_questions=2)
    better = again_with(hand, [2])
    asking._learn(better)
    gain = asking._told(better, is_wider=True)
    assert (gain.points, gain.placements) == (0, 0)
