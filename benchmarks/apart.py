"""Runs one solver on one instance in a process of its own.

The process writes JSON lines to a file while it works, so that a crash, a kill or an endless
native call loses nothing that was told before.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.attempt import Attempt, Question
from benchmarks.memory import FamilyMemory

LOOK_S = 0.1
PATIENCE_S, PATIENCE_SHARE = 20.0, 0.25
"""How long a solver may go on after its limit before its process is killed."""

BUILD_LIMIT_S = 1_800.0


def attempt(question: Question, name: str) -> Attempt:
    """Run a solver in a process of its own; never raises for what that process does."""
    with tempfile.TemporaryDirectory(prefix="placement_opt-") as folder:
        told, noise = Path(folder, "told.jsonl"), Path(folder, "noise.txt")
        asked = json.dumps(asdict(question))
        command = [sys.executable, "-m", "benchmarks.process", asked, str(told)]
        with noise.open("w") as sink:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            memory = FamilyMemory(process.pid)
            killed = _watch(process, memory, told, question)
        fields: dict[str, Any] = {"instance": name}
        fields |= {"solver": question.solver, "seed": question.seed}
        trace = []
        for line in _lines(told):
            if "step" in line:
                trace.append(line["step"])
            else:
                fields |= line
        if "stop_reason" not in fields:
            last = noise.read_text(errors="replace").strip().splitlines()[-1:]
            fields["stop_reason"] = "killed" if killed else "crashed"
            fields["error"] = killed or " ".join(last) or f"exit code {process.returncode}"
            fields["bound"] = trace[-1][2] if trace else None
        return Attempt.of({**fields, "peak_memory_mb": memory.peak_mb}, trace)


def _watch(
    process: "subprocess.Popen[bytes]", memory: FamilyMemory, told: Path, question: Question
) -> str | None:
    """Wait for the end; kill what goes on far beyond its limit, and say so."""
    allowed = question.time_limit_s * (1 + PATIENCE_SHARE) + PATIENCE_S
    deadline, has_begun = time.monotonic() + BUILD_LIMIT_S, False
    try:
        while process.poll() is None:
            memory.look()
            if not has_begun and any("compile_s" in line for line in _lines(told)):
                deadline, has_begun = time.monotonic() + allowed, True
            if time.monotonic() > deadline:
                return f"killed: still at work {allowed:.0f} s after it began"
            time.sleep(LOOK_S)
    finally:
        if process.poll() is None:
            # The session is the process's own: what it started ends with it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return None


def _lines(told: Path) -> list[dict[str, Any]]:
    """Read the whole lines that a process has written so far."""
    if not told.exists():
        return []
    text = told.read_text(encoding="utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
