"""Few coaches beside periods: those who come to a group in whichever of them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_regions import in_periods

import placement_opt as po

HALVES = in_periods("2026-01-01", "2026-07-01", "2027-01-01")


def model_of(people, coaches, stacked=False, **few):
    """Return a model of people (employer, hours), who each have one job of half a year or longer.

    Coaches are (hours, caseload).
    """
    region = po.Region(
        name="few coaches in time",
        date="2026-01-01",
        candidates=[
            po.Candidate(id=f"C-{n}", coaching_hours_per_week=hours)
            for n, (_, hours, _) in enumerate(people)
        ],
        employers=[po.Employer(id=employer) for employer in sorted({one for one, _, _ in people})],
        openings=[
            po.Opening(id=f"O-{n}", employer=employer, contract_months=months)
            for n, (employer, _, months) in enumerate(people)
        ],
        coaches=[
            po.Coach(id=f"K-{n}", hours_per_week=hours, max_caseload=heads)
            for n, (hours, heads) in enumerate(coaches)
        ],
        periods=HALVES,
    )
    n_people = len(people)
    frame = {
        "candidate_id": [f"C-{n}" for n in range(n_people)],
        "opening_id": [f"O-{n}" for n in range(n_people)],
        "score": [365] * n_people,
    }
    model = po.Model(region, pairs=frame, objective=[po.PairScore("score")])
    if stacked:
        model.add(po.OnePlacement(at_most=2))
    return model.add(po.FewCoaches(**few)) if few else model


def test_one_face_over_the_whole_horizon():
    people, coaches = [("E-0", 2, 6)] * 2, [(2, None)] * 2
    assert len(model_of(people, coaches, at_most=2).solve().placements) == 2
    # One coach has room for one after the other.
    found = model_of(people, coaches, at_most=1).solve()
    assert found.placements["coach_id"].nunique() == 1
    assert sorted(found.placements["start_period"]) == ["P-0", "P-1"]
    longer = model_of([("E-0", 2, None)] * 2, coaches, at_most=1).solve()
    assert len(longer.placements) == 1
    assert longer.unplaced["because"].tolist() == ["few coaches"]
    first = {"per": ("employer", "start_period"), "at_most": {("E-0", "P-0"): 0}}
    assert set(model_of(people, coaches, **first).solve().placements["start_period"]) == {"P-1"}


def test_a_period_is_no_group_of_coaches():
    with pytest.raises(po.InvalidInputError, match="must not name periods"):
        po.FewCoaches(per=("employer", "period"), at_most=1)


def days_of(start, months):
    """Days of each half year in which a job runs."""
    return [181 * (start == 0), 184 * (start == 1 or months is None)]


@pytest.mark.parametrize("stacked", [False, True])
@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(("E-0", "E-1")), st.sampled_from((1, 2)), st.sampled_from((None, 6))
        ),
        min_size=1,
        max_size=3,
    ),
    coaches=st.lists(
        st.tuples(st.sampled_from((2, 4)), st.sampled_from((None, 1))), min_size=1, max_size=2
    ),
    at_most=st.sampled_from((0, 1, 1)),
    price=st.sampled_from((None, 100, 300.5)),
    solver=st.sampled_from(("auto", "cp-sat", "mip")),
)
def test_the_best_plan_is_that_of_trying_out_all(stacked, people, coaches, at_most, price, solver):
    choices = (None, *itertools.product((0, 1), range(len(coaches))))
    best = 0
    for choice in itertools.product(choices, repeat=len(people)):
        served = [(*people[n], *way) for n, way in enumerate(choice) if way is not None]
        if all(
            sum(own) <= hours and (heads is None or len(own) <= heads)
            for coach, (hours, heads) in enumerate(coaches)
            for half in (0, 1)
            for own in [
                [
                    asked
                    for _, asked, months, start, who in served
                    if who == coach and days_of(start, months)[half]
                ]
            ]
        ):
            come = {
                firm: {who for one, *_, who in served if one == firm} for firm in ("E-0", "E-1")
            }
            beyond = sum(max(0, len(there) - at_most) for there in come.values())
            if price is not None or not beyond:
                points = sum(sum(days_of(start, months)) for _, _, months, start, _ in served)
                best = max(best, points - (price or 0) * beyond)
    model = model_of(people, coaches, stacked, at_most=at_most, price=price)
    found = model.solve(solver=solver, gap=0)
    assert found.status is po.Status.OPTIMAL
    assert found.objective == pytest.approx(best, abs=1e-9)
