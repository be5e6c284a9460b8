"""Stability: who would rather have each other, against known matchings and other readings."""

import itertools
import random

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rankings import rank

import placement_opt as po
from placement_opt.instance.blocking import blocking_pairs

ONE_EACH = po.MatchScore(
    skill_points=1, wish_points=0, preference_points=0, travel_points=0, hours_points=0
)
"""A placement gives a point: an opening that requires nothing is fully covered."""


def region_of(wishes, preferences, positions=None):
    """Return a region of people C-0, ... and openings O-0, ... with those rankings."""
    places = positions or [1] * len(preferences)
    return po.Region(
        name="two sides",
        candidates=[po.Candidate(id=f"C-{n}", wishes=wish) for n, wish in enumerate(wishes)],
        openings=[
            po.Opening(id=f"O-{n}", preferences=wanted, positions=places[n])
            for n, wanted in enumerate(preferences)
        ],
    )


def model_of(region, *rules, **options):
    basic = [po.OnePlacement(), po.OpeningCapacity()]
    return po.Model(region, rules=[*basic, *rules], objective=[ONE_EACH], **options)


def placed(result):
    return dict(
        zip(result.placements["candidate_id"], result.placements["opening_id"], strict=True)
    )


# Two people and two openings who all disagree: each side has its own stable matching.
OPPOSED = region_of((["O-0", "O-1"], ["O-1", "O-0"]), (["C-1", "C-0"], ["C-0", "C-1"]))


def test_both_matchings_of_opposed_sides_are_stable():
    found = model_of(OPPOSED, po.Stability()).solve()
    assert found.status == po.Status.OPTIMAL
    assert found.blocking_pairs.empty
    assert sorted(placed(found).values()) == ["O-0", "O-1"]


def test_a_pair_that_would_rather_have_each_other_is_told_with_what_both_have():
    region = region_of((["O-0", "O-1"], ["O-0", "O-1"]), (["C-0", "C-1"], ["C-0", "C-1"]))
    model = model_of(region, po.FixedPlacements(placements=[("C-0", "O-1"), ("C-1", "O-0")]))
    found = model.solve()
    assert found.blocking_pairs.to_dict("records") == [
        {
            "candidate_id": "C-0",
            "opening_id": "O-0",
            "candidate_rank": 1.0,
            "opening_rank": 1.0,
            "present_opening_id": "O-1",
            "present_rank": 2.0,
            "displaced_candidate_id": "C-1",
            "displaced_rank": 2.0,
        }
    ]
    assert "1 pairs of a person and an opening would rather have each other" in found.summary()
    assert "1 koppels" in found.summary("nl")
    forced = model.add(po.Stability())
    assert forced.solve().status == po.Status.INFEASIBLE
    assert model.add(po.Stability(max_blocking_pairs=1)).solve().status == po.Status.OPTIMAL
    paid = model.add(po.Stability(price=0.25)).solve()
    assert paid.objective == pytest.approx(2 - 0.25)


def test_nothing_is_told_where_nobody_ranks():
    region = region_of(([], []), ([], []))
    found = model_of(region).solve()
    assert found.blocking_rows is None
    assert found.blocking_pairs.empty
    assert "would rather" not in found.summary()
    assert model_of(region, po.Stability()).solve().objective == 2


def test_an_opening_without_preferences_blocks_with_nobody():
    region = region_of((["O-0"], ["O-0"]), ([],))
    assert model_of(region, po.Stability()).solve().blocking_pairs.empty


def test_a_wish_for_a_sector_is_one_for_each_of_its_openings():
    region = po.Region(
        name="sectors",
        candidates=[po.Candidate(id="C-0", wishes=["care"])],
        openings=[
            po.Opening(id="O-0", sector_of_work="care", preferences=["C-0"]),
            po.Opening(id="O-1", sector_of_work="food", preferences=["C-0"]),
        ],
    )
    fixed = po.FixedPlacements(placements=[("C-0", "O-1")])
    assert model_of(region, fixed).solve().blocking_pairs["opening_id"].tolist() == ["O-0"]


def test_ranks_come_from_columns_and_a_missing_one_is_not_acceptable():
    frame = pd.DataFrame(
        {
            "candidate_id": ["C-0", "C-0", "C-1"],
            "opening_id": ["O-0", "O-1", "O-0"],
            "candidate_rank": [2, 1, None],
            "opening_rank": [1, 1, 2],
        }
    )
    region = region_of(([], []), ([], []))
    fixed = po.FixedPlacements(placements=[("C-0", "O-0")])
    found = model_of(region, fixed, pairs=frame).solve()
    assert found.blocking_pairs[["candidate_id", "opening_id"]].values.tolist() == [["C-0", "O-1"]]
    values = frame.drop(columns="opening_rank")
    assert model_of(region, fixed, pair_values=values).solve().blocking_rows is None
    told = model_of(region, fixed, po.Stability(max_blocking_pairs=1), pair_values=frame).solve()
    assert len(told.blocking_rows) == 1


def test_a_rank_below_one_is_refused():
    frame = {"candidate_id": ["C-0"], "opening_id": ["O-0"], "candidate_rank": [0]}
    region = region_of(([],), ([],))
    with pytest.raises(po.InvalidInputError, match="from 1 to"):
        model_of(region, po.Stability(), pairs=frame).compile()


