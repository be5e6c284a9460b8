"""The rows of the page's table of people, and what a consultant sees on each person's card."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from placement_opt.answers.pairs_frame import pairs_of_rows
from placement_opt.basics.arrays import Ints
from placement_opt.report.page.figures import Figures
from placement_opt.run.compiled import Compiled
from placement_opt.run.result_record import ResultRecord

NEXT_OPENINGS = 3
"""How many other openings a card names."""

COLUMNS = (
    *("person", "home", "opening", "employer", "work_town", "hours", "coach", "coaching"),
    *("eur", "points", "status"),
)
"""Columns of the table by their word in `PageWords`; rows are lists in this order."""


def table_of(result: ResultRecord, figures: Figures, language: str) -> list[list[Any]]:
    """Return a row per placement, and a row for each person who is left with the reason."""
    home, work = figures.home, figures.work
    rows: list[list[Any]] = [
        [
            row.candidate_id,
            home.get(row.candidate_id, ""),
            row.opening_id if row.variant is None else f"{row.opening_id} ({row.variant})",
            row.employer_id or "",
            work.get(row.opening_id, ""),
            row.hours_per_week,
            row.coach_id or "",
            row.coaching_hours_per_week,
            row.subsidy_eur_per_year,
            round(row.points, 6),
            "",
        ]
        for row in result.placement_rows
    ]
    rows += [
        [
            *(left.candidate_id, home.get(left.candidate_id, ""), "", "", "", None, ""),
            *(None, None, None, left.text_nl if language == "nl" else left.text),
        ]
        for left in result.unplaced_rows
    ]
    return rows


def cards_of(result: ResultRecord, compiled: Compiled, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return what the cards tell beside the row of the table.

    `terms` are the titles of the objective's terms, `points` what each gives each placement, in the
    order of the table; `next` are other eligible openings of each person, with the points of the
    pair and the positions that are free.
    """
    pairs, instance = compiled.pairs, compiled.pairs.instance
    rows = np.array([compiled.row_of(p) for p in result.placement_rows], dtype=np.int64)
    told = pairs_of_rows(compiled, rows)
    names = [name for name in told.columns if str(name).startswith("points.")]
    free = {row.opening_id: row.places - row.filled for row in result.opening_rows}
    others: dict[str, list[list[Any]]] = {}
    for pair, points in _others(compiled, rows):
        opening_id = instance.opening_ids[pairs.opening[pair]]
        entry = [opening_id, points, free.get(opening_id, 0)]
        others.setdefault(instance.candidate_ids[pairs.candidate[pair]], []).append(entry)
    return {
        "terms": [titles.get(str(name).split(".")[1], str(name)) for name in names],
        "points": np.round(told[names].to_numpy(), 6).tolist(),
        "next": others,
    }


def _others(compiled: Compiled, placed: Ints) -> list[tuple[int, float]]:
    """Return the pairs with the most points of each person, those of the plan left out.

    Of a pair in several ways it is the one with the most points.
    """
    pairs, objective = compiled.pairs, compiled.formulation.objective
    gain = objective.gain[: pairs.n_pairs]
    order = np.lexsort((pairs.opening, -gain, pairs.candidate))
    number = pairs.number
    is_placed = np.zeros(pairs.n_distinct, dtype=np.bool_)
    is_placed[number[placed]] = True
    order = order[~is_placed[number[order]]]
    if pairs.variant is not None:
        order = order[np.sort(np.unique(number[order], return_index=True)[1])]
    of = pairs.candidate[order]
    is_first = np.r_[True, of[1:] != of[:-1]] if of.size else np.zeros(0, dtype=np.bool_)
    first = np.flatnonzero(is_first)
    rank = np.arange(of.size) - np.repeat(first, np.diff(np.r_[first, of.size]))
    best = order[rank < NEXT_OPENINGS]
    points = np.round(gain[best] / objective.scale, 6)
    return list(zip(best.tolist(), points.tolist(), strict=True))
