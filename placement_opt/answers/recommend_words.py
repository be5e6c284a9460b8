"""Why a pair is recommended, in English or Dutch: what it brings, and whether there is room."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from placement_opt.answers.in_the_way import rows_in_the_way
from placement_opt.answers.reasons import Kind, Reason
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.row_words import RowWords
from placement_opt.answers.why import Language
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.solvers.plans.additions import Additions


class _Words(NamedTuple):
    points: str
    minutes: str
    hours: str
    room: str


_ENGLISH = _Words("{:,.0f} points", "{:g} minutes of travel", "{:g} hours a week", "there is room")
_DUTCH = _Words("{:,.0f} punten", "{:g} minuten reizen", "{:g} uur per week", "er is plaats")


class Reasons:
    """Tells the reasons of pairs, for consultants: by ids of openings and rules.

    No other people are named, but those of one's own group.

    Parameters
    ----------
    regrets
        The plan, to try moves on.
    language
        ``"en"`` or ``"nl"``.
    """

    def __init__(self, regrets: Regrets, language: Language) -> None:
        self._regrets, hand = regrets, regrets.hand
        self._rows = RowWords(hand.formulation, hand.compiled.rules)
        self._words = _DUTCH if language == "nl" else _ENGLISH

    def of(
        self, pairs: Ints, points: Floats, minutes: Floats, hours: Floats, added: Additions
    ) -> list[str]:
        """Return the reasons of each pair, as one line."""
        lacking = rows_in_the_way(self._regrets, pairs, added)
        lines = zip(
            pairs.tolist(), points.tolist(), minutes.tolist(), hours.tolist(), lacking, strict=True
        )
        return ["; ".join(self._line(*line)) for line in lines]

    def _line(
        self, pair: int, points: float, minutes: float, hours: float, lacking: list[int]
    ) -> Iterator[str]:
        words = self._words
        yield words.points.format(points)
        for number, told in ((minutes, words.minutes), (hours, words.hours)):
            if not np.isnan(number):
                yield told.format(number)
        if not lacking:
            yield words.room
            return
        reason = Reason(0, pair, Kind.OUTCOMPETED, tuple(lacking), n_small=0)
        yield self._rows.without_room(reason)[words is _DUTCH]
