"""Workbooks: what a spreadsheet shows is what the tables hold."""

import datetime as dt
import io
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import placement_opt as po
from placement_opt.report.workbook import workbook_bytes

TABLES = (
    *("placements", "unplaced", "openings", "paths", "quotas", "coaches", "budgets", "costs"),
    *("terms", "changes", "blocking_pairs", "remarks", "assumptions"),
)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """Read a workbook as a spreadsheet would, formulas told as such."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = {sheet.title: [list(row) for row in sheet.rows] for sheet in book}
    assert not any(
        cell.data_type == "f" or cell.hyperlink
        for rows in cells.values()
        for row in rows
        for cell in row
    )
    return {name: [[cell.value for cell in row] for row in rows] for name, rows in cells.items()}


def test_each_type_of_cell() -> None:
    rows = [
        ["=1+1", 1, 2.5, True, None],
        ["{=1+1}", 1, "2.50", dt.date(2026, 2, 1), "https://example.org"],
        ["<&>\n\u00e9\x00", -3, float("nan"), False, ["a", "b"]],
        [" x ", 10**15, float("inf"), None, ("c",)],
    ]
    found = sheets(
        workbook_bytes({"A & b": (["t", "i", "f", "b", "l"], rows), "empty": (["x"], [])})
    )
    assert found["A & b"] == [
        ["t", "i", "f", "b", "l"],
        ["=1+1", 1, 2.5, True, None],
        ["{=1+1}", 1, "2.50", "2026-02-01", "https://example.org"],
        ["<&>\n\u00e9", -3, None, False, "a; b"],
        [" x ", 10**15, "inf", None, "c"],
    ]
    assert found["empty"] == [["x"]]


def test_equal_tables_give_equal_files() -> None:
    one = {"s": (["a"], [[1]])}
    assert workbook_bytes(one) == workbook_bytes(one)


def test_a_missing_library_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(po.PlacementError, match=r"placement_opt\[excel\]"):
        workbook_bytes({"s": (["a"], [[1]])})


def test_a_long_text_is_cut_to_what_a_cell_holds() -> None:
    found = sheets(workbook_bytes({"s": (["a"], [["x" * 40_000]])}))
    assert len(str(found["s"][1][0])) == 32_767


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
