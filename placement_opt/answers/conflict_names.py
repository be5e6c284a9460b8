"""Rows in conflict in words, and those words checked."""

from collections.abc import Iterator, Sequence

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.base import Rule
from placement_opt.formulation.formulation import Formulation


def names_of(formulation: Formulation, rules: Sequence[Rule], rows: Ints) -> tuple[str, ...]:
    """Return rows as ``"rule (about)"``.

    Parameters
    ----------
    formulation
        The problem.
    rules
        The rule of each of its blocks; of two with one title it is told what sets them apart.
    rows
        Rows to name.
    """
    titles = list(_titles_apart(rules))
    number = np.searchsorted(formulation.row_offsets, rows, side="right") - 1
    first = np.array(formulation.row_offsets)[number]
    return tuple(
        f"{titles[block]} ({formulation.blocks[block].labels[within]})"
        for block, within in zip(number.tolist(), (rows - first).tolist(), strict=True)
    )


def _titles_apart(rules: Sequence[Rule]) -> Iterator[str]:
    titles = [rule.title for rule in rules]
    for rule in rules:
        apart = " ".join(filter(None, rule.key[1:]))
        is_one = titles.count(rule.title) == 1
        yield rule.title if is_one or not apart else f"{rule.title}, {apart}"


def unknown_names(
    formulation: Formulation, rules: Sequence[Rule], told: Sequence[str]
) -> tuple[str, ...]:
    """Return which of the names are of no row, in the order told."""
    known = set(names_of(formulation, rules, np.arange(formulation.n_rows)))
    return tuple(name for name in told if name not in known)
