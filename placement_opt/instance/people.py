"""People in the coaching regimes that would do for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import frozen
from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate


@dataclass(frozen=True, eq=False, repr=False)
class People(ShortRepr):
    """Everybody as their record says, then whoever has coaching options in each of them.

    Parameters
    ----------
    records
        The record of each, P of them: the C candidates in the order of their ids, then those with
        options by candidate and regime.
    candidate
        Row of each one's candidate, shape (P,), int32.
    regimes
        The regimes that are an option of somebody, ascending.
    in_regime
        By regime the row of each candidate in it, shape (C,), int32; their own row where it is
        none of their options.
    options
        Rows of each candidate's options; empty for people without.
    """

    records: tuple[Candidate, ...]
    candidate: Indices
    in_regime: Mapping[str, Indices]
    options: tuple[range, ...]

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes that are an option of somebody, ascending."""
        return tuple(self.in_regime)

    @property
    def have_options(self) -> bool:
        """Whether anybody has."""
        return bool(self.in_regime)

    @cached_property
    def n_options(self) -> Indices:
        """Number of each candidate's options, shape (C,)."""
        return frozen(map(len, self.options), np.int32)

    @cached_property
    def choices(self) -> tuple[Indices, ...]:
        """Rows of everybody's first option, of the second, and so on, each of shape (C,).

        Whoever has fewer options has the last one again, and without options their own row.
        """
        most = max(map(len, self.options), default=0)
        rows = [option or range(row, row + 1) for row, option in enumerate(self.options)]
        return tuple(
            frozen((option[min(k, len(option) - 1)] for option in rows), np.int32)
            for k in range(max(1, most))
        )


def people_of(instance: Instance) -> People:
    """List the people of an instance; `Instance.derived` keeps them."""
    records = list(instance.candidate_records)
    candidate = list(range(len(records)))
    regimes = sorted({regime for person in records for regime in person.coaching_options})
    in_regime = {regime: list(candidate) for regime in regimes}
    options = []
    for row, person in enumerate(instance.candidate_records):
        start = len(records)
        for regime in sorted(person.coaching_options):
            in_regime[regime][row] = len(records)
            records.append(person.in_regime(regime))
            candidate.append(row)
        options.append(range(start, len(records)))
    return People(
        tuple(records),
        frozen(candidate, np.int32),
        {regime: frozen(rows, np.int32) for regime, rows in in_regime.items()},
        tuple(options),
    )


def in_some_way(
    instance: Instance, candidate: Indices, allowed: Callable[[Indices], Bools | None]
) -> Bools | None:
    """Mark the pairs that are allowed in one of the candidate's regimes at least.

    Parameters
    ----------
    instance
        The region.
    candidate
        Rows of candidates, of any shape.
    allowed
        Tells of rows of `People`, of the same shape, which pairs are allowed; None for all.
    """
    found: Bools | None = None
    for rows in instance.derived(people_of).choices:
        mask = allowed(rows[candidate])
        if mask is None:
            return None
        found = mask if found is None else found | mask
    return found
