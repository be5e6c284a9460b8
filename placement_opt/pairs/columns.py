"""Pair columns: what each eligible pair would use of hours, coaching and subsidy, exactly.

The registry of those that the library computes, one line per column. A column that the user gave
with ``pairs=`` wins; others are computed from the columns of the instance once per pair table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from placement_opt.basics.errors import InvalidInputError, closest_hint, closest_ids
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.chances import SUCCESS, success_probability
from placement_opt.pairs.hours import coaching_hours_per_week, hours_per_week
from placement_opt.pairs.ranks import candidate_rank, opening_rank
from placement_opt.pairs.subsidy import (
    planned_subsidy_eur_per_year,
    planned_subsidy_with_charges_eur_per_year,
    subsidy_eur_per_year,
    subsidy_with_charges_eur_per_year,
    wage_value,
)
from placement_opt.pairs.table import Column, PairTable


@dataclass(frozen=True)
class PairColumn:
    """A pair column with its two readings, which agree to the last digit.

    Parameters
    ----------
    exact
        From the eligible pairs and who asks, for the error, to the column, shape (E,).
    plain
        The amount of one placement, read from the records: a method of `Plan` marked
        `pair_amount`. It stands apart, since the judge of a plan shares nothing with rows.
    limits
        The least and the most that a column given with ``pairs=`` may hold.
    missing
        What a cell without a value means there; None where each row needs one.
    is_amount
        Whether it is judged whenever it is given, and rounded as limits are; else it keeps as many
        digits as fit, unless a rule sums it.
    """

    exact: Callable[[PairTable, str], Column]
    plain: Callable[[Plan, Placement], Fraction | None]
    limits: tuple[int, int]
    missing: int | None = None
    is_amount: bool = True


HOURS = (0, 168)
EUROS = (0, 10**12)
RANKS = (1, 10**6)

PAIR_COLUMNS: Mapping[str, PairColumn] = {
    "hours_per_week": PairColumn(hours_per_week, Plan.hours_per_week, HOURS),
    "coaching_hours_per_week": PairColumn(
        coaching_hours_per_week, Plan.coaching_hours_per_week, HOURS
    ),
    SUCCESS: PairColumn(success_probability, Plan.success_probability, (0, 1), is_amount=False),
    "wage_value": PairColumn(wage_value, Plan.wage_value, (0, 1)),
    "subsidy_eur_per_year": PairColumn(subsidy_eur_per_year, Plan.subsidy_eur_per_year, EUROS),
    "subsidy_with_charges_eur_per_year": PairColumn(
        subsidy_with_charges_eur_per_year, Plan.subsidy_with_charges_eur_per_year, EUROS
    ),
    "planned_subsidy_eur_per_year": PairColumn(
        planned_subsidy_eur_per_year, Plan.planned_subsidy_eur_per_year, EUROS
    ),
    "planned_subsidy_with_charges_eur_per_year": PairColumn(
        planned_subsidy_with_charges_eur_per_year,
        Plan.planned_subsidy_with_charges_eur_per_year,
        EUROS,
    ),
    "candidate_rank": PairColumn(candidate_rank, Plan.candidate_rank, RANKS, missing=0),
    "opening_rank": PairColumn(opening_rank, Plan.opening_rank, RANKS, missing=0),
}
"""The columns that the library computes where the user does not give them."""


def pair_column(pairs: PairTable, name: str, asked_by: str = "") -> Column:
    """Return a numeric column of the eligible pairs: the user's own, else computed and kept.

    Cost: O(pairs log pairs) at first, then nothing; the law is asked once per distinct case.

    Parameters
    ----------
    pairs
        The eligible pairs.
    name
        A column given with ``pairs=``, or one of `PAIR_COLUMNS`.
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
    if pairs.is_given(name):
        return pairs.given[name]
    if name in pairs.given and name not in PAIR_COLUMNS:
        expected = "must be given for every eligible pair"
        hint = f"give pair_defaults={{{name!r}: ...}} for the others"
        raise InvalidInputError.single("pair_values", None, name, None, expected, hint)
    if name not in PAIR_COLUMNS:
        raise _unknown_column(pairs, name)
    if name not in pairs.computed:
        asked_by = asked_by or f"the pair column {name!r}"
        pairs.computed[name] = PAIR_COLUMNS[name].exact(pairs, asked_by)
    return pairs.computed[name]


def _unknown_column(pairs: PairTable, name: str) -> InvalidInputError:
    known = sorted({*PAIR_COLUMNS, *pairs.given})
    if name in pairs.labels:
        expected = "must be a column of numbers, not of group labels"
        hint = "name a numeric column here; a column of labels can be the `per` of a rule"
    else:
        expected = f"must be one of {', '.join(known)}"
        closest = closest_ids(name, known)
        hint = closest_hint(closest) if closest else "give the column with `pairs=`"
    return InvalidInputError.single("pairs", None, "column", name, expected, hint)
