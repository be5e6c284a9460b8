"""Judges a plan by the rules and recomputes its objective; imports no solver and no lowering.

Every plan passes here before anyone sees it, whoever made it: a solver, a file, a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from placement_opt.constraints.base import Rule, Shortfall
from placement_opt.instance import Instance
from placement_opt.objectives.base import Term
from placement_opt.plan import Plan, Violation
from placement_opt.quantities import read_number

SHOWN_VIOLATIONS = 5

SHORTFALL = "shortfall"
"""Ends the name of a term that is what a priced minimum misses."""


@dataclass(frozen=True, slots=True)
class TermValue:
    """What one term adds to the objective.

    `value` is the unweighted sum over the plan, `points` is ``weight * value``. A priced minimum
    appears with the missing units as its value and minus the price as its weight.
    """

    name: str
    weight: Fraction
    value: Fraction
    points: Fraction


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the plain reading of the rules and terms says about a plan."""

    violations: tuple[Violation, ...]
    terms: tuple[TermValue, ...]
    shortfalls: tuple[tuple[str, Shortfall], ...]

    @property
    def objective(self) -> Fraction:
        """Sum of all terms, in points."""
        return sum((term.points for term in self.terms), start=Fraction(0))

    @property
    def is_sound(self) -> bool:
        """True when no rule is broken."""
        return not self.violations

    def told(self) -> str:
        """Return the violations as text, at most five of them."""
        shown = [str(violation) for violation in self.violations[:SHOWN_VIOLATIONS]]
        more = len(self.violations) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more else "")


def judge(instance: Instance, plan: Plan, rules: Sequence[Rule], terms: Sequence[Term]) -> Verdict:
    """Judge a plan by a plain reading of every rule and term.

    Parameters
    ----------
    instance
        The region.
    plan
        The placements, with a coach where one is needed.
    rules, terms
        The rules it has to keep and the terms that value it.

    Returns
    -------
    Verdict
        Each violation, the points of each term, and the shortfalls of priced minimums.
    """
    unknown = tuple(
        Violation("known ids", f"{p.candidate_id} in {p.opening_id}", "the region has no such pair")
        for p in plan.placements
        if p.candidate_id not in instance.candidate_of or p.opening_id not in instance.opening_of
    )
    if unknown:
        return Verdict(unknown, (), ())
    twice = tuple(
        Violation("placed once per opening", candidate_id, f"placed in {opening_id} more than once")
        for (candidate_id, opening_id) in _repeated(plan)
    )
    violations = (*twice, *(found for rule in rules for found in rule.violations(instance, plan)))
    values = []
    for term, name in zip(terms, _names([term.key for term in terms]), strict=True):
        weight, value = read_number(term.weight), term.value(instance, plan)
        values.append(TermValue(name, weight, value, weight * value))
    shortfalls = tuple(
        (name, shortfall)
        for rule, name in zip(rules, _names([rule.key for rule in rules]), strict=True)
        for shortfall in rule.shortfalls(instance, plan)
    )
    return Verdict(violations, (*values, *_priced(shortfalls)), shortfalls)


def _repeated(plan: Plan) -> list[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    repeated = []
    for placement in plan.placements:
        pair = (placement.candidate_id, placement.opening_id)
        if pair in seen:
            repeated.append(pair)
        seen.add(pair)
    return repeated


def _names(keys: Sequence[tuple[str, ...]]) -> list[str]:
    """Name rules or terms by class, and where one comes twice also by what sets it apart."""
    kinds = [kind for kind, *_ in keys]
    apart = [" ".join(filter(None, rest)) for _, *rest in keys]
    return [
        f"{kind} ({which})" if which and kinds.count(kind) > 1 else kind
        for kind, which in zip(kinds, apart, strict=True)
    ]


def _priced(shortfalls: Sequence[tuple[str, Shortfall]]) -> list[TermValue]:
    """Sum the shortfalls of each rule and price, as terms of the objective."""
    sums: dict[tuple[str, Fraction], Fraction] = {}
    for rule, shortfall in shortfalls:
        key = (rule, shortfall.price)
        sums[key] = sums.get(key, Fraction(0)) + shortfall.amount
    return [
        TermValue(f"{rule} {SHORTFALL}", -price, missing, -price * missing)
        for (rule, price), missing in sums.items()
    ]
