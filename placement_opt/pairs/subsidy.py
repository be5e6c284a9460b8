"""The wage value and the wage-cost subsidy of a pair."""

import math
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import Findings, InvalidInputError
from placement_opt.basics.number_columns import INT64_MAX
from placement_opt.basics.quantities import read_number, scaled_int
from placement_opt.instance.columns import NOT_GIVEN, UNIT, frozen
from placement_opt.instance.instance import Instance
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable, narrowed
from placement_opt.rulebook import ADULT_AGE

CENT = 100


def wage_value(pairs: PairTable, asked_by: str) -> Column:
    """Return the wage value of the person of every pair."""
    every = np.ones(pairs.n_pairs, dtype=np.bool_)
    return _wage_value_where(pairs, every, asked_by)


def _wage_value_where(pairs: PairTable, needed: Bools, asked_by: str) -> Column:
    if pairs.is_given("wage_value"):
        return pairs.given["wage_value"]
    needed = pairs.to_compute("wage_value", needed)
    values = pairs.instance.derived(_wage_values)
    missing = Missing(pairs, asked_by)
    hint = "give the share of the minimum wage the person can earn, such as 0.6"
    missing.candidates("wage_value", values == NOT_GIVEN, needed, hint)
    missing.refuse()
    computed = Column.of(np.where(needed, narrowed(values)[pairs.candidate], 0), UNIT)
    return pairs.with_given("wage_value", computed)


def _wage_values(instance: Instance) -> Ints:
    """Return the wage value of each candidate in millionths, shape (C,); `NOT_GIVEN` for none."""
    given = [candidate.wage_value for candidate in instance.candidate_records]
    read = {value: NOT_GIVEN if value is None else scaled_int(value, 6) for value in set(given)}
    return frozen((read[value] for value in given), np.int64)


def subsidy_eur_per_year(pairs: PairTable, asked_by: str) -> Column:
    """Return the wage-cost subsidy of every pair over twelve months."""
    name = "subsidy_eur_per_year"
    return pairs.with_given(name, _subsidy_in_cents(pairs, asked_by, name))


def subsidy_with_charges_eur_per_year(pairs: PairTable, asked_by: str) -> Column:
    """Return the subsidy with employer charges: on top of the user's own subsidies, if given."""
    given = pairs.given.get("subsidy_eur_per_year")
    name = "subsidy_with_charges_eur_per_year"
    if given is None:
        return pairs.with_given(name, _subsidy_in_cents(pairs, asked_by, name))
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
    charged = Column.of(given.values.astype(np.int64) * whole[code], given.scale * scale)
    said = pairs.given_where.get("subsidy_eur_per_year")
    if said is not None:
        computed = _subsidy_in_cents(pairs, asked_by, name)
        both = replace(pairs, given={name: charged}, given_where={name: said})
        charged = both.with_given(name, computed)
    return pairs.with_given(name, charged)


def planned_subsidy_eur_per_year(pairs: PairTable, asked_by: str) -> Column:
    """Return the subsidy of every pair, in the law's fixed form where no wage value is measured."""
    planned = pair_subsidy(pairs, "subsidy_eur_per_year", asked_by)
    return pairs.with_given("planned_subsidy_eur_per_year", planned)


def planned_subsidy_with_charges_eur_per_year(pairs: PairTable, asked_by: str) -> Column:
    """Return the same with employer charges."""
    planned = pair_subsidy(pairs, "subsidy_with_charges_eur_per_year", asked_by)
    return pairs.with_given("planned_subsidy_with_charges_eur_per_year", planned)


def pair_subsidy(pairs: PairTable, name: str, asked_by: str) -> Column:
    """Return a column of subsidies, with what is not measured as the law's fixed form has it."""
    if pairs.is_given(name):
        return pairs.given[name]
    assumed = _with_fixed_form(pairs)
    if name == "subsidy_eur_per_year":
        return subsidy_eur_per_year(assumed, asked_by)
    return subsidy_with_charges_eur_per_year(assumed, asked_by)


def _with_fixed_form(pairs: PairTable) -> PairTable:
    """Return the pairs with a wage value of everybody: the one that has the fixed form's subsidy.

    The fixed form pays half of the wage costs; so does a wage value of one half.
    """
    people = pairs.instance.candidate_records
    if not pairs.n_pairs or pairs.is_given("wage_value"):
        return pairs
    opens = _open_grounds(pairs.instance)
    if all(person.wage_value is not None or not opens[person.ground] for person in people):
        return pairs
    fixed = 1 - pairs.instance.rulebook.fraction("wage_subsidy.fixed_share")
    own = [fixed if p.wage_value is None else read_number(p.wage_value) for p in people]
    values = Column.of_fractions(own, np.arange(len(own), dtype=np.int64)[pairs.candidate])
    whole = {"wage_value": pairs.with_given("wage_value", values)}
    beside = {name: where for name, where in pairs.given_where.items() if name != "wage_value"}
    # Columns that nothing uses stay unread in the user's own mapping.
    given = cast("Mapping[str, Column]", ChainMap(whole, cast("dict[str, Column]", pairs.given)))
    return replace(pairs, given=given, given_where=beside)


def _open_grounds(instance: Instance) -> dict[str | None, bool]:
    """Tell of each ground that occurs whether it opens the subsidy; one that is not known may."""
    grounds = {candidate.ground for candidate in instance.region.candidates}
    law = instance.rulebook
    return {g: g is None or law.ground(g).wage_subsidy is not False for g in grounds}


def _kinds_of_people(instance: Instance) -> tuple[Bools, list[tuple[int, ...]], Indices]:
    """Return whose ground opens the subsidy, shape (C,), and what sets its height of each of them.

    That is the age of the minimum wage and the place among the rulebooks; the kinds that occur, and
    which one each candidate is, shape (C,).
    """
    opens = _open_grounds(instance)
    is_open = frozen((opens[c.ground] for c in instance.candidate_records), np.bool_)
    age = frozen((c.minimum_wage_age or ADULT_AGE for c in instance.candidate_records), np.int64)
    people, person = distinct_rows(
        np.where(is_open, age, NOT_GIVEN), np.where(is_open, instance.candidate_rulebook, 0)
    )
    return is_open, people, person


def _subsidy_in_cents(pairs: PairTable, asked_by: str, name: str) -> Column:
    """Return the subsidy in cents that a pair column holds; 0 where the ground does not open it."""
    instance = pairs.instance
    if not pairs.n_pairs:
        return Column.of(np.zeros(0, dtype=np.int64), CENT)
    is_open, people, person = instance.derived(_kinds_of_people)
    subsidised = pairs.to_compute(name, is_open[pairs.candidate])
    subsidised = pairs.to_compute("subsidy_eur_per_year", subsidised)
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
            with_charges=name == "subsidy_with_charges_eur_per_year",
        )
        cents.append(scaled_int(subsidy, 2))
    return Column.of(np.array(cents, dtype=np.int64)[code], CENT)
