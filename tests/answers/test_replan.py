"""A plan after something changed: brute force over plans within k changes, and what is told."""

import itertools

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, all_plans, models

import placement_opt as po
from placement_opt.basics.quantities import read_number
from placement_opt.constraints import rule_from_json
from placement_opt.instance.plan import Placement

TINY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def day(people, openings, **fields):
    return po.Region(name="town", candidates=people, openings=openings, **fields)


def person(number, **fields):
    return po.Candidate(id=f"C-{number}", **fields)


def work(number, **fields):
    return po.Opening(id=f"O-{number}", **fields)


def scored(rows):
    """Return listed pairs of (candidate, opening, score)."""
    names = ("candidate_id", "opening_id", "score")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def listed(people, openings, rows, **fields):
    region = day([person(n) for n in people], [work(n) for n in openings], **fields)
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    rules += [po.FixedPlacements()] if region.fixed_placements else []
    return po.Model(region, pairs=scored(rows), rules=rules, objective=[po.PairScore("score")])


def changes_of(before, placements):
    """Count candidates with another set of openings, from plain pairs."""
    after = {}
    for candidate, opening in placements:
        after.setdefault(candidate, set()).add(opening)
    old = {}
    for candidate, opening in before:
        old.setdefault(candidate, set()).add(opening)
    return sum(old.get(one, set()) != after.get(one, set()) for one in {*old, *after})


def pairs_of(result):
    return [(row.candidate_id, row.opening_id) for row in result.placement_rows]


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


THREE = [("C-1", "O-1", 5), ("C-1", "O-2", 9), ("C-2", "O-1", 6), ("C-2", "O-2", 7)]


