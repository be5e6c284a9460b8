"""What is scarce under a plan: use, price, and what one more or one less of it really brings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placement_opt.answers.bottleneck_words import told
from placement_opt.answers.changed_limit import Side, step_held, with_more
from placement_opt.answers.limits import Limit, Limits, is_tie
from placement_opt.answers.pace import Pace
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.price_ranges import BestPrices
from placement_opt.answers.row_prices import FEW_VARIABLES
from placement_opt.answers.solve_again import SolvedAgain, solve_near
from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.errors import InvalidInputError, closest_hint, closest_ids
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows_of_limits import BottleneckRow
from placement_opt.basics.status import OPTIMAL_GAP
from placement_opt.formulation.certificate import Certificate, bound_in_points
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import prices_of_rules
from placement_opt.solvers.relaxation.relaxation import whole_relaxation

PRICED = 1e-6
"""Smaller prices, in points per unit, are zero but for rounding."""

OF_A_PERSON = "OnePlacement"
"""A rule whose limits are nobody's to widen, so that they are told only where it is asked for."""

NOTHING = Fraction(OPTIMAL_GAP)
"""Ends of a gain that are this close, beside the points of the plan, are one: it is proven."""

RANGES_S = 3.0
"""What the ranges of prices take at most."""

MOST_RANGES = 200

ROUNDING = 1e-4
"""Prices that differ by less, relative to their size, are one."""


@dataclass(frozen=True)
class Scarce:
    """A scarce side of a limit, with its price in points per unit; None where none is known."""

    limit: Limit
    side: Side
    used: Fraction
    price: float | None

    @property
    def end(self) -> Fraction:
        """The limit itself."""
        end = self.limit.least if self.side == "at least" else self.limit.most
        return Fraction(0) if end is None else end


@dataclass(frozen=True)
class Gain:
    """What one more, or one less, brings; see `BottleneckRow`."""

    points: float | None
    low: float | None
    high: float | None
    placements: int | None
    is_proven: bool


NOT_ASKED = Gain(None, None, None, None, is_proven=False)


def bottlenecks(
    hand: PlanAtHand,
    bound: Fraction | None,
    prove: int,
    rules: Collection[str] | None,
    steps: Mapping[str, float] | None,
    time_limit_s: float,
) -> tuple[BottleneckRow, ...]:
    """Return a row for every scarce limit; `Result.bottlenecks` says it in full.

    Parameters
    ----------
    hand
        The plan.
    bound
        The best bound on its points that is known.
    prove, rules, steps, time_limit_s
        As for `Result.bottlenecks`.
    """
    pace = Pace(time_limit_s)
    formulation, limits = hand.formulation, Limits.of(hand.compiled)
    is_small = formulation.n_variables <= FEW_VARIABLES
    prices = _prices(hand, is_small=is_small)
    step_of = _steps(steps, limits)
    scarce = [one for one in _scarce(hand, limits, prices) if _is_asked(one.limit.rule.rule, rules)]
    scarce.sort(key=lambda one: -abs(one.price or 0.0) * float(step_of.get(one.limit.unit, 1)))
    best = BestPrices(formulation, RANGES_S) if is_small and scarce else None
    told_bound = None if bound is None else max(bound, hand.points)
    again = _Again(hand, told_bound, pace, 2 * min(prove, len(scarce)))
    rows = []
    for place, one in enumerate(scarce):
        step = step_held(hand.compiled, one.limit, step_of.get(one.limit.unit, Fraction(1)))
        ends = best.range_of(one.limit.row) if best is not None and place < MOST_RANGES else None
        low, high = (None, None) if ends is None else _in_units(one, ends.low, ends.high)
        more = again.gain(one, step) if place < prove else NOT_ASKED
        less = again.gain(one, -step) if place < prove else NOT_ASKED
        rows.append(_row(one, (low, high), step, more, less))
    return tuple(rows)


def _is_asked(rule: str, rules: Collection[str] | None) -> bool:
    return rule != OF_A_PERSON if rules is None else rule in rules


