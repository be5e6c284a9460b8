"""Pair columns: what each eligible pair would use of hours, coaching and subsidy, exactly.

A column that the user gave with ``pairs=`` wins; others are computed from the records once per
pair table. Computed values agree to the last digit with the plain readings of a plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from placement_opt.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.instance import HOUR, NOT_GIVEN, UNIT, Bools, Indices, Instance, Ints, frozen
from placement_opt.pairs import Column, PairTable
from placement_opt.quantities import read_number, scaled_int
from placement_opt.records import Candidate

CENT = 100
_TABLE_SIZE = 1 << 22
ADULT = 21
"""Age of the minimum wage of a candidate whose record gives none."""

_CACHE: WeakKeyDictionary[PairTable, dict[str, Column]] = WeakKeyDictionary()


def pair_column(pairs: PairTable, name: str, asked_by: str = "") -> Column:
    """Return a numeric column of the eligible pairs: the user's own, else computed and kept.

    Cost: O(pairs log pairs) at first, then nothing; the law is asked once per distinct case.

    Parameters
    ----------
    pairs
        The eligible pairs.
    name
        A column given with ``pairs=``, or one of ``"hours_per_week"``,
        ``"coaching_hours_per_week"``, ``"wage_value"`` and ``"subsidy_eur_per_year"``.
    asked_by
        Title of the rule or term that needs the column, for the error.

    Returns
    -------
    Column
        Exact values, shape (E,), aligned with `pairs`.

    Raises
    ------
    InvalidInputError
        When no such column exists, or when records of eligible pairs leave out what it needs:
        each candidate and opening once. Also when the region has no date, or the rulebook of
        that date lacks a value.
    """
    if name in pairs.given:
        return pairs.given[name]
    if name not in BUILT_IN_COLUMNS:
        raise _unknown_column(pairs, name)
    columns = _CACHE.setdefault(pairs, {})
    if name not in columns:
        columns[name] = BUILT_IN_COLUMNS[name](pairs, asked_by or f"the pair column {name!r}")
    return columns[name]


def _unknown_column(pairs: PairTable, name: str) -> InvalidInputError:
    known = sorted({*BUILT_IN_COLUMNS, *pairs.given})
    if name in pairs.labels:
        expected = "must be a column of numbers, not of group labels"
        hint = "name a numeric column here; a column of labels can be the `per` of a rule"
    else:
        expected = f"must be one of {', '.join(known)}"
        closest = closest_ids(name, known)
        hint = closest_hint(closest) if closest else "give the column with `pairs=`"
    return InvalidInputError.single("pairs", None, "column", name, expected, hint)


def _hours(pairs: PairTable, asked_by: str) -> Column:
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    return hours_where(pairs, every, asked_by)


def hours_where(pairs: PairTable, needed: Bools, asked_by: str) -> Column:
    """Return min(candidate's maximum, opening's maximum) where needed, 0 elsewhere.

    Parameters
    ----------
    pairs
        The eligible pairs.
    needed
        Pairs whose hours are read, shape (E,); only these have to give them.
    asked_by
        Title of the rule or term that needs the hours.

    Raises
    ------
    InvalidInputError
        When records of a needed pair leave their hours out.
    """
    if "hours_per_week" in pairs.given:
        return pairs.given["hours_per_week"]
    of_candidate = pairs.instance.candidates.hours_max[pairs.candidate]
    of_opening = pairs.instance.openings.hours_max[pairs.opening]
    hint = "give the fewest and the most hours a week, such as (16, 24)"
    missing = _Missing(pairs, asked_by)
    missing.candidates("hours_per_week", needed & (of_candidate == NOT_GIVEN), hint)
    missing.openings("hours_per_week", needed & (of_opening == NOT_GIVEN), hint)
    missing.refuse()
    return Column.of(np.where(needed, np.minimum(of_candidate, of_opening), 0), HOUR)


def _coaching_hours(pairs: PairTable, asked_by: str) -> Column:
    """Return the person's own coaching hours, else the regime's share of the weekly hours."""
    instance = pairs.instance
    kinds = [_coaching_kind(candidate) for candidate in _records(instance)]
    choices, code = _codes(kinds)
    kind_of_pair = code[pairs.candidate]
    missing = _Missing(pairs, asked_by)
    for position, (regime, year, own) in enumerate(choices):
        if own is None and (regime is None or year is None):
            field = "coaching_regime" if regime is None else "coaching_year"
            hint = 'give coaching_regime ("none" is one) and its year, or coaching_hours_per_week'
            missing.candidates(field, kind_of_pair == position, hint)
    missing.refuse()
    is_share = np.array([own is None for _, _, own in choices], dtype=np.bool_)[kind_of_pair]
    hours = hours_where(pairs, is_share, asked_by)
    case, case_code = _distinct(kind_of_pair, np.where(is_share, hours.values, 0))
    amounts = [
        _coaching_amount(instance, *choices[kind], Fraction(worked, hours.scale))
        for kind, worked in case
    ]
    return Column.of_fractions(amounts, case_code)


_CoachingKind = tuple[str | None, int | None, Fraction | None]


def _coaching_kind(candidate: Candidate) -> _CoachingKind:
    """Return (regime, year, own hours); own hours exclude the other two."""
    if candidate.coaching_hours_per_week is not None:
        return None, None, read_number(candidate.coaching_hours_per_week)
    if candidate.coaching_regime == "none":
        return None, None, Fraction(0)
    return candidate.coaching_regime, candidate.coaching_year, None


def _coaching_amount(
    instance: Instance,
    regime: str | None,
    year: int | None,
    own: Fraction | None,
    hours: Fraction,
) -> Fraction:
    if own is not None or regime is None or year is None:
        return own or Fraction(0)
    return instance.rulebook.coaching_share(regime, year) * hours


def _wage_value(pairs: PairTable, asked_by: str) -> Column:
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    return _wage_value_where(pairs, every, asked_by)


def _wage_value_where(pairs: PairTable, needed: Bools, asked_by: str) -> Column:
    if "wage_value" in pairs.given:
        return pairs.given["wage_value"]
    given = (candidate.wage_value for candidate in _records(pairs.instance))
    values = frozen((NOT_GIVEN if v is None else scaled_int(v, 6) for v in given), np.int64)
    of_pair = values[pairs.candidate]
    missing = _Missing(pairs, asked_by)
    hint = "give the share of the minimum wage the person can earn, such as 0.6"
    missing.candidates("wage_value", needed & (of_pair == NOT_GIVEN), hint)
    missing.refuse()
    return Column.of(np.where(needed, of_pair, 0), UNIT)


def _subsidy(pairs: PairTable, asked_by: str) -> Column:
    """Return the yearly wage-cost subsidy in cents; 0 where the ground does not open it."""
    instance = pairs.instance
    if not pairs.n_pairs:
        return Column.of(np.zeros(0, dtype=np.int64), CENT)
    rulebook = instance.rulebook
    grounds = {candidate.ground for candidate in instance.region.candidates}
    opens = {g: g is None or rulebook.ground(g).wage_subsidy is not False for g in grounds}
    subsidised = frozen((opens[c.ground] for c in _records(instance)), np.bool_)[pairs.candidate]
    age = frozen((c.minimum_wage_age or ADULT for c in _records(instance)), np.int64)
    hours = hours_where(pairs, subsidised, asked_by)
    wage_value = _wage_value_where(pairs, subsidised, asked_by)
    case, code = _distinct(
        np.where(subsidised, wage_value.values, 0),
        np.where(subsidised, hours.values, 0),
        np.where(subsidised, age[pairs.candidate], NOT_GIVEN),
    )
    cents = [
        0
        if years == NOT_GIVEN
        else _cents(
            instance, Fraction(value, wage_value.scale), Fraction(worked, hours.scale), years
        )
        for value, worked, years in case
    ]
    return Column.of(np.array(cents, dtype=np.int64)[code], CENT)


def _cents(instance: Instance, wage_value: Fraction, hours: Fraction, age: int) -> int:
    return scaled_int(instance.rulebook.wage_subsidy_eur_per_year(wage_value, hours, age), 2)


BUILT_IN_COLUMNS: Mapping[str, Callable[[PairTable, str], Column]] = {
    "hours_per_week": _hours,
    "coaching_hours_per_week": _coaching_hours,
    "wage_value": _wage_value,
    "subsidy_eur_per_year": _subsidy,
}
"""The columns that the library computes where the user does not give them."""


class _Missing:
    """Collects what records leave out, each record and field once, in the order of ids."""

    def __init__(self, pairs: PairTable, asked_by: str) -> None:
        self._pairs = pairs
        self._expected = f"must be given, since {asked_by} needs it"
        self._problems: list[Problem] = []

    def candidates(self, field: str, rows: Bools, hint: str) -> None:
        """Note the candidates of the marked pairs."""
        members = np.unique(self._pairs.candidate[rows])
        self._note("candidate", self._pairs.instance.candidate_ids, members, field, hint)

    def openings(self, field: str, rows: Bools, hint: str) -> None:
        """Note the openings of the marked pairs."""
        members = np.unique(self._pairs.opening[rows])
        self._note("opening", self._pairs.instance.opening_ids, members, field, hint)

    def _note(
        self, subject: str, ids: tuple[str, ...], members: Indices, field: str, hint: str
    ) -> None:
        self._problems += [
            Problem(subject, ids[member], field, None, self._expected, hint)
            for member in members.tolist()
        ]

    def refuse(self) -> None:
        """Raise all that was noted, if anything was."""
        if self._problems:
            raise InvalidInputError(self._problems)


def _records(instance: Instance) -> Iterator[Candidate]:
    return (instance.candidate_of[id_] for id_ in instance.candidate_ids)


def _codes(values: Iterable[_CoachingKind]) -> tuple[list[_CoachingKind], Ints]:
    """Return the distinct values in order of appearance, and the position of each value."""
    position: dict[_CoachingKind, int] = {}
    code = [position.setdefault(value, len(position)) for value in values]
    return list(position), np.array(code, dtype=np.int64)


def _distinct(*columns: npt.NDArray[np.integer]) -> tuple[list[tuple[int, ...]], Ints]:
    """Return the distinct rows of aligned columns as Python integers, and the code of each row."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    rows: list[tuple[int, ...]] = [()] if len(columns[0]) else []
    for column in columns:
        values, own = distinct_values(column)
        # Both codes count distinct rows, so that their product stays below the number of pairs
        # squared and far inside 64 bits.
        combined, code = distinct_values(code * max(1, len(values)) + own)
        earlier, later = np.divmod(combined, max(1, len(values)))
        rows = [
            (*rows[first], int(values[second]))
            for first, second in zip(earlier.tolist(), later.tolist(), strict=True)
        ]
    return rows, code


def distinct_values(column: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Return the distinct values, ascending, and the position of each row's value among them.

    Linear where the values lie close together, as hours, levels and points do; else by sorting.
    """
    if not column.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    low, high = int(column.min()), int(column.max())
    if high - low > max(_TABLE_SIZE, column.size):
        values, code = np.unique(column.astype(np.int64), return_inverse=True)
        return values, code
    offset = column.astype(np.int64) - low
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[offset] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[offset]
