"""Instances by name: what is solved, and what is known about its optimum.

========================================  =====================================================
``rijk-van-nijmegen:1500``                a made-up region from records, all standard rules
``rijk-van-nijmegen:15000x3000``          the same with that many openings
``rijk-van-nijmegen:15000x3000:equal``    the same, everybody's coaching takes the same hours
``rijk-van-nijmegen:1500x400:quarters``   the same as a plan in time, over four quarters
``...:1500x400:quarters-uncoached``       the same without the rule on coaches
``...:1500x400:quarters-steps``           over four quarters, with trainings, services and trials
``...:1500x400:steps-crews``              a steady week with those and with crews
``planted:15000`` or ``:15000x3000``      generic rows, the optimum known by construction
``generic:15000x3000``                    50 pairs each, pools, budgets and priced minimums bind
``assignment:15000x5000:50``              pure assignment, 50 pairs each, random scores
``gap:FOLDER`` or ``gap:FILE``            generalised assignment, OR-Library format, all in it
``shape:weights:3000``                    one of the shapes of `benchmarks.shapes`, any size
``shapes``                                all sixty of ten sizes
========================================  =====================================================
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

import placement_opt as po
from benchmarks.gap_files import GapProblem, gap_paths, read_gap
from benchmarks.random_problems import random_assignment, random_generic
from benchmarks.shapes import SHAPES, SIZES, shaped
from placement_opt.basics.errors import InvalidInputError

PLACE = "rijk-van-nijmegen"

DETAILS = ("", "equal", "quarters", "quarters-uncoached", "quarters-steps", "steps-crews")
"""What may be asked of a made-up region."""
PAIRS_EACH = 50
_SIZE = re.compile(r"(\d+)(?:x(\d+))?")
_NUMBER_MARK = "#"


@dataclass(frozen=True, eq=False)
class Problem:
    """What a solver gets: a model, and the best objective known for it (in points), or None."""

    model: po.Model
    best_known: float | None = None


@dataclass(frozen=True, eq=False)
class Instance:
    """A problem that is built when it is asked for.

    Parameters
    ----------
    spec
        What names it on a command line, a path included.
    name
        What it is called in tables.
    build
        From a seed to the problem; a file's problem is the same for every seed.
    """

    spec: str
    name: str
    build: Callable[[int], Problem]


def instances(spec: str) -> list[Instance]:
    """Return what a name stands for: one instance, or all of a folder or file.

    Raises
    ------
    InvalidInputError
        When there is no such instance.
    """
    kind, _, rest = spec.partition(":")
    if kind == "gap":
        return list(_gap_instances(rest))
    if kind in {"shape", "shapes"}:
        return _shapes(spec)
    size, _, detail = rest.partition(":")
    builders: dict[str, Callable[[int, int | None, str, int], Problem]] = {
        PLACE: _region,
        "planted": _planted,
        "generic": _generic,
        "assignment": _assignment,
    }
    found = _SIZE.fullmatch(size)
    if kind not in builders or found is None:
        raise _unknown(spec)
    n_candidates, n_openings = int(found[1]), int(found[2]) if found[2] else None
    builder = builders[kind]
    _check_detail(spec, kind, detail)
    return [Instance(spec, spec, lambda seed: builder(n_candidates, n_openings, detail, seed))]


def _shapes(spec: str) -> list[Instance]:
    """Return one shape of any size, or all shapes of all sizes."""
    if spec == "shapes":
        return [_shape(shape, pairs) for shape in SHAPES for pairs in SIZES]
    _, shape, size = [*spec.split(":"), "", ""][:3]
    if shape not in SHAPES or not size.isdecimal() or spec != f"shape:{shape}:{size}":
        raise _unknown(spec)
    return [_shape(shape, int(size))]


def _shape(shape: str, pairs: int) -> Instance:
    name = f"shape:{shape}:{pairs}"
    return Instance(name, name, lambda seed: Problem(shaped(shape, pairs, seed)))


def _check_detail(spec: str, kind: str, detail: str) -> None:
    fits = {
        PLACE: detail in DETAILS,
        "assignment": detail == "" or detail.isdecimal(),
    }
    if not fits.get(kind, detail == ""):
        raise _unknown(spec)


def _unknown(spec: str) -> InvalidInputError:
    known = f"{PLACE}:1500, planted:1500, generic:1500x400, assignment:1500x500:50 or gap:FOLDER"
    hint = f"name one such as {known}"
    return InvalidInputError.single("benchmark", None, "instance", spec, "must be known", hint)


def _region(n_candidates: int, n_openings: int | None, detail: str, seed: int) -> Problem:
    coaching: Literal["equal", "mixed"] = "equal" if detail == "equal" else "mixed"
    words = detail.split("-")
    region = po.synthetic_region(
        PLACE,
        candidates=n_candidates,
        openings=n_openings,
        seed=seed,
        coaching=coaching,
        periods=4 if "quarters" in words else 0,
        steps="steps" in words,
        crews="crews" in words,
    )
    model = po.Model(region)
    if "uncoached" in words:
        kept = [rule for rule in model.rules if not isinstance(rule, po.Coaching)]
        model = po.Model(region, rules=kept)
    return Problem(model)


def _planted(n_candidates: int, n_openings: int | None, detail: str, seed: int) -> Problem:
    del detail
    openings = n_openings or max(n_candidates // 5, 1)
    planted = po.planted_region(candidates=n_candidates, openings=openings, seed=seed)
    model = po.Model(
        planted.region,
        pairs=planted.pairs,
        rules=[
            po.OnePlacement(),
            po.OpeningCapacity(),
            po.ResourceLimit(uses="weight", per="pool", limits=dict(planted.limits)),
        ],
        objective=[po.PairScore("score")],
    )
    return Problem(model, float(planted.optimum))


def _generic(n_candidates: int, n_openings: int | None, detail: str, seed: int) -> Problem:
    del detail
    openings = n_openings or max(n_candidates // 5, 1)
    return Problem(random_generic(n_candidates, openings, PAIRS_EACH, seed))


def _assignment(n_candidates: int, n_openings: int | None, detail: str, seed: int) -> Problem:
    each = int(detail) if detail else PAIRS_EACH
    openings = n_openings or max(n_candidates // 3, 1)
    return Problem(random_assignment(n_candidates, openings, each, seed))


def _gap_instances(place: str) -> Iterator[Instance]:
    """Yield all problems of a folder or file; ``FILE#2`` names one of several in a file."""
    name, _, number = place.partition(_NUMBER_MARK)
    for path in gap_paths(Path(name)):
        problems = read_gap(path)
        for index, problem in enumerate(problems, 1):
            if number in {"", str(index)}:
                mark = f"{_NUMBER_MARK}{index}" if len(problems) > 1 else ""
                build = partial(_gap_problem, problem)
                yield Instance(f"gap:{path}{mark}", f"gap:{problem.name}", build)


def _gap_problem(gap: GapProblem, seed: int) -> Problem:
    """Turn items into candidates and agents into openings that take any number of them."""
    del seed
    agents, items = gap.cost.shape
    region = po.Region(
        name=gap.name,
        candidates=[po.Candidate(id=f"item {item:04}") for item in range(items)],
        openings=[po.Opening(id=f"agent {agent:03}", positions=items) for agent in range(agents)],
    )
    agent, item = (ends.ravel() for ends in np.indices(gap.cost.shape))
    ids = [opening.id for opening in region.openings]
    model = po.Model(
        region,
        pairs={
            "candidate_id": item,
            "opening_id": agent,
            "cost": gap.cost.ravel(),
            "weight": gap.weight.ravel(),
        },
        rules=[
            po.OnePlacement(),
            po.EveryCandidatePlaced(),
            po.ResourceLimit(
                uses="weight",
                per="opening",
                limits=dict(zip(ids, gap.capacity.tolist(), strict=True)),
            ),
        ],
        objective=[po.PairScore("cost", weight=-1)],
    )
    return Problem(model, None if gap.best_known is None else -float(gap.best_known))
