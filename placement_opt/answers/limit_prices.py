"""What one unit more of each limit of a plan is worth, by prices: an estimate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from placement_opt.answers.row_prices import FEW_VARIABLES, SECONDS
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.relaxation.relaxation import whole_relaxation

if TYPE_CHECKING:
    from placement_opt.result import Result

LEAST_WORTH = 1e-3
"""A limit whose whole is worth fewer points at its price has none: a euro has a small price, and a
budget many euros."""


def limit_prices(result: "Result") -> Mapping[tuple[str, str, str], float] | None:
    """Return what one unit more of each limit is worth; None without prices."""
    compiled = result.model.compile()
    formulation = compiled.formulation
    prices, found = _prices_of_rows(result, formulation), {}
    if prices is None:
        return None
    for number, rule in enumerate(compiled.rules_of_blocks):
        limits = formulation.blocks[number].limits
        if limits is None or isinstance(rule, OnePlacement):
            continue
        first = formulation.row_offsets[number]
        of_block, block = prices[first : first + len(limits.groups)], formulation.blocks[number]
        ends = np.maximum(_finite(block.lower), _finite(block.upper))
        for row in np.flatnonzero(np.abs(of_block) * ends > LEAST_WORTH).tolist():
            if limits.units[row]:
                key = rule.title, str(limits.groups[row]), limits.units[row]
                found[key] = float(of_block[row]) / float(limits.size[row])
    return found


def _prices_of_rows(result: "Result", formulation: Formulation) -> Floats | None:
    """Return what one integer more of each row is worth, in points; None where nobody knows."""
    record = result.certificate
    if record is not None and record.proves == "bound":
        return record.prices(formulation)
    small = formulation.n_variables <= FEW_VARIABLES
    relaxed = whole_relaxation(formulation, SECONDS) if small and result.has_plan else None
    return None if relaxed is None else relaxed.prices / float(formulation.objective.scale)


def _finite(ends: Ints) -> Floats:
    """Return how many integers each limit is from zero, at least 1; 1 for none."""
    is_limit = (ends != NO_LOWER) & (ends != NO_UPPER)
    sizes: Floats = np.maximum(1.0, np.abs(np.where(is_limit, ends, 0).astype(np.float64)))
    return sizes
