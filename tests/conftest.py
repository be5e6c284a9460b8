"""Makes `benchmarks` importable, which is no part of the installed package; watches the log.

`pytest --today 2028-03-01` runs the tests as if it were that day: none may fail by the calendar.
"""

import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

# Last, so that an installed placement_opt is what the tests see, not the one beside them.
sys.path.append(str(Path(__file__).parent.parent))

# Where only the failure counts, as in .ci/mutation, the search for the smallest one is left out.
settings.register_profile("no-shrinking", deadline=None, phases=(Phase.explicit, Phase.generate))
# No test asserts a time: on a busy machine a pause of the process would fail it.
# What is drawn is the same each time, so that a change is judged by what it changes; new draws are
# for `pytest --hypothesis-profile=new-draws`, which tells the draw of every failure.
settings.register_profile("same-draws", deadline=None, derandomize=True)
settings.register_profile("new-draws", deadline=None, print_blob=True)
settings.load_profile("same-draws")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--today", help="the day it is in this process, such as 2028-03-01")


def pytest_configure(config: pytest.Config) -> None:
    today = config.getoption("--today")
    if today is None:
        return
    # `date.today` asks `time.time` as Python finds it, so that the class itself can stay.
    now, ahead = time.time, dt.date.fromisoformat(today) - dt.date.today()  # noqa: DTZ011
    time.time = lambda: now() + ahead.total_seconds()
    if dt.date.today().isoformat() != today:  # noqa: DTZ011 - a local day
        raise pytest.UsageError("this Python does not let the day be set")


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which the library went on after a bug of its own.

    A solve that crashes keeps its best plan and logs an error; without this no test would see it.
    """
    yield
    told = [record.getMessage() for record in caplog.get_records("call")]
    assert not [text for text in told if "bug of ours" in text]
