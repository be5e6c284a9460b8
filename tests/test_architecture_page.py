"""The page on the architecture follows one pair through the house: each of its lines runs."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"


def test_the_page_tells_what_happens():
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0
