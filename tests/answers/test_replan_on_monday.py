"""What becomes of people and openings that came, left or changed over the weekend."""

import pytest
from monday_regions import THREE, day, listed, pairs_of, person, scored, work

import placement_opt as po


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
