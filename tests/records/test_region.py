import datetime as dt
import json
import os
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import regions

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Coach, Employer, Municipality, Opening, Region

BSN = "123456782"


def fields(**changed):
    """Return the raw fields of a small valid region, with some of them changed."""
    return {
        "name": "north",
        "candidates": [{"id": "C-101"}, {"id": "C-202"}],
        "openings": [{"id": "O-101", "sector_of_work": "care"}, {"id": "O-202"}],
        "employers": [{"id": "E-101"}],
        "coaches": [{"id": "K-101"}],
        "municipalities": [{"id": "Nijmegen"}, {"id": "Beuningen"}],
    } | changed


def problems_of(build, *args, **kwargs):
    with pytest.raises(InvalidInputError) as caught:
        build(*args, **kwargs)
    return caught.value.problems


def first(record, **changed):
    """Return two records, the first with some fields changed."""
    prefix = record[0]
    return [{"id": f"{prefix}-101", **changed}, {"id": f"{prefix}-202"}]


# One mistake each: what is changed, then subject, id, field, expected and hint of its problem.
BAD_REGIONS = {
    "no candidates": (
        {"candidates": []},
        ("region", "north", "candidates", "at least one candidate", "add the candidates"),
    ),
    "no openings": (
        {"openings": ()},
        ("region", "north", "openings", "at least one opening", "add the openings"),
    ),
    "candidates no list": (
        {"candidates": {"id": "C-101"}},
        ("region", "north", "candidates", "a list of records", "square brackets"),
    ),
    "record no record": (
        {"coaches": [{"id": "K-101"}, "K-202"]},
        ("coach", "row 1", "record", "must be a coach", 'write it as {"id": ...}'),
    ),
    "record of another kind": (
        {"coaches": [Municipality(id="K-101")]},
        ("coach", "row 0", "record", "must be a coach", "write it as"),
    ),
    "record without id": (
        {"employers": [{"id": "E-101"}, {"sector": "market"}]},
        ("employer", "row 1", "id", "must be given", "add the field 'id'"),
    ),
    "duplicate candidates": (
        {"candidates": [{"id": "C-101"}, {"id": "C-101"}, {"id": "C-101"}]},
        ("candidate", "C-101", "id", "one candidate only, but 3 have it", "its own id"),
    ),
    "duplicate municipalities": (
        {"municipalities": [{"id": "Nijmegen"}, {"id": "Nijmegen"}]},
        ("municipality", "Nijmegen", "id", "one municipality only, but 2", "its own id"),
    ),
    "unknown municipality": (
        {"candidates": first("C", municipality="Nijmgen")},
        ("candidate", "C-101", "municipality", "a municipality of the", "mean 'Nijmegen'"),
    ),
    "unknown municipality of an employer": (
        {"employers": first("E", municipality="Wijchen")},
        ("employer", "E-101", "municipality", "a municipality of the", "no known id is close"),
    ),
    "unknown employer": (
        {"openings": first("O", employer="E-110")},
        ("opening", "O-101", "employer", "the id of an employer", "did you mean 'E-101'"),
    ),
    "unknown coach": (
        {"candidates": first("C", coach="K-1")},
        ("candidate", "C-101", "coach", "the id of a coach", "did you mean 'K-101'"),
    ),
    "unknown current opening": (
        {"candidates": first("C", current_opening="O-303")},
        ("candidate", "C-101", "current_opening", "the id of an opening", "'O-202'"),
    ),
    "unknown wish": (
        {"candidates": first("C", wishes=["O-101", "care", "cares"])},
        ("candidate", "C-101", "wishes[2]", "an opening or a sector of work", "mean 'care'"),
    ),
    "unknown preference": (
        {"openings": first("O", preferences=["C-202", "C-2020"])},
        ("opening", "O-101", "preferences[1]", "the id of a candidate", "mean 'C-202'"),
    ),
    "unknown employer of a coach": (
        {"coaches": [{"id": "K-101", "kind": "employer", "employer": "E"}]},
        ("coach", "K-101", "employer", "the id of an employer", "no known id is close"),
    ),
    "coach in an unknown municipality": (
        {"coaches": [{"id": "K-101", "municipalities": ["Nijmegen", "Beuning"]}]},
        ("coach", "K-101", "municipalities", "ids of municipalities", "mean 'Beuningen'"),
    ),
    "unknown candidate excluded": (
        {"excluded_pairs": [("C-102", "O-101")]},
        ("region", "north", "excluded_pairs[0][0]", "a known candidate", "'C-101'"),
    ),
    "unknown opening fixed": (
        {"fixed_placements": [("C-101", "O-101"), ("C-202", "O-20")]},
        ("region", "north", "fixed_placements[1][1]", "a known opening", "'O-202'"),
    ),
    "pair with three ends": (
        {"excluded_pairs": [("C-101", "O-101", 1)]},
        ("region", "north", "excluded_pairs[0]", "2 values", "[candidate id, opening id]"),
    ),
    "BSN in a pair": (
        {"excluded_pairs": [(BSN, "O-101")]},
        ("region", "north", "excluded_pairs[0][0]", "pseudonymous", "an id of your own"),
    ),
    "pair excluded twice": (
        {"excluded_pairs": [("C-101", "O-101"), ("C-101", "O-101")]},
        ("region", "north", "excluded_pairs[1]", "listed once", "remove the second row"),
    ),
    "pair fixed and excluded": (
        {"excluded_pairs": [("C-101", "O-101")], "fixed_placements": [("C-101", "O-101")]},
        ("region", "north", "fixed_placements[0]", "one of the excluded_pairs", "one of the two"),
    ),
    "travel twice": (
        {"travel_minutes": [("C-101", "O-101", 5), ("C-101", "O-101", 6)]},
        ("region", "north", "travel_minutes[1]", "listed once", "one number of minutes"),
    ),
    "travel to an unknown opening": (
        {"travel_minutes": [("C-101", "O-111", 5)]},
        ("region", "north", "travel_minutes[0][1]", "a known opening", "'O-101'"),
    ),
    "travel of an unknown candidate": (
        {"travel_minutes": [("C-111", "O-101", 5)]},
        ("region", "north", "travel_minutes[0][0]", "a known candidate", "'C-101'"),
    ),
    "travel from a candidate to a municipality": (
        {"travel_minutes": [("C-101", "Nijmegen", 5)]},
        ("region", "north", "travel_minutes[0][1]", "a known opening", "no known id is close"),
    ),
    "travel to an unknown municipality": (
        {"travel_minutes": [("Nijmegen", "Beuninge", 5)]},
        ("region", "north", "travel_minutes[0][1]", "opening or municipality", "'Beuningen'"),
    ),
    "negative travel": (
        {"travel_minutes": [("C-101", "O-101", -5)]},
        ("region", "north", "travel_minutes[0][2]", "(minutes)", "at least 0"),
    ),
    "unknown field": (
        {"vacancies": []},
        ("region", "north", "vacancies", "no field of a region", "did you mean"),
    ),
    "name no text": (
        {"name": 3},
        ("region", None, "name", "must be a text", "write it as text: '3'"),
    ),
    "date in words": (
        {"date": "1 February 2026"},
        ("region", "north", "date", "ISO date", '"2026-02-01"'),
    ),
}


