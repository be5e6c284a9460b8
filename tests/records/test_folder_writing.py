"""Folders that are written: read back as the same region, wholly or not at all."""

from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from folders import folder, told
from hypothesis import HealthCheck, given, settings
from strategies import regions, with_options

import placement_opt as po
from placement_opt.records import Candidate, Opening, Region
from placement_opt.records.region_frames import region_columns


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1, 2], "priority": [None, 2.0]}).write_parquet(
        tmp_path / "candidates.parquet"
    )
    region = Region.from_folder(folder(tmp_path))
    assert region.candidates == (Candidate(id="1"), Candidate(id="2", priority=2))
    assert "whole numbers are read as ids, by their digits" in told(region, "id")


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=40,
)
@given(with_options(regions()))
def test_round_trip_through_a_folder_and_frames_keeps_everything(
    tmp_path: Path, region: Region
) -> None:
    place = tmp_path / "own"
    region.to_folder(place, overwrite=True)
    assert Region.from_folder(place) == region
    frames = region.to_frames()
    assert Region.from_frames(**frames) == region
    assert all(isinstance(frame, pd.DataFrame) for frame in frames.values())
    own = {"name": region.name, "date": region.date, "sectors_of_work": region.sectors_of_work}
    polars = {
        name: pl.DataFrame(columns, strict=False, infer_schema_length=None)
        for name, columns in region_columns(region).items()
    }
    assert Region.from_frames(**polars, **own) == region


def test_labels_with_signs_of_lists_survive(tmp_path: Path) -> None:
    region = Region(
        name="NA",
        candidates=[
            Candidate(id="NA", municipality="null", skills={"a; b": 0.5, "c,d": 1, "[x": 0.000001}),
            Candidate(id="007", needs=["x|y", "z"], wishes=["O-1"]),
            Candidate(id="008", wishes=[["O-1", "O-2"], "1"]),
        ],
        openings=[
            Opening(id="O-1"),
            Opening(id="O-2"),
            Opening(id="1", preferences=[["NA", "007"]]),
        ],
        postcodes=[("6511", 51.84, 5.86)],
    )
    region.to_folder(tmp_path / "own")
    assert Region.from_folder(tmp_path / "own") == region


def test_a_folder_is_written_wholly_and_never_over_another(tmp_path: Path) -> None:
    place = tmp_path / "own"
    region = Region(name="a", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    other = region.model_copy(update={"name": "b", "employers": [po.Employer(id="E")]})
    other.to_folder(place)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        region.to_folder(place)
    assert Region.from_folder(place) == other
    region.to_folder(place, overwrite=True)
    assert Region.from_folder(place) == region
    assert not (place / "employers.csv").exists()
    (place / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds other files"):
        region.to_folder(place, overwrite=True)
    assert (place / "notes.txt").read_text() == "mine"
    with pytest.raises(FileNotFoundError, match="make it first"):
        region.to_folder(tmp_path / "none" / "own")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError, match="is a file"):
        region.to_folder(tmp_path / "file")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "own"]


def test_a_failed_write_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "own"
    region = Region(name="a", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    region.to_folder(place)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        region.model_copy(update={"name": "b"}).to_folder(place, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["own"]
    assert Region.from_folder(place).name == "a"