class TestOnMonday:
    def test_people_stay_where_a_change_is_not_worth_its_price(self):
        old = listed((1, 2), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
        today = old.model.region
        free = po.replan(old, today, pairs=scored(THREE))
        assert pairs_of(free) == [("C-1", "O-2"), ("C-2", "O-1")]
        assert free.objective == 15
        assert pairs_of(po.replan(old, today, pairs=scored(THREE), change_price=2)) == pairs_of(old)
        assert po.replan(old, today, pairs=scored(THREE), change_price=1).objective == 13
        stay = po.replan(old, today, pairs=scored(THREE), max_changes=1)
        assert pairs_of(stay) == pairs_of(old)
        assert stay.changes.empty

    def test_changes_say_who_and_why(self):
        people = [person(n) for n in (1, 2, 3)]
        old = po.solve(day(people, [work(1), work(2)]))
        gone = old.placement_rows[0]
        kept = old.placement_rows[1]
        openings = [work(n) for n in (1, 2) if f"O-{n}" != gone.opening_id]
        fewer = po.replan(old, day(people, openings))
        row = next(r for r in fewer.change_rows if r.candidate_id == gone.candidate_id)
        assert (row.before, row.after) == (gone.opening_id, None)
        assert row.why.startswith(f"{gone.opening_id} is gone; ")
        assert (kept.candidate_id, kept.opening_id) in pairs_of(fewer)
        columns = ["candidate_id", "before", "after", "why", "why_nl", "room", "room_nl"]
        assert list(fewer.changes.columns) == columns
        assert row.why_nl.startswith(f"{gone.opening_id} is er niet meer; ")
        grown = day([*people, person(4)], [work(1), work(2), work(3, positions=2)])
        more = po.replan(old, grown, change_price=0.01)
        told = {row.candidate_id: row for row in more.change_rows}
        assert set(told) == {"C-4", *old.unplaced["candidate_id"]}
        assert told["C-4"].why.startswith("new in the region; newly placed: ")

    def test_a_rule_that_removes_the_pair_is_named(self):
        old = po.solve(day([person(1)], [work(1)]))
        needs = day([person(1, needs={"quiet"})], [work(1)])
        model = old.model.add(po.WorkplaceNeeds())
        new = po.replan(model.of_region(old.model.region).solve(), needs)
        assert "O-1 is no longer possible (workplace needs" in new.change_rows[0].why

    def test_each_reason_is_told_where_it_is_so(self):
        old = listed((1, 2), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
        region = old.model.region
        closed = region.model_copy(update={"openings": (work(1, positions=0), work(2))})
        row = po.replan(old, closed).change_rows[0]
        assert (row.candidate_id, row.after, row.room) == ("C-1", None, None)
        assert row.why.startswith("O-1 is closed; ")
        assert row.why_nl.startswith("O-1 is gesloten; ")
        swap = {row.candidate_id: row for row in po.replan(old, pairs=scored(THREE)).change_rows}
        assert swap["C-1"].why == "9 points in O-2; 5 points in O-1 before"
        assert swap["C-1"].why_nl == "9 punten in O-2; 5 punten in O-1 eerst"
        assert swap["C-1"].room == "O-2 was left by C-2; made room in O-1 for C-2"
        assert swap["C-1"].room_nl == "O-2 is verlaten door C-2; maakt in O-1 plaats voor C-2"
        gone = region.model_copy(update={"candidates": region.candidates[:1]})
        left = po.replan(old, gone, pairs=scored([("C-1", "O-1", 5), ("C-1", "O-2", 9)]))
        assert left.change_rows[0].room == "O-2 was left by C-2 (left the region)"
        assert "O-1" not in left.change_rows[0].room

    def test_nobody_makes_room_where_room_is_left(self):
        rows = [("C-1", "O-1", 5), ("C-1", "O-2", 9), ("C-2", "O-1", 6)]
        old = listed((1, 2), (1, 2), [("C-1", "O-1", 5)]).solve()
        wide = day([person(1), person(2)], [work(1, positions=2), work(2)])
        told = {
            row.candidate_id: row for row in po.replan(old, wide, pairs=scored(rows)).change_rows
        }
        assert set(told) == {"C-1", "C-2"}
        assert told["C-1"].room is None
        assert told["C-2"].room == "O-1 was left by C-1"

    def test_who_fixed_a_placement_is_kept_and_told(self, tmp_path):
        pin = po.Pin("C-1", "O-2", "K.V.", "2026-03-02", "contract signed")
        old = listed((1, 2), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
        new = po.replan(old, pairs=scored(THREE), fixed=[pin])
        told = {row.candidate_id: row for row in new.change_rows}
        assert told["C-1"].why.startswith("O-2 is fixed by K.V. on 2026-03-02: contract signed; 9")
        assert told["C-1"].why_nl.startswith("O-2 is vastgelegd door K.V. op 2026-03-02: contract")
        assert "fixed" not in told["C-2"].why
        new.to_json(tmp_path / "plan.json")
        model = po.Model(
            new.model.region,
            pairs=scored(THREE),
            rules=new.model.rules,
            objective=new.model.objective,
        )
        again = po.Result.from_json(tmp_path / "plan.json", model=model)
        assert "fixed by K.V. on 2026-03-02: contract signed" in again.why("C-1").text()
        assert "vastgelegd door K.V." in again.why("C-1").text("nl")
        assert "K.V." not in again.why("C-1").text(to="person") + again.why("C-1").text(
            to="employer"
        )
        assert "K.V." not in again.why("C-2").text()
        kept = po.replan(again, pairs=scored(THREE))
        assert ("C-1", "O-2") in pairs_of(kept)
        assert kept.change_rows == ()
        free = po.replan(again, pairs=scored([*THREE, ("C-1", "O-1", 50)][1:]), released=["C-1"])
        row = next(row for row in free.change_rows if row.candidate_id == "C-1")
        assert row.why.startswith(
            "O-2 is released (was fixed by K.V. on 2026-03-02: contract signed)"
        )
        assert "K.V." not in free.why("C-1").text()

    def test_rules_are_those_of_the_model_as_solved(self):
        model = listed((1, 2), (1, 2), THREE)
        old = model.solve()
        model.add(po.ResourceLimit(per="region", limits=1))
        assert len(po.replan(old).placement_rows) == 2
        assert [rule.rule for rule in old.model.rules] == ["OnePlacement", "OpeningCapacity"]

    def test_fixed_people_and_pairs_stay(self):
        old = listed((1, 2), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
        for fixed in (["C-1"], [("C-1", "O-1")], ["C-1", ("C-2", "O-2")]):
            new = po.replan(old, pairs=scored(THREE), fixed=fixed)
            assert pairs_of(new) == pairs_of(old), fixed
            assert po.check_result(old.model.region, new, pairs=scored(THREE)).is_sound

    def test_an_agreement_keeps_its_coach(self):
        region = po.Region(
            name="coach",
            date="2026-02-01",
            candidates=[po.Candidate(id="C-1", coaching_hours_per_week=1)],
            openings=[po.Opening(id="O-1")],
            coaches=[po.Coach(id=f"K-{n}", hours_per_week=9) for n in range(3)],
        )
        rules = [
            po.OnePlacement(),
            po.OpeningCapacity(),
            po.Coaching(),
            po.FixedPlacements(placements=[("C-1", "O-1", "K-1")]),
        ]
        old = po.Model(region, rules=rules).solve()
        again = po.replan(old)
        assert again.placements["coach_id"].tolist() == ["K-1"]
        kept = next(rule for rule in again.model.rules if isinstance(rule, po.FixedPlacements))
        assert dict(kept.coaches) == {"C-1": "K-1"}
        freed = po.replan(old, released=["C-1"])
        left = [rule for rule in freed.model.rules if isinstance(rule, po.FixedPlacements)]
        assert not any(rule.coaches for rule in left)

    def test_released_people_are_free_again(self):
        fixed = listed((1, 2), (1, 2), THREE, fixed_placements=[("C-1", "O-1"), ("C-2", "O-2")])
        old = fixed.solve()
        assert old.objective == 12
        assert po.replan(old).objective == 12
        assert po.replan(old, released=["C-1"]).objective == 12
        assert po.replan(old, released=["C-1", ("C-2", "O-2")]).objective == 15
        assert po.replan(old, released=["C-1", ("C-2", "O-1")]).objective == 12

    @pytest.mark.parametrize(
        ("asked", "match"),
        [
            ({"fixed": "C-1"}, "must be a list"),
            ({"fixed": [("C-1", "O-1", "K-1")]}, "must be a list"),
            ({"released": [None]}, "must be a list"),
            ({"fixed": ["C-3"]}, "must have a placement"),
            ({"fixed": [("C-1", "O-2")]}, "must be an eligible opening"),
            ({"max_changes": -1}, "max_changes"),
            ({"change_price": "2"}, "change_price"),
        ],
    )
    def test_what_means_nothing_is_refused(self, asked, match):
        old = listed((1, 2, 3), (1, 2), [("C-1", "O-1", 5), ("C-2", "O-2", 7)]).solve()
        with pytest.raises(po.InvalidInputError, match=match):
            po.replan(old, **asked)

    def test_a_result_without_a_plan_is_refused(self):
        rules = [po.EveryCandidatePlaced(), po.OpeningCapacity()]
        none = po.Model(day([person(1), person(2)], [work(1)]), rules=rules).solve()
        with pytest.raises(po.InvalidInputError, match="must hold a plan"):
            po.replan(none)

    def test_who_cannot_stay_counts(self):
        old = po.solve(day([person(1), person(2)], [work(1), work(2)]))
        none = po.replan(old, day([person(1), person(2)], [work(3)]), max_changes=1)
        assert none.status is po.Status.INFEASIBLE
        assert none.conflicts == ("few changes (all changes)",)
        left = po.replan(old, day([person(1)], [work(1), work(2)]), max_changes=0)
        assert left.status is po.Status.OPTIMAL


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
