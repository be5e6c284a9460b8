"""Makes `benchmarks` importable, which is no part of the installed package; watches the log."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

# Last, so that an installed placement_opt is what the tests see, not the one beside them.
sys.path.append(str(Path(__file__).parent.parent))

# Where only the failure counts, as in .ci/mutation, the search for the smallest one is left out.
settings.register_profile("no-shrinking", phases=(Phase.explicit, Phase.generate))


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the library went on after a bug of its own.

    A solve that crashes keeps its best plan and logs an error; without this no test would see it.
    """
    yield
    told = [record.getMessage() for record in caplog.get_records("call")]
    assert not [text for text in told if "bug of ours" in text]
