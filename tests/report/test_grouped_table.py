"""Groups of records as columns of result tables, on request."""

import pytest

import placement_opt as po


def solved():
    region = po.Region(
        name="groups",
        candidates=[
            po.Candidate(id="C-1", groups={"area": "north"}),
            po.Candidate(id="C-2", groups={"area": "south", "channel": "web"}),
            po.Candidate(id="C-3"),
        ],
        openings=[po.Opening(id="O-1", employer="E-1", positions=2, groups={"site": "dock"})],
        employers=[po.Employer(id="E-1", groups={"chain": "Jansen"})],
    )
    return po.solve(region, time_limit_s=5)


def test_tables_have_the_groups_of_whom_their_rows_are_about():
    result = solved()
    plain = result.placements
    table = result.with_groups()
    added = ["candidate.area", "candidate.channel", "opening.site", "employer.chain"]
    assert [name for name in table if name not in plain] == sorted(added)
    area = {"C-1": "north", "C-2": "south", "C-3": None}
    for row in table.to_dict("records"):
        assert row["candidate.area"] == area[row["candidate_id"]]
        assert (row["opening.site"], row["employer.chain"]) == ("dock", "Jansen")
    assert table[list(plain)].equals(plain)
    left = result.with_groups("unplaced", ["candidate.area"])
    assert len(left) == 1
    assert list(left.columns)[-1] == "candidate.area"
    work = result.with_groups("openings", ["employer.chain", "candidate.area"])
    assert work["employer.chain"].tolist() == ["Jansen"]
    assert "candidate.area" not in work


def test_unknown_groups_and_tables_are_named():
    with pytest.raises(po.InvalidInputError, match=r"did you mean 'candidate.area'"):
        solved().with_groups("placements", ["candidate.areas"])
    with pytest.raises(po.PlacementError, match="did you mean 'placements'"):
        solved().with_groups("placement")
