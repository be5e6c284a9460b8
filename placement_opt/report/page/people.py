"""The rows of the page's table of people, and what a consultant sees on each person's card."""

from itertools import chain
from typing import Any

import numpy as np

from placement_opt.answers.in_the_way import rows_in_the_way
from placement_opt.answers.next_steps import NextSteps
from placement_opt.answers.pairs_frame import pairs_of_rows
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.row_words import RowWords
from placement_opt.answers.step_words import step_text
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.report.page.figures import Figures
from placement_opt.report.page.words import PAGE_WORDS
from placement_opt.report.summary_words import Language, titles_of
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


def cards_of(result: NextSteps, language: Language) -> dict[str, Any]:
    """Return what the cards tell beside the row of the table.

    `terms` are the titles of the objective's terms, `points` what each gives each placement, in the
    order of the table. `next` are other eligible openings of each person: the points of the pair,
    the positions that are free, and which of `reasons` tell why it is not in the plan. `steps` are
    what people do before their jobs, in words.
    """
    hand, titles = result.at_hand, titles_of(language)
    compiled = hand.compiled
    rows = np.array([compiled.row_of(p) for p in result.placement_rows], dtype=np.int64)
    told = pairs_of_rows(compiled, rows)
    names = [name for name in told.columns if str(name).startswith("points.")]
    pairs, best = compiled.pairs, _others(compiled, rows)
    points = np.round(hand.formulation.objective.gain[best] / hand.formulation.objective.scale, 6)
    reasons = _Reasons(result.regrets, language)
    free = {row.opening_id: row.places - row.filled for row in result.opening_rows}
    others: dict[str, list[list[Any]]] = {}
    every = zip(best.tolist(), points.tolist(), reasons.of(best, points), strict=True)
    for pair, worth, why in every:
        opening_id = pairs.instance.opening_ids[pairs.opening[pair]]
        person = others.setdefault(pairs.instance.candidate_ids[pairs.candidate[pair]], [])
        person.append([opening_id, worth, free.get(opening_id, 0), why])
    steps: dict[str, list[str]] = {}
    for row in result.path_rows:
        if row.kind != "job":
            steps.setdefault(row.candidate_id, []).append(step_text(row, language))
    return {
        "terms": [titles.get(str(name).split(".")[1], str(name)) for name in names],
        "points": np.round(told[names].to_numpy(), 6).tolist(),
        "next": others,
        "reasons": list(reasons.texts),
        "steps": steps,
    }


class _Reasons:
    """Tells why pairs are not in a plan: limits without room for them, or what the person has.

    A large region has few reasons and many pairs, so each reason is written once, in `texts`.
    """

    def __init__(self, regrets: Regrets, language: Language) -> None:
        self.texts: dict[str, int] = {}
        self._regrets, self._language = regrets, language
        self._rows = RowWords(regrets.hand.formulation, regrets.hand.compiled.rules)

    def of(self, pairs: Ints, points: Floats) -> list[list[int]]:
        """Return the places in `texts` of each pair's reasons."""
        words = PAGE_WORDS[self._language]
        added = self._regrets.in_rows.with_each(pairs)
        rows = rows_in_the_way(self._regrets, pairs, added)
        full = {row: self._rows.full(row) for row in sorted(set(chain.from_iterable(rows)))}
        is_better = (points < self._points_now(pairs)).tolist()
        return [
            self._places([full[row][self._language == "nl"] for row in some])
            if some
            else self._places([words.has_better if has_better else words.has_room])
            for some, has_better in zip(rows, is_better, strict=True)
        ]

    def _places(self, texts: list[str]) -> list[int]:
        return [self.texts.setdefault(text, len(self.texts)) for text in texts]

    def _points_now(self, pairs: Ints) -> Floats:
        """Return the points of what the person of each pair has in the plan, 0 for nothing."""
        hand = self._regrets.hand
        objective, table = hand.formulation.objective, hand.compiled.pairs
        now, chosen = np.zeros(table.instance.n_candidates), hand.solution.chosen
        np.add.at(now, table.candidate[chosen], objective.gain[chosen] / objective.scale)
        worth: Floats = now[table.candidate[pairs]]
        return worth


def _others(compiled: Compiled, placed: Ints) -> Ints:
    """Return the pairs with the most points of each person, those of the plan left out.

    Of a pair in several ways it is the one with the most points.
    """
    pairs = compiled.pairs
    gain = compiled.formulation.objective.gain[: pairs.n_pairs]
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
    best: Ints = order[rank < NEXT_OPENINGS]
    return best
