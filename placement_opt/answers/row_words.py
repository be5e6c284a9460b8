"""Names rows and says why they have no room, in English and in Dutch."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from placement_opt.answers.reasons import Reason
from placement_opt.constraints.base import Rule
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER


class Named(NamedTuple):
    """A row in words: its rule and what it is about in English and Dutch, which limit it has.

    What it asks for instead stands in `keeps_out`, in both languages.
    """

    title: str
    title_nl: str
    about: str
    about_nl: str
    is_upper: bool
    keeps_out: tuple[str, str] | None


class RowWords:
    """Tells rows by their rule and what they are about.

    Parameters
    ----------
    formulation
        The problem.
    rules
        The rules of the model.
    """

    def __init__(self, formulation: Formulation, rules: Sequence[Rule]) -> None:
        self._formulation = formulation
        self._rules = {rule.title: rule for rule in rules}
        self._offsets = np.array(formulation.row_offsets)

    def title_nl(self, title: str) -> str:
        """Return the Dutch title of a rule, by its English one."""
        rule = self._rules.get(title)
        return title if rule is None else rule.title_nl or title

    def named(self, row: int) -> Named:
        """Return a row in words."""
        number = int(np.searchsorted(self._offsets, row, side="right")) - 1
        block, within = self._formulation.blocks[number], row - int(self._offsets[number])
        rule = self._rules.get(block.title)
        about = str(block.labels[within])
        return Named(
            block.title,
            self.title_nl(block.title),
            about,
            about if rule is None else rule.label_nl(about),
            bool(block.upper[within] < NO_UPPER),
            None if rule is None else rule.keeps_out,
        )

    def full(self, row: int) -> tuple[str, str]:
        """Say that a row has no room for one more, in English and in Dutch."""
        rows = [self.named(row)]
        return _without_room(rows, 0, _ENGLISH), _without_room(rows, 0, _DUTCH)

    def without_room(self, reason: Reason) -> tuple[str, str]:
        """Say which rows have no room for what a reason is about, in English and in Dutch."""
        rows = [self.named(row) for row in reason.rows]
        return (
            _without_room(rows, reason.n_small, _ENGLISH),
            _without_room(rows, reason.n_small, _DUTCH),
        )


class _Verbs(NamedTuple):
    """What rows without room do, one or several of them."""

    and_: str
    full: tuple[str, str]
    small: tuple[str, str]
    bare: tuple[str, str]


_ENGLISH = _Verbs(
    "and",
    ("is full", "are full"),
    ("has too little room", "have too little room"),
    ("has nothing to spare", "have nothing to spare"),
)
_DUTCH = _Verbs(
    "en",
    ("is vol", "zijn vol"),
    ("heeft te weinig ruimte", "hebben te weinig ruimte"),
    ("kan niets missen", "kunnen niets missen"),
)


def _without_room(rows: Sequence[Named], n_small: int, verbs: _Verbs) -> str:
    """Say which rows have no room: too small ones, full ones, and those with a lower limit.

    Rows that are no limits say what they ask for.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for place, row in enumerate(rows):
        kind = verbs.small if place < n_small else verbs.full if row.is_upper else verbs.bare
        if row.keeps_out is not None:
            kind = (row.keeps_out[verbs is _DUTCH],) * 2
        english, dutch = f"{row.title} ({row.about})", f"{row.title_nl} ({row.about_nl})"
        kinds.setdefault(kind, []).append(dutch if verbs is _DUTCH else english)
    told = []
    for verb, names in kinds.items():
        *first, last = names
        listed = f"{', '.join(first)} {verbs.and_} {last}" if first else last
        told.append(f"{listed} {verb[len(names) > 1]}")
    return f" {verbs.and_} ".join(told)