@pytest.mark.parametrize(("changed", "told"), BAD_REGIONS.values(), ids=BAD_REGIONS.keys())
def test_one_mistake_is_one_clear_problem(changed, told):
    (problem,) = problems_of(Region, references="strict", **fields(**changed))
    subject, id_, field, expected, hint = told
    assert (problem.subject, problem.id, problem.field) == (subject, id_, field)
    assert expected in problem.expected
    assert hint in problem.hint


def test_the_region_of_these_tests_is_right():
    region = Region(**fields())
    assert [len(kind) for kind in (region.candidates, region.coaches)] == [2, 1]


@pytest.mark.parametrize("name", ["name", "candidates", "openings"])
def test_a_missing_field_is_named_and_nothing_else(name):
    raw = fields(
        candidates=first("C", wishes=["O-101"]), openings=first("O", preferences=["C-202"])
    )
    del raw[name]
    (problem,) = problems_of(Region, **raw)
    assert (problem.field, problem.expected) == (name, "must be given")


def test_problems_of_all_records_are_told_at_once_each_with_its_own_id():
    problems = problems_of(
        Region,
        references="strict",
        **fields(
            candidates=[
                {"id": "C-101", "priority": -1, "coach": "K-9"},
                {"id": "C-202", "coach": "K-101x"},
                {"priority": "2"},
                {"id": BSN},
            ],
            openings=[{"id": "O-101", "positions": 1.5, "essential_skills": ["a"]}],
            date=20260201,
            fixed_placements=[("C-101", "O-101"), ("C-303", "O-101")],
        ),
    )
    assert [(problem.id, problem.field) for problem in problems] == [
        ("C-101", "priority"),
        ("row 2", "id"),
        ("row 2", "priority"),
        ("row 3", "id"),
        ("O-101", "positions"),
        ("O-101", "essential_skills"),
        ("north", "date"),
        ("C-202", "coach"),
        ("north", "fixed_placements[1][0]"),
    ]


