"""Guidance that a crew shares: hours of the coach who serves it, while somebody is there."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_regions import in_periods

import placement_opt as po

HALVES = in_periods("2026-01-01", "2026-07-01", "2027-01-01")
PLACED = po.MatchScore(
    skill_points=365, wish_points=0, preference_points=0, travel_points=0, hours_points=0
)
"""A placement gives as many points as its periods have days."""


def region_of(people, openings, coaches, periods=()):
    """Return people who need so many hours, openings and coaches by their fields."""
    return po.Region(
        name="shared",
        date="2026-01-01",
        candidates=[
            po.Candidate(id=f"C-{n}", coaching_hours_per_week=hours)
            for n, hours in enumerate(people)
        ],
        openings=[po.Opening(id=f"O-{n}", **fields) for n, fields in enumerate(openings)],
        employers=[po.Employer(id="E-1")],
        coaches=[po.Coach(id=f"K-{n}", **fields) for n, fields in enumerate(coaches)],
        periods=periods,
    )


def site(hours=2.5, **fields):
    return {"positions": 4, "shared_guidance_hours_per_week": hours, **fields}


def guide(hours, heads=None, **fields):
    return {"hours_per_week": hours, "max_caseload": heads, "openings": ["O-0"], **fields}


def solved(region):
    model = po.Model(region, objective=[PLACED])
    found = model.solve(gap=0)
    check = po.check_result(region, found, rules=model.rules, objective=model.objective)
    assert check.is_sound, check
    return found


@pytest.mark.parametrize(("hours", "placed"), [(2, 0), (2.5, 0), (3.5, 1), (4.4, 1), (4.5, 2)])
def test_a_crew_costs_its_guide_hours_whatever_its_size(hours, placed):
    found = solved(region_of([1, 1], [site()], [guide(hours)]))
    assert len(found.placements) == placed
    used = 2.5 + placed if placed else 0
    assert found.coaches[["people", "hours_per_week"]].values.tolist() == [[placed, used]]


def test_who_needs_no_coaching_is_guided_too_and_takes_no_head():
    region = region_of([0, 0], [site()], [guide(2.5, heads=0)])
    assert [rule.rule for rule in po.Model(region).rules].count("Coaching") == 1
    assert len(solved(region).placements) == 2
    poor = solved(region_of([0, 0], [site()], [guide(2)]))
    assert poor.placements.empty
    assert poor.unplaced["because"].tolist() == ["coaching capacity"] * 2
    change = poor.what_would_place("C-0", k=1)[0]
    assert (change.record, change.field, change.after) == ("K-0", "hours_per_week", 2.5)


def test_the_guide_is_the_one_coach_who_names_the_opening_or_its_employer():
    of_firm = {"hours_per_week": 9, "employers": ["E-1"]}
    crew = site(employer="E-1")
    found = solved(region_of([0], [crew], [of_firm, {"hours_per_week": 9}]))
    assert found.coaches["hours_per_week"].tolist() == [2.5, 0]
    both = solved(region_of([0], [crew], [of_firm, guide(9)]))
    assert both.coaches["hours_per_week"].tolist() == [0, 2.5]
    for coaches in ([{"hours_per_week": 9}], [guide(9), guide(9)]):
        with pytest.raises(po.InvalidInputError, match="shared_guidance_hours_per_week"):
            po.Model(region_of([0], [crew], coaches)).compile()
    silent = {"openings": ["O-0"]}
    with pytest.raises(po.InvalidInputError, match="hours_per_week"):
        po.Model(region_of([0], [crew], [silent])).compile()


def test_a_plan_is_judged_by_the_hours_of_its_guides():
    region = region_of([1], [site()], [guide(3)])
    compiled = po.Model(region, objective=[PLACED]).compile()
    verdict = compiled.judge(compiled.plan_of([compiled.placement(0, "K-0")]))
    assert [violation.text for violation in verdict.violations] == ["3.5 hours a week, 3 free"]


def test_a_crew_is_guided_in_the_periods_in_which_it_is_in():
    crew = site(contract_months=6)
    other = {"contract_months": 6, "positions": 4}
    region = region_of([1, 1, 1], [crew, other], [guide(3.5)], HALVES)
    found = solved(region)
    rows = found.coaches.set_index("period")["hours_per_week"].to_dict()
    assert len(found.placements) == 2
    assert rows == {"P-0": 3.5, "P-1": 3.5}


def test_a_plan_given_to_start_from_is_kept():
    region = region_of([1, 1, 1], [site(), {"positions": 2}], [guide(4), {"hours_per_week": 1}])
    model = po.Model(region, objective=[PLACED])
    rows = {"candidate_id": ["C-2"], "opening_id": ["O-0"], "coach_id": ["K-0"]}
    found = model.solve(start=rows, gap=0)
    assert found.start.kept == 1
    assert len(found.placements) == 2


def test_few_coaches_come_to_those_who_share_a_guide():
    coaches = [guide(9, heads=1), {"hours_per_week": 9}]
    model = po.Model(region_of([1, 1, 1], [site(employer="E-1")], coaches), objective=[PLACED])
    assert len(model.solve().placements) == 3
    assert len(model.add(po.FewCoaches(at_most=1)).solve().placements) == 3
    less = region_of([1, 1, 1], [site(employer="E-1")], [guide(4.5), {"hours_per_week": 1}])
    few = po.Model(less, objective=[PLACED]).add(po.FewCoaches(at_most=1)).solve()
    assert few.placements["coach_id"].tolist() == ["K-0", "K-0"]


@pytest.mark.parametrize("periods", [(), HALVES])
def test_a_start_without_anybody_who_is_coached_is_kept(periods):
    region = region_of([0, 0], [site(), site(1)], [guide(2.5), guide(1, openings=["O-1"])], periods)
    model = po.Model(region, objective=[PLACED])
    way = {"variant": ["P-0"]} if periods else {}
    found = model.solve(start={"candidate_id": ["C-1"], "opening_id": ["O-1"], **way}, gap=0)
    assert found.start.kept == 1
    assert len(found.placements) == 2


def best_of_all(people, openings, coaches, n_periods):
    """Return the most days placed, over everybody's choice of work, start and coach, by words."""
    days = (181, 184) if n_periods == 2 else (365,)
    choices = [
        (None,),
        *itertools.product(range(len(openings)), range(n_periods), range(len(coaches))),
    ]
    best = 0
    for plan in itertools.product(choices, repeat=len(people)):
        placed = [(who, *how) for who, how in enumerate(plan) if how != (None,)]
        if any(
            people[who] and openings[where].get("id", where) not in serves(coaches[by], where)
            for who, where, _, by in placed
        ):
            continue
        fits = True
        for period in range(n_periods):
            there = [
                (who, where, by)
                for who, where, start, by in placed
                if start == period or (start < period and not openings[where]["contract_months"])
            ]
            for where, fields in enumerate(openings):
                fits &= sum(one == where for _, one, _ in there) <= fields["positions"]
            for coach, fields in enumerate(coaches):
                own = [people[who] for who, _, by in there if by == coach and people[who]]
                crews = {
                    where
                    for _, where, _ in there
                    if openings[where].get("shared_guidance_hours_per_week")
                    and f"O-{where}" in fields.get("openings", ())
                }
                shared = sum(openings[one]["shared_guidance_hours_per_week"] for one in crews)
                heads = fields.get("max_caseload")
                fits &= sum(own) + shared <= fields["hours_per_week"]
                fits &= heads is None or len(own) <= heads
        if fits:
            gained = sum(
                days[start] if openings[where]["contract_months"] else sum(days[start:])
                for _, where, start, _ in placed
            )
            best = max(best, gained)
    return best


