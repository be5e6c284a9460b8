"""The most that a group of a jobs quota can gain."""

import pytest
from quota_records_of import DATE, PAIR_RULES

import placement_opt as po


def test_what_a_group_can_gain_is_told_beside_its_target():
    """One place of 25.5 hours: a pledge of three jobs cannot be met, whoever is placed."""
    region = po.Region(
        name="r",
        date=DATE,
        candidates=[
            po.Candidate(id=f"C-{n}", ground="38b.1.a", hours_per_week=(8, 12.75 * n))
            for n in (1, 2, 3)
        ],
        openings=[
            po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 25.5)),
            po.Opening(id="O-2", employer="E-1", hours_per_week=(8, 12.75), positions=4),
            po.Opening(id="O-3", employer="E-2", hours_per_week=(8, 36), positions=2),
        ],
        employers=[
            po.Employer(id="E-1", jobs_pledged=3),
            po.Employer(id="E-2", jobs_pledged=1),
            po.Employer(id="E-3", jobs_pledged=1),
        ],
    )
    quota = po.JobsQuota(per="employer", shortfall_price=800)
    rows = po.Model(region, rules=[*PAIR_RULES, quota]).solve().quota_rows
    # E-1: one place of a job, and three people of half a job each; E-2: the two largest.
    told = {row.group: row.attainable_jobs for row in rows}
    assert told["E-1"] == pytest.approx(min(0.5 + 1 + 1, 1 + 1.5))
    assert told["E-2"] == pytest.approx(36 / 25.5 + 1)
    assert told["E-3"] == 0
    free = po.Model(region, rules=[po.OnePlacement(), quota]).solve().quota_rows
    assert {row.group: row.attainable_jobs for row in free}["E-2"] == pytest.approx(
        0.5 + 1 + 36 / 25.5
    )
