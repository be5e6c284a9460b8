"""What optional parts of a model add to the work of compiling, each against the same without it.

Seconds of the processor, medians of alternating runs: others on the machine count little.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import placement_opt as po

DAYS = ("mon", "tue", "wed", "thu", "fri")
LICENCES = ("B", "C", "VCA")
NEIGHBOURHOODS = 40


@dataclass(frozen=True)
class Seconds:
    """Seconds of compiling of each round, without a feature and with it."""

    name: str
    without: list[float] = field(default_factory=list)
    having: list[float] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """How much longer the median with the feature is."""
        return 100 * (statistics.median(self.having) / statistics.median(self.without) - 1)


def features(n_candidates: int, n_openings: int, seed: int, rounds: int) -> list[Seconds]:
    """Measure every feature on one synthetic region."""
    region = po.synthetic_region(candidates=n_candidates, openings=n_openings, seed=seed)
    found = []
    for name, build in _FEATURES.items():
        having = build(region, np.random.default_rng(seed))
        seconds = Seconds(name)
        found.append(seconds)
        for _ in range(rounds):
            seconds.without.append(_compiled_s(lambda: po.Model(region)))
            seconds.having.append(_compiled_s(having))
    return found


def table(found: list[Seconds]) -> str:
    """Return the medians as a table in markdown."""
    return "\n".join(
        ["| feature | without, s | with, s | longer |", "|---|---|---|---|", *_rows(found)]
    )


def _rows(found: list[Seconds]) -> Iterator[str]:
    for one in found:
        without, having = statistics.median(one.without), statistics.median(one.having)
        yield f"| {one.name} | {without:.2f} | {having:.2f} | {one.percent:+.0f} % |"


def _compiled_s(build: Callable[[], po.Model]) -> float:
    model = build()
    began = time.process_time()
    model.compile()
    return time.process_time() - began


def _changed(region: po.Region, **of: Callable[[int], Mapping[str, Any]]) -> po.Region:
    """Return the region with more in its records, by number."""
    return region.model_copy(
        update={
            kind: [
                one.model_copy(update=dict(fields(number)))
                for number, one in enumerate(getattr(region, kind))
            ]
            for kind, fields in of.items()
        }
    )


def _grouped(region: po.Region, rng: np.random.Generator) -> Callable[[], po.Model]:
    home = rng.integers(0, NEIGHBOURHOODS, len(region.candidates)).tolist()
    labelled = _changed(
        region, candidates=lambda number: {"groups": {"neighbourhood": f"n-{home[number]}"}}
    )
    per = ("employer", "candidate.neighbourhood")
    return lambda: po.Model(labelled).add(po.ResourceLimit(per=per, limits=3))


def _valued(region: po.Region, rng: np.random.Generator) -> Callable[[], po.Model]:
    pairs = po.Model(region).compile().pairs
    half = np.sort(rng.choice(pairs.n_pairs, pairs.n_pairs // 2, replace=False))
    people = np.array(pairs.instance.candidate_ids, dtype=object)
    work = np.array(pairs.instance.opening_ids, dtype=object)
    frame = {
        "candidate_id": people[pairs.candidate[half]],
        "opening_id": work[pairs.opening[half]],
        "probability": rng.integers(1, 100, half.size) / 100,
    }
    defaults = {"probability": 0.5}
    return lambda: po.Model(region, pair_values=frame, pair_defaults=defaults).add(
        po.PairScore("probability", weight=100)
    )


def _days(region: po.Region, rng: np.random.Generator) -> Callable[[], po.Model]:
    free = [set(rng.choice(DAYS, 4, replace=False).tolist()) for _ in region.candidates]
    days = [set(rng.choice(DAYS, 3, replace=False).tolist()) for _ in region.openings]
    known = _changed(
        region,
        candidates=lambda number: {"available_days": free[number]},
        openings=lambda number: {"days": days[number], "days_needed": 1},
    )
    return lambda: po.Model(known)


def _licences(region: po.Region, rng: np.random.Generator) -> Callable[[], po.Model]:
    held = rng.random((len(region.candidates), len(LICENCES))) < 0.9
    asked = rng.random((len(region.openings), len(LICENCES))) < 0.05
    known = _changed(
        region,
        candidates=lambda number: {"licences": _named(held[number])},
        openings=lambda number: {"licences": _named(asked[number])},
    )
    return lambda: po.Model(known)


def _named(marks: np.ndarray[Any, np.dtype[np.bool_]]) -> set[str]:
    return {name for name, mark in zip(LICENCES, marks.tolist(), strict=True) if mark}


_FEATURES: Mapping[str, Callable[[po.Region, np.random.Generator], Callable[[], po.Model]]] = {
    'at most 3 `per=("employer", "candidate.neighbourhood")`': _grouped,
    "`pair_values=` for half of the pairs": _valued,
    "working days": _days,
    "licences": _licences,
}
