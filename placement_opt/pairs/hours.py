"""The hours that a pair works, and those that it needs of a coach."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.instance.columns import HOUR, NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.people import people_of
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable, narrowed
from placement_opt.records import Candidate
from placement_opt.rulebook import MissingParameterError


def hours_per_week(pairs: PairTable, asked_by: str) -> Column:
    """Return the weekly hours of every pair."""
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
    if pairs.is_given("hours_per_week"):
        return pairs.given["hours_per_week"]
    needed = pairs.to_compute("hours_per_week", needed)
    wanted, offered = pairs.instance.candidates.hours_max, pairs.instance.openings.hours_max
    hint = "give the fewest and the most hours a week, such as (16, 24)"
    missing = Missing(pairs, asked_by)
    missing.candidates("hours_per_week", wanted == NOT_GIVEN, needed, hint)
    missing.openings("hours_per_week", offered == NOT_GIVEN, needed, hint)
    missing.refuse()
    hours = narrowed(wanted)[pairs.candidate]
    np.minimum(hours, narrowed(offered)[pairs.opening], out=hours)
    hours[~needed] = 0
    return pairs.with_given("hours_per_week", Column.of(hours, HOUR))


def coaching_hours_per_week(pairs: PairTable, asked_by: str) -> Column:
    """Return the person's own coaching hours, else the regime's share of the weekly hours.

    Of both, the part that the opening needs (`Opening.guidance_share`).
    """
    return coaching_hours_later(pairs, asked_by, 0)


def coaching_hours_later(pairs: PairTable, asked_by: str, years: int) -> Column:
    """Return the same so many years after the start: shares are those of that year of coaching."""
    instance = pairs.instance
    people, (choices, code) = instance.derived(people_of), instance.derived(_coaching_kinds)
    if years:
        choices = [
            (regime, None if year is None else year + years, own) for regime, year, own in choices
        ]
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    every = pairs.to_compute("coaching_hours_per_week", every)
    missing = Missing(pairs, asked_by)
    for position, (regime, year, own) in enumerate(choices):
        if own is None and (regime is None or year is None):
            field = "coaching_regime" if regime is None else "coaching_year"
            hint = 'give coaching_regime ("none" is one) and its year, or coaching_hours_per_week'
            lacking = np.ones(instance.n_candidates, dtype=np.bool_)
            missing.candidates(field, lacking, every & (code == position)[pairs.person], hint)
    asks_share = np.array([own is None for _, _, own in choices], dtype=np.bool_)[code]
    is_share = asks_share[pairs.person] & every
    # Without a regime nobody is known to need hours: it may be "none".
    is_known = np.array([regime is not None for regime, _, _ in choices], dtype=np.bool_)
    findings = Findings()
    with findings.gathered():
        missing.refuse()
    with findings.gathered():
        hours = hours_where(pairs, is_share & is_known[code][pairs.person], asked_by)
    findings.refuse()
    book = coaching_rulebooks(instance)[people.candidate] if is_share.any() else np.zeros_like(code)
    needs, need = distinct_rows(code, np.where(asks_share, book, 0))
    worked = np.where(is_share, hours.values, 0)
    parts, part_of_opening = instance.derived(_guidance_parts)
    part = part_of_opening[pairs.opening] if len(parts) > 1 else np.int64(0)
    case, case_code = distinct_rows(need[pairs.person] * len(parts) + part, worked)
    asked = {needs[which // len(parts)] for which, _ in case}
    _refuse_unknown_shares(instance, choices, asked, needs, need[np.unique(pairs.person)])
    amounts = []
    for which, amount in case:
        one, at = divmod(which, len(parts))
        kind, row = needs[one]
        worked_hours = Fraction(amount, hours.scale)
        own = _coaching_amount(instance, row, *choices[kind], worked_hours)
        amounts.append(own * parts[at])
    computed = Column.of_fractions(amounts, case_code)
    return pairs.with_given("coaching_hours_per_week", computed)


_CoachingKind = tuple[str | None, int | None, Fraction | None]


def _coaching_kind(candidate: Candidate) -> _CoachingKind:
    """Return (regime, year, own hours); own hours exclude the other two."""
    if candidate.coaching_hours_per_week is not None:
        return None, None, read_number(candidate.coaching_hours_per_week)
    if candidate.coaching_regime == "none":
        return None, None, Fraction(0)
    return candidate.coaching_regime, candidate.coaching_year, None


def _coaching_kinds(instance: Instance) -> tuple[list[_CoachingKind], Ints]:
    """Return the kinds of coaching that occur, and which one each row of `people_of` has."""
    return _codes(map(_coaching_kind, instance.derived(people_of).records))


def coaching_rulebooks(instance: Instance) -> Indices:
    """Return the position in `rulebooks` of what sets each candidate's coaching, shape (C,).

    UWV knows no ordinance.
    """
    book = instance.candidate_rulebook.copy()
    if book.any():
        for row, candidate in enumerate(instance.candidate_records):
            ground = candidate.ground
            if ground is not None and instance.rulebook.ground(ground).coaching_payer == "uwv":
                book[row] = 0
    return book


def _guidance_parts(instance: Instance) -> tuple[list[Fraction], Ints]:
    """Return the different parts of own coaching that openings need; which one each needs, (O,)."""
    position: dict[Fraction, int] = {}
    records = (instance.opening_of[id_] for id_ in instance.opening_ids)
    needed = (record.guidance_share for record in records)
    of_opening = [
        position.setdefault(Fraction(1) if part is None else read_number(part), len(position))
        for part in needed
    ]
    return list(position), np.array(of_opening, dtype=np.int64)


def _refuse_unknown_shares(
    instance: Instance,
    choices: Sequence[_CoachingKind],
    asked: Collection[tuple[int, ...]],
    needs: Sequence[tuple[int, ...]],
    need: npt.NDArray[np.integer],
) -> None:
    """Refuse all shares at once that the law does not know, each with how many people need it.

    `need` is the position in `needs` of everybody with an eligible pair, in each of their regimes.
    """
    needed, unknown = Counter[str](), dict[str, Problem]()
    count = np.bincount(need, minlength=len(needs))
    for position, (kind, row) in enumerate(needs):
        regime, year, _ = choices[kind]
        if regime is None or year is None or (kind, row) not in asked:
            continue
        try:
            instance.rulebooks[row].coaching_share(regime, year)
        except InvalidInputError as error:
            (problem,) = error.problems
            unknown.setdefault(problem.field, problem)
            needed[problem.field] += int(count[position])
    if unknown:
        option = (
            'or plan the share of the first year with po.Coaching(unknown_share="as_first_year")'
        )
        raise MissingParameterError(
            replace(
                problem,
                expected=f"{problem.expected}, and {needed[name]:,} people need it",
                hint=f"{problem.hint}; {option}",
            )
            for name, problem in unknown.items()
        )


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


def _codes(values: Iterable[_CoachingKind]) -> tuple[list[_CoachingKind], Ints]:
    """Return the distinct values in order of appearance, and the position of each value."""
    position: dict[_CoachingKind, int] = {}
    code = [position.setdefault(value, len(position)) for value in values]
    return list(position), np.array(code, dtype=np.int64)
