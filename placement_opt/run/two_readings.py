"""Compares the two readings of a plan: rows and points of the model, and the plain one by rule.

For the library's own rules they have to agree; a difference is a bug of ours. A rule of the user's
own that contradicts itself costs nobody the plan: it is returned with a remark, and nothing that
was proven over the rows is claimed, since nobody can tell which of both readings is meant.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from placement_opt.basics.arrays import Ints
from placement_opt.basics.errors import InternalError
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import RemarkRow
from placement_opt.basics.status import Status
from placement_opt.constraints.base import Rule
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.in_periods import weighted_in_time
from placement_opt.run.compiled import Compiled
from placement_opt.run.own_parts import OwnTerm, is_own
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.verification import Fault, Verdict, value_in_time
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution

_LOG = logging.getLogger("placement_opt")

FLOAT_SHARE = Fraction(1, 10**9)
"""Sums of floats in a term of the user's own may be off by this share of the points."""


def contradictions(
    compiled: Compiled, search: Search, solution: Solution, plan: Plan, verdict: Verdict
) -> tuple[Fault, ...]:
    """Return how rules and terms of the user's own contradict themselves on a plan.

    Raises
    ------
    InternalError
        When the library contradicts itself; it holds the plan.
    """
    if verdict.violations:
        raise disagreement(compiled, search, plan, verdict.told())
    faults, expected = list(verdict.faults), verdict.objective
    for term in filter(is_own, compiled.terms):
        given = _points(term, compiled, solution)
        claimed = sum(given, start=Fraction(0))
        told = Fraction(0)
        if not any(fault.part is term for fault in verdict.faults):
            told = value_in_time(term, plan)
            if abs(claimed - told) > FLOAT_SHARE * sum(map(abs, given)):
                text = f"`points` gives {float(claimed):g} in all, `value` {float(told):g}"
                text_nl = f"`points` geeft samen {float(claimed):g}, `value` {float(told):g}"
                faults.append(Fault(term, text, text_nl))
        expected += read_number(term.weight) * (claimed - told)
    for rule, told in zip(compiled.rules, verdict.points_of_rules, strict=True):
        if is_own(rule):
            given = _own_points(rule, compiled, solution)
            claimed = sum(given, start=Fraction(0))
            is_read = not any(fault.part is rule and fault.is_failure for fault in verdict.faults)
            if is_read and abs(claimed - told) > FLOAT_SHARE * sum(map(abs, given)):
                differ = f"{float(claimed):g}, `gained` and `shortfalls` {float(told):g}"
                differ_nl = f"{float(claimed):g}, `gained` en `shortfalls` {float(told):g}"
                text = f"the own variables of `lower` give {differ} points"
                text_nl = f"de eigen variabelen van `lower` geven {differ_nl} punten"
                faults.append(Fault(rule, text, text_nl))
            expected += claimed - told
    claimed = search.worth
    if claimed != expected:
        what = f"objective {float(claimed):.6f} in the model, {float(expected):.6f} by rule"
        raise disagreement(compiled, search, plan, what)
    return tuple(faults)


def _own_points(rule: Rule, compiled: Compiled, solution: Solution) -> list[Fraction]:
    """Return the points of each own variable of a rule, as the model has them."""
    points: list[Fraction] = []
    start = 0
    for owner, block in zip(compiled.rules_of_blocks, compiled.formulation.blocks, strict=True):
        gain = () if block.variables is None else block.variables.gain
        own = solution.own[start : start + len(gain)].tolist()
        start += len(gain)
        if owner is rule:
            points += [each * value for each, value in zip(gain, own, strict=True)]
    return points


def _points(term: Term, compiled: Compiled, solution: Solution) -> list[Fraction]:
    """Return the points of each placement before the weight, as the model has them."""
    pairs = compiled.pairs
    own, name = OwnTerm(term).points(pairs), type(term).__name__
    column = weighted_in_time(pairs, own, name, of_contract=term.of_contract)
    return [Fraction(value, column.scale) for value in column.values[solution.chosen].tolist()]


def disagreement(compiled: Compiled, search: Search, plan: Plan, what: str) -> InternalError:
    """Build the error of a library that contradicts itself, with the plan in it."""
    region, fingerprint = compiled.pairs.instance.region, compiled.fingerprint
    error = InternalError(
        f"the plan for region {region.name!r} failed verification: {what}. This is a bug in"
        f" placement_opt, please report it. To reproduce: save the region with Region.to_json"
        f" (fingerprint {fingerprint[:16]}) and solve it again with the same rules,"
        f" seed {search.limits.seed} and reproducible=True. The plan is in `plan` of this error"
    )
    error.plan = {
        name: [getattr(placement, name) for placement in plan.placements]
        for name in ("candidate_id", "opening_id", "coach_id", "variant")
    }
    return error


@contextmanager
def plan_kept(
    compiled: Compiled,
    search: Search,
    solution: Solution | None,
    liked: Ints | None,
) -> Iterator[None]:
    """Verify and tell a plan; an error on the way becomes one of ours that holds the plan.

    `liked` as in `Compiled.plan`.

    Raises
    ------
    InternalError
        Instead of whatever was raised, where there is a plan to lose.
    """
    try:
        yield
    except InternalError:
        raise
    except Exception as error:
        if solution is None:
            raise
        plan = compiled.plan(solution, liked)
        raise disagreement(compiled, search, plan, f"{type(error).__name__}: {error}") from error


def contradicted(result: ResultRecord, faults: tuple[Fault, ...], points: Fraction) -> ResultRecord:
    """Return a result that claims nothing over rules that contradict themselves.

    Parameters
    ----------
    result
        The result as the rows tell it.
    faults
        How rules and terms of the user's own contradict themselves; none leave the result as it is.
    points
        The plan's points in the model, told where a term could not read them.
    """
    if not faults:
        return result
    remarks = tuple(_remarks(faults))
    for remark in remarks:
        _LOG.warning("%s", remark.text)
    unread = any(isinstance(fault.part, Term) and fault.is_failure for fault in faults)
    return result.model_copy(
        update={
            "status": Status.FEASIBLE,
            "objective": float(points) if unread else result.objective,
            "bound": None,
            "certified_bound": None,
            "certificate": None,
            "proof": (),
            "remark_rows": (*result.remark_rows, *remarks),
        }
    )


def _remarks(faults: tuple[Fault, ...]) -> Iterator[RemarkRow]:
    for fault in faults:
        part = fault.part
        yield RemarkRow(
            kind="contradiction",
            about=type(part).__name__,
            text=f"{part.title} contradicts itself, so that nothing is proven: {fault.text}",
            text_nl=(
                f"{part.title_nl or part.title} spreekt zichzelf tegen, zodat niets bewezen is:"
                f" {fault.text_nl}"
            ),
        )
