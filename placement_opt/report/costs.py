"""What each placement costs the municipality, and what the employer receives, per instrument.

Amounts are euros for twelve months at the region's date, exact inside and rounded to the cent once.
An amount that the records and the verified parameters of the law do not decide is None, with the
reason; it is never guessed. Who has no `minimum_wage_age` counts as 21 or older.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import CostRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.wage_subsidy_budget import plans_fixed_form
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.rulebook import ADULT_AGE, Ground, Rulebook
from placement_opt.rulebook.exact import euros
from placement_opt.rulebook.grounds import SHELTERED_WORK


class _Unknown(Exception):  # noqa: N818 - an answer, which never leaves this module
    """An amount that cannot be told; the text says why."""


def cost_rows(plan: Plan, rules: Sequence[Rule] = ()) -> tuple[CostRow, ...]:
    """Return a row per placement, in the order of the plan.

    Parameters
    ----------
    plan
        The verified plan, of a region with its rulebook.
    rules
        The rules of the model. Where a budget plans the law's fixed form for people whose wage
        value is not measured, that amount is told.
    """
    plans_fixed = plans_fixed_form(rules)
    return tuple(_Costs(plan, placement, plans_fixed).row() for placement in plan.placements)


@dataclass
class _Costs:
    """Asks every instrument about one placement, and keeps why an amount cannot be told."""

    plan: Plan
    placement: Placement
    plans_fixed: bool
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.instance = self.plan.instance
        self.candidate = self.plan.candidate(self.placement)
        self.opening = self.plan.opening(self.placement)
        coach = self.instance.coach_of.get(self.placement.coach_id or "")
        self.coach_kind = None if coach is None else coach.kind

    def row(self) -> CostRow:
        """Return the amounts with their totals; a total is None where a part of it is."""
        subsidy = self._told("subsidy", self._subsidy)
        charges = None if subsidy is None else self._told("charges", lambda: self._charges(subsidy))
        lkv = self._told("lkv", self._lkv)
        dispensation = self._told("dispensation", self._dispensation)
        guidance = self._told("guidance", self._guidance)
        coaching = self._told("coaching", self._coaching)
        wage = None
        if self.opening.wage_eur_per_hour is not None:
            wage = self._told("wage", self._wage_above_minimum)
        payer = None if coaching == 0 else self._coaching_payer()
        by_municipality = Fraction(0) if payer == "uwv" else coaching
        if coaching and payer is None:
            by_municipality = None
            self.reasons.append("municipality: who pays the coach follows from no known ground")
        is_external = coaching == 0 or self.coach_kind == "external"
        return CostRow(
            candidate_id=self.candidate.id,
            opening_id=self.opening.id,
            municipality_id=self.candidate.municipality,
            employer_id=self.opening.employer,
            subsidy_eur_per_year=_shown(subsidy),
            charges_eur_per_year=_shown(charges),
            coaching_eur_per_year=_shown(coaching),
            coaching_payer=payer,
            guidance_eur_per_year=_shown(guidance),
            municipality_eur_per_year=_total(subsidy, charges, by_municipality, guidance),
            lkv_eur_per_year=_shown(lkv),
            dispensation_eur_per_year=_shown(dispensation),
            employer_eur_per_year=_total(
                subsidy, charges, Fraction(0) if is_external else coaching, lkv, dispensation
            ),
            wage_above_minimum_eur_per_year=_shown(wage),
            reasons="; ".join(self.reasons) or None,
        )

    def _told(self, name: str, amount: Callable[[], Fraction]) -> Fraction | None:
        try:
            return Fraction(euros(amount()))
        except _Unknown as reason:
            self.reasons.append(f"{name}: {reason}")
        except InvalidInputError as error:
            problem = error.problems[0]
            self.reasons.append(f"{name}: {problem.field} {problem.expected}")
        return None

    @property
    def _law(self) -> Rulebook:
        return self.instance.rulebook_of(self.candidate.municipality)

    def _ground(self) -> Ground:
        code: str | None = self.candidate.ground
        if self.opening.sheltered and code in {None, "none"}:
            code = SHELTERED_WORK
        if code is None:
            raise _Unknown("ground is not known")
        return self._law.ground(code)

    def _is_open(self, instrument: str) -> bool:
        ground = self._ground()
        is_open = getattr(ground, instrument)
        if is_open is None:
            raise _Unknown(f"ground {ground.code} does not decide it")
        return bool(is_open)

    def _hours(self) -> Fraction:
        hours = self.plan.hours_per_week(self.placement)
        if hours is None:
            raise _Unknown("hours_per_week is not known")
        return hours

    def _wage_value(self) -> Fraction:
        wage_value = self.plan.wage_value(self.placement)
        if wage_value is None:
            raise _Unknown("wage_value is not known")
        return wage_value

    @property
    def _is_fixed(self) -> bool:
        """Tell whether the subsidy is planned in the law's fixed form."""
        return self.plans_fixed and self.plan.wage_value(self.placement) is None

    def _subsidy(self) -> Fraction:
        if "subsidy_eur_per_year" not in self.placement.given:
            if not self._is_open("wage_subsidy"):
                return Fraction(0)
            self._hours()
            if self._is_fixed:
                percent = round(100 * self._law.fraction("wage_subsidy.fixed_share"))
                self.reasons.append(
                    f"subsidy: wage_value is not known, planned in the fixed form ({percent}%)"
                )
                return self.plan.planned_subsidy_eur_per_year(self.placement) or Fraction(0)
            self._wage_value()
        return self.plan.subsidy_eur_per_year(self.placement) or Fraction(0)

    def _charges(self, subsidy: Fraction) -> Fraction:
        if subsidy == 0:
            return subsidy
        name = "subsidy_with_charges_eur_per_year"
        whole = self.plan.amount(self.placement, f"planned_{name}" if self._is_fixed else name)
        return max(Fraction(0), (whole or Fraction(0)) - subsidy)

    def _lkv(self) -> Fraction:
        """Return the kind for the jobs agreement; no record tells who is an arbeidsgehandicapte."""
        if self.opening.sheltered or not self._is_open("lkv"):
            return Fraction(0)
        person, law = self.candidate, self._law
        if not law.counts(
            person.ground, ground_from=person.ground_from, ground_until=person.ground_until
        ):
            return Fraction(0)
        hours = law.paid_hours_per_year(self._hours())
        return Fraction(law.lkv_eur_per_year("banenafspraak", paid_hours_per_year=hours))

    def _dispensation(self) -> Fraction:
        """Return the part of the minimum wage not paid, without holiday allowance."""
        if not self._is_open("wage_dispensation"):
            return Fraction(0)
        law, age = self._law, self.candidate.minimum_wage_age or ADULT_AGE
        wage = law.wage_dispensation(wage_value=self._wage_value(), minimum_wage_age=age)
        return Fraction(wage.dispensed_eur_per_hour) * law.paid_hours_per_year(self._hours())

    def _wage_above_minimum(self) -> Fraction:
        """Return what the employer pays above the minimum wage, without holiday allowance."""
        age = self.candidate.minimum_wage_age or ADULT_AGE
        above = read_number(self.opening.wage_eur_per_hour or 0) - Fraction(
            self._law.minimum_wage_eur_per_hour(age)
        )
        return max(Fraction(0), above) * self._law.paid_hours_per_year(self._hours())

    def _guidance(self) -> Fraction:
        if not self.opening.sheltered:
            return Fraction(0)
        return Fraction(self._law.sheltered_guidance_eur_per_year())

    def _coaching_payer(self) -> str | None:
        try:
            return self._ground().coaching_payer
        except (_Unknown, InvalidInputError):
            return None

    def _coaching(self) -> Fraction:
        """Return an external coach at the tariff, or the subsidy for the employer's own coach."""
        hours = self.plan.coaching_hours_per_week(self.placement)
        if hours is None:
            raise _Unknown("the coaching hours are not known")
        if hours == 0:
            return hours
        if self.coach_kind is None:
            raise _Unknown("no coach is named")
        law = self.plan.coaching_rulebook(self.candidate)
        if self.coach_kind == "external":
            return Fraction(law.coaching_eur_per_year(coaching_hours_per_week=hours))
        regime = self.candidate.coaching_regime
        if regime is None or self.candidate.coaching_year != 1:
            raise _Unknown("for an own coach only amounts per regime in the first year are known")
        return Fraction(law.own_coach_eur_per_year(regime=regime, hours_per_week=self._hours()))


def _shown(amount: Fraction | None) -> float | None:
    return None if amount is None else float(amount)


def _total(*parts: Fraction | None) -> float | None:
    known = [part for part in parts if part is not None]
    return float(sum(known, Fraction(0))) if len(known) == len(parts) else None