def test_references_to_records_with_problems_are_no_problems():
    (problem,) = problems_of(
        Region,
        **fields(
            employers=[{"id": "E-101", "sector": "both"}], openings=first("O", employer="E-101")
        ),
    )
    assert (problem.id, problem.field) == ("E-101", "sector")


def test_thousands_of_unknown_ids_are_told_without_a_search_for_each():
    wrong = [{"id": f"C-{i}", "coach": f"K{i}-101"} for i in range(3_000)]
    problems = problems_of(Region, **fields(candidates=wrong))
    assert len(problems) == 3_000
    assert problems[0].hint == "did you mean 'K-101'"
    assert problems[-1].hint == "check the spelling or add the record"


def test_municipalities_are_labels_until_one_is_listed():
    raw = fields(
        municipalities=(),
        candidates=first("C", municipality="Wijchen"),
        coaches=[{"id": "K-101", "municipalities": ["Elsewhere"]}],
        travel_minutes=[("Wijchen", "Wijchen", 5)],
    )
    assert Region(**raw).candidates[0].municipality == "Wijchen"
    (problem,) = problems_of(
        Region, references="strict", **raw | {"travel_minutes": [("Wijchen", "Wychen", 5)]}
    )
    assert problem.field == "travel_minutes[0][1]"


def test_a_wish_may_name_a_sector_that_no_opening_has():
    raw = fields(candidates=first("C", wishes=["green"]))
    assert len(problems_of(Region, references="strict", **raw)) == 1
    assert Region(**raw, sectors_of_work=["green"]).candidates[0].wishes == ("green",)


def test_records_and_mappings_may_be_mixed():
    candidate = Candidate(id="C-101")
    region = Region(**fields(candidates=(candidate, {"id": "C-202"})))
    assert region.candidates[0] is candidate
    assert region == Region(**fields())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(regions())
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


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(regions(), st.randoms(use_true_random=False))
def test_the_fingerprint_ignores_order_and_notation(region, random):
    raw = json.loads(region.to_json_text(), parse_int=float)
    for value in raw.values():
        if isinstance(value, list):
            random.shuffle(value)
    shuffled = Region.from_json_text(json.dumps(raw))
    assert shuffled.fingerprint() == region.fingerprint()


def test_the_fingerprint_sees_every_change():
    plain = Region(**fields())
    changed = [
        Region(**fields(name="south")),
        Region(**fields(date="2026-02-01")),
        Region(**fields(candidates=first("C", wishes=["O-101", "O-202"]))),
        Region(**fields(candidates=first("C", wishes=["O-202", "O-101"]))),
        Region(**fields(excluded_pairs=[("C-101", "O-101")])),
        Region(**fields(fixed_placements=[("C-101", "O-101")])),
    ]
    prints = {region.fingerprint() for region in (plain, *changed)}
    assert len(prints) == len(changed) + 1
    assert {len(text) for text in prints} == {64}


