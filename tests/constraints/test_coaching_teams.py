"""Teams of coaches, found by sets of bits, are those that the records name."""

import numpy as np
from hypothesis import given, settings
from strategies import regions

from placement_opt.constraints.coaching_teams import covers, teams_of
from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate, Coach, Employer, Opening, Region


def check_teams(instance: Instance) -> None:
    """Compare the team of every pair with the plain reading, in a block and one by one."""
    teams = teams_of(instance)
    shape = (instance.n_candidates, instance.n_openings)
    rows, columns = (axis.astype(np.int32) for axis in np.indices(shape))
    found = teams.of_pairs(rows, columns)
    for candidate, candidate_id in enumerate(instance.candidate_ids):
        for opening, opening_id in enumerate(instance.opening_ids):
            person, work = instance.candidate_of[candidate_id], instance.opening_of[opening_id]
            able = [
                number
                for number, coach_id in enumerate(instance.coach_ids)
                if covers(instance.coach_of[coach_id], person, work)
            ]
            assert list(teams.members[found[candidate, opening]]) == able
    assert np.array_equal(teams.has_coach(rows[:, :1], columns[:1]), found > 0)
    assert np.array_equal(teams.has_coach(rows.ravel(), columns.ravel()), (found > 0).ravel())


@settings(deadline=None, max_examples=100, database=None)
@given(region=regions())
def test_teams_are_those_of_the_records(region: Region) -> None:
    check_teams(Instance(region))


def test_every_condition_of_a_coach_counts() -> None:
    coached = {"coaching_regime": "light", "coaching_year": 1}
    people = [
        Candidate(id="C1", municipality="M1", needs={"quiet"}, **coached),
        Candidate(id="C2", municipality="M2", coach="K4", **coached),
        Candidate(id="C3", municipality="M1", coaching_regime="intensive", coaching_year=1),
    ]
    coaches = [
        Coach(id="K1", municipalities={"M1"}),
        Coach(id="K2", regimes={"light"}),
        Coach(id="K3", needs={"seat"}),
        Coach(id="K4"),
        Coach(id="K5", kind="employer", employer="E1"),
    ]
    work = [Opening(id="O1", employer="E1"), Opening(id="O2", employer="E2")]
    employers = [Employer(id="E1"), Employer(id="E2")]
    region = Region(
        name="r", candidates=people, openings=work, employers=employers, coaches=coaches
    )
    instance = Instance(region)
    check_teams(instance)
    teams = teams_of(instance)
    team = teams.of_pairs(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1]))
    assert [teams.members[number] for number in team] == [
        (0, 1, 3, 4),
        (0, 1, 3),
        (3,),
        (0, 2, 3),
    ]


def test_more_coaches_than_a_machine_word_has_bits() -> None:
    people = [Candidate(id="C1", municipality="M1", coaching_hours_per_week=1)]
    places = ["M1" if number in {3, 64, 129} else "M2" for number in range(130)]
    coaches = [Coach(id=f"K{row:03}", municipalities={p}) for row, p in enumerate(places)]
    region = Region(name="r", candidates=people, openings=[Opening(id="O1")], coaches=coaches)
    instance = Instance(region)
    check_teams(instance)
    assert (3, 64, 129) in teams_of(instance).members
