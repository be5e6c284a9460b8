"""A plan after something changed: brute force over plans within k changes, and what is told."""

import itertools

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from monday_regions import THREE, changes_of, listed, pairs_of, scored
from tiny_models import MOST_PAIRS, all_plans, models

import placement_opt as po
from placement_opt.basics.quantities import read_number
from placement_opt.constraints import rule_from_json
from placement_opt.instance.placement import Placement

TINY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def mondays(draw):
    """Draw a solved model and its region with changes in it: limits moved, people changed."""
    model = draw(models())
    result = model.solve(solver="cp-sat", gap=0)
    assume(result.has_plan)
    other = draw(models())  # another region with the same ids
    changed = model.region
    which = draw(st.sampled_from(("same", "people", "openings", "fewer")))
    ids = {opening.id for opening in model.region.openings}
    if which == "people":
        there = {candidate.id: candidate for candidate in other.region.candidates}
        known = {coach.id for coach in model.region.coaches}

        def fits(candidate):
            return candidate.coach in {None, *known} and candidate.current_opening in {None, *ids}

        people = [
            new if (new := there.get(c.id)) is not None and fits(new) else c
            for c in model.region.candidates
        ]
        changed = moved(model.region, candidates=people)
    elif which == "openings":
        closed = [
            opening.model_copy(update={"positions": draw(st.integers(0, 2))})
            for opening in model.region.openings
        ]
        changed = moved(model.region, openings=closed)
    elif which == "fewer" and len(model.region.candidates) > 1:
        changed = moved(model.region, candidates=model.region.candidates[1:])
    return result, changed


def moved(region, **fields):
    kept = {name: getattr(region, name) for name in type(region).model_fields}
    try:
        return po.Region(**{**kept, "fixed_placements": (), **fields})
    except po.InvalidInputError:
        assume(False)


def check_best(result, changed, *, most=None, price=None):
    """Replan equals the best of all plans, by counting changes on plain pairs."""
    bare = result.model.of_region(changed)
    try:
        compiled = bare.compile()
    except po.InvalidInputError:
        assume(False)
    assume(compiled.pairs.n_pairs <= MOST_PAIRS)
    before = [pair for pair in pairs_of(result) if pair[0] in {c.id for c in changed.candidates}]
    values = []
    for verdict, placements in all_plans(compiled):
        made = changes_of(before, [(p.candidate_id, p.opening_id) for p in placements])
        if most is None or made <= most:
            values.append(verdict.objective - made * read_number(price or 0))
    new = po.replan(result, changed, max_changes=most, change_price=price, gap=0, solver="cp-sat")
    if not values:
        assert new.status is po.Status.INFEASIBLE
        return
    assert new.status is po.Status.OPTIMAL
    assert new.objective == pytest.approx(float(max(values)), abs=1e-9)
    assert len(new.change_rows) == changes_of(before, pairs_of(new))
    assert most is None or len(new.change_rows) <= most
    told = {(row.candidate_id, row.before, row.after) for row in new.change_rows}
    old, now = dict(before), dict(pairs_of(new))
    if len(old) == len(before) and len(now) == len(new.placement_rows):
        ids = {*old, *now}
        assert told == {
            (one, old.get(one), now.get(one)) for one in ids if old.get(one) != now.get(one)
        }
    assert po.check_result(changed, new).is_sound


@TINY
@given(monday=mondays(), most=st.integers(0, 3))
def test_within_so_many_changes_it_is_the_best_of_all_plans(monday, most):
    check_best(*monday, most=most)


@TINY
@given(monday=mondays(), price=st.sampled_from((0, 0.5, 33.333333, 800)))
def test_with_a_price_it_is_the_best_of_all_plans(monday, price):
    check_best(*monday, price=price)


@TINY
@given(monday=mondays(), most=st.integers(0, 2), price=st.sampled_from((0.5, 60)))
def test_with_both_it_is_the_best_of_all_plans(monday, most, price):
    check_best(*monday, most=most, price=price)


