"""A region as JSON: sorted, the same again, and never lost."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from region_fields import BSN, fields, first, problems_of
from strategies import regions, with_options

from placement_opt.records import Opening, Region


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(with_options(regions()), st.randoms(use_true_random=False))
def test_the_fingerprint_ignores_order_and_notation(region, random):
    raw = json.loads(region.to_json_text(), parse_int=float)
    del raw["format"]
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
        "format": 2,
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
