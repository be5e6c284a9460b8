"""Each opening tells its places and why some are free; what it says is so by a plain reading."""

import pytest
from builders import region_with_everything
from hypothesis import HealthCheck, assume, given, settings
from tiny_models import MOST_PAIRS, all_plans, models, plan_at_hand, with_one_more
from tiny_regions import ids_of

import placement_opt as po

TINY = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def sound_with(compiled, result, pair):
    """Return the sound verdicts of the plan with one placement more, in each way it can be had."""
    plan = plan_at_hand(compiled, result)
    return [one for one in with_one_more(compiled, *plan, pair) if one.is_sound]


@TINY
@given(model=models())
def test_what_an_opening_tells_is_so(model):
    result = model.solve(solver="cp-sat", gap=0)
    assume(result.has_plan)
    compiled = model.compile()
    eligible = sorted(set(ids_of(compiled.pairs)))
    at_most = compiled.pairs.placements_per_candidate
    taken = [(row.candidate_id, row.opening_id) for row in result.placement_rows]
    placed = {candidate for candidate, _ in taken}
    assert [row.opening_id for row in result.opening_rows] == [
        id_
        for id_ in compiled.pairs.instance.opening_ids
        if compiled.pairs.instance.opening_of[id_].kind == "job"
    ]
    for row in result.opening_rows:
        opening = compiled.pairs.instance.opening_of[row.opening_id]
        here = [pair for pair in eligible if pair[1] == row.opening_id]
        left = [
            pair for pair in here if pair not in taken and (at_most > 1 or pair[0] not in placed)
        ]
        assert row.places == opening.positions
        assert row.filled == sum(pair[1] == row.opening_id for pair in taken)
        assert row.eligible_candidates == len(here)
        assert (row.reason == "closed") is (row.places == 0)
        assert (row.reason == "full") is (0 < row.places == row.filled)
        if row.filled >= row.places:
            continue
        assert (row.reason == "no_eligible_candidate") is (not here)
        assert (row.reason == "nobody_left") is (bool(here) and not left)
        assert row.reason != "room_left"
        for pair in left:
            better = [v.objective for v in sound_with(compiled, result, pair)]
            assert max(better, default=-(10**9)) <= result.objective + 1e-9
        if row.reason == "held_back":
            pair = (row.best_candidate_id, row.opening_id)
            assert pair in left
            assert list(sound_with(compiled, result, pair)) == []
            assert row.because in row.text


def solved(candidates, openings, *rules):
    region = po.Region(name="r", candidates=candidates, openings=openings)
    return po.Model(region, rules=[po.OnePlacement(), po.OpeningCapacity(), *rules]).solve()


def reasons(result):
    return {row.opening_id: row.text for row in result.opening_rows}


def test_the_words_of_each_reason():
    people = [po.Candidate(id=f"C-{n}") for n in range(3)]
    openings = [
        po.Opening(id="O-1", positions=1),
        po.Opening(id="O-2", positions=0),
        po.Opening(id="O-3", positions=4),
    ]
    told = reasons(solved(people, openings))
    assert told["O-1"] in (
        "full",
        "nobody eligible is left: of 3, 0 are placed here and 3 elsewhere",
    )
    assert told["O-2"] == "closed: 0 positions"
    few = reasons(solved(people, openings[2:], po.ResourceLimit(per="region", limits=1)))
    assert few["O-3"] == "no room for C-0, who is left: resource limit (region) is full" or few[
        "O-3"
    ].startswith("no room for C-")
    quiet = [po.Candidate(id="C-1", needs={"quiet"}), po.Candidate(id="C-2", needs={"quiet"})]
    nobody = reasons(solved(quiet, openings, po.WorkplaceNeeds()))
    assert nobody["O-3"] == "nobody is eligible: workplace needs removes 2 of 2"


def test_listed_pairs_and_what_brings_nothing():
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    )
    pairs = {"candidate_id": ["C-1", "C-2"], "opening_id": ["O-1", "O-1"], "score": [-1, -2]}
    model = po.Model(
        region,
        pairs=pairs,
        rules=[po.OnePlacement(), po.OpeningCapacity()],
        objective=[po.PairScore("score")],
    )
    rows = {row.opening_id: row for row in model.solve().opening_rows}
    assert rows["O-1"].reason == "not_worthwhile"
    assert rows["O-1"].best_candidate_id == "C-1"
    assert rows["O-2"].text == "nobody is eligible: no pair with this opening was given"


def test_openings_are_a_table_that_travels(tmp_path):
    result = po.Model(region_with_everything()).solve(gap=0)
    frame = result.openings
    assert frame["filled"].sum() == len(result.placement_rows)
    assert frame["places"].sum() == pytest.approx(
        sum(opening.positions for opening in region_with_everything().openings)
    )
    result.to_json(tmp_path / "plan.json")
    assert po.Result.from_json(tmp_path / "plan.json").openings.equals(frame)


@TINY
@given(model=models(hard=False))
def test_no_plan_gives_a_group_more_than_is_attainable(model):
    compiled = model.compile()
    assume(compiled.pairs.n_pairs <= MOST_PAIRS)
    told = {row.group: row.attainable_jobs for row in model.solve(solver="cp-sat").quota_rows}
    quota = next(rule for rule in model.rules if isinstance(rule, po.JobsQuota))
    for _, placements in all_plans(compiled):
        for standing in quota.positions(compiled.plan_of(placements)):
            assert float(standing.placed) <= told[standing.group] + 1e-9
