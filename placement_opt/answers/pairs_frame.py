"""Every eligible pair with its numbers: the same points, hours and amounts as in a plan."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.basics.quantities import read_number
from placement_opt.instance.columns import HOUR, NOT_GIVEN, UNIT
from placement_opt.instance.travel import TravelTable
from placement_opt.objectives.base import Term
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.in_periods import weighted_in_time
from placement_opt.pairs.table import Column, PairTable
from placement_opt.run.compiled import Compiled
from placement_opt.run.own_parts import OwnTerm, is_own

if TYPE_CHECKING:
    import pandas as pd

EXACT_IN_FLOATS = 1 << 53
"""Integers below this are floats without rounding."""

AMOUNTS = {"coaching_hours_per_week": "Coaching", "subsidy_eur_per_year": "WageSubsidyBudget"}
"""Amounts that follow from dated law, and the rule that reads each."""


def pairs_frame(
    compiled: Compiled, candidate_id: str | None, opening_id: str | None
) -> "pd.DataFrame":
    """Return a row for each eligible pair; `Model.pairs_frame` says what the columns are."""
    return pairs_of_rows(compiled, pairs_of(compiled.pairs, candidate_id, opening_id))


def pairs_of_rows(compiled: Compiled, rows: Ints) -> "pd.DataFrame":
    """Return a row for each of some eligible pairs, in the order of `rows`."""
    import pandas as pd

    pairs = compiled.pairs
    some, instance = pairs.taken(rows), pairs.instance
    columns: dict[str, Any] = {
        "candidate_id": _ids(instance.candidate_ids, some.candidate),
        "opening_id": _ids(instance.opening_ids, some.opening),
    }
    if some.variant is not None:
        labels = np.array([*(way.label for way in some.variants), None], dtype=object)
        columns["variant"] = labels[some.variant]
    columns["points"] = _points(compiled, rows)
    for term in compiled.terms:
        columns[".".join(("points", *term.key))] = _points_of_term(term, pairs, some, rows)
    columns["minutes"] = _minutes(some)
    columns["hours_per_week"] = _hours(some)
    columns |= dict(_amounts(compiled, some))
    return pd.DataFrame(columns)


def _ids(ids: Sequence[str], rows: Indices) -> npt.NDArray[np.object_]:
    """Return the ids of some records; of a few rows, without a pass over all ids."""
    if rows.size < len(ids):
        return np.array([ids[row] for row in rows.tolist()], dtype=object)
    return np.array(ids, dtype=object)[rows]


def minutes_and_hours(pairs: PairTable, rows: Ints) -> tuple[Floats, Floats]:
    """Return travel minutes and weekly hours of some pairs, nan where they are not known."""
    some = pairs.taken(rows)
    return _minutes(some), _hours(some)


def pairs_of(pairs: PairTable, candidate_id: str | None, opening_id: str | None) -> Ints:
    """Return the pairs that are asked for, ascending."""
    instance = pairs.instance
    opening = None if opening_id is None else instance.opening_idx(opening_id)
    if candidate_id is None:
        if opening is None:
            return np.arange(pairs.n_pairs)
        start, stop = pairs.opening_start[opening : opening + 2]
        return pairs.opening_member[start:stop].astype(np.int64)
    candidate = instance.candidate_idx(candidate_id)
    rows = np.arange(*pairs.candidate_start[candidate : candidate + 2])
    return rows if opening is None else rows[pairs.opening[rows] == opening]


def _points(compiled: Compiled, rows: Ints) -> Floats:
    """Return the points of pairs, each the nearest float to the exact number."""
    objective = compiled.formulation.objective
    units = objective.gain[rows]
    largest = max(int(units.max(initial=0)), -int(units.min(initial=0)), objective.scale)
    if objective.shares or largest >= EXACT_IN_FLOATS:
        return np.array([float(points) for points in objective.points_of(rows)])
    told: Floats = units / objective.scale
    return told


def _points_of_term(term: Term, pairs: PairTable, some: PairTable, rows: Ints) -> Floats:
    """Return what a term gives each pair, its weight included.

    One of the user's own is asked about all pairs, as it was for the plan: it may compare them.
    """
    name = type(term).__name__
    asked, points = (pairs, OwnTerm(term).points) if is_own(term) else (some, term.points)
    column = weighted_in_time(asked, points(asked), name, of_contract=term.of_contract)
    values = column.values[rows] if is_own(term) else column.values
    weight = read_number(term.weight) / column.scale
    largest = max(int(values.max(initial=0)), -int(values.min(initial=0)))
    exact = largest * abs(weight.numerator), weight.denominator
    if max(exact) >= EXACT_IN_FLOATS:
        return np.array([float(value * weight) for value in values.tolist()])
    told: Floats = values.astype(np.int64) * weight.numerator / weight.denominator
    return told


def _minutes(pairs: PairTable) -> Floats:
    minutes = pairs.instance.derived(TravelTable).minutes(pairs.candidate, pairs.opening)
    return np.where(minutes == NOT_GIVEN, np.nan, minutes / UNIT)


def _hours(some: PairTable) -> Floats:
    """Return the weekly hours, nan where one of both records leaves them out."""
    wanted = some.instance.candidates.hours_max[some.candidate]
    offered = some.instance.openings.hours_max[some.opening]
    unknown = (wanted == NOT_GIVEN) | (offered == NOT_GIVEN)
    computed = np.where(unknown, np.nan, np.minimum(wanted, offered) / HOUR)
    return _with_given(some, "hours_per_week", computed)


def _amounts(compiled: Compiled, some: PairTable) -> Iterator[tuple[str, Floats]]:
    """Yield what a plan tells, too: where a rule reads it, or the user gave it."""
    active = {name for rule in compiled.rules for name in (rule.rule, *rule.replaces)}
    for name, rule in AMOUNTS.items():
        if rule in active:
            yield name, _told(pair_column(some, name))
        else:
            yield name, _with_given(some, name, np.full(some.n_pairs, np.nan))


def _with_given(some: PairTable, name: str, computed: Floats) -> Floats:
    """Return amounts with the user's own in place, of the pairs that these are given for."""
    if name not in some.given:
        return computed
    given = _told(some.given[name])
    return np.where(some.given_where[name], given, computed) if name in some.given_where else given


def _told(column: Column) -> Floats:
    told: Floats = column.values.astype(np.int64) / column.scale
    return told
