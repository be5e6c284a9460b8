"""What a jobs quota reads of people: the hours of a job that is left, and when it is left."""

import itertools

import numpy as np
import pytest
from builders import DATE

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.quota_records import hours_left
from placement_opt.instance.instance import Instance

GIVEN, MISSING = (4, 24), None


def working(number, current, hours, ground="38b.1.a"):
    return po.Candidate(
        id=f"C-{number}", ground=ground, hours_per_week=hours, current_opening=current
    )


def left_behind(*people, counts=True, eligible=True):
    work = [
        po.Opening(id="O-1", hours_per_week=(2, 20)),
        po.Opening(id="O-2", hours_per_week=MISSING),
        po.Opening(id="O-3", hours_per_week=(2, 20), sheltered=True),
    ]
    instance = Instance(po.Region(name="tiny", date=DATE, candidates=people, openings=work))
    every = np.ones(len(people), dtype=np.bool_)
    return hours_left(instance, every & counts, every & eligible).tolist()


def test_the_hours_of_a_job_that_is_left_are_those_of_both_sides():
    people = (
        working(1, "O-1", (4, 24)),
        working(2, "O-1", (4, 16)),
        working(3, "O-3", (4, 24)),  # sheltered work is no job of the agreement
        working(4, None, (4, 24)),
    )
    assert left_behind(*people) == [20_000, 16_000, 0, 0]
    assert left_behind(*people, counts=False) == [0, 0, 0, 0]
    assert left_behind(*people, eligible=False) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("current", "hours"), list(itertools.product(("O-1", "O-2", "O-3", None), (GIVEN, MISSING)))
)
def test_hours_have_to_be_known_of_a_job_that_is_left_and_of_no_other(current, hours):
    leaves = current in {"O-1", "O-2"}
    missing = {("candidate", "C-1")} if leaves and hours is MISSING else set()
    missing |= {("opening", "O-2")} if current == "O-2" else set()
    beside = working(2, None, GIVEN)
    if not missing:
        assert left_behind(working(1, current, hours), beside) == [20_000 if leaves else 0, 0]
        return
    with pytest.raises(InvalidInputError) as caught:
        left_behind(working(1, current, hours), beside)
    assert {(found.subject, found.id) for found in caught.value.problems} == missing
    assert left_behind(working(1, current, hours), beside, counts=False) == [0, 0]


@pytest.mark.parametrize("at_most", [1, 2])
@pytest.mark.parametrize("employer", ["E-0", "E-1"])
def test_nobody_is_placed_away_from_a_job_that_its_quota_needs(employer, at_most):
    away = "E-1" if employer == "E-0" else "E-0"
    hours = (25.5, 25.5)
    region = po.Region(
        name="tiny",
        date=DATE,
        candidates=[working(1, "O-1", (0, 51)), working(2, None, (0, 51))],
        openings=[
            po.Opening(id="O-1", employer=employer, hours_per_week=hours, positions=0),
            po.Opening(id="O-2", employer=away, hours_per_week=hours, positions=2),
            po.Opening(id="O-3", employer=away, hours_per_week=hours, positions=2),
        ],
        employers=[
            po.Employer(
                id=id_,
                target_group_hours_per_year=1331,
                hired_in_hours_per_year=0,
                lent_out_hours_per_year=0,
            )
            for id_ in ("E-0", "E-1")
        ],
    )
    rules = [po.OnePlacement(at_most=at_most), po.OpeningCapacity()]

    def placed(jobs):
        quota = po.JobsQuota(per="employer", jobs={employer: jobs})
        pairs = {
            "candidate_id": ["C-1", "C-1", "C-2", "C-2"],
            "opening_id": ["O-2", "O-3", "O-2", "O-3"],
        }
        result = po.Model(region, pairs=pairs, rules=[*rules, quota]).solve(gap=0)
        assert result.status is po.Status.OPTIMAL
        return sorted(row.candidate_id for row in result.placement_rows)

    assert placed(1) == ["C-2"] * at_most
    assert placed(0) == sorted(["C-1", "C-2"] * at_most)
