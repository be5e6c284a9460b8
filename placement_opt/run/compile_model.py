"""Turns a region with rules and terms into integers, and tells at once all that is in the way."""

import inspect
import logging
import warnings
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from placement_opt.basics.errors import Findings, InvalidInputError, PlacementWarning
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.essential_skills import EssentialSkills
from placement_opt.formulation.assembly import formulate
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.steps import OpenSteps
from placement_opt.objectives.base import Term
from placement_opt.objectives.step_value import StepValue
from placement_opt.pairs.allowed_ways import allowed_ways
from placement_opt.pairs.enumeration import enumerate_steps
from placement_opt.pairs.given_pairs import GivenPairs
from placement_opt.pairs.in_periods import in_periods, weighted_in_time
from placement_opt.pairs.regimes import in_regimes
from placement_opt.pairs.rule_protocols import gather_problems
from placement_opt.pairs.table import MANY, Column, PairTable
from placement_opt.run.compiled import Compiled
from placement_opt.run.own_parts import OwnRule, asked_rule, asked_term
from placement_opt.run.progress import Stopwatch
from placement_opt.run.removed import reasons_told
from placement_opt.run.unread_decisions import warn_of_unread

_LOG = logging.getLogger("placement_opt")
_PACKAGE = str(Path(__file__).parents[1])


def compile_model(
    instance: Instance,
    given: GivenPairs,
    rules: Sequence[Rule],
    terms: Sequence[Term],
    watch: Stopwatch,
    *,
    is_told: bool = True,
) -> Compiled:
    """Compile as `_compiled` does; problems of a region from files tell their place there.

    Without `is_told` the fingerprint is empty: for what is solved on the way to an answer.

    Raises
    ------
    InvalidInputError
        With the problems of ``pairs=``, of all rules and of all terms.
    """
    reading = instance.region.reading
    warn_of_unread(instance.region, rules)
    try:
        fingerprint = instance.region.fingerprint() if is_told else ""
        return _compiled(instance, given, rules, terms, watch, fingerprint)
    except InvalidInputError as error:
        if not reading.places:
            raise
        raise error.placed(reading.placed) from error.__cause__


def _compiled(
    instance: Instance,
    given: GivenPairs,
    rules: Sequence[Rule],
    terms: Sequence[Term],
    watch: Stopwatch,
    fingerprint: str,
) -> Compiled:
    """Find the eligible pairs, lower all rules, value all pairs, and assemble the problem.

    Every rule and term is asked for what the records lack before anything is refused. Where a pair
    rule cannot say which pairs it allows, it allows all of them for the rest of the search for
    problems: somebody who turns out to have no eligible pair may then be asked for a value as well.

    Parameters
    ----------
    instance
        The region.
    given
        What the model says about pairs.
    rules, terms
        The complete lists.
    watch
        Takes the seconds of each phase.
    fingerprint
        Tells which region it is.

    Raises
    ------
    InvalidInputError
        With the problems of ``pairs=``, of all rules and of all terms.
    """
    instance = _as_read(rules, instance)
    rulebook = instance.known_rulebook
    if rulebook is not None and rulebook.notes is not None:
        rulebook.notes.clear()
    declared = (rule.placements_in(instance) for rule in rules)
    at_most = min((most for most in declared if most is not None), default=MANY)
    findings = Findings()
    asked_rules, asked_terms = list(map(asked_rule, rules)), list(map(asked_term, terms))
    with watch.phase("pairs"):
        instance = _with_steps(instance, asked_rules, terms)
        for term in asked_terms:
            with findings.gathered():
                findings.add(term.problems(instance))
        pairs: PairTable | None = None
        with findings.gathered():
            pairs = given.pairs(instance, asked_rules, terms, findings)
        if pairs is None:
            gather_problems(asked_rules, instance, findings)
            findings.refuse()
        pairs = in_periods(in_regimes(pairs, asked_rules, findings))
        if instance.steps is not None and pairs.start is not None:
            pairs = allowed_ways(pairs, asked_rules, findings)  # starts wait for steps
        pairs = pairs.with_placements_per_candidate(at_most)
    blocks, points = list[RowBlock | None](), list[Column]()
    with watch.phase("lower"), reasons_told(pairs, rules):
        for rule in asked_rules:
            with findings.gathered():
                blocks.append(rule.lower(pairs))
        for term, asked in zip(terms, asked_terms, strict=True):
            with findings.gathered():
                name = type(asked).__name__
                column, of_contract = asked.points(pairs), term.of_contract
                points.append(weighted_in_time(pairs, column, name, of_contract=of_contract))
        findings.refuse()
    with watch.phase("formulate"):
        weights = (read_number(term.weight) for term in terms)
        weighted = list(zip(weights, points, strict=True))
        rows = [block for block in blocks if block is not None]
        formulation = formulate(pairs.candidate_start, rows, weighted, at_most)
    of_rules = (remark for rule in asked_rules for remark in rule.remarks(pairs))
    remarks = (*pairs.unmatched, *of_rules)
    _warn(remarks)
    parts = (*asked_rules, *asked_terms)
    assumed = tuple(row for part in parts for row in part.assumptions(pairs))
    with_rows = tuple(r for r, block in zip(rules, blocks, strict=True) if block is not None)
    return Compiled(
        pairs,
        formulation,
        tuple(rules),
        tuple(terms),
        fingerprint,
        with_rows,
        remarks,
        assumed,
    )


def _as_read(rules: Sequence[Rule], instance: Instance) -> Instance:
    """Return the region and its law with what rules say of them, where one says something."""
    known = law = instance.known_rulebook
    region = instance.region
    for rule in rules:
        region = rule.region_as_read(region)
        law = None if law is None else rule.law_as_read(law)
    if law is known and region is instance.region:
        return instance
    return Instance(region, law)


def _with_steps(
    instance: Instance, rules: Sequence[Rule | OwnRule], terms: Sequence[Term]
) -> Instance:
    """Return the region with the steps that people can take, where skills ask for some.

    What steps ask is met by other steps as well: that rule tells by itself who can take which.
    """
    others = [rule for rule in rules if not isinstance(rule, EssentialSkills)]
    if len(others) == len(rules) or not instance.is_step.any():
        return instance
    candidate, opening = enumerate_steps(instance, [one for one in others if one.judges_steps])
    worth = (term.of_step for term in terms if isinstance(term, StepValue))
    return instance.with_steps(OpenSteps(candidate, opening, sum(worth, start=Fraction(0))))


def _warn(remarks: Sequence[RemarkRow]) -> None:
    """Tell what is accepted and perhaps not meant before the solve; the result tells it, too.

    A warning is for what is likely a slip: who lists all groups there may be, of which some have no
    pairs today, has done nothing wrong.
    """
    for remark in remarks:
        _LOG.warning("%s", remark.text)
        if remark.kind == "slip":
            warnings.warn(remark.text, PlacementWarning, stacklevel=_depth_of_the_user())


def _depth_of_the_user() -> int:
    """Return how many calls above the caller the first one outside of this package is."""
    frame = inspect.currentframe()
    depth = 0
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, depth = frame.f_back, depth + 1
    return depth
