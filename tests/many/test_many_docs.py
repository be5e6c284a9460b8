"""The examples of docs/many_regions.md run as they stand."""

import doctest
import re
from pathlib import Path

import placement_opt as po

PAGE = Path(__file__).parents[2] / "docs" / "many_regions.md"


def test_the_page_runs() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 0
    assert failed == 0


def test_the_page_names_what_there_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = re.search(r"over all regions ((?:.|\n)*?)\. `objective`", text)
    assert listed is not None
    for name in re.findall(r"`(\w+)", listed.group(1)):
        assert name == "region" or hasattr(po.NationResult, name)
