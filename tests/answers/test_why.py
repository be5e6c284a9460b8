"""Why a person has this placement: numbers of the plan, regrets by brute force, who sees what."""

import pytest
from builders import region_with_everything
from hypothesis import HealthCheck, assume, given, settings
from tiny_models import MOST_PAIRS, all_plans, models
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.answers.why import Why

TINY = settings(
    max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@TINY
@given(model=models())
def test_each_regret_is_the_difference_of_two_brute_force_optima(model):
    compiled = model.compile()
    assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
    result = model.solve(gap=0, solver="cp-sat")
    assume(result.status is po.Status.OPTIMAL)
    plans = [
        (verdict.objective, {(p.candidate_id, p.opening_id) for p in placements})
        for verdict, placements in all_plans(compiled)
    ]
    best = max(objective for objective, _ in plans)
    candidate = ids_of(compiled.pairs)[0][0]
    found = result.why(candidate, k=9)
    told = {one.opening_id: one for one in found.runner_ups}
    placed = {row.opening_id for row in found.placements}
    assert set(told) | placed == {o for c, o in ids_of(compiled.pairs) if c == candidate}
    for opening, one in told.items():
        held = [objective for objective, pairs in plans if (candidate, opening) in pairs]
        assert one.is_possible is bool(held)
        if held:
            assert one.regret_points == pytest.approx(float(best - max(held)), abs=1e-6)
        else:
            assert one.regret_points is None


@pytest.fixture(scope="module")
def result():
    return po.Model(region_with_everything()).solve(gap=0)


def test_numbers_are_those_of_the_plan(result):
    for row in result.placement_rows:
        found = result.why(row.candidate_id, k=0)
        assert found.placements == (row,)
        assert sum(term.points for term in found.terms) == pytest.approx(row.points)
        assert found.costs == tuple(
            cost for cost in result.cost_rows if cost.candidate_id == row.candidate_id
        )
        assert found.unplaced is None
    for left in result.unplaced_rows:
        found = result.why(left.candidate_id, k=0)
        assert (found.placements, found.terms, found.unplaced) == ((), (), left)
    with pytest.raises(po.UnknownIdError, match="C-99"):
        result.why("C-99")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_reader_sees_what_it_may(result, language):
    region = result.model.region
    others = {record.id for record in (*region.candidates, *region.coaches)}
    work = {opening.id for opening in region.openings}
    for candidate in region.candidates:
        found = result.why(candidate.id, k=1)
        texts = {to: found.text(language, to=to) for to in ("person", "consultant", "employer")}
        own = {row.opening_id for row in found.placements}
        for to in ("person", "employer"):
            assert not [id_ for id_ in others - {candidate.id} if id_ in texts[to]]
            assert "EUR" not in texts[to]
        assert "coach" not in texts["employer"]
        assert not [id_ for id_ in work - own if id_ in texts["employer"]]
        assert len(texts["employer"].splitlines()) == max(1, len(own))
        for row in found.placements:
            assert row.opening_id in texts["person"]
            assert row.coach_id is None or row.coach_id in texts["consultant"]
        if found.unplaced is not None:
            told = found.unplaced.text if language == "en" else found.unplaced.text_nl
            assert told in texts["consultant"]
            assert told not in texts["person"]


def test_the_answer_is_a_record_in_json(result):
    found = result.why("C-01", k=1)
    assert Why.model_validate_json(found.model_dump_json()) == found


def test_beyond_small_regions_no_regret_is_guessed(result, monkeypatch):
    monkeypatch.setattr("placement_opt.answers.why.MOST_PAIRS", 1)
    found = result.why("C-01", k=5)
    assert found.runner_ups
    assert all(one.regret_points is None for one in found.runner_ups)
    points = [one.points for one in found.runner_ups]
    assert points == sorted(points, reverse=True)
    assert "loses" not in found.text()


def test_runner_ups_tell_the_rows_without_room_and_what_the_prices_say():
    """One place and two people: the one who is left finds it taken, at a price."""
    people = [po.Candidate(id="C-1"), po.Candidate(id="C-2", priority=5)]
    region = po.Region(
        name="r",
        candidates=people,
        openings=[po.Opening(id="O-1", employer="E-1", positions=2)],
        employers=[po.Employer(id="E-1", supervision_places=1)],
    )
    result = po.Model(region).solve(gap=0)
    (one,) = result.why("C-1").runner_ups
    assert [reason.rule for reason in one.reasons] == ["SupervisionPlaces"]
    assert one.price_points == pytest.approx(one.regret_points)
    assert "supervision places" in result.why("C-1").text()
    assert "E-1" not in result.why("C-1").text(to="employer")


def test_each_result_tells_its_own_rows(result):
    placed = result.placement_rows[0]
    assert result.why(placed.candidate_id).placements == (placed,)
    other = result.model_copy(update={"placement_rows": result.placement_rows[1:]})
    assert other.why(placed.candidate_id).placements == ()
    assert result.why(placed.candidate_id).placements == (placed,)
