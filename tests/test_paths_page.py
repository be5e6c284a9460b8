"""The page on paths runs line by line."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "paths.md"


def test_the_page_tells_what_happens():
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 4
    assert result.failed == 0
