"""What is told beside the regret: places taken, why somebody is left, and what was never listed."""

import pandas as pd
import pytest

import placement_opt as po


def shared(positions=1):
    """Two people for one opening; the one of the higher priority is placed."""
    people = [po.Candidate(id="C-1", priority=5), po.Candidate(id="C-2")]
    work = [po.Opening(id="O-1", positions=positions)]
    return po.Model(po.Region(name="r", candidates=people, openings=work))


def texts(answer):
    return [reason.text for reason in answer.reasons]


@pytest.mark.parametrize("slack", [0.0, 5.0])
def test_a_placed_pair_loses_nothing_which_is_proven_with_the_plan_alone(slack):
    result = shared().solve(gap=0)
    if slack:
        update = {"status": po.Status.FEASIBLE, "bound": result.objective + slack}
        result = result.model_copy(update=update)
    answer = result.why_not("C-1", "O-1")
    assert answer.is_placed
    assert answer.loss_points == 0
    assert answer.regret_bounds == (0, pytest.approx(slack))
    assert answer.regret_points == (None if slack else 0)
    assert answer.is_proven is (not slack)


def test_that_all_positions_are_taken_is_told_with_who_has_them():
    result = shared().solve(gap=0)
    answer = result.why_not("C-2", "O-1")
    assert "all 1 positions are taken (by C-1)" in texts(answer)
    assert "alle 1 plaatsen zijn bezet (door C-1)" in [one.text_nl for one in answer.reasons]


def test_a_free_place_is_not_told_as_taken():
    model = shared(positions=2).add(po.ResourceLimit(per="region", limits=1))
    answer = model.solve(gap=0).why_not("C-2", "O-1")
    assert not [text for text in texts(answer) if "taken" in text]
    assert [reason.rule for reason in answer.reasons if reason.rule] == ["ResourceLimit"]


def test_why_somebody_is_left_is_told_last():
    result = shared().solve(gap=0)
    (left,) = result.unplaced_rows
    for opening in ("O-1", None):
        answer = result.why_not("C-2", opening)
        assert texts(answer)[-1] == left.text
        assert answer.reasons[-1].text_nl == left.text_nl


def test_a_pair_that_was_not_listed_is_told_as_such():
    pairs = pd.DataFrame({"candidate_id": ["C-1"], "opening_id": ["O-1"], "score": [3]})
    region = shared().region
    rules, terms = [po.OnePlacement(), po.OpeningCapacity()], [po.PairScore("score")]
    model = po.Model(region, pairs=pairs, rules=rules, objective=terms)
    answer = model.why_not("C-2", "O-1")
    assert not answer.is_eligible
    assert texts(answer) == ["the pair is not among the given pairs"]


def test_of_the_best_plan_the_regret_is_exact_though_its_bound_is_rounded():
    result = shared().solve(gap=0)
    result = result.model_copy(update={"bound": result.objective + 1e-7})
    assert result.status is po.Status.OPTIMAL
    answer = result.why_not("C-2", "O-1")
    assert answer.is_proven
    assert answer.regret_points == pytest.approx(answer.loss_points, abs=1e-12)
