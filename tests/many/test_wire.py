"""Events that a worker writes while the run reads."""

import json
from dataclasses import asdict
from pathlib import Path

from placement_opt.many.wire import Listener, Wire
from placement_opt.solvers.search.base import Event


def test_an_event_that_is_half_written_is_told_once_it_is_whole(tmp_path: Path) -> None:
    listener, file = Listener(Wire(tmp_path)), Wire(tmp_path).events_of(3)
    assert list(listener.heard(3, "R")) == []
    line = json.dumps(asdict(Event(1.5, "search", 7.0, None, "search"))) + "\n"
    file.write_text(line + line[:9])
    assert [(e.elapsed_s, e.region) for e in listener.heard(3, "R")] == [(1.5, "R")]
    file.write_text(line + line)
    assert [e.objective for e in listener.heard(3, "R")] == [7.0]
    assert list(listener.heard(3, "R")) == []
