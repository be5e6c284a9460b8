"""Euros a year that openings pay above the minimum wage, as a cost or as good pay."""

from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools
from placement_opt.basics.errors import Findings
from placement_opt.basics.quantities import read_number, scaled_int
from placement_opt.instance.columns import NOT_GIVEN, frozen
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable
from placement_opt.rulebook import ADULT_AGE, Rulebook
from placement_opt.rulebook.exact import euros

CENT = 100


class WageAboveMinimum(Term):
    r"""A placement counts the euros a year that its wage lies above the minimum wage.

    .. math:: \max(0, \text{wage}_o - \text{minimum}_c) \cdot h_{co} \cdot 52 \text{ per placement}

    With ``weight=-1`` it is a cost for employers, with a positive weight it favours good pay. The
    minimum wage is that of the person's age at the region's date, without holiday allowance; who
    has no `minimum_wage_age` counts as 21 or older.

    Parameters
    ----------
    weight
        Points per euro a year.

    References
    ----------
    Wet minimumloon en minimumvakantiebijslag: the minimum wage per hour.
    """

    of_contract: ClassVar[bool] = True
    title: ClassVar[str] = "wage above the minimum"
    title_nl: ClassVar[str] = "loon boven het minimum"
    term: Literal["WageAboveMinimum"] = "WageAboveMinimum"

    @override
    def points(self, pairs: PairTable) -> Column:
        instance, findings = pairs.instance, Findings()
        openings = [instance.opening_of[id_] for id_ in instance.opening_ids]
        wages = frozen(
            (
                NOT_GIVEN if one.wage_eur_per_hour is None else scaled_int(one.wage_eur_per_hour, 2)
                for one in openings
            ),
            np.int64,
        )
        every: Bools = np.ones(pairs.n_pairs, dtype=np.bool_)
        missing = Missing(pairs, self.title)
        hint = "give the gross wage in euros an hour, such as 15.25"
        missing.openings("wage_eur_per_hour", wages == NOT_GIVEN, every, hint)
        with findings.gathered():
            missing.refuse()
        with findings.gathered():
            hours = pair_column(pairs, "hours_per_week", asked_by=self.title)
        findings.refuse()
        ages = (person.minimum_wage_age or ADULT_AGE for person in instance.candidate_records)
        people, person = distinct_rows(frozen(ages, np.int64), instance.candidate_rulebook)
        cases, code = distinct_rows(
            person[pairs.candidate], wages[pairs.opening], hours.values.astype(np.int64)
        )
        cents = []
        for who, wage, worked in cases:
            age, book = people[who]
            law, hours_a_week = instance.rulebooks[book], Fraction(worked, hours.scale)
            cents.append(scaled_int(_euros(law, Fraction(wage, CENT), age, hours_a_week), 2))
        return Column.of(np.array(cents, dtype=np.int64)[code], CENT)

    @override
    def value(self, plan: Plan) -> Fraction:
        total = Fraction(0)
        for placement in plan.placements:
            person, opening = plan.candidate(placement), plan.opening(placement)
            hours = self.known(placement, "hours_per_week", plan.hours_per_week(placement))
            law = plan.instance.rulebook_of(person.municipality)
            minimum = Fraction(law.minimum_wage_eur_per_hour(person.minimum_wage_age or ADULT_AGE))
            above = read_number(opening.wage_eur_per_hour or 0) - minimum
            total += Fraction(euros(max(Fraction(0), above) * law.paid_hours_per_year(hours)))
        return total


def _euros(law: Rulebook, wage: Fraction, age: int, hours: Fraction) -> Fraction:
    """Return the euros a year above the minimum wage, to the cent."""
    above = max(Fraction(0), wage - Fraction(law.minimum_wage_eur_per_hour(age)))
    return Fraction(euros(above * law.paid_hours_per_year(hours)))
