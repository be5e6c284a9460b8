"""Pair columns: what each eligible pair would use of hours, coaching and subsidy, exactly.

A column that the user gave with ``pairs=`` wins; others are computed from the records once per
pair table. Computed values agree to the last digit with the plain readings of a plan.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import (
    Findings,
    InvalidInputError,
    Problem,
    closest_hint,
    closest_ids,
)
from placement_opt.basics.number_columns import INT64_MAX
from placement_opt.basics.quantities import read_number, scaled_int
from placement_opt.instance.instance import HOUR, NOT_GIVEN, UNIT, Instance, frozen
from placement_opt.pairs.table import Column, PairTable, narrowed
from placement_opt.records import Candidate
from placement_opt.rulebook import ADULT_AGE

CENT = 100
_TABLE_SIZE = 1 << 22

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
        ``"coaching_hours_per_week"``, ``"wage_value"``, ``"subsidy_eur_per_year"`` and
        ``"subsidy_with_charges_eur_per_year"``.
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
    wanted, offered = pairs.instance.candidates.hours_max, pairs.instance.openings.hours_max
    hint = "give the fewest and the most hours a week, such as (16, 24)"
    missing = _Missing(pairs, asked_by)
    missing.candidates("hours_per_week", wanted == NOT_GIVEN, needed, hint)
    missing.openings("hours_per_week", offered == NOT_GIVEN, needed, hint)
    missing.refuse()
    hours = narrowed(wanted)[pairs.candidate]
    np.minimum(hours, narrowed(offered)[pairs.opening], out=hours)
    hours[~needed] = 0
    return Column.of(hours, HOUR)


def _coaching_hours(pairs: PairTable, asked_by: str) -> Column:
    """Return the person's own coaching hours, else the regime's share of the weekly hours."""
    instance = pairs.instance
    kinds = [_coaching_kind(candidate) for candidate in _records(instance)]
    choices, code = _codes(kinds)
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    missing = _Missing(pairs, asked_by)
    for position, (regime, year, own) in enumerate(choices):
        if own is None and (regime is None or year is None):
            field = "coaching_regime" if regime is None else "coaching_year"
            hint = 'give coaching_regime ("none" is one) and its year, or coaching_hours_per_week'
            missing.candidates(field, code == position, every, hint)
    asks_share = np.array([own is None for _, _, own in choices], dtype=np.bool_)[code]
    is_share = asks_share[pairs.candidate]
    # Without a regime nobody is known to need hours: it may be "none".
    is_known = np.array([regime is not None for regime, _, _ in choices], dtype=np.bool_)
    findings = Findings()
    with findings.gathered():
        missing.refuse()
    with findings.gathered():
        hours = hours_where(pairs, is_share & is_known[code][pairs.candidate], asked_by)
    findings.refuse()
    book = _coaching_rulebook(instance) if is_share.any() else np.zeros_like(code)
    people, person = distinct_rows(code, np.where(asks_share, book, 0))
    worked = np.where(is_share, hours.values, 0)
    case, case_code = distinct_rows(person[pairs.candidate], worked)
    amounts = []
    for who, amount in case:
        kind, row = people[who]
        worked_hours = Fraction(amount, hours.scale)
        amounts.append(_coaching_amount(instance, row, *choices[kind], worked_hours))
    return Column.of_fractions(amounts, case_code)


_CoachingKind = tuple[str | None, int | None, Fraction | None]


def _coaching_kind(candidate: Candidate) -> _CoachingKind:
    """Return (regime, year, own hours); own hours exclude the other two."""
    if candidate.coaching_hours_per_week is not None:
        return None, None, read_number(candidate.coaching_hours_per_week)
    if candidate.coaching_regime == "none":
        return None, None, Fraction(0)
    return candidate.coaching_regime, candidate.coaching_year, None


def _coaching_rulebook(instance: Instance) -> Indices:
    """Return whose reading of the law sets each candidate's coaching; UWV knows no ordinance."""
    book = instance.candidate_rulebook.copy()
    if book.any():
        for row, candidate in enumerate(_records(instance)):
            ground = candidate.ground
            if ground is not None and instance.rulebook.ground(ground).coaching_payer == "uwv":
                book[row] = 0
    return book


