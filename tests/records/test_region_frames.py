"""A region from frames: gaps, columns, and one clear problem a mistake."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from region_fields import problems_of
from strategies import regions, with_options

from placement_opt.records import (
    Candidate,
    Coach,
    Employer,
    Municipality,
    Opening,
    Region,
    Together,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(with_options(regions()))
def test_round_trip_through_json_and_frames_keeps_everything(region):
    text = region.to_json_text()
    again = Region.from_json_text(text)
    assert again == region
    assert again.to_json_text() == text
    assert again.fingerprint() == region.fingerprint()
    assert Region.from_frames(**as_frames(region)) == region


def as_frames(region):
    kinds = {
        "candidates": Candidate,
        "openings": Opening,
        "employers": Employer,
        "coaches": Coach,
        "municipalities": Municipality,
        "together": Together,
    }
    frames = {}
    for name, kind in kinds.items():
        rows = getattr(region, name)
        columns = {
            field: pd.Series([getattr(row, field) for row in rows], dtype=object)
            for field in kind.model_fields
        }
        frames[name] = pd.DataFrame(columns)
    pairs = ["candidate_id", "opening_id"]
    return frames | {
        "name": region.name,
        "date": region.date,
        "excluded_pairs": pd.DataFrame(region.excluded_pairs, columns=pairs),
        "fixed_placements": pd.DataFrame(region.fixed_placements, columns=pairs),
        "travel_minutes": region.travel_minutes,
        "sectors_of_work": region.sectors_of_work,
    }


def frames(**changed):
    return {
        "name": "north",
        "candidates": pd.DataFrame({"id": ["C-1", "C-2"]}),
        "openings": pd.DataFrame({"id": ["O-1"]}),
    } | changed


def test_frames_with_gaps_leave_fields_out():
    candidates = pd.DataFrame(
        {
            "id": ["C-1", "C-2"],
            "coaching_year": [2, None],
            "hours_per_week_min": [16, np.nan],
            "hours_per_week_max": [24.5, np.nan],
            "lat": np.array([51.84, np.nan], dtype=np.float32),
            "lon": [5.86, None],
            "available_from": pd.to_datetime(["2026-02-01", None]),
            "sheltered": pd.array([True, None], dtype="boolean"),
            "wage_value": pd.array([0.6, None], dtype="Float64"),
            "skills": [{"welding": np.float32(0.1)}, None],
            "wishes": [np.array(["O-1"]), None],
            "transport": pd.Categorical(["bike", None]),
            "coach": pd.Series(["K-1", None], dtype="str"),
        }
    )
    region = Region.from_frames(
        **frames(
            candidates=candidates,
            coaches=pd.DataFrame({"id": ["K-1"], "hours_per_week": [8]}),
            date=pd.Timestamp("2026-02-01"),
        )
    )
    assert region.candidates == (
        Candidate(
            id="C-1",
            coaching_year=2,
            hours_per_week=(16, 24.5),
            location=(51.84, 5.86),
            available_from="2026-02-01",
            sheltered=True,
            wage_value=0.6,
            skills={"welding": 0.1},
            wishes=["O-1"],
            transport="bike",
            coach="K-1",
        ),
        Candidate(id="C-2"),
    )
    assert region.date == dt.date(2026, 2, 1)


def test_columns_of_pairs_and_tables():
    openings = pd.DataFrame(
        {"id": ["O-1"], "hours_per_week": [(16, 32)], "wage_eur_per_hour": [Decimal("15.10")]}
    )
    travel = pd.DataFrame({"minutes": [12.5], "destination": ["O-1"], "origin": ["C-1"]})
    excluded = pd.DataFrame({"candidate_id": ["C-2"], "opening_id": ["O-1"]})
    region = Region.from_frames(
        **frames(
            openings=openings,
            travel_minutes=travel,
            excluded_pairs=excluded,
            fixed_placements=[("C-1", "O-1")],
            sectors_of_work=["green"],
        )
    )
    assert region.openings[0].hours_per_week == (16, 32)
    assert region.travel_minutes == (("C-1", "O-1", 12.5),)
    assert region.excluded_pairs == (("C-2", "O-1"),)
    assert region.fixed_placements == (("C-1", "O-1"),)


two = {"id": ["C-1", "C-2"]}

# One mistake each: the frames, then subject, id, field, expected and hint of its problem.
BAD_FRAMES = {
    "no id column": (
        {"openings": pd.DataFrame({"positions": [1, 2]})},
        ("opening", None, "id", "must be a column", "an index is not read"),
    ),
    "column twice": (
        {"openings": pd.DataFrame([["O-1", 1, 2]], columns=["id", "positions", "positions"])},
        ("opening", None, "positions", "a column once", "remove or rename"),
    ),
    "both notations": (
        {"candidates": pd.DataFrame(two | {"location": None, "lat": 51.8, "lon": 5.8})},
        ("candidate", None, "location", "not both", "remove the column 'location'"),
    ),
    "half a pair of columns": (
        {"openings": pd.DataFrame({"id": ["O-1"], "hours_per_week_min": [8]})},
        ("opening", None, "hours_per_week", "two columns", "add the other column"),
    ),
    "half a pair of cells": (
        {"openings": pd.DataFrame({"id": ["O-1"], "lat": [51.8], "lon": [None]})},
        ("opening", "O-1", "location[1]", "longitude", "leave the whole field out"),
    ),
    "bad cell": (
        {"candidates": pd.DataFrame(two | {"priority": [1, -1]})},
        ("candidate", "C-2", "priority", "from 0", "at least 0"),
    ),
    "fraction for a whole number": (
        {"candidates": pd.DataFrame(two | {"coaching_year": [1.5, None]})},
        ("candidate", "C-1", "coaching_year", "a whole number", "round it"),
    ),
    "empty id": (
        {"candidates": pd.DataFrame({"id": ["C-1", None]})},
        ("candidate", "row 1", "id", "must be given", "add the field 'id'"),
    ),
    "time of day": (
        {
            "openings": pd.DataFrame(
                {"id": ["O-1"], "starts_on": [pd.Timestamp("2026-02-01 08:00")]}
            )
        },
        ("opening", "O-1", "starts_on", "without a time of day", "the date only"),
    ),
    "no frame": (
        {"employers": [{"id": "E-1"}]},
        ("employer", None, "frame", "must be a frame of pandas or polars", "use Region(...)"),
    ),
    "empty frame": (
        {"openings": pd.DataFrame({"id": []})},
        ("region", "north", "openings", "at least one opening", "add the openings"),
    ),
    "missing column of a table": (
        {"travel_minutes": pd.DataFrame({"origin": ["C-1"], "minutes": [1]})},
        ("region", None, "travel_minutes.destination", "a column, once", "origin, destination"),
    ),
    "empty cell of a table": (
        {"fixed_placements": pd.DataFrame({"candidate_id": ["C-1"], "opening_id": [None]})},
        ("region", "north", "fixed_placements[0][1]", "must be an id", "leave"),
    ),
}


@pytest.mark.parametrize(("changed", "told"), BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
def test_one_mistake_in_a_frame_is_one_clear_problem(changed, told):
    (problem,) = problems_of(Region.from_frames, **frames(**changed))
    subject, id_, field, expected, hint = told
    assert (problem.subject, problem.id, problem.field) == (subject, id_, field)
    assert expected in problem.expected
    assert hint in problem.hint


UNREAD = {
    "a name close to a field": ({"municipalty": ["M", "N"]}, "did you mean 'municipality'?"),
    "no name": ({0: [1, 2]}, "nothing reads this column"),
    "far from any field": ({"xyz": ["a", None]}, "nothing reads this column"),
}


@pytest.mark.parametrize(("column", "text"), UNREAD.values(), ids=UNREAD.keys())
def test_a_column_that_nothing_reads_is_told_and_nothing_else(column, text):
    region = Region.from_frames(**frames(candidates=pd.DataFrame(two | column)))
    assert region.candidates == (Candidate(id="C-1"), Candidate(id="C-2"))
    (line,) = region.reading
    assert (line.table, line.column) == ("candidates", str(*column))
    assert line.text.endswith(text)
    assert line.count == sum(cell is not None for cell in next(iter(column.values())))


def test_an_unread_column_of_a_table_of_pairs_is_told():
    excluded = pd.DataFrame({"candidate_id": ["C-1"], "opening_id": ["O-1"], "why": ["far"]})
    region = Region.from_frames(**frames(excluded_pairs=excluded))
    assert region.excluded_pairs == (("C-1", "O-1"),)
    assert str(region.reading) == "excluded_pairs, column 'why': nothing reads this column (1)."


def test_problems_of_columns_and_of_rows_are_told_at_once():
    problems = problems_of(
        Region.from_frames,
        **frames(
            candidates=pd.DataFrame({"id": ["C-1", True], "lat": 51.8, "priority": ["one", 0]}),
            coaches=pd.DataFrame({"kind": ["external", "other"]}),
        ),
    )
    assert [(problem.subject, problem.id, problem.field) for problem in problems] == [
        ("candidate", None, "location"),
        ("coach", None, "id"),
        ("candidate", "C-1", "priority"),
        ("candidate", "row 1", "id"),
        ("coach", "row 1", "kind"),
    ]
