"""Judges a plan by the rules and recomputes its objective; imports no solver and no lowering.

Every plan passes here before anyone sees it, whoever made it: a solver, a file, a person.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.basics.short_text import ShortRepr, shortened
from placement_opt.instance.in_time import share_of_horizon, start_of
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan

if TYPE_CHECKING:  # asked by their names, so that nothing is shared with how they lower
    from placement_opt.constraints.base import Rule
    from placement_opt.objectives.base import Term

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
class Fault:
    """How a rule or term of the user's own contradicts itself on a plan.

    `is_failure` where its plain reading raises an error, so that it says nothing.
    """

    part: "Rule | Term"
    text: str
    text_nl: str
    is_failure: bool = False

    @override
    def __str__(self) -> str:
        return f"{type(self.part).__name__}: {self.text}"


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(ShortRepr):
    """What the plain reading of the rules and terms says about a plan.

    `violations` are those of the library's rules; `faults` tell what the user's own make of a plan
    that their rows accept; `points_of_rules` is what each rule gains, less the price of what it is
    short of.
    """

    violations: tuple[Violation, ...]
    terms: tuple[TermValue, ...]
    shortfalls: tuple[tuple[str, Shortfall], ...]
    faults: tuple[Fault, ...] = ()
    points_of_rules: tuple[Fraction, ...] = ()

    @property
    def objective(self) -> Fraction:
        """Sum of all terms, in points."""
        return sum((term.points for term in self.terms), start=Fraction(0))

    @property
    def is_sound(self) -> bool:
        """True when no rule is broken, and all of them could be asked."""
        return not self.violations and not self.faults

    def told(self) -> str:
        """Return the violations and faults as text, at most five of them."""
        wrong = [*map(str, self.violations), *map(str, self.faults)]
        shown = wrong[:SHOWN_VIOLATIONS]
        more = len(wrong) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more else "")


def judge(
    plan: Plan,
    rules: Sequence["Rule"],
    terms: Sequence["Term"],
    own: Collection["Rule | Term"] = (),
) -> Verdict:
    """Judge a plan by a plain reading of every rule and term.

    Parameters
    ----------
    plan
        The placements, with a coach where one is needed.
    rules, terms
        The rules it has to keep and the terms that value it.
    own
        Those of the user's own: what they raise is a fault of the verdict, never the end of it.

    Returns
    -------
    Verdict
        Each violation, the points of each term, and the shortfalls of priced minimums.
    """
    instance = plan.instance
    unknown = (
        *_without_start(plan),
        *(
            Violation("known ids", str(p), "the region has no such pair")
            for p in (*plan.placements, *plan.steps)
            if p.candidate_id not in instance.candidate_of
            or p.opening_id not in instance.opening_of
        ),
    )
    if unknown:
        return Verdict(unknown, (), ())
    twice = tuple(
        Violation("placed once per opening", candidate_id, f"placed in {opening_id} more than once")
        for (candidate_id, opening_id) in (*_repeated(plan), *_repeated(plan.of_steps))
    )
    ask = _Asking(plan, own)
    violations = [*twice, *(found for rule in rules for found in ask.violations(rule))]
    if plan.steps:
        of_steps = _Asking(plan.of_steps, own)
        judging = (rule for rule in rules if rule.judges_steps)
        violations += (found for rule in judging for found in of_steps.violations(rule))
        ask.faults += of_steps.faults
    values, shortfalls, points_of_rules = [], list[tuple[str, Shortfall]](), []
    for term, name in zip(terms, _names([term.key for term in terms]), strict=True):
        weight, value = read_number(term.weight), ask.value(term)
        if value is not None:
            values.append(TermValue(name, weight, value, weight * value))
    for rule, name in zip(rules, _names([rule.key for rule in rules]), strict=True):
        gained, short = ask.number(rule, "gained"), ask.list(rule, "shortfalls")
        if gained is not None:
            values.append(TermValue(name, Fraction(1), gained, gained))
        shortfalls += [(name, shortfall) for shortfall in short]
        costs = (read_number(part.amount) * read_number(part.price) for part in short)
        points_of_rules.append((gained or Fraction(0)) - sum(costs))
    every = (*values, *_priced(shortfalls))
    faults, points = tuple(ask.faults), tuple(points_of_rules)
    return Verdict(tuple(violations), every, tuple(shortfalls), faults, points)


class _Asking:
    """Asks rules and terms what they say of a plan; a failure of the user's own becomes a fault."""

    def __init__(self, plan: Plan, own: Collection["Rule | Term"]) -> None:
        self._plan = plan
        self._own = {id(part) for part in own}
        self.faults: list[Fault] = []

    def violations(self, rule: "Rule") -> Sequence[Violation]:
        """Return what a rule of the library finds; one of the user's own makes it a fault."""
        found = self.list(rule, "violations")
        if found and id(rule) in self._own:
            shown = "; ".join(map(str, found[:SHOWN_VIOLATIONS]))
            more = len(found) - SHOWN_VIOLATIONS
            shown += f"; and {more} more" if more > 0 else ""
            text = f"its rows and pairs allow the plan, `violations` does not: {shown}"
            text_nl = f"het model laat het plan toe, `violations` niet: {shown}"
            self.faults.append(Fault(rule, text, text_nl))
            return ()
        return found

    def list(self, rule: "Rule", method: str) -> Sequence[Any]:
        """Return what a method of a rule yields, nothing where one of the user's own fails."""
        kind = Violation if method == "violations" else Shortfall
        try:
            found = _entries(getattr(rule, method)(self._plan))
            _check_yield(found, kind)
        except Exception as error:
            self._note(rule, method, error)
            return ()
        return found

    def value(self, term: "Term") -> Fraction | None:
        """Return the value of a term, with the share of the horizon in which placements run."""
        try:
            return value_in_time(term, self._plan)
        except Exception as error:
            self._note(term, "value", error)
            return None

    def number(self, part: "Rule | Term", method: str) -> Fraction | None:
        """Return what a method gives, exactly; None where it says None or fails as a user's own."""
        try:
            told = getattr(part, method)(self._plan)
            return None if told is None and method == "gained" else read_number(told)
        except Exception as error:
            self._note(part, method, error)
            return None

    def _note(self, part: "Rule | Term", method: str, error: Exception) -> None:
        if id(part) not in self._own or isinstance(error, MemoryError):
            raise error
        told = f"{type(error).__name__}: {error}"
        text = f"`{method}` fails on the plan: {told}"
        text_nl = f"`{method}` loopt vast op het plan: {told}"
        self.faults.append(Fault(part, text, text_nl, is_failure=True))


