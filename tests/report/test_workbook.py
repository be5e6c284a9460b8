"""Workbooks: what a spreadsheet shows is what the tables hold."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

import placement_opt as po
from placement_opt.report.workbook import workbook_bytes

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TABLES = (
    *("placements", "unplaced", "openings", "quotas", "coaches", "budgets", "costs", "terms"),
    *("changes", "blocking_pairs", "remarks", "assumptions"),
)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """Read a workbook as a spreadsheet would: by its parts, links and types of cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}  # noqa: S314
    kinds = {one.get("PartName") for one in parts["[Content_Types].xml"]}
    links = {one.get("Id"): one.get("Target") for one in parts["xl/_rels/workbook.xml.rels"]}
    found = {}
    for sheet in parts["xl/workbook.xml"].iter(f"{MAIN}sheet"):
        place = f"xl/{links[sheet.get(LINK)]}"
        assert f"/{place}" in kinds
        rows = parts[place].iter(f"{MAIN}row")
        found[str(sheet.get("name"))] = [[value(cell) for cell in row] for row in rows]
    return found


def value(cell: ET.Element) -> object:
    text = "".join(cell.itertext())
    if cell.get("t") == "inlineStr":
        return text
    if cell.get("t") == "b":
        return text == "1"
    return float(text) if text else None


def test_each_type_of_cell() -> None:
    rows = [
        ["=1+1", 1, 2.5, True, None],
        ["<&>\n\u00e9\x00", -3, float("nan"), False, ["a", "b"]],
        [" x ", 10**15, float("inf"), None, ("c",)],
    ]
    found = sheets(
        workbook_bytes({"A & b": (["t", "i", "f", "b", "l"], rows), "empty": (["x"], [])})
    )
    assert found["A & b"] == [
        ["t", "i", "f", "b", "l"],
        ["=1+1", 1, 2.5, True, None],
        ["<&>\n\u00e9", -3, None, False, "a; b"],
        [" x ", 10**15, "inf", None, "c"],
    ]
    assert found["empty"] == [["x"]]


def test_equal_tables_give_equal_files() -> None:
    one = {"s": (["a"], [[1]])}
    assert workbook_bytes(one) == workbook_bytes(one)


@pytest.fixture(scope="module")
def result() -> po.Result:
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=id_, hours_per_week=(8, 16)) for id_ in ("C-1", "C-2")],
        openings=[po.Opening(id="=O", hours_per_week=(8, 32))],
    )
    return po.solve(region, time_limit_s=5)


def test_a_result_as_a_workbook(result: po.Result, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    result.to_excel(path)
    found = sheets(path.read_bytes())
    assert list(found) == ["summary", *TABLES]
    assert found["summary"][1][0] == result.summary().split("\n")[0]
    assert found["placements"][0] == list(result.placements.columns)
    assert found["placements"][1][1] == "=O"
    assert len(found["unplaced"]) == 1 + len(result.unplaced)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        result.to_excel(path)
    result.to_excel(path, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["plan.xlsx"]


@pytest.mark.parametrize("table", TABLES)
def test_tables_as_frames_of_polars(result: po.Result, table: str) -> None:
    frame, known = result.to_polars(table), getattr(result, table)
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == list(known.columns)
    assert frame.height == len(known)
    assert result.to_polars().equals(result.to_polars("placements"))


def test_an_unknown_table_is_told_with_the_one_that_is_meant(result: po.Result) -> None:
    with pytest.raises(po.PlacementError, match="did you mean 'placements'"):
        result.to_polars("placement")