def test_json_text_is_sorted_and_leaves_defaults_out():
    raw = fields(
        candidates=[{"id": "C-101", "needs": ["b", "a"], "skills": {"z": 1, "y": 0.5}}],
        date="2026-02-01",
        employers=(),
        coaches=(),
        municipalities=(),
    )
    assert json.loads(Region(**raw).to_json_text()) == {
        "name": "north",
        "candidates": [{"id": "C-101", "skills": {"y": 0.5, "z": 1}, "needs": ["a", "b"]}],
        "openings": [{"id": "O-101", "sector_of_work": "care"}, {"id": "O-202"}],
        "date": "2026-02-01",
    }


def test_files_are_written_wholly_and_never_over_another(tmp_path):
    path = tmp_path / "region.json"
    region = Region(**fields(name="Nijmegen é"))
    region.to_json(path)
    assert Region.from_json(str(path)) == region
    with pytest.raises(FileExistsError, match="overwrite=True"):
        Region(**fields()).to_json(path)
    assert Region.from_json(path) == region
    Region(**fields()).to_json(path, overwrite=True)
    assert Region.from_json(path) == Region(**fields())
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "region.json"
    Region(**fields()).to_json(path)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        Region(**fields(name="south")).to_json(path, overwrite=True)
    assert list(tmp_path.iterdir()) == [path]
    assert Region.from_json(path).name == "north"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file at '.*none\.json'. Hint: check"):
        Region.from_json(tmp_path / "none.json")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "region.json"
    path.write_bytes('{"name": "é"}'.encode("latin-1"))
    (problem,) = problems_of(Region.from_json, path)
    assert (problem.subject, problem.hint) == ("file", "save the file as UTF-8")


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = tmp_path / "region.json"
    path.write_text(json.dumps(fields()), encoding="utf-8-sig")
    assert Region.from_json(path) == Region(**fields())


@pytest.mark.parametrize(
    ("text", "subject", "field", "expected"),
    [
        ("{", "file", "text", "line 1, column 2"),
        ("", "file", "text", "line 1, column 1"),
        ("[" * 100_000, "file", "text", "endless nesting"),
        ('{"name": 1' + "0" * 5_000 + "}", "file", "text", "endless numbers"),
        ("[1]", "region", "record", "must be a region"),
        ('{"name": "a", "name": "b"}', "record", "name", "must be given once"),
        ('{"candidates": [{"id": "C", "coach": "K", "coach": "L"}]}', "record", "coach", "once"),
    ],
)
def test_text_that_is_no_region(text, subject, field, expected):
    (problem,) = problems_of(Region.from_json_text, text)
    assert (problem.subject, problem.field) == (subject, field)
    assert expected in problem.expected


def test_a_key_twice_in_a_record_names_the_record():
    text = '{"candidates": [{"id": "C-1", "coach": "K", "coach": "L"}]}'
    (problem,) = problems_of(Region.from_json_text, text)
    assert (problem.id, problem.value) == ("C-1", ["K", "L"])
    text = f'{{"candidates": [{{"id": "{BSN}", "id": "{BSN}"}}]}}'
    (problem,) = problems_of(Region.from_json_text, text)
    assert BSN not in str(problem)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_not_finite_are_refused_in_json(literal):
    text = json.dumps(fields()).replace('"C-101"', f'"C-101", "priority": {literal}')
    (problem,) = problems_of(Region.from_json_text, text)
    assert (problem.id, problem.field) == ("C-101", "priority")


def test_the_schema_names_every_field_and_its_bounds():
    schema = Region.json_schema()
    assert schema["required"] == ["name", "candidates", "openings"]
    assert schema["additionalProperties"] is False
    opening = schema["$defs"]["Opening"]
    assert list(opening["properties"]) == list(Opening.model_fields)
    assert opening["properties"]["positions"]["maximum"] == 1_000_000
    assert json.loads(json.dumps(schema)) == schema


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