def _without_start(plan: Plan) -> Iterator[Violation]:
    """Yield the placements and steps that do not say when they start, where there are periods."""
    periods = plan.instance.region.periods
    for placement in (*plan.placements, *plan.steps) if periods else ():
        if start_of(periods, placement.variant) is None:
            yield Violation("known ids", str(placement), "starts in no period of the region")


def value_in_time(term: "Term", plan: Plan) -> Fraction:
    """Return the value of a term: each placement counts for the share of the horizon it runs.

    What a term makes of the steps before jobs is whole, whenever they are taken.
    """
    periods = plan.instance.region.periods
    if not periods:
        return read_number(term.value(plan))
    parts: dict[Fraction, list[Placement]] = {}
    for placement in plan.placements:
        run = plan.run_under_contract(placement) if term.of_contract else plan.run(placement)
        share = share_of_horizon(periods, run)
        parts.setdefault(share, []).append(placement)
    of_steps = read_number(term.value(plan.of_some(()))) if plan.steps else Fraction(0)
    values = (
        share * (read_number(term.value(plan.of_some(part))) - of_steps)
        for share, part in parts.items()
    )
    return sum(values, start=of_steps)


def _entries(found: Any) -> list[Any]:
    if found is None:
        raise TypeError("it returns None; let it yield what is wrong, and nothing else")
    return [*found]


def _check_yield(found: Sequence[Any], kind: type) -> None:
    wrong = next((entry for entry in found if not isinstance(entry, kind)), None)
    if wrong is not None:
        raise TypeError(f"it yields {shortened(wrong, 80)}, which is no {kind.__name__}")


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
