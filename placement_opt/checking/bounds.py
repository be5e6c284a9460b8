"""Proves what a result claims beyond its plan again: bounds, that no plan exists, conflicts."""

from collections.abc import Iterator

import numpy as np

from placement_opt.answers.conflict_names import names_of, unknown_names
from placement_opt.basics.status import Status, StopReason
from placement_opt.checking.check_report import Finding, finding_of
from placement_opt.formulation.certificate import bound_in_points
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.result import Result
from placement_opt.run.compiled import Compiled


def bounds_found(compiled: Compiled, result: Result) -> Iterator[Finding]:
    """Yield whether the certified bound is proven again, and whether the bound agrees with it."""
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
        asked = result.run.parameters.gap
        if result.stop_reason is StopReason.GAP and (result.gap or 0) > asked:
            wrong.append(f"stopped at the asked gap, {asked!r}, but the gap is {result.gap!r}")
    elif result.status is Status.OPTIMAL:
        wrong.append("OPTIMAL without a bound")
    yield finding_of("bound", wrong, f"{result.bound!r} agrees with its proof and the status")


def _certified(compiled: Compiled, result: Result) -> Finding:
    subject, told, record = "certified bound", result.certified_bound, result.certificate
    if told is None and record is None:
        return Finding(subject, is_sound=True, text="none is claimed")
    if record is None:
        return Finding(subject, is_sound=False, text=f"nothing proves {told!r}")
    if record.proves == "no plan":
        return _no_plan(compiled, result, record)
    try:
        proven = bound_in_points(compiled.formulation, record.bound(compiled.formulation))
    except (ValueError, IndexError, OverflowError) as error:
        text = f"the certificate does not fit the problem: {error}"
        return Finding(subject, is_sound=False, text=text)
    nearest = float(proven)
    if told is None or not nearest <= told <= np.nextafter(nearest, np.inf):
        text = f"the prices prove {nearest!r}, not {told!r}"
        return Finding(subject, is_sound=False, text=text)
    text = f"{told!r} is proven again by {len(record.row):,} prices"
    if record.cuts:
        text += f" and {len(record.cuts):,} cuts, derived again"
    return Finding(subject, is_sound=True, text=text)


def _no_plan(compiled: Compiled, result: Result, record: CertificateRecord) -> Finding:
    subject = "no plan"
    try:
        proves = record.leaves_no_plan(compiled.formulation)
    except (ValueError, IndexError, OverflowError) as error:
        text = f"the certificate does not fit the problem: {error}"
        return Finding(subject, is_sound=False, text=text)
    if not proves or result.status is not Status.INFEASIBLE or result.certified_bound is not None:
        text = "the prices exclude no plan" if not proves else "excluded, but the result goes on"
        return Finding(subject, is_sound=False, text=text)
    text = f"excluded again by {len(record.row):,} prices"
    return Finding(subject, is_sound=True, text=text)


def conflicts_found(compiled: Compiled, result: Result) -> Finding:
    """Return whether the rows named in conflict exist, and whether the prices rest on them."""
    subject, told = "conflicts", result.conflicts
    if not told:
        return Finding(subject, is_sound=True, text="none are named")
    formulation, rules = compiled.formulation, compiled.rules_of_blocks
    unknown = unknown_names(formulation, rules, told)
    if unknown or result.status is not Status.INFEASIBLE:
        wrong = [f"{name} is no row of the problem" for name in unknown]
        return finding_of(subject, wrong or [f"named, but the result is {result.status}"], "")
    named = () if result.certificate is None else result.certificate.row
    priced = np.array([row for row in named if row < formulation.n_rows], dtype=np.int64)
    if priced.size and set(names_of(formulation, rules, priced)) <= set(told):
        text = f"the {len(told):,} rows named are all that the prices rest on"
    else:
        text = f"the {len(told):,} rows named exist; that they contradict each other is not proven"
    return Finding(subject, is_sound=True, text=text)


def on_word(result: Result) -> Iterator[str]:
    """Yield the claims that rest on a solver's word."""
    certificate = result.certificate
    for part in result.proof:
        if part.how == "infeasible" and not (certificate and certificate.proves == "no plan"):
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