@st.composite
def rankings(draw, names):
    """Draw a ranking of some of the names, with ties."""
    order = draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names)))
    ranking = []
    while order:
        size = draw(st.sampled_from((1, 1, 2)))
        tie, order = order[:size], order[size:]
        ranking.append(tie[0] if len(tie) == 1 else tuple(tie))
    return ranking


@st.composite
def markets(draw):
    people, work = ["C-0", "C-1", "C-2"], ["O-0", "O-1", "O-2"]
    wishes = [draw(rankings(work)) for _ in people]
    preferences = [draw(rankings(people)) for _ in work]
    positions = [draw(st.sampled_from((1, 1, 2))) for _ in work]
    return region_of(wishes, preferences, positions)


def blocks(region, plan, person, work, strength):
    """Judge one pair by the words of the definition, on places in the rankings."""
    mine, theirs = rank(person.wishes, work.id), rank(work.preferences, person.id)
    if mine is None or theirs is None or plan.get(person.id) == work.id:
        return False
    has = plan.get(person.id)
    had = None if has is None else rank(person.wishes, has)
    staff = [rank(work.preferences, c) for c, o in plan.items() if o == work.id]
    worst = [99 if place is None else place for place in staff]
    mine_now = 99 if had is None else had
    if len(staff) < work.positions:
        gain, no_loss = True, True
    else:
        gain, no_loss = max(worst) > theirs, max(worst) >= theirs
    return {
        "weak": mine_now > mine and gain,
        "strong": (mine_now > mine and no_loss) or (mine_now >= mine and gain),
        "super": mine_now >= mine and no_loss,
    }[strength]


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("strength", ["weak", "strong", "super"])
@FEW
@given(region=markets(), most=st.sampled_from((0, 0, 1)))
def test_the_best_stable_plan_is_the_best_of_all_plans_that_are_stable(strength, region, most):
    people, work = region.candidates, region.openings
    best = None
    for choice in itertools.product([None, *(o.id for o in work)], repeat=len(people)):
        plan = {p.id: o for p, o in zip(people, choice, strict=True) if o is not None}
        if any(sum(o == one.id for o in plan.values()) > one.positions for one in work):
            continue
        count = sum(
            blocks(region, plan, person, one, strength) for person in people for one in work
        )
        if count <= most:
            best = max(len(plan), -1 if best is None else best)
    rule = po.Stability(max_blocking_pairs=most, strength=strength)
    found = model_of(region, rule).solve(solver="cp-sat")
    assert (None if found.objective is None else round(found.objective)) == best
    if best is not None:
        plan = placed(found)
        told = {(row.candidate_id, row.opening_id) for row in found.blocking_rows or ()}
        every = itertools.product(people, work)
        wanted = {(p.id, o.id) for p, o in every if blocks(region, plan, p, o, strength)}
        assert told == wanted


@FEW
@given(region=markets())
def test_weakly_stable_plans_always_exist_and_stronger_ones_are_fewer(region):
    plans = [
        model_of(region, po.Stability(strength=s)).solve() for s in ("weak", "strong", "super")
    ]
    assert plans[0].has_plan
    found = [plan.objective for plan in plans if plan.has_plan]
    assert found == sorted(found, reverse=True)


def test_stability_costs_points_and_its_price_says_how_many():
    draws = random.Random(5)
    people, work = [f"C-{n}" for n in range(14)], [f"O-{n}" for n in range(10)]
    region = region_of(
        [draws.sample(work, 6) for _ in people], [draws.sample(people, 9) for _ in work]
    )
    wishes = po.MatchScore(
        skill_points=1, wish_points=100, preference_points=0, travel_points=0, hours_points=0
    )

    def best(*rules):
        basic = [po.OnePlacement(), po.OpeningCapacity()]
        found = po.Model(region, rules=[*basic, *rules], objective=[wishes]).solve(gap=0)
        assert found.status == po.Status.OPTIMAL
        return found

    free, calm = best(), best(po.Stability())
    n_blocking = len(free.blocking_rows)
    assert n_blocking > 0
    assert len(calm.blocking_rows) == 0
    assert calm.objective < free.objective
    paid = best(po.Stability(price=1))
    assert max(calm.objective, free.objective - n_blocking) <= paid.objective + 1e-6
    assert paid.objective + len(paid.blocking_rows) <= free.objective + 1e-6
    # Allowing more never costs: the curve from calm to free.
    curve = [best(po.Stability(max_blocking_pairs=k)).objective for k in range(n_blocking + 1)]
    assert curve == sorted(curve)
    assert curve[0] == pytest.approx(calm.objective)
    assert curve[-1] == pytest.approx(free.objective)


def test_stacked_jobs_count_the_best_of_them():
    region = region_of((["O-0", "O-1"],), (["C-0"], ["C-0"]))
    rules = [po.OnePlacement(at_most=2), po.OpeningCapacity(), po.Stability()]
    plan = po.Model(region, rules=rules, objective=[ONE_EACH]).solve()
    assert plan.objective == 2
    compiled = po.Model(region, rules=rules, objective=[ONE_EACH]).compile()
    one = compiled.plan_of([compiled.plan_of([]).eligible["C-0", "O-1"]])
    assert [pair.opening_id for pair in blocking_pairs(one)] == ["O-0"]
