"""The model with a little more, or a little less, of one limit."""

import math
from fractions import Fraction
from typing import Literal

from placement_opt.answers.changed_models import with_block
from placement_opt.answers.limits import Limit, Limits
from placement_opt.answers.relaxed import Ends, ends_of
from placement_opt.basics.arrays import Ints
from placement_opt.basics.quantities import read_number
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock
from placement_opt.run.compiled import Compiled

Side = Literal["at least", "at most"]


def with_more(compiled: Compiled, limit: Limit, side: Side, more: Fraction) -> Compiled | None:
    """Return the model with so much more of a limit, less where `more` is negative.

    None where the limit cannot be that: below nothing, or of a priced minimum whose row counts
    units of which that is no whole number.
    """
    formulation = compiled.formulation
    ends = ends_of(formulation, limit.row)
    moved = _moved(limit, side, more, ends)
    number, at = Limits.of(compiled).block_of(limit.row)
    block = formulation.blocks[number]
    if moved is None:
        return None
    end = limit.least if side == "at least" else limit.most
    is_whole = end is not None and limit.in_row(end + more).denominator == 1
    own_upper = _own_upper(block, at, limit, ends, moved, is_whole=is_whole)
    if block.variables is not None and own_upper is None:
        return None
    lower, upper = block.lower.copy(), block.upper.copy()
    lower[at], upper[at] = moved.lower, moved.upper
    return with_block(compiled, number, block.limited(lower, upper, own_upper))


def step_held(compiled: Compiled, limit: Limit, step: Fraction) -> Fraction:
    """Return the step nearest to one that is asked for by which a limit can be moved.

    It is that step, but for a priced minimum: what it is short of counts whole units of its row.
    """
    number, at = Limits.of(compiled).block_of(limit.row)
    block = compiled.formulation.blocks[number]
    usage, told = block.variable_usage, block.limits
    if usage is None or told is None or told.is_used is None:
        return step
    own = usage.indices[usage.indptr[at] : usage.indptr[at + 1]]
    if bool(told.is_used[own].all()):
        return step
    size = abs(limit.size)
    return max(1, round(step / size)) * size


def _moved(limit: Limit, side: Side, more: Fraction, ends: Ends) -> Ends | None:
    """Return the limits of the row; rounded inwards, as those of the rule are."""
    end = limit.least if side == "at least" else limit.most
    if end is None or end + more < 0:
        return None
    told = limit.in_row(end + more)
    is_upper = (side == "at most") is (limit.size > 0)
    was = ends.upper if is_upper else ends.lower
    if abs(limit.of_row(was) - end) >= abs(limit.size):
        return None
    if is_upper:
        return Ends(ends.lower, math.floor(told))
    return Ends(math.ceil(told), ends.upper)


def _own_upper(
    block: RowBlock, row: int, limit: Limit, before: Ends, after: Ends, *, is_whole: bool
) -> Ints | None:
    """Return the upper bounds of own variables that the new limits leave; None where not known.

    `is_whole` tells that the row holds the new limit without rounding.

    Bounds that follow from the row are as much wider as the row is.
    """
    variables, usage, told = block.variables, block.variable_usage, block.limits
    if variables is None or usage is None:
        return None
    upper = variables.upper.copy()
    entries = slice(usage.indptr[row], usage.indptr[row + 1])
    wider = 0
    if after.upper != NO_UPPER:
        wider = max(wider, after.upper - before.upper)
    if after.lower != NO_LOWER:
        wider = max(wider, abs(after.lower - before.lower))
    for own, value in zip(usage.indices[entries], usage.data[entries], strict=True):
        if told is not None and told.is_used is not None and not told.is_used[own]:
            if not is_whole or (variables.upper[own] == 0 and variables.gain[own] == 0):
                # A shortfall counts whole units; where there can be none today, it has no price.
                return None
            upper[own] += wider
            most = getattr(limit.rule, "max_shortfall", None)
            if most is not None:
                upper[own] = min(upper[own], math.floor(read_number(most) / limit.size))
        elif told is not None and told.own_upper is not None:
            upper[own] = min(told.own_upper[own], upper[own] - (-wider // abs(int(value))))
    return upper
