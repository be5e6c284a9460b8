"""Places by postcode, and travel tables from minutes of one's own."""

from typing import Any

import pandas as pd
import pytest

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records.postcodes import travel_table

TABLE = [("6511", 51.842022142760435, 5.86), ("6512 AB", 51.84, 5.8334), (6513, 51.83, 5.83)]


def region(*postcodes: str, **more: Any) -> po.Region:
    people = [po.Candidate(id=f"C-{n}", postcode=code) for n, code in enumerate(postcodes)]
    people += more.pop("more_people", [])
    work = [po.Opening(id="O-1", postcode="6511")]
    return po.Region(name="r", candidates=people, openings=work, **{"postcodes": TABLE} | more)


@pytest.mark.parametrize(
    ("postcode", "place"),
    [
        ("6511", (51.842022, 5.86)),
        ("6511 ZZ", (51.842022, 5.86)),
        ("6512ab", (51.84, 5.8334)),
        ("6512 CD", None),
        ("6513", (51.83, 5.83)),
        ("9999", None),
    ],
)
def test_a_postcode_gives_a_place(postcode: str, place: tuple[float, float] | None) -> None:
    assert region(postcode).candidates[0].location == place
    assert region(postcode).openings[0].location == (51.842022, 5.86)


def test_what_the_table_lacks_is_told() -> None:
    told = region("6511 AB", "9999 ZZ", "9999 ZZ", "6511").reading
    assert [str(line) for line in told] == [
        "candidates, column 'postcode': the postcode gives the location (1).",
        "candidates, column 'postcode': places are those of the four digits of the postcode (1).",
        "candidates, column 'postcode': the table of postcodes lacks 9999: no location (2).",
        "openings, column 'postcode': the postcode gives the location (1).",
    ]


def test_a_location_goes_before_a_postcode() -> None:
    people = [po.Candidate(id="C-1", postcode="6511", location=(52, 6))]
    assert region(more_people=people).candidates[0].location == (52, 6)


def test_without_a_table_a_postcode_is_a_label() -> None:
    made = region("6511", postcodes=None)
    assert made.candidates[0].location is None
    assert len(made.reading) == 0


def test_a_region_with_postcodes_goes_round() -> None:
    made = region("6511 AB", "9999")
    assert po.Region.from_json_text(made.to_json_text()) == made
    assert po.Region.from_frames(**made.to_frames()) == made


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        (("6511", 5.86, 251.8), "postcodes[0][2]", "from -180 to 180"),
        (("6511", 51.8), "postcodes[0]", "the 3 values"),
        ((None, 51.8, 5.8), "postcodes[0][0]", "must be an id"),
    ],
)
def test_a_wrong_table_is_one_clear_problem(row: object, field: str, expected: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        region("6511", postcodes=[row])
    (problem,) = caught.value.problems
    assert problem.field == field
    assert expected in problem.expected


def test_a_frame_of_postcodes() -> None:
    table = pd.DataFrame({"pc4": [6511], "lat": ["51,842"], "lng": ["5,86"]})
    made = po.Region.from_frames(
        candidates=pd.DataFrame({"id": ["C-1"], "Postcode": ["6511 AB"]}),
        openings=pd.DataFrame({"id": ["O-1"], "pc4": [6511]}),
        postcodes=table,
        columns={"openings": {"pc4": "postcode"}},
    )
    assert made.candidates[0].location == made.openings[0].location == (51.842, 5.86)


def test_a_travel_table_of_ones_own_minutes() -> None:
    minutes = {("A", "B"): 18, ("B", "A"): 20, ("A", "C"): 30}
    assert travel_table(minutes) == (("A", "B", 18), ("B", "A", 20), ("A", "C", 30))
    both = (("A", "B", 18), ("B", "A", 20), ("A", "C", 30), ("C", "A", 30))
    assert travel_table(minutes, both_ways=True) == both
    assert travel_table([("A", "A", 5)], both_ways=True) == (("A", "A", 5),)
    with pytest.raises(InvalidInputError, match="origin, destination and minutes"):
        travel_table([("A", "B")])
