"""Checks a result against its region without any solver: plan, objective, tables and bounds.

Nothing of the result is believed. The rules are read back from the run record, the plan is judged
by their plain reading, every number is computed again, and the certified bound is proven again
from its prices in exact integers. What only a solver has said is named as such.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from placement_opt.answers.conflict_names import names_of, unknown_names
from placement_opt.basics.rows import PlacementRow
from placement_opt.basics.status import Status, StopReason
from placement_opt.constraints import rule_from_json
from placement_opt.constraints.base import Rule
from placement_opt.formulation.certificate import NO_PLAN, Certificate, bound_in_points
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.instance.plan import Placement, Plan
from placement_opt.model import Model
from placement_opt.objectives import term_from_json
from placement_opt.objectives.base import Term
from placement_opt.pairs.listed import given_of
from placement_opt.records import Region
from placement_opt.report.costs import cost_rows
from placement_opt.report.tables import (
    budget_rows,
    coach_rows,
    placement_rows,
    quota_rows,
    term_rows,
)
from placement_opt.result import Result
from placement_opt.rulebook import Rulebook
from placement_opt.run.check_report import CheckReport, Finding, finding_of
from placement_opt.run.checked_run import compared, law, listed, read_back, supplied
from placement_opt.run.compiled import Compiled
from placement_opt.run.verification import Verdict


def check_result(
    region: Region,
    result: Result,
    pairs: Any = None,
    rules: Sequence[Rule] | None = None,
    objective: Sequence[Term] | None = None,
    rulebook: Rulebook | None = None,
) -> CheckReport:
    """Check a result against its region without any solver.

    Parameters
    ----------
    region
        The region that the result is said to be of.
    result
        The result, from `solve` or from a file.
    pairs
        What was given as ``pairs=`` to the model, if anything was.
    rules, objective
        The complete lists of the model, ``model.rules`` and ``model.objective``; None reads them
        back from the run record, which knows the library's classes only. Where the lists are not
        those of the run record, that is a difference, and the plan is judged by the lists.
    rulebook
        The law to check under; None reads it back from the run record.

    Returns
    -------
    CheckReport
        A finding per subject, and the claims that rest on a solver's word or on a value of the law
        that the user supplied. Where the region is
        another one than the result names, that is the only finding.

    Raises
    ------
    InvalidInputError
        When the result does not name its rules, names unknown ones that are not given, or they need
        values that the region does not have; when its rulebook cannot be read back.
    """
    findings = [_input(region, result)]
    told_rules, told_terms = listed(result, "rules"), listed(result, "objective")
    if rules is None:
        rules = read_back("rules", told_rules, rule_from_json)
    else:
        rules, found = compared("rules", rules, told_rules)
        findings.append(found)
    if objective is None:
        objective = read_back("objective", told_terms, term_from_json)
    else:
        objective, found = compared("objective", objective, told_terms)
        findings.append(found)
    if not findings[0].is_sound:
        return CheckReport(tuple(findings[:1]), ())
    record = result.run.get("rulebook")
    if rulebook is None and record is not None:
        rulebook = Rulebook.from_record(record)
    model = Model(region, pairs=pairs, rules=rules, objective=objective, rulebook=rulebook)
    if rulebook is not None and record is not None:
        findings.append(law(rulebook, record))
    compiled = model.compile()
    if result.status is Status.INFEASIBLE or result.conflicts:
        findings.append(_conflicts(compiled, result))
    if result.has_plan:
        findings += _Plan(compiled, result).findings()
    elif result.placement_rows or result.objective is not None:
        text = f"a result that is {result.status} has no plan, but placements or points are given"
        findings.append(Finding("status", is_sound=False, text=text))
    findings += _bounds(compiled, result)
    findings += [
        Finding("remarks", is_sound=False, text=row.text)
        for row in result.remark_rows
        if row.kind == "contradiction"
    ]
    by_user = () if rulebook is None else tuple(supplied(rulebook))
    return CheckReport(tuple(findings), (*by_user, *_on_trust(result)))


def _input(region: Region, result: Result) -> Finding:
    told = result.run.get("input")
    fingerprint = region.fingerprint()
    date = None if region.date is None else region.date.isoformat()
    if told != fingerprint:
        text = f"the result is of another region: {str(told)[:16]}, not {fingerprint[:16]}"
    elif (result.region, result.date) != (region.name, date):
        text = f"the region is {region.name!r} of {date}, not {result.region!r} of {result.date}"
    elif result.n_candidates != len(region.candidates):
        text = f"{len(region.candidates)} candidates, not {result.n_candidates}"
    else:
        return Finding("input", is_sound=True, text=f"fingerprint {fingerprint[:16]}")
    return Finding("input", is_sound=False, text=text)


class _Plan:
    """Judges the placements and everything that is told about them."""

    def __init__(self, compiled: Compiled, result: Result) -> None:
        self._compiled = compiled
        self._result = result

    def findings(self) -> Iterator[Finding]:
        rows = self._result.placement_rows
        columns = [self._column(row) for row in rows]
        gone = [row for row, column in zip(rows, columns, strict=True) if column is None]
        yield finding_of(
            "eligible pairs",
            [f"{row.candidate_id} in {row.opening_id} is not eligible" for row in gone],
            f"all {len(rows):,} placements are eligible pairs",
        )
        if gone:
            return
        found = [column for column in columns if column is not None]
        plan = self._plan(found)
        verdict = self._compiled.judge(plan)
        yield finding_of(
            "rules",
            [*map(str, verdict.violations), *map(str, verdict.faults)],
            f"the plan keeps all {len(self._compiled.rules)} rules",
        )
        yield self._objective(verdict)
        yield from self._tables(plan, verdict, found)
        yield self._people(plan)

    def _column(self, row: PlacementRow) -> int | None:
        instance = self._compiled.pairs.instance
        if row.candidate_id not in instance.candidate_of:
            return None
        if row.opening_id not in instance.opening_of:
            return None
        return self._compiled.pairs.find(
            instance.candidate_idx(row.candidate_id), instance.opening_idx(row.opening_id)
        )

    def _plan(self, columns: Sequence[int]) -> Plan:
        return self._compiled.plan_of(
            Placement(
                row.candidate_id,
                row.opening_id,
                row.coach_id,
                given_of(self._compiled.pairs, column),
            )
            for row, column in zip(self._result.placement_rows, columns, strict=True)
        )

    def _objective(self, verdict: Verdict) -> Finding:
        told, found = self._result.objective, float(verdict.objective)
        is_sound = told == found
        text = f"{found:,.6g} points" if is_sound else f"{found!r} points, not {told!r}"
        return Finding("objective", is_sound=is_sound, text=text)

    def _tables(self, plan: Plan, verdict: Verdict, columns: Sequence[int]) -> Iterator[Finding]:
        result, rules = self._result, self._compiled.rules
        instance, formulation = self._compiled.pairs.instance, self._compiled.formulation
        points = formulation.objective.points_of(np.array(columns, dtype=np.int64))
        yield _same("placements", placement_rows(plan, points, rules), result.placement_rows)
        yield _same("quotas", quota_rows(instance, plan, rules), result.quota_rows)
        yield _same("coaches", coach_rows(instance, plan, rules), result.coach_rows)
        yield _same("budgets", budget_rows(instance, plan, rules), result.budget_rows)
        yield _same("costs", cost_rows(instance, plan), result.cost_rows)
        yield _same("terms", term_rows(verdict), result.term_rows)

    def _people(self, plan: Plan) -> Finding:
        left = set(plan.instance.candidate_ids) - set(plan.of_candidate)
        told = Counter(row.candidate_id for row in self._result.unplaced_rows)
        wrong = sorted({*(left ^ set(told)), *(id_ for id_, count in told.items() if count > 1)})
        return finding_of(
            "unplaced",
            [f"{id_} is told wrongly" for id_ in wrong],
            f"{len(left):,} people are left, each with a reason",
        )


def _same(subject: str, found: Sequence[Any], told: Sequence[Any]) -> Finding:
    wrong = [
        f"{row!r} is found, not {other!r}"
        for row, other in zip(found, told, strict=False)
        if row != other
    ]
    if len(found) != len(told):
        wrong.append(f"{len(found)} rows are found, not {len(told)}")
    return finding_of(subject, wrong, f"all {len(found):,} rows are found again")


def _bounds(compiled: Compiled, result: Result) -> Iterator[Finding]:
    yield _certified(compiled, result)
    told = [part.bound for part in result.proof if part.bound is not None]
    least = min(told, default=None)
    if least is not None and result.objective is not None:
        least = max(least, result.objective)
    wrong = [
        f"{part.by} is told to be re-checked at {part.bound!r}, which the certificate is not for"
        for part in result.proof
        if part.how == "exact re-check" and part.bound != result.certified_bound
    ]
    if result.bound != least:
        wrong.append(f"{result.bound!r}, but the parts of the proof give {least!r}")
    if result.objective is not None and result.bound is not None:
        slack, points = result.bound - result.objective, compiled.formulation.objective
        if slack < 0:
            wrong.append(f"{result.bound!r} is below the objective {result.objective!r}")
        if result.status is Status.OPTIMAL and not points.is_met(result.objective, result.bound):
            wrong.append(f"OPTIMAL, but {slack!r} points stay between plan and bound")
        asked = result.run.get("parameters", {}).get("gap")
        if result.stop_reason is StopReason.GAP and (asked is None or (result.gap or 0) > asked):
            wrong.append(f"stopped at the asked gap, {asked!r}, but the gap is {result.gap!r}")
    elif result.status is Status.OPTIMAL:
        wrong.append("OPTIMAL without a bound")
    yield finding_of("bound", wrong, f"{result.bound!r} agrees with its proof and the status")


def _certified(compiled: Compiled, result: Result) -> Finding:
    subject, told = "certified bound", result.certified_bound
    if told is None and result.certificate is None:
        return Finding(subject, is_sound=True, text="none is claimed")
    if _is_ray(result):
        return _no_plan(compiled, result)
    try:
        fields = result.certificate or {}
        cuts = [_cut(cut) for cut in fields.get("cuts", ())]
        formulation = with_cuts(compiled.formulation, cuts)
        certificate = _certificate(fields, formulation.n_rows)
        proven = bound_in_points(formulation, certificate.bound(formulation))
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        text = f"the certificate does not fit the problem: {error}"
        return Finding(subject, is_sound=False, text=text)
    nearest = float(proven)
    if told is None or not nearest <= told <= np.nextafter(nearest, np.inf):
        text = f"the prices prove {nearest!r}, not {told!r}"
        return Finding(subject, is_sound=False, text=text)
    text = f"{told!r} is proven again by {np.count_nonzero(certificate.prices):,} prices"
    if cuts:
        text += f" and {len(cuts):,} cuts, derived again"
    return Finding(subject, is_sound=True, text=text)


def _conflicts(compiled: Compiled, result: Result) -> Finding:
    subject, told = "conflicts", result.conflicts
    if not told:
        return Finding(subject, is_sound=True, text="none are named")
    formulation, rules = compiled.formulation, compiled.rules_of_blocks
    unknown = unknown_names(formulation, rules, told)
    if unknown or result.status is not Status.INFEASIBLE:
        wrong = [f"{name} is no row of the problem" for name in unknown]
        return finding_of(subject, wrong or [f"named, but the result is {result.status}"], "")
    priced = np.array((result.certificate or {}).get("row", ()), dtype=np.int64)
    priced = priced[priced < formulation.n_rows]
    if priced.size and set(names_of(formulation, rules, priced)) <= set(told):
        text = f"the {len(told):,} rows named are all that the prices rest on"
    else:
        text = f"the {len(told):,} rows named exist; that they contradict each other is not proven"
    return Finding(subject, is_sound=True, text=text)


def _is_ray(result: Result) -> bool:
    return (result.certificate or {}).get("proves") == NO_PLAN


def _no_plan(compiled: Compiled, result: Result) -> Finding:
    subject, fields = "no plan", result.certificate or {}
    try:
        ray = _certificate(fields, compiled.formulation.n_rows)
        proves = ray.leaves_no_plan(compiled.formulation)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        text = f"the certificate does not fit the problem: {error}"
        return Finding(subject, is_sound=False, text=text)
    if not proves or result.status is not Status.INFEASIBLE or result.certified_bound is not None:
        text = "the prices exclude no plan" if not proves else "excluded, but the result goes on"
        return Finding(subject, is_sound=False, text=text)
    text = f"excluded again by {np.count_nonzero(ray.prices):,} prices"
    return Finding(subject, is_sound=True, text=text)


def _certificate(fields: dict[str, Any], n_rows: int) -> Certificate:
    if fields["rows"] != n_rows:
        raise ValueError(f"{fields['rows']} rows, but the problem has {n_rows}")
    prices = np.zeros(n_rows, dtype=np.int64)
    prices[np.array(fields["row"], dtype=np.int64)] = np.array(fields["price"], dtype=np.int64)
    return Certificate(prices, int(fields["bits"]))


def _cut(fields: dict[str, Any]) -> Cut:
    return Cut(
        _whole_numbers(fields["rows"]),
        _whole_numbers(fields["weights"]),
        _whole_numbers([fields["delta"]])[0],
        _whole_numbers(fields["complemented"]),
    )


def _whole_numbers(values: Sequence[Any]) -> tuple[int, ...]:
    if not all(type(value) is int for value in values):
        raise TypeError("a cut is told in whole numbers")
    return tuple(values)


def _on_trust(result: Result) -> Iterator[str]:
    for part in result.proof:
        if part.how == "infeasible" and not _is_ray(result):
            yield f"that no plan keeps all rules rests on the word of {part.by}"
        elif part.how == "solver's word" and part.bound is not None:
            certified = result.certified_bound
            if certified is None:
                yield f"the bound {part.bound!r} rests on the word of {part.by}"
            elif part.bound < certified:
                yield (
                    f"the bound from {certified!r} down to {part.bound!r}"
                    f" rests on the word of {part.by}"
                )
