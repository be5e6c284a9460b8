"""Groups of pairs: which group of a kind each pair belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.groupings import GROUPINGS
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False, repr=False)
class Groups(ShortRepr):
    """Which group each pair belongs to: `code` (E,) int32 into `labels`, -1 for no group."""

    code: Indices
    labels: tuple[str, ...]

    def with_labels(self, more: Sequence[str]) -> "Groups":
        """Add groups that no pair belongs to."""
        new = tuple(label for label in more if label not in set(self.labels))
        return Groups(self.code, self.labels + new)


def grouped(pairs: PairTable, per: str, asked_by: str | None = None) -> Groups:
    """Group the eligible pairs, for the rule of that name.

    Raises
    ------
    InvalidInputError
        When `per` is neither one of `GROUPINGS` nor a column of labels in ``pairs=``.
    """
    if per in pairs.labels:
        code, labels = pairs.labels[per]
        return Groups(code, labels)
    if per in pairs.given:
        hint = f"give the labels as texts: frame[{per!r}].astype(str)"
        expected = "must be a column of labels (texts), not of numbers"
        raise InvalidInputError.single("rule", asked_by, "per", per, expected, hint)
    if per not in GROUPINGS:
        raise InvalidInputError([unknown_per(per, pairs.labels, asked_by)])
    way, instance = GROUPINGS[per], pairs.instance
    return Groups(way.code(instance, pairs.candidate, pairs.opening), way.labels(instance))


def unknown_per(per: str, labels: Iterable[str], asked_by: str | None) -> Problem:
    """Build the problem of a rule that groups by what is neither built in nor one of the labels."""
    known = (*GROUPINGS, *labels)
    close = closest_ids(per, known)
    meant = f"{closest_hint(close)}, or " if close else ""
    hint = f"{meant}give a column of labels with `pairs=`"
    return Problem("rule", asked_by, "per", per, f"must be one of {', '.join(known)}", hint)
