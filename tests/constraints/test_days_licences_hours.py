"""Days, licences, shared hours, and coaches of openings: trivially kept, just kept, just broken."""

import pytest

import placement_opt as po


def fits(candidate=None, opening=None):
    region = po.Region(
        name="one",
        candidates=[po.Candidate(id="C-1", **(candidate or {}))],
        openings=[po.Opening(id="O-1", **(opening or {}))],
    )
    return len(po.Model(region).solve(time_limit_s=20).placements) == 1


@pytest.mark.parametrize(
    ("available", "days", "needed", "expected"),
    [
        ((), ("mon",), None, True),
        (("mon",), (), None, True),
        (("mon", "tue"), ("mon", "tue"), None, True),
        (("mon",), ("mon", "tue"), None, False),
        (("mon",), ("mon", "tue"), 1, True),
        (("wed",), ("mon", "tue"), 1, False),
        (("mon",), ("mon.morning",), None, True),
        (("mon.morning",), ("mon",), None, False),
        (("mon.morning",), ("mon.morning", "mon.evening"), 1, True),
        (("mon.evening", "tue"), ("mon.evening", "tue.night"), None, True),
    ],
)
def test_days(available, days, needed, expected):
    assert fits({"available_days": available}, {"days": days, "days_needed": needed}) is expected


@pytest.mark.parametrize(
    ("held", "asked", "expected"),
    [
        ((), (), True),
        (("B",), (), True),
        (("B", "VCA"), ("B",), True),
        (("B",), ("B", "VCA"), False),
        ((), ("B",), False),
    ],
)
def test_licences(held, asked, expected):
    assert fits({"licences": held}, {"licences": asked}) is expected


@pytest.mark.parametrize(("total", "placed"), [(None, 2), (36, 2), (35.999, 1), (17, 0)])
def test_two_people_share_the_hours_of_a_job(total, placed):
    region = po.Region(
        name="shared",
        candidates=[po.Candidate(id=f"C-{n}", hours_per_week=(0, 18)) for n in (1, 2)],
        openings=[
            po.Opening(id="O-1", positions=2, hours_per_week=(0, 36), hours_total_per_week=total)
        ],
    )
    result = po.solve(region, time_limit_s=20)
    assert len(result.placements) == placed
    assert po.check_result(region, result).is_sound


def test_hours_have_to_be_known_only_where_a_total_is_given():
    region = po.Region(
        name="unknown",
        candidates=[po.Candidate(id="C-1", hours_per_week=(0, 18))],
        openings=[
            po.Opening(id="O-1"),
            po.Opening(id="O-2", hours_total_per_week=20),
        ],
    )
    problems = po.Model(region).problems()
    assert problems[["id", "field"]].to_numpy().tolist() == [["O-2", "hours_per_week"]]


@pytest.mark.parametrize(
    ("fields", "served"),
    [
        ({}, ["O-1", "O-2"]),
        ({"openings": {"O-2"}}, ["O-2"]),
        ({"employers": {"E-1"}}, ["O-1"]),
        ({"employers": {"E-1"}, "openings": {"O-2"}}, []),
        ({"kind": "employer", "employer": "E-2", "openings": {"O-2"}}, ["O-2"]),
    ],
)
def test_a_coach_serves_its_openings_and_employers(fields, served):
    person = {"hours_per_week": (0, 20), "coaching_hours_per_week": 1}
    region = po.Region(
        name="coached",
        date="2026-02-01",
        candidates=[po.Candidate(id=f"C-{n}", **person) for n in (1, 2)],
        employers=[po.Employer(id="E-1"), po.Employer(id="E-2")],
        openings=[
            po.Opening(id=f"O-{n}", employer=f"E-{n}", hours_per_week=(0, 20)) for n in (1, 2)
        ],
        coaches=[po.Coach(id="K-1", hours_per_week=20, **fields)],
    )
    result = po.solve(region, time_limit_s=20)
    assert sorted(result.placements["opening_id"]) == served


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: po.Opening(id="O", days={"monday"}), "must be days"),
        (lambda: po.Candidate(id="C", available_days={"mon.noon"}), "not 'mon.noon'"),
        (lambda: po.Opening(id="O", days={"mon"}, days_needed=2), "at most the number of days"),
        (lambda: po.Opening(id="O", days_needed=1), "at most the number of days"),
    ],
)
def test_days_that_do_not_exist_are_bad_input(build, message):
    with pytest.raises(po.InvalidInputError, match=message):
        build()


def test_coaches_name_known_openings_and_employers():
    with pytest.raises(po.InvalidInputError) as caught:
        po.Region(
            name="unknown",
            candidates=[po.Candidate(id="C-1")],
            openings=[po.Opening(id="O-1")],
            coaches=[po.Coach(id="K-1", openings={"O-2"}, employers={"E-1"})],
        )
    assert [found.field for found in caught.value.problems] == ["openings", "employers"]
