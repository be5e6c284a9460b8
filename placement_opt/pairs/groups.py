"""Ways to group pairs: which group of a kind each pair belongs to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable

BUILT_IN_PER = (
    "candidate",
    "opening",
    "employer",
    "municipality",
    "opening_municipality",
    "sector",
    "region",
)
"""The ways to group placements that every region has."""


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
        When `per` is neither built in nor a column of labels in ``pairs=``.
    """
    if per in pairs.labels:
        code, labels = pairs.labels[per]
        return Groups(code, labels)
    if per in pairs.given:
        hint = f"give the labels as texts: frame[{per!r}].astype(str)"
        expected = "must be a column of labels (texts), not of numbers"
        raise InvalidInputError.single("rule", asked_by, "per", per, expected, hint)
    if per not in BUILT_IN_PER:
        raise InvalidInputError([unknown_per(per, pairs.labels, asked_by)])
    return Groups(*_BUILT_IN_GROUPS[per](pairs))


def unknown_per(per: str, labels: Iterable[str], asked_by: str | None) -> Problem:
    """Build the problem of a rule that groups by what is neither built in nor one of the labels."""
    known = (*BUILT_IN_PER, *labels)
    close = closest_ids(per, known)
    meant = f"{closest_hint(close)}, or " if close else ""
    hint = f"{meant}give a column of labels with `pairs=`"
    return Problem("rule", asked_by, "per", per, f"must be one of {', '.join(known)}", hint)


def sector_of_opening(instance: Instance) -> Indices:
    """Return each opening's sector (0 government, 1 market, -1 none), shape (O,), int32.

    Raises
    ------
    InvalidInputError
        When an employer with an opening does not say its sector: unknown is not "none".
    """
    code = {"government": 0, "market": 1}
    problems, sector = [], np.full(len(instance.employer_ids) + 1, -1, dtype=np.int32)
    offering = set(instance.openings.employer.tolist())
    for row, employer_id in enumerate(instance.employer_ids):
        given = instance.employer_of[employer_id].sector
        if given is not None:
            sector[row] = code[given]
        elif row in offering:
            hint = 'give "market" or "government"; a rule per sector needs it'
            problems.append(Problem("employer", employer_id, "sector", None, "must be given", hint))
    if problems:
        raise InvalidInputError(problems)
    return sector[instance.openings.employer]


_BUILT_IN_GROUPS: Mapping[str, Callable[[PairTable], tuple[Indices, tuple[str, ...]]]] = {
    "candidate": lambda pairs: (pairs.candidate, pairs.instance.candidate_ids),
    "opening": lambda pairs: (pairs.opening, pairs.instance.opening_ids),
    "employer": lambda pairs: (
        pairs.instance.openings.employer[pairs.opening],
        pairs.instance.employer_ids,
    ),
    "municipality": lambda pairs: (
        pairs.instance.candidates.municipality[pairs.candidate],
        pairs.instance.municipality_ids,
    ),
    "opening_municipality": lambda pairs: (
        pairs.instance.openings.municipality[pairs.opening],
        pairs.instance.municipality_ids,
    ),
    "sector": lambda pairs: (
        sector_of_opening(pairs.instance)[pairs.opening],
        ("government", "market"),
    ),
    "region": lambda pairs: (
        np.zeros(pairs.n_pairs, dtype=np.int32),
        (pairs.instance.region.name,),
    ),
}
