"""How scarce things are in a region: what each rule costs at the margin, and what greed leaves."""

from dataclasses import dataclass

import numpy as np

from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import relative_gap
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.relaxation.pricing import dual_bound
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

MOST_PAIRS = 250_000
"""Beyond this the linear relaxation takes more than a moment, and is not asked."""

PRICED = 1e-6


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What the rows of one rule cost at the margin of the linear relaxation.

    `rows` counts them, `priced_rows` those whose limit costs something, and `highest_price` is
    the points that one unit more of the dearest limit would bring.
    """

    rule: str
    rows: int
    priced_rows: int
    highest_price: float


@dataclass(frozen=True, slots=True, repr=False)
class Scarcity(ShortRepr):
    """Prices of all rules, and how far plain greed ends below the bound.

    `greedy_points` is None where greed alone breaks a rule.
    """

    rules: tuple[RulePrice, ...]
    bound_points: float
    greedy_points: float | None

    @property
    def greedy_below_bound(self) -> float | None:
        """Gap between greed's plan and the bound, or None without a greedy plan."""
        if self.greedy_points is None:
            return None
        return relative_gap(self.greedy_points, self.bound_points)


def scarcity(compiled: Compiled, time_limit_s: float = 60.0) -> Scarcity | None:
    """Price every rule, and place people greedily by points.

    Parameters
    ----------
    compiled
        The model in integers.
    time_limit_s
        Seconds for the linear relaxation.

    Returns
    -------
    Scarcity or None
        None where the problem is too large, or the relaxation was not solved in time.
    """
    formulation = compiled.formulation
    if formulation.n_pairs > MOST_PAIRS:
        return None
    relaxed = whole_relaxation(formulation, time_limit_s)
    if relaxed is None:
        return None
    scale, row, prices = float(formulation.objective.scale), 0, []
    for block in formulation.blocks:
        own = np.abs(relaxed.prices[row : row + len(block)]) / scale
        row += len(block)
        highest = float(own.max(initial=0.0))
        prices.append(RulePrice(block.title, len(block), int((own > PRICED).sum()), highest))
    order = np.argsort(-formulation.objective.gain[: formulation.n_pairs], kind="stable")
    plan = rounded(formulation, order, Clock(SearchLimits(time_limit_s)))
    greedy = None
    if plan is not None:
        greedy = float(formulation.points(formulation.gained(plan.values(formulation))))
    return Scarcity(tuple(prices), dual_bound(formulation, relaxed.prices) / scale, greedy)