def serves(coach, where):
    names = coach.get("openings")
    return {where} if not names or f"O-{where}" in names else set()


@pytest.mark.parametrize("in_time", [False, True])
@settings(max_examples=30, deadline=None)
@given(
    people=st.lists(st.sampled_from((0, 1, 1.5)), min_size=1, max_size=3),
    shared=st.sampled_from((0.5, 2, 2.25)),
    both=st.booleans(),
    months=st.sampled_from((None, 6)),
    coaches=st.tuples(
        st.tuples(st.sampled_from((1.5, 3, 3.75)), st.sampled_from((None, 1))),
        st.tuples(st.sampled_from((0, 1, 3)), st.sampled_from((None, 1))),
    ),
    solver=st.sampled_from(("auto", "cp-sat", "mip")),
    stacked=st.booleans(),
)
def test_the_best_plan_is_that_of_trying_out_all(
    in_time, people, shared, both, months, coaches, solver, stacked
):
    second = {"shared_guidance_hours_per_week": 0.75} if both else {}
    openings = [
        site(shared, positions=2, contract_months=months if in_time else 6),
        {"positions": 1, "contract_months": 6, **second},
    ]
    (first, heads), (other, limit) = coaches
    own = {"openings": ["O-1"]} if both else {}
    staff = [guide(first, heads), {"hours_per_week": other, "max_caseload": limit, **own}]
    region = region_of(people, openings, staff, HALVES if in_time else ())
    model = po.Model(region, objective=[PLACED])
    if stacked:
        frame = [(f"C-{n}", f"O-{m}") for n in range(len(people)) for m in range(2)]
        model.add(po.OnePlacement(at_most=2))
        model.add(po.ResourceLimit(per="candidate", limits=1))
        assert len(frame) == 2 * len(people)
    found = model.solve(solver=solver, gap=0)
    best = best_of_all(people, openings, staff, 2 if in_time else 1)
    assert found.objective == pytest.approx(best, abs=1e-9)
