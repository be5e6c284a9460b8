"""Who does not come, or stops: draws by chances, counted by hand, and planned again."""

import hashlib
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.instance.placement import Placement

TRIES = settings(
    max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def region(n_people=6, positions=(2, 2), **fields):
    openings = [
        po.Opening(id=f"O-{n}", employer=f"E-{n}", positions=places, hours_per_week=(10, 25.5))
        for n, places in enumerate(positions)
    ]
    people = [
        po.Candidate(id=f"C-{n}", hours_per_week=(10, 25.5), ground="38b.1.a")
        for n in range(n_people)
    ]
    employers = [po.Employer(id=f"E-{n}", jobs_pledged=2) for n in range(len(positions))]
    made = {"candidates": people, "openings": openings, "employers": employers} | fields
    return po.Region(name="r", date="2026-02-01", **made)


def score(candidate, opening):
    return 10 + (7 * candidate + 3 * opening) % 5


def by_chance(chances, positions=(2, 2), rules=(), **fields):
    """Return a model in which each pair has a chance and a score of its own."""
    n_openings = len(positions)
    rows = [(c, o) for c in range(len(chances)) for o in range(n_openings)]
    pairs = {
        "candidate_id": [f"C-{c}" for c, _ in rows],
        "opening_id": [f"O-{o}" for _, o in rows],
        "success_probability": [chances[c] for c, _ in rows],
        "score": [score(c, o) for c, o in rows],
    }
    return po.Model(
        region(len(chances), positions, **fields),
        pairs=pairs,
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.PairScore("score")],
    )


def stays(seed, draw, who, chance):
    """Tell by hand whether a person stays: their own number of 64 bits is below the chance."""
    drawn = hashlib.blake2b(f"{seed} {draw} {who}".encode(), digest_size=8).hexdigest()
    return Fraction(int(drawn, 16), 2**64) < Fraction(str(chance))


CHANCES = st.lists(st.sampled_from([0.0, 0.3, 0.5, 0.8, 1.0]), min_size=1, max_size=6)


@TRIES
@given(chances=CHANCES, seed=st.integers(0, 99), positions=st.tuples(*[st.integers(0, 3)] * 2))
def test_draws_are_those_counted_by_hand_and_plans_the_best_without_them(chances, seed, positions):
    plan = by_chance(chances, positions).solve(gap=0)
    found = po.drop_outs(plan, draws=2, seed=seed, gap=0)
    placed = {row.candidate_id: row for row in plan.placement_rows}
    chance = {who: chances[int(who[2:])] for who in placed}
    for draw, told in enumerate(found.totals.to_dict("records"), start=1):
        out = sorted(who for who in placed if not stays(seed, draw, who, chance[who]))
        assert found.people.query("draw == @told['draw']")["candidate_id"].tolist() == out
        assert told["dropped_out"] == len(out)
        assert told["planned"] - told["realised"] == len(out)
        assert told["expected"] == pytest.approx(sum(chance.values()))
        # Planned again: as good as anything without them, and no worse than what is left.
        left = [row.points for who, row in placed.items() if who not in out]
        assert told["status"] == "OPTIMAL"
        best = best_score([c for c in range(len(chances)) if f"C-{c}" not in out], positions)
        assert told["objective"] == best >= sum(left)


def best_score(people, free):
    """Try everything: each person in turn takes a free place or none."""
    if not people:
        return 0
    best = best_score(people[1:], free)
    for opening, places in enumerate(free):
        if places:
            left = tuple(n - (each == opening) for each, n in enumerate(free))
            best = max(best, score(people[0], opening) + best_score(people[1:], left))
    return best


def test_the_seed_decides_and_each_person_has_a_number_of_their_own():
    large, small = by_chance([0.5] * 6, (6,)).solve(), by_chance([0.5] * 3, (6,)).solve()
    one, same, other = (po.drop_outs(large, 20, seed, only_count=True).out for seed in (4, 4, 5))
    assert one == same != other
    few = po.drop_outs(small, 20, 4, only_count=True).out
    mine = {"C-0", "C-1", "C-2"}
    assert {draw: mine.intersection(out) for draw, out in one.items()} == {
        draw: set(out) for draw, out in few.items()
    }
    assert len(set(one.values())) > 10


