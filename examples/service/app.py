"""A web service around placement_opt: submit a region, watch, cancel, fetch the result.

Run it with ``uvicorn app:app`` in this folder, after ``pip install -r requirements.txt``.

It is an example, and keeps all in memory: no accounts, no storage, one process. Before people's
data goes into such a service it needs who may see what, and a day on which things are deleted.
"""

import asyncio
import json
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse

import placement_opt as po

MOST_AT_A_TIME = 2
"""Solves at a time; others wait. Each takes up to two processors."""

MOST_JOBS = 100
"""Jobs that are kept; the oldest that has ended makes room."""

LONGEST_S = 600.0
"""The longest time limit that may be asked for."""


@dataclass
class Job:
    """One solve that somebody asked for."""

    region: po.Region
    time_limit_s: float
    gap: float
    enough: threading.Event = field(default_factory=threading.Event)
    events: list[po.Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[po.Result] | None" = None

    def heard(self, event: po.Event) -> None:
        """Keep an event, and wake those who wait for it."""
        self.events.append(event)
        self._wake()

    def _wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    async def solved(self, room: asyncio.Semaphore) -> po.Result:
        """Solve once there is room."""
        try:
            async with room:
                return await po.solve_async(
                    self.region,
                    time_limit_s=self.time_limit_s,
                    gap=self.gap,
                    on_progress=self.heard,
                    cancel=self.enough,
                )
        finally:
            asyncio.get_running_loop().call_soon(self._wake)

    @property
    def state(self) -> str:
        """Return waiting, running, done or failed."""
        if self.task is not None and self.task.done():
            return "failed" if self.task.cancelled() or self.task.exception() else "done"
        return "running" if self.events else "waiting"


class Jobs:
    """The jobs of this process, by id."""

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(MOST_AT_A_TIME)
        self.of_id: dict[str, Job] = {}

    def start(self, job: Job) -> str:
        """Begin a job and return its id."""
        ended = (id_ for id_, known in self.of_id.items() if known.state in {"done", "failed"})
        if len(self.of_id) >= MOST_JOBS:
            oldest = next(ended, None)
            if oldest is None:
                raise HTTPException(503, "too many solves at the moment; try again later")
            del self.of_id[oldest]
        id_ = uuid4().hex
        job.task = asyncio.create_task(job.solved(self.room))
        self.of_id[id_] = job
        return id_


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep the jobs for as long as the app runs; at its end nothing may solve on."""
    app.state.jobs = jobs = Jobs()
    yield
    tasks = [job.task for job in jobs.of_id.values() if job.task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


app = FastAPI(title="Placement plans", lifespan=lifespan)


def job_of(job_id: str, request: Request) -> Job:
    """Return the job of the address, or 404."""
    job: Job | None = request.app.state.jobs.of_id.get(job_id)
    if job is None:
        raise HTTPException(404, "no such job")
    return job


def result_of(job: Annotated[Job, Depends(job_of)]) -> po.Result:
    """Return the result of the job of the address, or say that there is none yet."""
    if job.task is None or not job.task.done():
        raise HTTPException(409, "not solved yet; follow the events, or cancel")
    error = None if job.task.cancelled() else job.task.exception()
    if isinstance(error, po.InvalidInputError):
        raise HTTPException(422, [str(problem) for problem in error.problems])
    if error is not None or job.task.cancelled():
        raise HTTPException(500, "the solve failed")
    return job.task.result()


TheJob = Annotated[Job, Depends(job_of)]
TheResult = Annotated[po.Result, Depends(result_of)]


@app.exception_handler(po.InvalidInputError)
async def bad_input(_request: Request, error: Exception) -> JSONResponse:
    """Tell every problem of a region at once."""
    problems = error.problems if isinstance(error, po.InvalidInputError) else ()
    return JSONResponse({"detail": [str(problem) for problem in problems]}, 422)


@app.get("/schema")
def schema() -> dict[str, Any]:
    """Return the JSON schema of a region."""
    return po.Region.json_schema()


@app.post("/solves", status_code=202)
async def submit(
    request: Request,
    time_limit_s: Annotated[float, Query(gt=0, le=LONGEST_S)] = 60.0,
    gap: Annotated[float, Query(ge=0, le=10)] = 1e-4,
) -> dict[str, str]:
    """Take a region, as `Region.to_json` writes it, and begin to solve it."""
    try:
        text = (await request.body()).decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPException(422, "the region must be JSON in UTF-8") from None
    region = await asyncio.to_thread(po.Region.from_json_text, text)
    id_ = request.app.state.jobs.start(Job(region, time_limit_s, gap))
    return {"id": id_, "events": f"/solves/{id_}/events", "result": f"/solves/{id_}/result"}


@app.get("/solves/{job_id}")
def state(job: TheJob) -> dict[str, Any]:
    """Return how a solve stands."""
    latest = job.events[-1] if job.events else None
    return {"state": job.state, "latest": None if latest is None else _told(latest)}


@app.get("/solves/{job_id}/events")
async def events(job: TheJob) -> StreamingResponse:
    """Stream what happens as server-sent events, from the beginning to the end."""
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_stream(job), media_type="text/event-stream", headers=headers)


async def _stream(job: Job) -> AsyncIterator[str]:
    sent = 0
    while True:
        news, is_over = job.news, job.task is not None and job.task.done()
        while sent < len(job.events):
            yield f"event: progress\ndata: {json.dumps(_told(job.events[sent]))}\n\n"
            sent += 1
        if is_over:
            yield f"event: end\ndata: {json.dumps({'state': job.state})}\n\n"
            return
        await news.wait()


def _told(event: po.Event) -> dict[str, Any]:
    return {**asdict(event), "gap": event.gap}


@app.post("/solves/{job_id}/cancel", status_code=202)
def cancel(job: TheJob) -> dict[str, str]:
    """Ask a solve to stop with its best plan; the result follows within seconds."""
    job.enough.set()
    return {"state": job.state}


@app.get("/solves/{job_id}/result")
def result(found: TheResult) -> Response:
    """Return the result, as `Result.to_json` writes it."""
    return Response(found.model_dump_json(), media_type="application/json")


@app.get("/solves/{job_id}/report")
def report(found: TheResult, language: str = "en") -> HTMLResponse:
    """Return the plan as one page for people who do not program (``?language=nl``)."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "plan.html"
        found.report(page, "nl" if language == "nl" else "en")
        return HTMLResponse(page.read_text(encoding="utf-8"))


@app.get("/solves/{job_id}/summary")
def summary(found: TheResult, language: str = "en") -> PlainTextResponse:
    """Return one page in words, in English or Dutch (``?language=nl``)."""
    return PlainTextResponse(found.summary("nl" if language == "nl" else "en"))
