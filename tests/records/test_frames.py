"""Frames of every dtype: what a cell means, and what is told of it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Coach, Opening, Region

WORK = pd.DataFrame({"id": ["O-1"]})


def read(candidates: Any, **more: Any) -> Region:
    return Region.from_frames(candidates=candidates, openings=more.pop("openings", WORK), **more)


def person(region: Region) -> Candidate:
    return region.candidates[0]


def texts(region: Region) -> list[str]:
    return [line.text for line in region.reading]


# Columns of one kind of dtype each, and the two people they give.
COLUMNS: dict[str, tuple[str, Callable[[], Any], Any, Any]] = {
    "Int64": ("coaching_year", lambda: pd.array([2, None], dtype="Int64"), 2, None),
    "UInt8": ("coaching_year", lambda: pd.array([2, None], dtype="UInt8"), 2, None),
    "floats of whole numbers": ("coaching_year", lambda: [2.0, np.nan], 2, None),
    "Float32": ("wage_value", lambda: pd.array([0.1, None], dtype="Float32"), 0.1, None),
    "float16": ("wage_value", lambda: np.array([0.5, np.nan], dtype=np.float16), 0.5, None),
    "Decimal": ("wage_value", lambda: [Decimal("0.30"), Decimal("NaN")], 0.3, None),
    "numpy scalars": ("wage_value", lambda: pd.Series([np.float64(0.3), pd.NA], dtype=object), 0.3,
                      None),
    "mixed": ("priority", lambda: pd.Series([Decimal(2), "1,5"], dtype=object), 2, 1.5),
    "boolean": ("sheltered", lambda: pd.array([True, None], dtype="boolean"), True, False),
    "bool": ("sheltered", lambda: [True, False], True, False),
    "zero and one": ("sheltered", lambda: [1, 0], True, False),
    "floats of zero and one": ("sheltered", lambda: [1.0, np.nan], True, False),
    "category": ("transport", lambda: pd.Categorical(["bike", None]), "bike", None),
    "Dutch category": ("transport", lambda: pd.Categorical(["Fiets", None]), "bike", None),
    "string": ("municipality", lambda: pd.array(["M", None], dtype="string"), "M", None),
    "numpy strings": ("municipality", lambda: np.array(["M", "N"]), "M", "N"),
    "datetime64": ("available_from", lambda: pd.to_datetime(["2026-02-01", None]),
                   dt.date(2026, 2, 1), None),
    "dates": ("available_from", lambda: pd.Series([dt.date(2026, 2, 1), pd.NaT], dtype=object),
              dt.date(2026, 2, 1), None),
    "texts of dates": ("available_from", lambda: ["13-02-2026", "NaT"], dt.date(2026, 2, 13), None),
    "lists": ("needs", lambda: [["a", "b"], None], frozenset("ab"), frozenset()),
    "sets": ("needs", lambda: [{"a"}, set()], frozenset("a"), frozenset()),
    "texts of lists": ("needs", lambda: ["a; b", ""], frozenset("ab"), frozenset()),
    "numpy rows": ("wishes", lambda: [np.array(["O-1"]), None], ("O-1",), ()),
    "whole numbers in lists": ("wishes", lambda: [[7], [np.int64(7)]], ("7",), ("7",)),
    "a whole number alone": ("wishes", lambda: pd.Series([7, None], dtype=object), ("7",), ()),
    "mappings": ("skills", lambda: [{"a": np.float32(0.1)}, None], {"a": 0.1}, {}),
    "texts of levels": ("skills", lambda: ["a:0.8; b", None], {"a": 0.8, "b": 1}, {}),
    "lists of names": ("skills", lambda: [["a", "b"], None], {"a": 1, "b": 1}, {}),
    "pairs": ("hours_per_week", lambda: [(16, 24), None], (16, 24), None),
    "one-sided pairs": ("hours_per_week", lambda: [(None, 24), (16, None)], (0, 24), (16, 168)),
    "numbers for pairs": ("hours_per_week", lambda: [24, np.nan], (24, 24), None),
    "ids as integers": ("coach", lambda: pd.array([7, None], dtype="Int64"), "7", None),
    "ids as floats": ("coach", lambda: [7.0, np.nan], "7", None),
    "ids of many types": ("current_opening", lambda: pd.Series([7, "7"], dtype=object), "7", "7"),
}  # fmt: skip


@pytest.mark.parametrize(("field", "cells", "first", "second"), COLUMNS.values(), ids=COLUMNS)
def test_columns_of_every_dtype(
    field: str, cells: Callable[[], Any], first: Any, second: Any
) -> None:
    frame = pd.DataFrame({"id": ["C-1", "C-2"], field: cells()})
    region = read(
        frame,
        openings=pd.DataFrame({"id": ["O-1", "7"]}),
        coaches=pd.DataFrame({"id": ["7"]}),
    )
    assert [getattr(one, field) for one in region.candidates] == [first, second]


def test_whole_numbers_as_ids_are_told() -> None:
    region = read(pd.DataFrame({"id": [884097580, 12], "coach": [3, np.nan]}),
                  coaches=pd.DataFrame({"id": [3]}))  # fmt: skip
    assert [one.id for one in region.candidates] == ["884097580", "12"]
    assert person(region).coach == "3"
    assert [(line.table, line.column, line.count) for line in region.reading] == [
        ("candidates", "id", 2),
        ("candidates", "coach", 1),
        ("coaches", "id", 1),
    ]


def test_numbers_of_any_digits_are_rounded_to_their_grid() -> None:
    frame = pd.DataFrame(
        {
            "id": ["C-1"],
            "lat": [np.float64(51.842022142760435)],
            "lon": [Decimal("5.8595724018251865")],
            "wage_value": [17 / 30],
            "skills": [{"a": 1 / 3}],
            "priority": [np.float32(1 / 3)],
        }
    )
    made = person(read(frame))
    assert made.location == (51.842022, 5.859572)
    assert made.wage_value == 0.566667
    assert made.skills == {"a": 0.333333}
    assert made.priority == pytest.approx(1 / 3, abs=1e-6)


def test_texts_in_frames_are_read_as_in_files_and_told() -> None:
    frame = pl.DataFrame(
        {"Klantnr": ["1"], "Beschut": ["ja"], "Loonwaarde": ["0,61"], "Beschikbaar": ["13-04-2026"]}
    )
    region = read(frame)
    assert person(region) == Candidate(
        id="1", sheltered=True, wage_value=0.61, available_from="2026-04-13"
    )
    assert "'ja' is read as true" in texts(region)
    assert "texts are read as numbers" in texts(region)
    assert "texts are read as dates" in texts(region)
    with pytest.raises(InvalidInputError, match="dialect="):
        read(pd.DataFrame({"id": ["1"], "max_travel_minutes": ["1.500"]}))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_columns_flat_or_per_table(kind: Any) -> None:
    region = read(
        kind({"nr": ["C-1"], "town": ["M"]}),
        openings=kind({"nr": ["O-1"], "kind of work": ["care"]}),
        columns={
            "nr": "id",
            "town": "municipality",
            "openings": {"kind of work": "sector_of_work"},
        },
    )
    assert region.candidates == (Candidate(id="C-1", municipality="M"),)
    assert region.openings == (Opening(id="O-1", sector_of_work="care"),)
    assert len(region.reading) == 0
    assert str(region.reading) == "Everything was read as it was written."


def test_problems_name_the_label_of_the_index() -> None:
    frame = pd.DataFrame({"nr": ["C-1", "C-2"], "prio": [1, -1]}, index=["ann", "bob"])
    with pytest.raises(InvalidInputError) as caught:
        read(frame, columns={"nr": "id", "prio": "priority"})
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("candidates", "bob", "prio")
    assert str(problem).startswith("candidates, row bob, column 'prio': candidate 'C-2': priority")


def test_a_table_of_travel_with_names_of_ones_own() -> None:
    travel = pl.DataFrame({"from": [1], "to": ["O-1"], "min": ["12,5"]})
    names = {"from": "origin", "to": "destination", "min": "minutes"}
    region = read(pl.DataFrame({"id": [1]}), travel_minutes=travel, columns=names)
    assert region.travel_minutes == (("1", "O-1", 12.5),)


def test_problems_of_the_regions_own_tables_have_their_place() -> None:
    travel = pd.DataFrame({"origin": ["C-1"], "destination": ["O-9"], "minutes": [5]}, index=[17])
    with pytest.raises(InvalidInputError) as caught:
        read(pd.DataFrame({"id": ["C-1"]}), travel_minutes=travel, references="strict")
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("travel_minutes", 17, "destination")


def test_the_note_stays_out_of_what_a_region_is() -> None:
    told = read(pd.DataFrame({"id": [1], "extra": ["x"]}))
    plain = Region(name="region", candidates=[Candidate(id="1")], openings=[Opening(id="O-1")])
    assert told == plain
    assert told.fingerprint() == plain.fingerprint()
    assert len(told.reading) == 2
    assert len(plain.reading) == 0
    assert repr(told.reading) == "Reading(<2>)"


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_groups_are_columns_of_their_own(kind: Any) -> None:
    region = read(
        kind(
            {"id": ["C-1", "C-2"], "groups.team": [3, None], "wijk": ["north", ""], "x": ["a", "b"]}
        ),
        openings=kind({"id": ["O-1"], "groups.site": ["s"], "shift": ["late"]}),
        columns={"x": "groups.channel", "openings": {"shift": "groups.shift"}},
    )
    first, second = region.candidates
    assert first.groups == {"team": "3", "neighbourhood": "north", "channel": "a"}
    assert second.groups == {"channel": "b"}
    assert region.openings[0].groups == {"site": "s", "shift": "late"}
    assert Region.from_frames(**region.to_frames()) == region


@pytest.mark.parametrize(
    "text", ["1" * 5_000, "1e999", "-", "%", "\u0663", "\u00b2", "1,2,3", "0x10", "--1", "1_000"]
)
def test_texts_that_are_no_numbers_are_refused_as_they_are(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(pd.DataFrame({"id": ["C-1"], "priority": [text]}))
    (problem,) = caught.value.problems
    assert (problem.field, problem.column) == ("priority", "priority")


def test_a_coach_of_an_employer_with_a_fiscal_number() -> None:
    region = read(
        pd.DataFrame({"id": ["C-1"]}),
        openings=pd.DataFrame({"id": [123456782], "employer": [123456782]}),
        employers=pd.DataFrame({"id": [123456782]}),
        coaches=pd.DataFrame({"id": ["K"], "soort": ["werkgever"], "werkgever": [123456782]}),
    )
    assert region.openings[0].id == region.employers[0].id == "123456782"
    assert region.coaches == (Coach(id="K", kind="employer", employer="123456782"),)
