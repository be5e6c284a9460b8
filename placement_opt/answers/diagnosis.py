"""What a diagnosis says: which limits contradict each other, and which to move or drop."""

from typing import Literal

from typing_extensions import override

from placement_opt.answers.diagnosis_words import told_conflict, told_diagnosis, told_relaxation
from placement_opt.basics.rows import ResultPart

Language = Literal["en", "nl"]


class LimitInConflict(ResultPart):
    """A limit of a group: at least `least` and at most `most` of the unit, None for no such end."""

    rule: str
    group: str
    title: str
    title_nl: str
    unit: str
    least: float | None = None
    most: float | None = None


class ConflictOfLimits(ResultPart):
    """Limits that no plan keeps together.

    `is_minimal` is True where it is shown that any of them left out makes room for the others.
    """

    limits: tuple[LimitInConflict, ...]
    is_minimal: bool

    def text(self, language: Language = "en") -> str:
        """Return the conflict in words."""
        return told_conflict(self, language)


class LimitChange(ResultPart):
    """A limit that moves from `before` to `after`; None for `after` drops it."""

    rule: str
    group: str
    title: str
    title_nl: str
    unit: str
    side: Literal["at least", "at most"]
    before: float
    after: float | None = None


class Relaxation(ResultPart):
    """Limits that have to give way, so that there is a plan.

    Attributes
    ----------
    kind
        ``"drop"``: the limits are dropped; ``"move"``: they move by as little as is enough.
    changes
        What becomes of each limit.
    is_minimal
        True where none of the limits can stay as it is while the others give way; for a move also
        that no cheaper move of the same limits is enough.
    cost
        By how much the limits move, weighted; None where they are dropped.
    placements, points
        Those of a verified plan under the new limits; None where none was asked for or found.
    points_bound
        No plan under the new limits has more points.
    """

    kind: Literal["drop", "move"]
    changes: tuple[LimitChange, ...]
    is_minimal: bool
    cost: float | None = None
    placements: int | None = None
    points: float | None = None
    points_bound: float | None = None

    def text(self, language: Language = "en") -> str:
        """Return the relaxation in words."""
        return told_relaxation(self, language)


class Diagnosis(ResultPart):
    """Why no plan keeps all limits, and what to do about it.

    Attributes
    ----------
    is_feasible
        True where a plan keeps all limits, False where none does, None where time was too short.
    conflicts
        Minimal sets of limits that contradict each other, in the order found.
    relaxations
        Ways to make room, the lightest first.
    has_all_conflicts, has_all_relaxations
        True where it is shown that there are no others.
    short
        Priced minimums that a plan falls short of, where those were asked about: the conflicts are
        why they cannot be met, the relaxations how they can.
    """

    is_feasible: bool | None
    conflicts: tuple[ConflictOfLimits, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    has_all_conflicts: bool = False
    has_all_relaxations: bool = False
    short: tuple[LimitInConflict, ...] = ()

    def text(self, language: Language = "en", most: int = 5) -> str:
        """Return the first conflicts and relaxations in words, `most` of each."""
        return told_diagnosis(self, language, most)

    @override
    def __str__(self) -> str:
        return self.text()
