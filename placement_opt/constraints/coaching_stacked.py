"""Coaching rows where people may have several placements: one coach serves all of them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_classes import Free
from placement_opt.constraints.coaching_limits import (
    ONE_COACH,
    limits_of_classes,
    limits_of_coaches,
    limits_of_people,
)
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.constraints.coaching_settled import settled
from placement_opt.constraints.coaching_splits import Splits
from placement_opt.formulation.capacity import Capacity, Columns, Holders, Lacking
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.pairs.table import PairTable


def stacked_rows(title: str, pairs: PairTable, splits: Splits, free: Free) -> RowBlock:
    r"""Return rows in which ``y[c, k]`` says that coach k has person c, and ``z[p, k]`` pair p.

    .. math:: x_p = \sum_{k \in K_p} z_{pk}, \quad z_{pk} \le y_{ck}, \quad \sum_k y_{ck} \le 1,
              \quad \sum_p h_p z_{pk} \le H_k, \quad \sum_c y_{ck} \le L_k

    The variables z are the splits, y the links. Hours of pairs and coaches are in the same
    integers.
    """
    n_pairs, n_splits, n_links = splits.pair.size, splits.of_pair.size, splits.link_person.size
    people = np.unique(splits.link_person)
    uppers = [
        np.zeros(n_pairs + n_splits, np.int64),
        np.ones(people.size, np.int64),
        free.hours,
        free.caseload,
    ]
    upper = np.concatenate(uppers)
    lower = np.full(upper.size, NO_LOWER, dtype=np.int64)
    lower[:n_pairs] = 0
    usage = sparse.coo_array(
        (np.ones(n_pairs, dtype=np.int8), (np.arange(n_pairs), splits.pair)),
        shape=(upper.size, pairs.n_pairs),
    )
    n_own = splits.n_own
    no_links = np.full(n_links, -1, dtype=np.int64)
    labels = _labels(pairs, splits, people)
    n_coaches = np.bincount(splits.of_pair, minlength=n_pairs).tolist()
    limits = limits_of_classes(labels[:n_pairs], n_coaches).above(
        limits_of_people(labels[n_pairs : n_pairs + n_splits + people.size], people.size)
    )
    return RowBlock(
        title,
        labels,
        usage.tocsr(),
        lower,
        upper,
        Variables(np.zeros(n_own, np.int64), np.ones(n_own, np.int64), [Fraction(0)] * n_own),
        _own_usage(splits, people, free.hours.size),
        # All splits of a person move together, so that no holder can be freed alone.
        holders=Holders(np.append(splits.of_pair, no_links)),
        capacity=_StackedCapacity(splits, free, first_hours_row=n_pairs + n_splits + people.size),
        limits=limits.above(limits_of_coaches(pairs.instance, free.scale)),
    )


def _own_usage(splits: Splits, people: Ints, n_coaches: int) -> sparse.csr_array:
    """Return the coefficients of the own variables in all rows."""
    split = np.arange(splits.of_pair.size)
    link = split.size + np.arange(splits.link_person.size)
    one, shape = np.ones, splits.n_own
    blocks = [
        # A placed pair has one coach: x - sum of z = 0.
        _rows(splits.of_pair, split, -one(split.size), splits.pair.size, shape),
        # The coach of a pair is the coach of the person: z <= y.
        _rows(
            np.r_[split, split],
            np.r_[split, split.size + splits.link],
            np.r_[one(split.size), -one(split.size)],
            split.size,
            shape,
        ),
        _rows(
            np.searchsorted(people, splits.link_person), link, one(link.size), people.size, shape
        ),
        _rows(splits.coach, split, splits.hours[splits.of_pair], n_coaches, shape),
        _rows(splits.link_coach, link, one(link.size), n_coaches, shape),
    ]
    stacked: sparse.csr_array = sparse.vstack(blocks, format="csr")
    return stacked


def _rows(
    row: npt.NDArray[np.integer],
    column: npt.NDArray[np.integer],
    value: npt.NDArray[Any],
    n_rows: int,
    n_columns: int,
) -> sparse.coo_array:
    return sparse.coo_array((value.astype(np.int64), (row, column)), shape=(n_rows, n_columns))


def _labels(pairs: PairTable, splits: Splits, people: Ints) -> list[str]:
    coaches, names = pairs.instance.coach_ids, pairs.instance.candidate_ids
    person = splits.person[splits.of_pair]
    return [
        *(names[c] for c in splits.person),
        *(f"{names[c]} with {coaches[k]}" for c, k in zip(person, splits.coach, strict=True)),
        *(f"{names[c]}{ONE_COACH}" for c in people),
        *(f"{id_} hours" for id_ in coaches),
        *(f"{id_} caseload" for id_ in coaches),
    ]


class _StackedCapacity(CoachCapacity):
    """Coaches who serve all placements of a person."""

    def __init__(self, splits: Splits, free: Free, first_hours_row: int) -> None:
        super().__init__(splits.coach, first_hours_row)
        self._splits, self._free = splits, free
        kinds = np.arange(splits.pair.size)  # each pair is a kind of its own
        self._room = CoachRoom(
            splits.pair,
            kinds,
            splits.hours,
            splits.of_pair,
            splits.coach,
            free,
            first_hours_row,
            splits.link,
        )

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self._room.lacking(pairs, own)

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        return self._room.in_plan(own)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self._splits.coaches(chosen, own)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
        return settled(self._splits, self._free, chosen, columns)

    @override
    def limited(self, lower: Ints, upper: Ints) -> Capacity | None:
        free = self._free.of_rows(upper)
        return None if free is None else _StackedCapacity(self._splits, free, self.first_coach_row)