def _coaching_amount(
    instance: Instance,
    rulebook: int,
    regime: str | None,
    year: int | None,
    own: Fraction | None,
    hours: Fraction,
) -> Fraction:
    if own is not None or regime is None or year is None:
        return own or Fraction(0)
    return instance.rulebooks[rulebook].coaching_share(regime, year) * hours


def _wage_value(pairs: PairTable, asked_by: str) -> Column:
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    return _wage_value_where(pairs, every, asked_by)


def _wage_value_where(pairs: PairTable, needed: Bools, asked_by: str) -> Column:
    if "wage_value" in pairs.given:
        return pairs.given["wage_value"]
    given = [candidate.wage_value for candidate in _records(pairs.instance)]
    read = {value: NOT_GIVEN if value is None else scaled_int(value, 6) for value in set(given)}
    values = frozen((read[value] for value in given), np.int64)
    missing = _Missing(pairs, asked_by)
    hint = "give the share of the minimum wage the person can earn, such as 0.6"
    missing.candidates("wage_value", values == NOT_GIVEN, needed, hint)
    missing.refuse()
    return Column.of(np.where(needed, narrowed(values)[pairs.candidate], 0), UNIT)


def _subsidy(pairs: PairTable, asked_by: str) -> Column:
    return _subsidy_in_cents(pairs, asked_by, with_charges=False)


def _subsidy_with_charges(pairs: PairTable, asked_by: str) -> Column:
    """Return the subsidy with employer charges: on top of the user's own subsidies, if given."""
    given = pairs.given.get("subsidy_eur_per_year")
    if given is None:
        return _subsidy_in_cents(pairs, asked_by, with_charges=True)
    books = pairs.instance.rulebooks
    factors = [1 + Fraction(book.employer_charges()) for book in books]
    code = pairs.instance.candidate_rulebook[pairs.candidate]
    scale = math.lcm(*(factor.denominator for factor in factors))
    whole = np.array([int(factor * scale) for factor in factors], dtype=np.int64)
    if int(given.values.max(initial=0)) * int(whole.max()) > INT64_MAX:
        raise InvalidInputError.single(
            "pairs",
            None,
            "subsidy_eur_per_year",
            float(Fraction(int(given.values.max()), given.scale)),
            "must fit a signed 64-bit integer with employer charges on top",
            "give the column in whole cents",
        )
    return Column.of(given.values.astype(np.int64) * whole[code], given.scale * scale)


def _subsidy_in_cents(pairs: PairTable, asked_by: str, *, with_charges: bool) -> Column:
    """Return the yearly wage-cost subsidy in cents; 0 where the ground does not open it."""
    instance = pairs.instance
    if not pairs.n_pairs:
        return Column.of(np.zeros(0, dtype=np.int64), CENT)
    rulebook = instance.rulebook
    grounds = {candidate.ground for candidate in instance.region.candidates}
    opens = {g: g is None or rulebook.ground(g).wage_subsidy is not False for g in grounds}
    is_open = frozen((opens[c.ground] for c in _records(instance)), np.bool_)
    age = frozen((c.minimum_wage_age or ADULT_AGE for c in _records(instance)), np.int64)
    people, person = distinct_rows(
        np.where(is_open, age, NOT_GIVEN), np.where(is_open, instance.candidate_rulebook, 0)
    )
    subsidised = is_open[pairs.candidate]
    findings = Findings()
    with findings.gathered():
        hours = hours_where(pairs, subsidised, asked_by)
    with findings.gathered():
        wage_value = _wage_value_where(pairs, subsidised, asked_by)
    findings.refuse()
    case, code = distinct_rows(
        person[pairs.candidate],
        np.where(subsidised, wage_value.values, 0),
        np.where(subsidised, hours.values, 0),
    )
    cents = []
    for who, value, amount in case:
        years, row = people[who]
        if years == NOT_GIVEN:
            cents.append(0)
            continue
        subsidy = instance.rulebooks[row].wage_subsidy_eur_per_year(
            Fraction(value, wage_value.scale),
            Fraction(amount, hours.scale),
            years,
            with_charges=with_charges,
        )
        cents.append(scaled_int(subsidy, 2))
    return Column.of(np.array(cents, dtype=np.int64)[code], CENT)