def _prices(hand: PlanAtHand, *, is_small: bool) -> Floats | None:
    """Return the price of each row in points per integer of the row; None where none are known."""
    formulation = hand.formulation
    n_rows = formulation.row_offsets[len(formulation.blocks)]
    found = prices_of_rules(hand.certified, hand.prices)
    if is_small:
        relaxed = whole_relaxation(formulation, RANGES_S)
        found = found if relaxed is None else relaxed.prices[:n_rows]
    if not found.any() and formulation.n_pairs and not is_small:
        return None
    prices: Floats = found / float(formulation.objective.scale)
    return prices


def _scarce(hand: PlanAtHand, limits: Limits, prices: Floats | None) -> list[Scarce]:
    """Return the sides of limits that have a price, or no room for one unit more."""
    formulation = hand.formulation
    n_rows = formulation.row_offsets[len(formulation.blocks)]
    price = np.zeros(n_rows) if prices is None else prices
    total = limits.used(hand.solution)
    looked_at: Bools = (np.abs(price) > 0) | (total >= formulation.row_upper[:n_rows])
    looked_at |= _nearly_full(formulation, total)
    looked_at |= total <= formulation.row_lower[:n_rows]
    found = []
    for row in np.flatnonzero(looked_at & ~is_tie(formulation)).tolist():
        limit = limits.of_row(row)
        used = limit.of_row(int(total[row]))
        per_unit = float(price[row]) / float(limit.size)
        sides: Sequence[Side] = ("at most",) if per_unit > 0 else ("at least",)
        if abs(per_unit) <= PRICED:
            is_full = limit.most is not None and limit.most > 0 and limit.most - used < 1
            sides = ("at most",) if is_full else ()
        for side in sides:
            end = limit.most if side == "at most" else limit.least
            if end is not None:
                told_price = None if prices is None else per_unit
                found.append(Scarce(limit, side, used, told_price))
    return found


def _nearly_full(formulation: Formulation, total: Ints) -> Bools:
    """Tell which rows may have less than a unit left, by what the smallest of limits is."""
    upper = formulation.row_upper[: total.size]
    sizes = [np.zeros(0)]
    for block in formulation.blocks:
        told = block.limits
        size = np.ones(len(block)) if told is None else [abs(float(one)) for one in told.size]
        sizes.append(np.asarray(size))
    full: Bools = (upper - total) * np.concatenate(sizes) < 1
    return full


def _steps(given: Mapping[str, float] | None, limits: Limits) -> dict[str, Fraction]:
    """Read how many units one more is, by unit.

    Raises
    ------
    InvalidInputError
        When no limit counts a unit that is named, or a step is no positive number.
    """
    steps: dict[str, Fraction] = {}
    for unit, amount in (given or {}).items():
        known = limits.units
        expected, hint = "must be a positive number of units", "write 1000 for a thousand"
        try:
            steps[unit] = read_number(amount)
            is_wrong = not steps[unit] > 0
        except (TypeError, ValueError):
            is_wrong = True
        if unit not in known:
            is_wrong, expected = True, "must be a unit that some limit counts"
            hint = closest_hint(closest_ids(unit, known)) or f"one of {', '.join(sorted(known))}"
        if is_wrong:
            raise InvalidInputError.single("bottlenecks", unit, "steps", amount, expected, hint)
    return steps


def _in_units(one: Scarce, low: float, high: float) -> tuple[float, float]:
    """Return the ends of a price per unit; both are the price where they differ by rounding."""
    ends = sorted((low / float(one.limit.size), high / float(one.limit.size)))
    if one.price is not None and ends[1] - ends[0] <= ROUNDING * max(1.0, abs(ends[1])):
        return one.price, one.price
    return ends[0], ends[1]


def _row(
    one: Scarce, ends: tuple[float | None, float | None], step: Fraction, more: Gain, less: Gain
) -> BottleneckRow:
    limit = one.limit
    fields = {
        "rule": limit.rule.rule,
        "group": limit.group,
        "unit": limit.unit,
        "side": one.side,
        "used": float(one.used),
        "limit": float(one.end),
        "price_points_per_unit": one.price,
        "price_low": ends[0],
        "price_high": ends[1],
        "step": float(step),
        "is_proven": more.is_proven and less.is_proven,
    }
    for name, gain in (("one_more", more), ("one_less", less)):
        fields |= {
            f"gain_points_of_{name}": gain.points,
            f"gain_low_of_{name}": gain.low,
            f"gain_high_of_{name}": gain.high,
            f"placements_of_{name}": gain.placements,
        }
    title, title_nl = limit.rule.title, limit.rule.title_nl or limit.rule.title
    texts = {"text": told(fields, title, "en"), "text_nl": told(fields, title_nl, "nl")}
    return BottleneckRow.model_validate(fields | texts)


