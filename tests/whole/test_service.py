"""The example of a web service, asked by a real HTTP client over a real port."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import placement_opt as po

httpx = pytest.importorskip("httpx", reason="needs examples/service/requirements.txt")
for needed in ("fastapi", "uvicorn"):
    pytest.importorskip(needed, reason="needs examples/service/requirements.txt")

SERVICE = Path(__file__).parents[2] / "examples" / "service"
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"import sys; sys.path[:0] = {[str(SERVICE), *sys.path]!r}; import uvicorn; "
    code += f"uvicorn.run('app:app', host='127.0.0.1', port={port}, log_level='warning')"
    server = subprocess.Popen([sys.executable, "-c", code])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
            deadline = time.monotonic() + PATIENCE_S
            while True:
                try:
                    client.get("/schema")
                    break
                except httpx.TransportError:
                    assert server.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield client
        server.terminate()
        server.wait(PATIENCE_S)  # solves that still run do not hold it up
    finally:
        server.kill()


def region(candidates: int, openings: int) -> po.Region:
    return po.synthetic_region(candidates=candidates, openings=openings, seed=1)


def submitted(client: Any, of: po.Region, **how: Any) -> str:
    answer = client.post("/solves", content=of.to_json_text(), params=how)
    assert answer.status_code == 202, answer.text
    id_: str = answer.json()["id"]
    return id_


def streamed(client: Any, id_: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (kind, content) of each server-sent event."""
    with client.stream("GET", f"/solves/{id_}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield kind, json.loads(line.removeprefix("data: "))


def test_a_region_is_solved_and_watched(client: Any) -> None:
    asked = region(24, 10)
    id_ = submitted(client, asked)
    events = list(streamed(client, id_))
    phases = [told["phase"] for kind, told in events if kind == "progress"]
    assert phases[0] == "pairs"
    assert phases[-1] == "done"
    assert events[-1] == ("end", {"state": "done"})
    result = po.Result.model_validate_json(client.get(f"/solves/{id_}/result").content)
    assert result.objective == po.solve(asked).objective
    assert po.check_result(asked, result).is_sound
    assert client.get(f"/solves/{id_}").json()["state"] == "done"
    assert client.get(f"/solves/{id_}/summary").text == result.summary()
    page = client.get(f"/solves/{id_}/report", params={"language": "nl"})
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="nl"' in page.text
    dutch = client.get(f"/solves/{id_}/summary", params={"language": "nl"}).text
    assert dutch == result.summary("nl")


def test_who_comes_late_hears_everything_from_the_beginning(client: Any) -> None:
    id_ = submitted(client, region(24, 10))
    first = list(streamed(client, id_))
    assert list(streamed(client, id_)) == first


def test_a_cancelled_solve_returns_its_best_plan(client: Any) -> None:
    id_ = submitted(client, region(300, 90), time_limit_s=300, gap=0)
    for kind, told in streamed(client, id_):
        if kind == "progress" and told["objective"] is not None:
            if told["phase"] == "search":
                client.post(f"/solves/{id_}/cancel")
        elif kind == "end":
            assert told == {"state": "done"}
    result = client.get(f"/solves/{id_}/result").json()
    assert result["stop_reason"] == "cancelled"
    assert result["placement_rows"]


def test_without_a_result_yet_it_says_so(client: Any) -> None:
    id_ = submitted(client, region(300, 90), time_limit_s=300, gap=0)
    answer = client.get(f"/solves/{id_}/result")
    assert answer.status_code == 409
    assert "not solved yet" in answer.json()["detail"]
    assert client.get(f"/solves/{id_}").json()["state"] in {"waiting", "running"}
    client.post(f"/solves/{id_}/cancel")


def test_bad_input_is_told_with_every_problem(client: Any) -> None:
    text = '{"name": "x", "candidates": [{"id": "C-1", "hours_per_week": 99}], "openings": []}'
    answer = client.post("/solves", content=text)
    assert answer.status_code == 422
    told = "\n".join(answer.json()["detail"])
    assert "hours_per_week" in told
    assert "openings must hold at least one" in told
    assert client.post("/solves", content=b"\xff").status_code == 422
    assert client.post("/solves", content="{").status_code == 422
    tiny = region(24, 10).to_json_text()
    assert client.post("/solves", content=tiny, params={"gap": -1}).status_code == 422


def test_what_only_a_rule_can_see_is_told_as_bad_input(client: Any) -> None:
    of = po.Region(
        name="x",
        candidates=[po.Candidate(id="C-1", max_travel_minutes=30)],
        openings=[po.Opening(id="O-1")],
    )
    id_ = submitted(client, of)
    assert list(streamed(client, id_))[-1] == ("end", {"state": "failed"})
    answer = client.get(f"/solves/{id_}/result")
    assert answer.status_code == 422
    assert any("location" in line for line in answer.json()["detail"])


def test_an_unknown_job_is_not_found(client: Any) -> None:
    for path in ("", "/events", "/result", "/summary", "/report"):
        assert client.get(f"/solves/none{path}").status_code == 404