def test_as_many_stay_as_the_chances_say():
    plan = by_chance([0.0, 0.25, 0.75, 1.0], (4,)).solve()
    out = po.drop_outs(plan, draws=4_000, only_count=True).out
    share = [sum(f"C-{n}" not in gone for gone in out.values()) / len(out) for n in range(4)]
    assert (share[0], share[3]) == (0, 1)
    assert share[1:3] == pytest.approx([0.25, 0.75], abs=0.03)


def test_quotas_planned_expected_realised_and_planned_again():
    quota = po.JobsQuota(per="employer", shortfall_price=100)
    plan = by_chance([1, 0, 1, 0.5], rules=[quota]).solve()
    seed = next(n for n in range(99) if not stays(n, 1, "C-3", 0.5))
    found = po.drop_outs(plan, draws=1, seed=seed)
    home = {row.candidate_id: row.opening_id for row in plan.placement_rows}
    assert len(home) == 4
    table = found.quotas.set_index("group")
    assert table["planned_jobs"].tolist() == table["target_jobs"].tolist() == [2, 2]
    for number, (realised, expected) in enumerate(
        zip(table["realised_jobs"], table["expected_jobs"], strict=True)
    ):
        here = [home[who] == f"O-{number}" for who in ("C-0", "C-2", "C-3")]
        assert (realised, expected) == (sum(here[:2]), sum(here[:2]) + here[2] / 2)
    assert table["replanned_jobs"].sum() == found.totals["replanned"][0] == 2


@pytest.mark.parametrize("at", ["end", "each_period"])
def test_quotas_in_time_are_the_sums_of_what_people_add(at):
    dates = ("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")
    periods = [
        po.Period(id=f"P-{n}", starts_on=first, ends_on=last)
        for n, (first, last) in enumerate(dates)
    ]
    model = po.Model(region(periods=periods))
    model.add(po.JobsQuota(per="employer", shortfall_price=10, at=at))
    plan = model.solve()
    every, none = (po.drop_outs(plan, draws=1, chance=chance, only_count=True) for chance in (1, 0))
    assert len(every.quotas) == (4 if at == "each_period" else 2)
    for left in ("expected_jobs", "realised_jobs"):
        assert every.quotas[left].tolist() == every.quotas["planned_jobs"].tolist()
        assert set(none.quotas[left]) == {0}
    assert every.quotas["planned_jobs"].sum() > 0
    assert none.quotas["replanned_jobs"].isna().all()


def test_who_drops_out_is_no_change_and_no_longer_fixed():
    fixed = [("C-0", "O-0"), ("C-1", "O-0"), ("C-2", "O-1"), ("C-3", "O-1")]
    plan = po.solve(region(fixed_placements=fixed))
    new = po.replan(plan, dropped_out=["C-0", "C-3"], max_changes=0)
    assert {(row.candidate_id, row.opening_id) for row in new.placement_rows} == {*fixed[1:3]}
    assert new.changes["candidate_id"].tolist() == ["C-0", "C-3"]
    assert "drop-out" in new.changes["why"][0]
    assert "uitval" in new.changes["why_nl"][0]
    filled = po.replan(plan, dropped_out=["C-0", "C-3"], max_changes=1)
    assert len(filled.placement_rows) == 3
    later = po.replan(filled, dropped_out=["C-1"])
    assert not {"C-0", "C-1", "C-3"} & {row.candidate_id for row in later.placement_rows}
    assert len(later.placement_rows) == 3
    people = [one for one in region().candidates if one.id != "C-0"]
    gone = po.replan(filled, region(candidates=people), dropped_out=["C-1"])
    assert "C-3" not in {row.candidate_id for row in gone.placement_rows}


def test_steps_of_who_drops_out_are_free_for_others():
    people = [po.Candidate(id=f"C-{n}") for n in (1, 2)]
    job = po.Opening(
        id="O-1", positions=2, required_skills={"dutch": 0.5}, essential_skills={"dutch"}
    )
    course = po.Opening(id="T-1", kind="training", grants={"dutch": 0.5})
    plan = po.solve(po.Region(name="r", candidates=people, openings=[job, course]))
    (first,) = plan.placements["candidate_id"]
    new = po.replan(plan, dropped_out=[first])
    (second,) = new.placements["candidate_id"]
    assert second != first
    assert new.paths["candidate_id"].tolist() == [second, second]


