"""Periods as records: read, written, checked."""

import datetime as dt
import json

import pytest

import placement_opt as po

QUARTERS = (
    {"id": "Q1", "starts_on": "2026-01-01", "ends_on": "2026-03-31"},
    {"id": "Q2", "starts_on": "2026-04-01", "ends_on": "2026-06-30"},
)


def region_of(*periods, **fields):
    records = {"candidates": [{"id": "C-1"}], "openings": [{"id": "O-1"}]}
    return po.Region(name="periods", periods=list(periods), **records, **fields)


def problems_of(*periods):
    with pytest.raises(po.InvalidInputError) as caught:
        region_of(*periods)
    return [(p.id, p.field, p.expected) for p in caught.value.problems]


def test_periods_come_back_from_every_form(tmp_path):
    region = region_of(po.Period(**QUARTERS[0]), QUARTERS[1])
    assert region.periods[1].starts_on == dt.date(2026, 4, 1)
    assert json.loads(region.to_json_text())["periods"] == [*QUARTERS]
    assert po.Region.from_json_text(region.to_json_text()) == region
    assert po.Region.from_frames(**region.to_frames()) == region
    region.to_folder(tmp_path / "region")
    lines = (tmp_path / "region" / "periods.csv").read_text().splitlines()
    assert lines == ["id,starts_on,ends_on", "Q1,2026-01-01,2026-03-31", "Q2,2026-04-01,2026-06-30"]
    assert po.Region.from_folder(tmp_path / "region") == region
    assert region.fingerprint() != region_of(QUARTERS[0]).fingerprint() != region_of().fingerprint()
    assert "periods" not in region_of().to_json_text().replace('"name": "periods"', "")


def test_a_file_may_speak_dutch(tmp_path):
    (tmp_path / "kandidaten.csv").write_text("id\nC-1\n")
    (tmp_path / "vacatures.csv").write_text("id\nO-1\n")
    (tmp_path / "perioden.csv").write_text(
        "periode;begindatum;tot en met\nQ1;01-01-2026;31-03-2026\nQ2;01-04-2026;30-06-2026\n"
    )
    region = po.Region.from_folder(tmp_path)
    assert [period.ends_on for period in region.periods] == [
        dt.date(2026, 3, 31),
        dt.date(2026, 6, 30),
    ]


def test_gaps_and_overlaps_are_told():
    late, early = (
        QUARTERS[1] | {"starts_on": "2026-04-02"},
        QUARTERS[1] | {"starts_on": "2026-03-31"},
    )
    for wrong in (late, early):
        assert problems_of(QUARTERS[0], wrong) == [
            ("Q2", "starts_on", "must be 2026-04-01, the day after Q1 ends")
        ]
    assert [found[:2] for found in problems_of(QUARTERS[1], QUARTERS[0])] == [("Q1", "starts_on")]


def test_all_that_is_wrong_with_periods_is_told_at_once():
    found = problems_of(
        {"id": "a / b", "starts_on": "2026-01-01", "ends_on": "2025-12-31"},
        {"id": "c", "starts_on": "tomorrow"},
    )
    assert [one[:2] for one in found] == [
        ("a / b", "id"),
        ("a / b", "ends_on"),
        ("c", "starts_on"),
        ("c", "ends_on"),
    ]
    assert [one[:2] for one in problems_of(QUARTERS[0], QUARTERS[1] | {"id": "Q1"})] == [
        ("Q1", "id")
    ]