def test_the_value_of_changes_is_that_of_each_plan():
    rows = [(f"C-{c}", f"O-{o}", (c * o) % 7 + 1) for c, o in itertools.product(range(4), range(4))]
    old = listed(range(4), range(4), [(f"C-{n}", f"O-{n}", 1) for n in range(4)]).solve()
    curve = po.value_of_changes(old, upto=4, pairs=scored(rows), gap=0)
    assert curve["max_changes"].tolist() == [0, 1, 2, 3, 4]
    assert curve["is_proven"].all()
    best = [po.replan(old, pairs=scored(rows), max_changes=n, gap=0).objective for n in range(5)]
    assert curve["objective"].tolist() == best
    assert curve["gain"].tolist()[1:] == [b - a for a, b in itertools.pairwise(best)]
    assert best[0] == sum(score for c, o, score in rows if c[2:] == o[2:])
    assert (curve["changes"] <= curve["max_changes"]).all()
    assert best[0] == best[1] < best[2]


def test_a_result_from_a_file_answers_with_its_model(tmp_path):
    model = listed((1, 2), (1, 2), THREE)
    old = model.solve()
    old.to_json(tmp_path / "plan.json")
    read = po.Result.from_json(tmp_path / "plan.json", model=listed((1, 2), (1, 2), THREE))
    assert read == old
    assert read.why_not("C-1", "O-1") == old.why_not("C-1", "O-1")
    assert po.replan(read, max_changes=0).placements.equals(old.placements)
    bare = po.Result.from_json(tmp_path / "plan.json")
    with pytest.raises(po.PlacementError, match="from_json"):
        po.replan(bare)
    for wrong in (listed((1, 2, 3), (1, 2), THREE), model.add(po.ResourceLimit(per="region"))):
        with pytest.raises(po.InvalidInputError, match="must be the model that was solved"):
            po.Result.from_json(tmp_path / "plan.json", model=wrong)


def test_given_fixed_placements_travel_as_json():
    rule = po.FixedPlacements(placements=[("C-1", "O-1")])
    assert rule_from_json(rule.model_dump(mode="json")) == rule
    plan = listed((1, 2), (1, 2), THREE).add(rule).solve()
    assert ("C-1", "O-1") in pairs_of(plan)
    assert plan.objective == 12


def test_the_check_of_a_result_finds_the_changes_again():
    old = listed((1, 2), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
    new = po.replan(old, pairs=scored(THREE))
    again = po.check_result(old.model.region, new, pairs=scored(THREE))
    assert again.is_sound, again
    assert "changes" in {finding.subject for finding in again.findings}
    first, second = new.change_rows
    for wrong in (
        (first,),
        (first, second.model_copy(update={"before": "O-1"})),
        (first, second.model_copy(update={"after": None})),
        (second, first),
    ):
        broken = new.model_copy(update={"change_rows": wrong})
        found = po.check_result(old.model.region, broken, pairs=scored(THREE)).differences
        assert [finding.subject for finding in found] == ["changes"], wrong
    loose = old.model_copy(update={"change_rows": new.change_rows})
    rows = [("C-1", "O-1", 5), ("C-2", "O-2", 7)]
    found = po.check_result(old.model.region, loose, pairs=scored(rows)).differences
    assert [finding.subject for finding in found] == ["changes"]


@TINY
@given(monday=mondays(), seed=st.integers(0, 3))
def test_it_is_never_worse_than_keeping_the_old_plan_where_that_is_allowed(monday, seed):
    """The metamorphic relation: the old plan on the new region, judged by the plain reading."""
    result, changed = monday
    model = result.model.of_region(changed)
    try:
        compiled = model.compile()
    except po.InvalidInputError:
        assume(False)
    instance = compiled.pairs.instance
    kept = []
    for row in result.placement_rows:
        known = row.candidate_id in instance.candidate_of and row.opening_id in instance.opening_of
        assume(not known or compiled.row_of(row) is not None)
        if known:
            coach = row.coach_id if row.coach_id in instance.coach_ids else None
            kept.append(compiled.placement(compiled.row_of(row), coach))
    people = {placement.candidate_id for placement in kept}
    steps = [
        Placement(row.candidate_id, row.opening_id)
        for row in result.path_rows
        if row.kind != "job" and row.candidate_id in people
    ]
    assume(all(step.opening_id in instance.opening_of for step in steps))
    verdict = compiled.judge(compiled.plan_of(kept, steps))
    assume(not verdict.violations)
    new = po.replan(result, changed, time_limit_s=5, seed=seed)
    assert new.has_plan
    assert new.objective >= float(verdict.objective) - 1e-9
