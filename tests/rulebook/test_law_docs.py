"""The pages on the law: their examples run, and their tables are those of the parameter files.

`python tests/rulebook/test_law_docs.py coaching. lkv.` prints the rows of those parameters.
"""

import doctest
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from placement_opt.rulebook import Parameter
from placement_opt.rulebook.parameter import calendar_year
from placement_opt.rulebook.shipped import shipped

DOCS = Path(__file__).parents[2] / "docs"
INDEX = DOCS / "law.md"
PAGES = [INDEX, *sorted((DOCS / "law").glob("*.md"))]
INSTRUMENTS = {
    "banenafspraak",
    "coaching",
    "dispensation",
    "lkv",
    "quota",
    "register",
    "sheltered_work",
    "spread",
    "trial_placement",
    "wage_subsidy",
}
HEADER = "| parameter | valid | value | conf. | as of | source |"


def told(row: Parameter) -> str:
    """Return a dated value as a row of a table."""
    value = "none" if row.value is None else f"{row.value}"
    cells = [f"`{row.name}`", days(row), value, row.confidence, row.as_of or "", row.source]
    return "| " + " | ".join(cells).replace("|  |", "| |") + " |"


def days(row: Parameter) -> str:
    first, last = row.valid_from, row.valid_until
    if first is None or last is None:
        return f"from {first}"
    if first == last:
        return f"{first}"
    return f"{first.year}" if (first, last) == calendar_year(first.year) else f"{first} to {last}"


def rows_of(page: Path) -> Iterator[str]:
    """Yield the rows of every table of parameters on a page."""
    is_table = False
    for line in page.read_text(encoding="utf-8").splitlines():
        is_table = line == HEADER or (is_table and line.startswith("|"))
        if is_table and line.startswith("| `"):
            yield line


def test_every_instrument_has_its_page_and_its_line_in_the_index() -> None:
    assert {page.stem for page in PAGES[1:]} == INSTRUMENTS
    index = INDEX.read_text(encoding="utf-8")
    assert {name for name in INSTRUMENTS if f"(law/{name}.md)" in index} == INSTRUMENTS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_run(page: Path) -> None:
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.failed == 0
    assert found.attempted > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_every_page_tells_law_library_parameters_and_an_example(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[:3] == ["What the law says", "What the library does", "A worked example"]
    assert len(headings) == 4
    assert text.startswith("# ")


def test_the_tables_hold_every_parameter_as_it_is_shipped_and_no_other() -> None:
    shown = [line for page in PAGES for line in rows_of(page)]
    expected = [told(row) for rows in shipped().values() for row in rows]
    assert sorted(set(shown) - set(expected)) == []
    assert sorted(set(expected) - set(shown)) == []
    assert len(shown) == len(set(shown))


if __name__ == "__main__":
    sys.stdout.write(
        "\n".join(
            told(row)
            for name, rows in shipped().items()
            if name.startswith(tuple(sys.argv[1:]))
            for row in rows
        )
        + "\n"
    )