def test_a_plan_with_somebody_who_dropped_out_is_judged_by_hand():
    gone = po.DroppedOut(candidates=["C-0", "C-1"])
    compiled = po.Model(region(), rules=[gone]).compile()
    steps = [Placement("C-1", "O-1")]
    verdict = compiled.judge(compiled.plan_of([Placement("C-0", "O-0")], steps))
    told = [str(found) for found in verdict.violations if found.rule == gone.title]
    assert told == [
        "drop-out (C-0): dropped out, and is in O-0",
        "drop-out (C-1): dropped out, and is in O-1",
    ]


def test_who_belongs_together_goes_together():
    made = region(3, (3,), together=[po.Together(members=["C-0", "C-1"])])
    new = po.replan(po.solve(made), dropped_out=["C-0"])
    assert [row.candidate_id for row in new.placement_rows] == ["C-2"]


def test_who_has_several_placements_stays_while_all_hold():
    model = by_chance([0.5], (1, 1))
    model.add(po.OnePlacement(at_most=2))
    person = po.Candidate(id="C-0")
    plan = model.of_region(region(1, (1, 1), candidates=[person])).solve()
    told = po.drop_outs(plan, draws=30, only_count=True).totals
    assert set(zip(told["dropped_out"], told["realised"], strict=True)) == {(0, 2), (1, 0)}
    assert set(told["expected"]) == {1}


def test_drop_out_is_a_scenario_beside_others():
    model = po.Model(region())
    gone = po.DroppedOut(candidates=[f"C-{n}" for n in range(3)])
    found = po.scenarios(model, {"three of six": gone, "and five": [po.DroppedOut()]})
    assert found.totals["placed"].tolist() == [4, 3, 4]


def test_the_plan_and_those_made_again_stand_side_by_side():
    plan = by_chance([0.4] * 6).solve()
    found = po.drop_outs(plan, draws=2, seed=2, change_price=0.01)
    assert found.comparison.totals["plan"].tolist() == ["planned", "draw 1", "draw 2"]
    assert "<table" in found._repr_html_()
    assert found.people.columns.tolist() == [
        "draw",
        "candidate_id",
        "opening_id",
        "success_probability",
    ]
    # With a price on moves, only those who were not placed before take what became free.
    assert (found.totals["changes"] <= found.totals["dropped_out"]).all()
    sure = po.drop_outs(by_chance([1.0] * 6).solve(), draws=1)
    assert sure.totals[["dropped_out", "replanned", "changes"]].values.tolist() == [[0, 4, 0]]


def test_chances_that_are_unknown_or_no_shares_are_told_at_once():
    plan = po.solve(region())
    with pytest.raises(po.InvalidInputError, match="4 problems"):
        po.drop_outs(plan)
    with pytest.raises(po.InvalidInputError, match="must be 0 to 1"):
        po.drop_outs(plan, chance=7)
    expected = po.ExpectedPlacements(unknown_chance=0)
    none = po.Model(region(), objective=[expected]).solve(start=[("C-0", "O-0")])
    told = po.drop_outs(none, draws=1, chance=1, only_count=True).totals
    assert told["dropped_out"].tolist() == [0]
    assert set(po.drop_outs(none, draws=1, only_count=True).totals["realised"]) == {0}


@pytest.mark.parametrize("draws", [0, True, 1.5, 10_001])
def test_draws_are_a_whole_number(draws):
    with pytest.raises(po.InvalidInputError, match="must be a whole number from 1 to 10,000"):
        po.drop_outs(po.solve(region()), draws=draws)


def test_no_plan_and_unknown_people_are_refused():
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()]
    with pytest.raises(po.InvalidInputError, match="must hold a plan"):
        po.drop_outs(po.Model(region(), rules=rules).solve())
    plan = po.solve(region())
    with pytest.raises(po.InvalidInputError, match="2 problems"):
        po.replan(plan, dropped_out=["C-77", "X"])
    with pytest.raises(po.InvalidInputError, match="candidates"):
        po.replan(plan, dropped_out="C-1")


def test_a_draw_without_a_plan_is_told():
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()]
    plan = po.Model(region(4), rules=rules).solve()
    told = po.drop_outs(plan, draws=1, chance=0).totals
    assert told["status"].tolist() == ["INFEASIBLE"]
    assert told[["replanned", "changes", "objective"]].isna().all(axis=None)
