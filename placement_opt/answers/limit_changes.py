"""Tells limits by rule and group, what becomes of them, and what it weighs to move them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from placement_opt.answers.diagnosis import LimitChange, LimitInConflict
from placement_opt.answers.limits import Limit
from placement_opt.answers.relaxed import Ends
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

Side = Literal["at least", "at most"]
Named = Mapping[str | tuple[str, str], float]
"""What limits weigh, by the class of their rule, or by that and their group."""


def named(limit: Limit) -> dict[str, str]:
    """Return the fields that say which limit it is."""
    rule = limit.rule
    return {
        "rule": rule.rule,
        "group": limit.group,
        "title": rule.title,
        "title_nl": rule.title_nl or rule.title,
        "unit": limit.unit,
    }


def in_conflict(limit: Limit) -> LimitInConflict:
    """Tell a limit as a part of a conflict."""
    least, most = (None if end is None else float(end) for end in (limit.least, limit.most))
    return LimitInConflict(**named(limit), least=least, most=most)


def changes_of(limit: Limit, before: Ends, after: Ends) -> Iterator[LimitChange]:
    """Yield what becomes of each end of a limit that is another one."""
    for side, was, new in _sides(limit, before, after):
        end = limit.least if side == "at least" else limit.most
        if end is None or was == new:
            continue
        told = None
        if new is not None and was is not None:
            told = limit.of_row(new)
            if abs(limit.of_row(was) - end) >= abs(limit.size):
                # The row holds what is left of the limit, such as the changes beyond those made.
                told = end + limit.size * (new - was)
        yield LimitChange(
            **named(limit),
            side=side,
            before=float(end),
            after=None if told is None else float(told),
        )


def cost_of(limit: Limit, before: Ends, after: Ends) -> float:
    """Return by how much a limit moves, in its own unit."""
    moved = [
        abs(new - was)
        for _, was, new in _sides(limit, before, after)
        if was is not None and new is not None
    ]
    return float(abs(limit.size) * sum(moved))


def _sides(
    limit: Limit, before: Ends, after: Ends
) -> Iterator[tuple[Side, int | None, int | None]]:
    """Yield each side with the end of the row before and after, None for none."""
    lower, upper = ([_end(ends, is_upper=end) for ends in (before, after)] for end in (False, True))
    if limit.size < 0:
        lower, upper = upper, lower
    yield "at least", lower[0], lower[1]
    yield "at most", upper[0], upper[1]


def _end(ends: Ends, *, is_upper: bool) -> int | None:
    if is_upper:
        return None if ends.upper == NO_UPPER else ends.upper
    return None if ends.lower == NO_LOWER else ends.lower


def weights_by_size(limits: Sequence[Limit]) -> dict[int, float]:
    """Return weights that protect small groups: half as large a limit weighs twice.

    Limits are compared within their rule and unit, the largest weighs 1.
    """
    largest: dict[tuple[str, str], Fraction] = {}
    for limit in limits:
        key = (limit.rule.rule, limit.unit)
        largest[key] = max(largest.get(key, Fraction(0)), _size(limit))
    return {
        limit.row: float(largest[(limit.rule.rule, limit.unit)] / _size(limit)) for limit in limits
    }


def _size(limit: Limit) -> Fraction:
    """Return how large a limit is, at least one unit."""
    return max([Fraction(1), *(abs(end) for end in (limit.least, limit.most) if end is not None)])


def weights_by_name(given: Named, limits: Sequence[Limit]) -> dict[int, float | None]:
    """Return the weights that were given, None for limits that have to stay.

    Raises
    ------
    InvalidInputError
        When a weight is no positive number, no limit has that rule or group, or a limit that
        always stays is to give way.
    """
    known = {limit.rule.rule for limit in limits}
    known_groups = {_key(limit) for limit in limits}
    stay = {name for limit in limits if limit.stays for name in (limit.rule.rule, _key(limit))}
    problems, weights = list[Problem](), dict[str | tuple[str, str], float]()
    for name, weight in given.items():
        if name not in known and name not in known_groups:
            expected = "must name a rule that has limits, or a rule and a group of it"
            hint = f"write one of {', '.join(sorted(known))}"
            problems.append(Problem("diagnose", None, "weights", str(name), expected, hint))
            continue
        try:
            weights[name] = math.inf if weight == math.inf else float(read_number(weight))
        except (TypeError, ValueError):
            weights[name] = 0.0
        if not weights[name] > 0:
            expected = "must be a positive number"
            hint = "write 1 for an ordinary limit, math.inf for one that has to stay"
            problems.append(Problem("diagnose", str(name), "weights", weight, expected, hint))
        elif name in stay and not math.isinf(weights[name]):
            expected = "must be math.inf, since other rules hold only under this limit"
            hint = "leave it out, or solve with another at_most"
            problems.append(Problem("diagnose", str(name), "weights", weight, expected, hint))
    if problems:
        raise InvalidInputError(problems)
    found: dict[int, float | None] = {}
    for limit in limits:
        weight_of = weights.get(_key(limit), weights.get(limit.rule.rule))
        if weight_of is not None:
            found[limit.row] = None if math.isinf(weight_of) else weight_of
    return found


def _key(limit: Limit) -> tuple[str, str]:
    return limit.rule.rule, limit.group
