"""Start plans: a plan that people already have, given to a solve and never made worse."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.pairs import PairTable
from placement_opt.result import Result
from placement_opt.solvers.base import Search
from placement_opt.solvers.completion import completed

StartPlan = Any
"""A `Result`, a frame or mapping with `candidate_id` and `opening_id`, or pairs of ids."""

KEEPING_S = 5.0
"""Seconds that finding the coaches of a start plan may take, beyond any limit of the solve."""

_log = logging.getLogger("placement_opt")


def offer_start(pairs: PairTable, search: Search, start: StartPlan | None) -> str:
    """Offer the start plan, then the empty plan, to the search.

    Placements that are no longer eligible are left out of the start, and said so. A start that
    breaks a rule cannot be kept as a plan.

    Returns
    -------
    str
        What became of the start, for the result's statistics.
    """
    told = "none given"
    if start is not None:
        told = _offer_given(pairs, search, placements_of(start))
    if search.best is None:
        nobody = completed(search.formulation, np.zeros(0, dtype=np.int64), _patient(search))
        if nobody is not None:
            search.offer(nobody, "empty plan")
    return told


def _offer_given(pairs: PairTable, search: Search, given: Iterable[tuple[str, str]]) -> str:
    chosen, missing = _chosen(pairs, given)
    solution = completed(search.formulation, chosen, _patient(search))
    if solution is not None and search.offer(solution, "start plan"):
        told = f"used: {chosen.size} placements"
    else:
        told = f"not used: its {chosen.size} eligible placements break a rule together"
    if missing:
        told += f"; {missing} placements are no longer eligible and were left out"
    _log.info("start plan %s", told)
    return told


def _patient(search: Search) -> Search:
    """Return a search for coaches of a given plan, which a spent or cancelled solve still has.

    A plan that people have is kept whatever the limits of the solve.
    """
    seconds = max(search.remaining_s, KEEPING_S)
    return Search(search.formulation, replace(search.limits, time_limit_s=seconds))


def placements_of(start: StartPlan) -> list[tuple[str, str]]:
    """Read pairs of ids from a result, a frame, a mapping of columns, or pairs.

    Raises
    ------
    InvalidInputError
        When it is none of these.
    """
    if isinstance(start, Result):
        return [(row.candidate_id, row.opening_id) for row in start.placement_rows]
    columns = {"candidate_id", "opening_id"}
    if isinstance(start, Mapping) or hasattr(start, "columns"):
        names = set(start.keys() if isinstance(start, Mapping) else start.columns)
        if columns <= names:
            return list(zip(start["candidate_id"], start["opening_id"], strict=True))
    elif isinstance(start, Iterable) and not isinstance(start, str):
        pairs = [tuple(pair) for pair in start]
        if all(len(pair) == len(columns) for pair in pairs):
            return [(candidate, opening) for candidate, opening in pairs]
    raise InvalidInputError.single(
        "start",
        None,
        "start",
        type(start).__name__,
        "must be a Result, a frame with candidate_id and opening_id, or pairs of ids",
        "give the result of an earlier solve, or result.placements",
    )


def _chosen(
    pairs: PairTable, given: Iterable[tuple[str, str]]
) -> tuple[npt.NDArray[np.int64], int]:
    """Return the rows of the given pairs that are eligible, and how many are not."""
    instance = pairs.instance
    problems, rows, missing = [], set(), 0
    for candidate_id, opening_id in given:
        unknown = [
            Problem("start", id_, field, id_, "must be known", closest_hint(closest_ids(id_, of)))
            for id_, field, of in (
                (candidate_id, "candidate_id", instance.candidate_of),
                (opening_id, "opening_id", instance.opening_of),
            )
            if id_ not in of
        ]
        problems += unknown
        if unknown:
            continue
        row = pairs.find(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))
        if row is None:
            missing += 1
        else:
            rows.add(row)
    if problems:
        raise InvalidInputError(problems)
    return np.array(sorted(rows), dtype=np.int64), missing
