"""The pages of the documentation: each in the index, each public name in the reference."""

import re
import runpy
from pathlib import Path

import pytest

import placement_opt as po
from placement_opt.answers.change import Change
from placement_opt.answers.diagnosis import Diagnosis
from placement_opt.answers.why import Why
from placement_opt.answers.why_not import WhyNot
from placement_opt.basics.rows import ResultPart

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *(ROOT / "examples").glob("*.ipynb")])


def rooms_told() -> list[str]:
    """Return the modules and rooms whose public names some page of the reference tells."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.glob("reference/*.md"))
    named = [room for line in re.findall(r"\.\. public:: (.+)", pages) for room in line.split()]
    return named + re.findall(r"\.\. automodule:: placement_opt\.(\S+)", pages)


def test_each_page_is_in_the_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    toctrees = "\n".join(re.findall(r"```\{toctree\}(.*?)```", index, re.DOTALL)).splitlines()
    listed = [(DOCS / name).resolve() for name in toctrees if name and not name.startswith(":")]
    assert len(set(listed)) == len(listed)
    missing = {page.with_suffix("") for page in PAGES} - {DOCS / "index"} - set(listed)
    assert missing == set()


@pytest.mark.parametrize("name", sorted(set(po.__all__) - {"__version__"}))
def test_each_public_name_is_in_the_reference(name: str) -> None:
    public = getattr(po, name)
    home = getattr(public, "__module__", public.__name__).removeprefix("placement_opt.")
    assert any(f"{home}.".startswith(f"{room}.") for room in rooms_told())
    assert public.__doc__


def test_each_record_of_an_answer_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "answers.md").read_text(encoding="utf-8")
    records = {kind for kind in ResultPart.__subclasses__() if ".answers." in kind.__module__}
    assert {Why, WhyNot, Diagnosis, Change} <= records
    told = set(re.findall(r"\.\. autoclass:: (\S+)", page))
    answers = {f"{kind.__module__}.{kind.__name__}" for kind in records}
    assert answers - told == set()


def test_links_lead_to_files() -> None:
    broken = []
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", text)
        broken += [f"{page.name}: {link}" for link in links if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize(
    ("part", "is_elsewhere"),
    [
        ('<script src="https://cdn.example/mathjax.js"></script>', True),
        ('<SCRIPT SRC="//cdn.example/x.js"></SCRIPT>', True),
        ('<link rel="stylesheet" href="http://fonts.example/x.css">', True),
        ('<img src="https://example.org/a.png">', True),
        ('<style>@import "https://fonts.example/x.css";</style>', True),
        ('<p style="background: url(//example.org/a.png)">', True),
        ('<a href="https://example.org/">a link to follow</a>', False),
        ('<script src="../_static/x.js"></script><img src="data:image/png;base64,aa">', False),
        ("https://example.org/x.js", False),
    ],
)
def test_what_a_page_would_fetch_is_told(part: str, is_elsewhere: bool, tmp_path: Path) -> None:
    if not (check := ROOT / ".ci" / "check_site.py").exists():
        pytest.skip(".ci is no part of this tree")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "page.html").write_text(f"<html>{part}</html>", encoding="utf-8")
    assert runpy.run_path(str(check))["main"](tmp_path) == int(is_elsewhere)
