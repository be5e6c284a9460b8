"""Files of every version of the format are read, and newer ones refused with a remedy."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.records import file_format
from placement_opt.records.file_format import FORMAT, STEPS

FILES = Path(__file__).parent / "formats"


def test_there_is_a_file_of_every_version() -> None:
    versions = {*STEPS, FORMAT}
    assert sorted(versions) == list(range(1, FORMAT + 1))
    assert {path.name for path in FILES.iterdir()} == {f"region-{n}.json" for n in versions}


@pytest.mark.parametrize("version", sorted({*STEPS, FORMAT}))
def test_a_file_of_any_version_is_the_same_region(version: int) -> None:
    region = po.Region.from_json(FILES / f"region-{version}.json")
    assert region == po.Region.from_json(FILES / f"region-{FORMAT}.json")
    assert json.loads(region.to_json_text())["format"] == FORMAT
    assert po.Region.from_json_text(region.to_json_text()) == region


def test_each_older_version_goes_through_all_steps_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it will be once something has been renamed."""

    def renamed(fields: dict[str, Any]) -> dict[str, Any]:
        return {("name" if name == "title" else name): value for name, value in fields.items()}

    monkeypatch.setattr(file_format, "FORMAT", 3)
    monkeypatch.setattr(file_format, "STEPS", {1: STEPS[1], 2: renamed})
    rest = {"candidates": [], "openings": []}
    for told in ({}, {"format": 1}, {"format": 2}):
        assert file_format.up_to_date({**told, "title": "x", **rest}) == {"name": "x", **rest}
    now = {"name": "x", **rest}
    assert file_format.up_to_date({"format": 3, **now}) == now


@pytest.mark.parametrize("version", [FORMAT + 1, 0, -1, "2", 2.0, True, None])
def test_an_unknown_version_is_refused(version: object) -> None:
    content = {"format": version, "name": "x", "candidates": [], "openings": []}
    with pytest.raises(po.InvalidInputError, match=re.escape("region: format must be from 1")):
        po.Region.from_json_text(json.dumps(content))


def test_what_is_no_object_is_no_region() -> None:
    with pytest.raises(po.InvalidInputError):
        po.Region.from_json_text("[1]")


def test_the_schema_is_that_of_the_file() -> None:
    schema = po.Region.json_schema()
    assert schema["$id"] == f"urn:placement_opt:region:{FORMAT}"
    written = json.loads(region_with_everything().to_json_text())
    assert set(written) <= set(schema["properties"])
    assert schema["properties"]["format"]["const"] == written["format"]
    assert schema["additionalProperties"] is False


def test_files_keep_to_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="comes with the extra docs")
    check = jsonschema.Draft202012Validator(po.Region.json_schema())
    for path in FILES.iterdir():
        check.validate(json.loads(path.read_text()))
    check.validate(json.loads(region_with_everything().to_json_text()))
    left_out = {"candidates": [{"id": "C", "wishes": ["gone"]}], "openings": [{"id": "O"}]}
    written = json.loads(po.Region(name="x", **left_out).to_json_text())
    assert len(written["reading"]) == 1
    check.validate(written)
    wrong = {"name": "x", "candidates": [], "openings": [], "format": FORMAT + 1}
    assert not check.is_valid(wrong)


READ_WITH_ASSUMPTIONS = {
    "candidates": [
        {"id": "C-1", "wishes": ["O-9"]},
        {"id": "C-2", "transport": "car"},
    ],
    "openings": [{"id": "O-1"}],
    "defaults": {"candidates": {"transport": "bike"}},
}


def test_a_file_keeps_what_plans_take_for_granted(tmp_path: Path) -> None:
    """What was left out, and where defaults stand in, is told after a round trip as before."""
    import pandas as pd

    tables = {
        name: pd.DataFrame(READ_WITH_ASSUMPTIONS[name]) for name in ("candidates", "openings")
    }
    region = po.Region.from_frames(**tables, defaults=READ_WITH_ASSUMPTIONS["defaults"])
    assumed = list(region.reading.assumed())
    assert {row.about for row in assumed} >= {"wishes", "transport"}
    region.to_json(tmp_path / "region.json")
    again = po.Region.from_json(tmp_path / "region.json")
    assert again == region
    assert list(again.reading.assumed()) == assumed
    assert again.fingerprint() == region.fingerprint()
    assert po.solve(again).assumption_rows == po.solve(region).assumption_rows
    again.to_json(tmp_path / "region.json", overwrite=True)
    assert list(po.Region.from_json(tmp_path / "region.json").reading.assumed()) == assumed


def test_lines_of_a_reading_that_are_none_are_refused() -> None:
    content = {"name": "x", "candidates": [{"id": "C"}], "openings": [{"id": "O"}]}
    for wrong in ("bike", [{"table": "candidates"}], {"text": "x"}):
        with pytest.raises(po.InvalidInputError, match="region: reading must be lines"):
            po.Region.from_json_text(json.dumps(content | {"reading": wrong}))


def test_the_fingerprint_does_not_know_the_format() -> None:
    old = po.Region.from_json(FILES / "region-1.json")
    assert old.fingerprint() == po.Region.from_json(FILES / f"region-{FORMAT}.json").fingerprint()
