"""Folders of CSV files, as a user has them."""

from pathlib import Path
from typing import Any

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Region

BSN = "123456782"

WORK = "id\nO-1\nO-2\n"


def folder(place: Path, **files: str | bytes) -> Path:
    """Write files, named with an underscore before their ending, and return their folder."""
    files = {"openings_csv": WORK} | files
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        raw = content.encode() if isinstance(content, str) else content
        (place / f"{stem}.{ending}").write_bytes(raw)
    return place


def read(place: Path, candidates: str | bytes, **options: Any) -> Region:
    return Region.from_folder(folder(place, candidates_csv=candidates), name="r", **options)


def told(region: Region, column: str | None = None) -> list[str]:
    return [line.text for line in region.reading if column is None or line.column == column]


def problems_of(place: Path, **options: Any) -> list[tuple[Any, ...]]:
    with pytest.raises(InvalidInputError) as caught:
        Region.from_folder(place, **options)
    return [
        (one.file, one.row, one.column, one.field, one.expected, one.hint)
        for one in caught.value.problems
    ]
