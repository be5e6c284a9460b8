"""Texts that look like formulas: inert in a spreadsheet, the same for whoever reads them back."""

import csv
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.records.cell_texts import as_text, from_text

FORMULA_SIGNS = tuple("=+-@\t\r")
TEXTS = st.text(alphabet="'=+-@a1 \t", max_size=6)


@given(TEXTS)
@example("''=")
def test_every_text_comes_back_and_none_is_a_formula(text: str) -> None:
    written = as_text(text)
    assert from_text(written) == text
    assert not written.startswith(FORMULA_SIGNS)


@given(TEXTS, TEXTS)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (as_text(one) == as_text(other)) == (one == other)


def test_a_folder_holds_no_formulas(tmp_path: Path) -> None:
    region = po.Region(
        name="=name",
        candidates=[
            po.Candidate(id="=cmd|' /C calc'!A0", groups={"wijk": "+1"}, skills={"@x": 0.5}),
            po.Candidate(id="'=C", wishes=["-O"], location=(51.5, -0.1), needs=["=lift", "a"]),
        ],
        openings=[po.Opening(id="-O", employer="@E", provides=["=lift", "a"])],
        employers=[po.Employer(id="@E")],
        excluded_pairs=[("'=C", "-O")],
    )
    region.to_folder(tmp_path / "own")
    files = list((tmp_path / "own").glob("*.csv"))
    assert len(files) == 4
    for file in files:
        with file.open(encoding="utf-8", newline="") as opened:
            for cell in (cell for row in csv.reader(opened) for cell in row):
                assert not cell.startswith(FORMULA_SIGNS) or float(cell) < 0
    assert po.Region.from_folder(tmp_path / "own") == region
