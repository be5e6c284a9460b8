"""Few coaches: at most so many different ones come to a group, or each beyond that at a price."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.formulation.own_variables import tightened


def region_of(people, coaches):
    """Return a region of people (employer, coaching hours) and coaches (hours, caseload)."""
    employers = sorted({employer for employer, _ in people})
    return po.Region(
        name="few coaches",
        candidates=[
            po.Candidate(id=f"C-{n}", coaching_hours_per_week=hours)
            for n, (_, hours) in enumerate(people)
        ],
        employers=[po.Employer(id=employer) for employer in employers],
        openings=[
            po.Opening(id=f"O-{n}", employer=employer) for n, (employer, _) in enumerate(people)
        ],
        coaches=[
            po.Coach(id=f"K-{n}", hours_per_week=hours, max_caseload=heads)
            for n, (hours, heads) in enumerate(coaches)
        ],
    )


def model_of(people, coaches, points=10, **few):
    """Return a model in which each person has one opening, at an employer."""
    n_people = len(people)
    frame = {
        "candidate_id": [f"C-{n}" for n in range(n_people)],
        "opening_id": [f"O-{n}" for n in range(n_people)],
        "score": [points] * n_people,
    }
    objective = [po.PairScore("score")]
    model = po.Model(region_of(people, coaches), pairs=frame, objective=objective)
    return model.add(po.FewCoaches(**few)) if few else model


def coaches_of(result):
    return result.placements.groupby("employer_id")["coach_id"].nunique().to_dict()


TWO_AND_TWO = [("E-0", 2), ("E-0", 3), ("E-1", 2), ("E-1", 3)]


def test_each_employer_sees_one_face_where_hours_allow_it():
    found = model_of(TWO_AND_TWO, [(5, None), (5, None)], at_most=1).solve()
    assert len(found.placements) == 4
    assert coaches_of(found) == {"E-0": 1, "E-1": 1}
    assert found.coaches["hours_per_week"].tolist() == [5, 5]


def test_who_would_need_another_coach_is_left_and_the_reason_says_so():
    people, coaches = [("E-0", 2)] * 3, [(4, None), (4, None)]
    assert len(model_of(people, coaches).solve().placements) == 3
    model = model_of(people, coaches, at_most=1)
    found = model.solve()
    assert len(found.placements) == 2
    assert found.unplaced["because"].tolist() == ["few coaches"]
    assert "few coaches" in found.unplaced["text"][0]
    assert "weinig jobcoaches" in found.unplaced["text_nl"][0]
    assert len(model_of(people, coaches, at_most={"E-0": 2}).solve().placements) == 3


def test_at_a_price_another_coach_comes_where_it_pays():
    people, coaches = [("E-0", 2)] * 3, [(4, None), (4, None)]
    cheap = model_of(people, coaches, at_most=1, price=4).solve()
    assert len(cheap.placements) == 3
    assert cheap.objective == 30 - 4
    dear = model_of(people, coaches, at_most=1, price=11).solve()
    assert (len(dear.placements), dear.objective) == (2, 20)
    told = cheap.terms.set_index("term")["points"]
    assert told["FewCoaches shortfall"] == -4


def test_it_takes_the_place_of_coaching():
    model = model_of(TWO_AND_TWO, [(5, None)], at_most=1)
    assert [rule.rule for rule in model.rules if isinstance(rule, po.Coaching)] == ["FewCoaches"]
    both = po.Model(model.region, rules=[po.Coaching(), po.FewCoaches(at_most=1)])
    assert [rule.rule for rule in both.rules] == ["FewCoaches"]
    with pytest.raises(po.InvalidInputError, match="at_most"):
        po.FewCoaches()
    with pytest.raises(po.InvalidInputError, match="employer"):
        model_of(TWO_AND_TWO, [(5, None)], at_most={"E-9": 1}).solve()


@pytest.mark.parametrize("price", [None, 3])
def test_a_plan_given_to_start_from_keeps_its_coaches_where_they_are_few(price):
    people, coaches = TWO_AND_TWO, [(9, None), (9, None)]
    model = model_of(people, coaches, at_most=1, price=price)
    few = [("C-0", "O-0", "K-1"), ("C-1", "O-1", "K-1"), ("C-2", "O-2", "K-0")]
    many = [("C-0", "O-0", "K-1"), ("C-1", "O-1", "K-0")]
    names = ("candidate_id", "opening_id", "coach_id")
    for rows in (few, many):
        frame = dict(zip(names, zip(*rows, strict=True), strict=True))
        found = model.solve(start=frame)
        assert found.status == po.Status.OPTIMAL
        assert found.objective == 40


def test_a_search_that_pays_too_much_is_mended():
    model = model_of(TWO_AND_TWO, [(9, None), (9, None)], at_most=0, price=2)
    formulation = model.compile().formulation
    (block,) = (one for one in formulation.blocks if one.n_own)
    gain, best = best_own_values(block, [1] * 4)
    assert gain == -4
    paid = [number for number, each in enumerate(block.variables.gain) if each]
    own = np.array(best, dtype=np.int64)
    own[paid] = 2
    assert tightened(formulation, np.arange(4), own).tolist() == best


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(
        st.tuples(st.sampled_from(("E-0", "E-1")), st.sampled_from((1, 2, 2.5))),
        min_size=1,
        max_size=4,
    ),
    coaches=st.lists(
        st.tuples(st.sampled_from((2, 4.5, 9)), st.sampled_from((None, 1, 2))),
        min_size=1,
        max_size=3,
    ),
    at_most=st.sampled_from((0, 1, 2)),
    price=st.sampled_from((None, 4, 10.5)),
    stacked=st.booleans(),
    solver=st.sampled_from(("auto", "cp-sat", "mip")),
)
def test_the_best_plan_is_that_of_trying_out_all(people, coaches, at_most, price, stacked, solver):
    model = model_of(people, coaches, at_most=at_most, price=price)
    if stacked:
        model.add(po.OnePlacement(at_most=2))
    found = model.solve(solver=solver)
    best = 0
    for choice in itertools.product((None, *range(len(coaches))), repeat=len(people)):
        served = [(n, k) for n, k in enumerate(choice) if k is not None]
        of_coach = [
            [people[n][1] for n, k in served if k == coach] for coach in range(len(coaches))
        ]
        if any(
            sum(own) > hours or (heads is not None and len(own) > heads)
            for own, (hours, heads) in zip(of_coach, coaches, strict=True)
        ):
            continue
        come = {"E-0": set(), "E-1": set()}
        for n, k in served:
            come[people[n][0]].add(k)
        beyond = sum(max(0, len(there) - at_most) for there in come.values())
        if price is not None or beyond == 0:
            best = max(best, 10 * len(served) - (price or 0) * beyond)
    assert found.status == po.Status.OPTIMAL
    assert found.objective == best