class _Again:
    """Solves the plan's model again with one limit a little wider, or a little tighter."""

    def __init__(
        self, hand: PlanAtHand, bound: Fraction | None, pace: Pace, n_questions: int
    ) -> None:
        self._hand, self._bound, self._pace = hand, bound, pace
        self._best, self._plan = hand.points, hand.solution
        self._left = n_questions
        formulation = hand.formulation
        n_rows = formulation.row_offsets[len(formulation.blocks)]
        self._certificate = Certificate(hand.certificate.prices[:n_rows], hand.certificate.bits)

    def gain(self, one: Scarce, more: Fraction) -> Gain:
        """Return what the best plan gains with so much more of a limit.

        Not asked where that might not end in time. Each question has its share of what is left; one
        share is for all that ends late and for telling the rows.
        """
        share = self._pace.left_s / (self._left + 1)
        self._left -= 1
        if not self._pace.fits:
            return NOT_ASKED
        with self._pace.step():
            return self._asked(one, more, share)

    def _asked(self, one: Scarce, more: Fraction, seconds: float) -> Gain:
        changed = with_more(self._hand.compiled, one.limit, one.side, more)
        if changed is None:
            return NOT_ASKED
        again = solve_near(self._hand, changed, time_limit_s=seconds)
        if again.is_impossible:
            return Gain(None, None, None, None, is_proven=True)
        self._learn(again)
        is_wider = (more > 0) is (one.side == "at most")
        return self._told(again, is_wider=is_wider)

    def _learn(self, again: SolvedAgain) -> None:
        """Note a better plan that needs nothing more: no gain may be what it gains already."""
        if again.solution is None or again.points is None or again.points <= self._best:
            return
        formulation = self._hand.formulation
        if formulation.is_satisfied_by(again.solution.values(formulation)):
            self._best, self._plan = again.points, again.solution

    def _told(self, again: SolvedAgain, *, is_wider: bool) -> Gain:
        """Compare with the best plan known: both of the gain's ends, and what was found."""
        now, bound, after = self._best, self._bound, again.points
        after_bound = self._best_bound(again)
        low = None if after is None or bound is None else after - bound
        high = None if after_bound is None else after_bound - now
        zero = Fraction(0)
        if is_wider:
            low = zero if low is None else max(zero, low)
        else:
            high = zero if high is None else min(zero, high)
        points = None
        if after is not None:
            points = after - now
            points = points if low is None else max(low, points)
            points = points if high is None else min(high, points)
        placements = self._placements(again)
        points_told, *ends = (None if end is None else float(end) for end in (points, low, high))
        is_proven = (
            low is not None and high is not None and high - low <= NOTHING * max(Fraction(1), now)
        )
        return Gain(points_told, ends[0], ends[1], placements, is_proven)

    def _placements(self, again: SolvedAgain) -> int | None:
        """Return how many more the plan that was found places than the best one known.

        That is none where the best one known will do: of equal plans it stays.
        """
        if again.solution is None or again.points is None:
            return None
        formulation = again.compiled.formulation
        is_kept = formulation.is_satisfied_by(self._plan.values(formulation))
        if is_kept and self._best >= again.points:
            return 0
        return again.solution.chosen.size - self._plan.chosen.size

    def _best_bound(self, again: SolvedAgain) -> Fraction | None:
        """Return the lowest bound on the changed model: what was proven, or what prices prove.

        Without any price that would be the sum of all gains, which is worth nothing: None then.
        """
        if not self._certificate.prices.any():
            return again.bound
        formulation = again.compiled.formulation
        units = self._certificate.bound(formulation)
        by_prices = bound_in_points(formulation, units)
        return by_prices if again.bound is None else min(by_prices, again.bound)
