"""Crews: nobody, or at least so many."""

import itertools

import pytest
from crew_regions import region_of
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po


def staff_of(result):
    return result.placements["opening_id"].value_counts().to_dict()


def test_who_are_too_few_are_no_crew_and_the_reason_says_so():
    found = po.solve(region_of(2, [(5, 3), (1, None)]))
    assert staff_of(found) == {"O-1": 1}
    alone = po.solve(region_of(2, [(5, 3)]))
    assert alone.status == po.Status.OPTIMAL
    assert alone.placements.empty
    assert alone.unplaced["because"].tolist() == ["crew of an opening"] * 2
    assert "ploeg van een vacature" in alone.unplaced["text_nl"][0]
    assert alone.unplaced["text"][0].endswith("(O-0: too few) asks for more people")
    assert alone.unplaced["text_nl"][0].endswith("vraagt meer mensen")


@pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
def test_a_crew_draws_people_from_where_they_would_score_more(solver):
    region = region_of(3, [(3, 3), (1, None)])
    frame = {
        "candidate_id": [f"C-{n}" for n in range(3)] + ["C-0"],
        "opening_id": ["O-0"] * 3 + ["O-1"],
        "score": [1, 2, 2, 4],
    }
    model = po.Model(region, pairs=frame, objective=[po.PairScore("score")])
    assert "Crews" in {type(rule).__name__ for rule in model.rules}
    found = model.solve(solver=solver)
    assert staff_of(found) == {"O-0": 3}
    assert found.objective == 5
    frame["score"][3] = 6
    model = po.Model(region, pairs=frame, objective=[po.PairScore("score")])
    assert staff_of(model.solve(solver=solver)) == {"O-1": 1}


def test_a_crew_of_one_is_no_rule():
    region = region_of(1, [(1, 1)])
    assert all(not isinstance(rule, po.Crews) for rule in po.Model(region).rules)
    with pytest.raises(po.InvalidInputError, match="crew_minimum"):
        po.Opening(id="O", crew_minimum=0)


@settings(max_examples=40, deadline=None)
@given(
    scores=st.lists(
        st.tuples(*[st.one_of(st.none(), st.integers(1, 9))] * 3), min_size=1, max_size=4
    ),
    crews=st.tuples(*[st.tuples(st.integers(0, 4), st.sampled_from((None, 2, 3)))] * 3),
    solver=st.sampled_from(("auto", "cp-sat", "mip")),
)
def test_the_best_plan_with_crews_is_that_of_trying_out_all(scores, crews, solver):
    region = region_of(len(scores), crews)
    pairs = [(c, o) for c, row in enumerate(scores) for o, s in enumerate(row) if s is not None]
    if not pairs:
        return
    frame = {
        "candidate_id": [f"C-{c}" for c, _ in pairs],
        "opening_id": [f"O-{o}" for _, o in pairs],
        "score": [scores[c][o] for c, o in pairs],
    }
    found = po.Model(region, pairs=frame, objective=[po.PairScore("score")]).solve(solver=solver)
    best = 0
    for choice in itertools.product((None, 0, 1, 2), repeat=len(scores)):
        chosen = [(c, o) for c, o in enumerate(choice) if o is not None]
        counts = [sum(at == o for _, at in chosen) for o in range(3)]
        if all(scores[c][o] is not None for c, o in chosen) and all(
            count <= places and (count == 0 or least is None or count >= least)
            for count, (places, least) in zip(counts, crews, strict=True)
        ):
            best = max(best, sum(scores[c][o] for c, o in chosen))
    assert found.status == po.Status.OPTIMAL
    assert found.objective == best
