"""Coaching where a person may have several placements: one coach each, over all of them."""

import placement_opt as po


def test_two_people_may_have_two_coaches_when_jobs_stack():
    region = po.Region(
        name="r",
        candidates=[
            po.Candidate(id=id_, coaching_hours_per_week=2, hours_per_week=(8, 32))
            for id_ in ("C-1", "C-2")
        ],
        openings=[po.Opening(id="O-1", positions=2, hours_per_week=(8, 16))],
        coaches=[po.Coach(id=id_, hours_per_week=2, max_caseload=1) for id_ in ("K-1", "K-2")],
    )
    rules = [po.OnePlacement(at_most=2), po.OpeningCapacity(), po.Coaching()]
    result = po.Model(region, rules=rules, objective=[po.PlacedJobs()]).solve()
    assert result.status is po.Status.OPTIMAL
    assert {(row.candidate_id, row.coach_id) for row in result.placement_rows} in (
        {("C-1", "K-1"), ("C-2", "K-2")},
        {("C-1", "K-2"), ("C-2", "K-1")},
    )
