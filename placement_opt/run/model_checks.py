"""What a model refuses at once, and the rules that it takes where none are given."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.constraints import standard_rules
from placement_opt.constraints.base import Rule
from placement_opt.constraints.one_variant import OneVariant
from placement_opt.constraints.start_dates import StartDates
from placement_opt.constraints.steps import Steps
from placement_opt.constraints.travel_time import TravelTime, knows_places
from placement_opt.instance.groupings import GROUPINGS, each_way
from placement_opt.instance.instance import Instance
from placement_opt.instance.variants import VARIANT
from placement_opt.objectives.base import Term
from placement_opt.pairs.groups import unknown_per
from placement_opt.records import Region
from placement_opt.run.own_parts import is_own, unfinished

_log = logging.getLogger("placement_opt")


def check_parts(
    rules: Sequence[object],
    terms: Sequence[object],
    columns: Collection[str] | None,
    groups: Collection[str] = (),
) -> None:
    """Refuse rules and terms that no model can have.

    Parameters
    ----------
    rules, terms
        All of the model.
    columns
        Names of the columns of ``pairs=``; None leaves groups for later.
    groups
        Names of the groups that records have, such as ``"candidate.neighbourhood"``.

    Raises
    ------
    InvalidInputError
        With everything that is no rule or term, lacks a method, is given twice, or groups by what
        is neither built in nor a column.
    """
    findings = Findings()
    known_rules, known_terms = list[Rule](), list[Term]()
    for rule in rules:
        if isinstance(rule, Rule):
            known_rules.append(rule)
        else:
            findings.add([_no_part("rule", rule, "po.OnePlacement()")])
    for term in terms:
        if isinstance(term, Term):
            known_terms.append(term)
        else:
            findings.add([_no_part("objective term", term, 'po.PairScore("score")')])
    parts: list[Rule | Term] = [*known_rules, *known_terms]
    for part in filter(is_own, parts):
        findings.add(unfinished(part))
    findings.add(_given_twice(known_rules))
    findings.add(_given_twice(known_terms))
    for rule in known_rules if columns is not None else ():
        ways = () if is_own(rule) else each_way(getattr(rule, "per", ()))
        unknown = [way for way in ways if way not in {*GROUPINGS, *groups, *(columns or ())}]
        findings.add(unknown_per(way, groups, rule.rule) for way in unknown)
    findings.refuse()


def _no_part(name: str, value: object, such_as: str) -> Problem:
    expected = f"must be an object such as {such_as}"
    hint = "give an object of the library, or write your own subclass"
    if isinstance(value, type) and issubclass(value, (Rule, Term)):
        hint = f"make one of the class: {value.__name__}(...)"
    return Problem("model", None, name, value, expected, hint)


def _given_twice(parts: Iterable[Rule | Term]) -> Iterator[Problem]:
    seen: set[tuple[str, ...]] = set()
    for part in parts:
        name, *apart = part.key
        if part.key in seen:
            expected = "must be given once per class and what sets it apart"
            told = ", ".join(apart) or None
            yield Problem(part.subject, name, "key", told, expected, "keep one of the two")
        seen.add(part.key)


def rules_of(
    instance: Instance, given: Iterable[Any] | None, listed: Any, columns: Collection[str]
) -> list[Any]:
    """Return the rules of a model: the given or the standard ones, and those that always hold.

    Parameters
    ----------
    instance
        The region.
    given
        The rules as given; None takes the standard ones.
    listed
        What was given as ``pairs=``.
    columns
        Names of the columns of ``pairs=`` or ``pair_values=``.
    """
    rules = standard_rules_of(instance, listed) if given is None else list(given)
    in_time = bool(instance.region.periods)
    has_ways = in_time or VARIANT in columns
    has_ways = has_ways or any(one.coaching_options for one in instance.region.candidates)
    if has_ways and not any(isinstance(rule, OneVariant) for rule in rules):
        rules.append(OneVariant())
    if bool(instance.is_step.any()) and not any(isinstance(rule, Steps) for rule in rules):
        rules.append(Steps())
    if in_time and not any(isinstance(rule, StartDates) for rule in rules):
        rules.append(StartDates())
    return unreplaced(rules)


def unreplaced(rules: Sequence[Any]) -> list[Any]:
    """Return the rules without those whose place another one takes."""
    replaced = {name for rule in rules for name in getattr(rule, "replaces", ())}
    return [rule for rule in rules if getattr(rule, "rule", None) not in replaced]


def standard_rules_of(instance: Instance, listed: Any) -> list[Rule]:
    """Return the standard rules; of listed pairs without any place known, no journey is judged.

    Whoever lists the pairs says which can be reached; without a single place nobody else can.
    """
    rules = list(standard_rules(instance))
    if listed is None or knows_places(instance.region):
        return rules
    judged = [rule for rule in rules if not isinstance(rule, TravelTime)]
    if len(judged) < len(rules):
        _log.warning(
            "max_travel_minutes is not judged: the region gives no location and no travel_minutes,"
            " so the listed pairs count as within reach"
        )
    return judged


def check_region(region: object) -> Region:
    """Return what a model is made of.

    Raises
    ------
    InvalidInputError
        When it is no region.
    """
    if isinstance(region, Region):
        return region
    hint = "read one with po.Region.from_json, from_frames, or po.Region(**fields)"
    told = type(region).__name__
    raise InvalidInputError.single("model", None, "region", told, "must be a po.Region", hint)