BUILT_IN_COLUMNS: Mapping[str, Callable[[PairTable, str], Column]] = {
    "hours_per_week": _hours,
    "coaching_hours_per_week": _coaching_hours,
    "wage_value": _wage_value,
    "subsidy_eur_per_year": _subsidy,
    "subsidy_with_charges_eur_per_year": _subsidy_with_charges,
}
"""The columns that the library computes where the user does not give them."""


class _Missing:
    """Collects what records leave out, each record and field once, in the order of ids."""

    def __init__(self, pairs: PairTable, asked_by: str) -> None:
        self._pairs = pairs
        self._expected = f"must be given, since {asked_by} needs it"
        self._problems: list[Problem] = []

    def candidates(self, field: str, lacking: Bools, needed: Bools, hint: str) -> None:
        """Note the candidates that lack a field, shape (C,), and have a pair that needs it."""
        ids = self._pairs.instance.candidate_ids
        self._note("candidate", ids, _members(self._pairs.candidate, lacking, needed), field, hint)

    def openings(self, field: str, lacking: Bools, needed: Bools, hint: str) -> None:
        """Note the openings that lack a field, shape (O,), and have a pair that needs it."""
        ids = self._pairs.instance.opening_ids
        self._note("opening", ids, _members(self._pairs.opening, lacking, needed), field, hint)

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


def _members(side: Indices, lacking: Bools, needed: Bools) -> Indices:
    if not lacking.any():
        return np.zeros(0, dtype=np.int32)
    return np.unique(side[needed & lacking[side]])


def _records(instance: Instance) -> Iterator[Candidate]:
    return (instance.candidate_of[id_] for id_ in instance.candidate_ids)


def _codes(values: Iterable[_CoachingKind]) -> tuple[list[_CoachingKind], Ints]:
    """Return the distinct values in order of appearance, and the position of each value."""
    position: dict[_CoachingKind, int] = {}
    code = [position.setdefault(value, len(position)) for value in values]
    return list(position), np.array(code, dtype=np.int64)


def distinct_rows(*columns: npt.NDArray[np.integer]) -> tuple[list[tuple[int, ...]], Indices]:
    """Return the distinct rows of aligned columns as Python integers, and the code of each row."""
    values, code = distinct_values(columns[0])
    rows: list[tuple[int, ...]] = [(value,) for value in values.tolist()]
    for column in columns[1:]:
        values, own = distinct_values(column)
        n_values = max(1, len(values))
        # Both codes count distinct rows, so that their product stays below the number of pairs
        # squared and far inside 64 bits.
        wide = _with_room(code, len(rows) * n_values)
        combined, code = distinct_values(wide * n_values + own)
        earlier, later = np.divmod(combined, n_values)
        rows = [
            (*rows[first], int(values[second]))
            for first, second in zip(earlier.tolist(), later.tolist(), strict=True)
        ]
    return rows, code


def distinct_values(column: npt.NDArray[np.integer]) -> tuple[Ints, Indices]:
    """Return the distinct values, ascending, and the position of each row's value among them.

    Linear where the values lie close together, as hours, levels and points do; else by sorting.
    """
    if not column.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    low, high = int(column.min()), int(column.max())
    if high - low > max(_TABLE_SIZE, column.size):
        values, code = np.unique(column.astype(np.int64), return_inverse=True)
        return values, code.astype(np.int32)
    offset = column if low == 0 else _with_room(column, max(-low, high)) - low
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[offset] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen, dtype=np.int32) - np.int32(1))[offset]


def _with_room(values: npt.NDArray[np.integer], largest: int) -> npt.NDArray[np.integer]:
    """Return the values in 32 bits where that holds numbers up to the largest, else in 64."""
    wide: npt.NDArray[np.integer] = (
        values.astype(np.int32, copy=False)
        if largest < 1 << 31
        else values.astype(np.int64, copy=False)
    )
    return wide
