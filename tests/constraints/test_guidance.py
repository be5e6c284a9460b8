"""Guidance at work: the part of each person's own coaching that an opening needs."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from tiny_regions import tiny_regions

import placement_opt as po
from placement_opt.rules import pair_column


def region_of(part, hours=10, people=4, **fields):
    """Return people who each need 4 hours of the one coach, and one opening for all."""
    return po.Region(
        name="guidance",
        date="2026-02-01",
        candidates=[po.Candidate(id=f"C-{n}", coaching_hours_per_week=4) for n in range(people)],
        openings=[po.Opening(id="O-1", positions=9, guidance_share=part), po.Opening(id="O-2")],
        coaches=[po.Coach(id="K-1", hours_per_week=hours)],
        **fields,
    )


@pytest.mark.parametrize(("part", "n_there"), [(0.5, 5), (0.25, 9), (1, 2), (None, 2), (0, 9)])
def test_a_coach_serves_as_many_as_their_part_of_the_hours_leaves(part, n_there):
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.Coaching()]
    region = region_of(part, people=9)
    region = region.model_copy(update={"openings": region.openings[:1]})
    found = po.Model(region, rules=rules).solve()
    assert len(found.placements) == n_there
    assert set(found.placements["coaching_hours_per_week"]) == {4 * (1 if part is None else part)}
    assert set(found.placements["coach_id"]) == ({None} if part == 0 else {"K-1"})
    (coach,) = found.coach_rows
    assert coach.free_hours_per_week == 10 - 4 * (1 if part is None else part) * n_there
    assert po.check_result(region, found, rules=rules).is_sound


def test_without_own_coaching_needed_nobody_has_to_cover_the_place():
    region = region_of(0).model_copy(update={"coaches": ()})
    found = po.solve(region)
    assert found.placements["opening_id"].tolist() == ["O-1"] * 4
    with_some = region_of(0.01).model_copy(update={"coaches": ()})
    assert po.solve(with_some).placements.empty


def test_the_part_is_exact():
    region = region_of(0.333333, people=2)
    table = po.Model(region).compile().pairs
    column = pair_column(table, "coaching_hours_per_week")
    at = {
        (int(c), int(o)): column.fraction(row)
        for row, (c, o) in enumerate(zip(table.candidate, table.opening, strict=True))
    }
    assert at[0, 0] == 4 * Fraction(333333, 10**6)
    assert at[0, 1] == 4


def test_own_hours_of_pairs_go_before_the_part():
    frame = {"candidate_id": ["C-0"], "opening_id": ["O-1"], "coaching_hours_per_week": [3]}
    found = po.Model(region_of(0.5), pairs=frame).solve()
    assert found.placements["coaching_hours_per_week"].tolist() == [3]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiny_regions())
def test_a_part_of_one_changes_nothing(region):
    whole = [opening.model_copy(update={"guidance_share": 1}) for opening in region.openings]
    none = [opening.model_copy(update={"guidance_share": None}) for opening in whole]
    found = [
        po.solve(region.model_copy(update={"openings": tuple(openings)}))
        for openings in (whole, none)
    ]
    assert found[0].status == found[1].status
    assert found[0].objective == found[1].objective


def test_a_crew_is_served_by_the_coach_of_its_site():
    """Coaches who are bound to sites make crews where their hours suffice, and nowhere else."""
    region = po.Region(
        name="sites",
        candidates=[po.Candidate(id=f"C-{n}", coaching_hours_per_week=2) for n in range(8)],
        openings=[
            po.Opening(id=f"O-{n}", positions=4, crew_minimum=3, guidance_share=0.5)
            for n in range(3)
        ],
        coaches=[
            po.Coach(id="K-0", hours_per_week=4, openings=["O-0"]),
            po.Coach(id="K-1", hours_per_week=2, openings=["O-1"]),
            po.Coach(id="K-2", hours_per_week=9, max_caseload=3, openings=["O-2"]),
        ],
    )
    found = po.solve(region)
    assert found.placements["opening_id"].value_counts().to_dict() == {"O-0": 4, "O-2": 3}
    assert {(row.opening_id, row.coach_id) for row in found.placement_rows} == {
        ("O-0", "K-0"),
        ("O-2", "K-2"),
    }
    assert found.status == po.Status.OPTIMAL
    assert po.check_result(region, found).is_sound
