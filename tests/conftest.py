"""Makes `benchmarks` importable, which is no part of the installed package; watches the log."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Last, so that an installed placement_opt is what the tests see, not the one beside them.
sys.path.append(str(Path(__file__).parent.parent))


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the library went on after a bug of its own.

    A solve that crashes keeps its best plan and logs an error; without this no test would see it.
    """
    yield
    told = [record.getMessage() for record in caplog.get_records("call")]
    assert not [text for text in told if "bug of ours" in text]
