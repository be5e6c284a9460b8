"""Checks a result against its region without any solver: plan, objective, tables and bounds.

Nothing of the result is believed. The rules are read back from the run record, the plan is judged
by their plain reading, every number is computed again, and the certified bound is proven again
from its prices in exact integers. What only a solver has said is named as such.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from placement_opt.basics.read_only import Facts
from placement_opt.basics.status import Status
from placement_opt.checking.bounds import bounds_found, conflicts_found, on_word
from placement_opt.checking.check_report import CheckReport, Finding, finding_of
from placement_opt.checking.law import law_found, supplied
from placement_opt.checking.plan import PlanCheck
from placement_opt.constraints.base import Rule
from placement_opt.model import Model
from placement_opt.objectives.base import Term
from placement_opt.records import Region
from placement_opt.result import Result
from placement_opt.rulebook import Rulebook
from placement_opt.run.model_checks import check_parts
from placement_opt.run.run_record import PartT, in_order_told


def check_result(
    region: Region,
    result: Result,
    pairs: Any = None,
    rules: Sequence[Rule] | None = None,
    objective: Sequence[Term] | None = None,
    rulebook: Rulebook | None = None,
    *,
    pair_values: Any = None,
    pair_defaults: Mapping[str, Any] | None = None,
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
    pair_values, pair_defaults
        What was given to the model under these names, if anything was.

    Returns
    -------
    CheckReport
        A finding per subject, and the claims that rest on a solver's word or on a value of the law
        that the user supplied. Where the region is
        another one than the result names, that is the only finding.

    Raises
    ------
    InvalidInputError
        When the result names unknown rules that are not given, or they need values that the region
        does not have; when its rulebook cannot be read back.
    """
    run, findings = result.run, [_input(region, result)]
    if rules is None:
        rules = run.read_rules()
    else:
        check_parts(rules, (), None)
        rules, found = _given("rules", rules, run.rules)
        findings.append(found)
    if objective is None:
        objective = run.read_terms()
    else:
        check_parts((), objective, None)
        objective, found = _given("objective", objective, run.objective)
        findings.append(found)
    if not findings[0].is_sound:
        return CheckReport(tuple(findings[:1]), ())
    if rulebook is None and run.rulebook is not None:
        rulebook = Rulebook.from_record(run.rulebook)
    model = Model(
        region,
        pairs=pairs,
        pair_values=pair_values,
        pair_defaults=pair_defaults,
        rules=rules,
        objective=objective,
        rulebook=rulebook,
    )
    if rulebook is not None and run.rulebook is not None:
        findings.append(law_found(rulebook, run.rulebook))
    compiled = model.compile()
    if result.status is Status.INFEASIBLE or result.conflicts:
        findings.append(conflicts_found(compiled, result))
    if result.has_plan:
        findings += PlanCheck(compiled, result).findings()
    elif result.placement_rows or result.objective is not None:
        text = f"a result that is {result.status} has no plan, but placements or points are given"
        findings.append(Finding("status", is_sound=False, text=text))
    findings += bounds_found(compiled, result)
    findings += [
        Finding("remarks", is_sound=False, text=row.text)
        for row in result.remark_rows
        if row.kind == "contradiction"
    ]
    by_user = () if rulebook is None else tuple(supplied(rulebook))
    assumed = (f"an assumption: {row.text}" for row in result.assumption_rows)
    return CheckReport(tuple(findings), (*by_user, *assumed, *on_word(result)))


def _given(
    part: str, given: Sequence[PartT], told: Sequence[Facts]
) -> tuple[Sequence[PartT], Finding]:
    """Return given rules or terms in the order of the run record, and whether it names the same."""
    in_order, wrong = in_order_told(given, told)
    right = f"all {len(given)} are those of the run record"
    return in_order, finding_of(f"given {part}", wrong, right)


def _input(region: Region, result: Result) -> Finding:
    told, fingerprint = result.run.input, region.fingerprint()
    date = None if region.date is None else region.date.isoformat()
    if told != fingerprint:
        text = f"the result is of another region: {told[:16]}, not {fingerprint[:16]}"
    elif (result.region, result.date) != (region.name, date):
        text = f"the region is {region.name!r} of {date}, not {result.region!r} of {result.date}"
    elif result.n_candidates != len(region.candidates):
        text = f"{len(region.candidates)} candidates, not {result.n_candidates}"
    else:
        return Finding("input", is_sound=True, text=f"fingerprint {fingerprint[:16]}")
    return Finding("input", is_sound=False, text=text)
