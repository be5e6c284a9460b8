"""An exact search over the integer variables of a few rows, in plain Python integers.

Written for the tests alone: it shares nothing with the solvers it stands beside.
"""

from fractions import Fraction

from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER


def best_own_values(block, pair_values):
    """Return (gain, values) of the best own variables for given pairs, or None where none fit."""
    ranges, gain = [], []
    if block.variables is not None:
        lower, upper = block.variables.lower.tolist(), block.variables.upper.tolist()
        ranges = list(zip(lower, upper, strict=True))
        gain = [Fraction(value) for value in block.variables.gain]
    search = _Search(list(_sides(block, pair_values)), gain)
    search.visit(ranges)
    return search.best


def _sides(block, pair_values):
    """Yield each limit as ({variable: coefficient}, b), meaning that the sum is at most b."""
    used = block.usage.toarray().astype(object) @ pair_values
    own = None if block.variable_usage is None else block.variable_usage.toarray()
    for row in range(len(block)):
        entries = {} if own is None else {at: int(c) for at, c in enumerate(own[row]) if c}
        low, high = int(block.lower[row]), int(block.upper[row])
        if high != NO_UPPER:
            yield entries, high - int(used[row])
        if low != NO_LOWER:
            yield {at: -c for at, c in entries.items()}, int(used[row]) - low


class _Search:
    def __init__(self, sides, gain):
        self._sides, self._gain = sides, gain
        self.best = None

    def visit(self, ranges):
        """Look for the best values within the ranges, halving the shortest open one."""
        ranges = self._narrowed(list(ranges))
        if ranges is None:
            return
        ends = zip(self._gain, ranges, strict=True)
        reach = sum((max(gain * low, gain * high) for gain, (low, high) in ends), Fraction(0))
        if self.best is not None and reach <= self.best[0]:
            return
        still_open = [at for at, (low, high) in enumerate(ranges) if low < high]
        if not still_open:
            self.best = (reach, [low for low, _ in ranges])
            return
        at = min(still_open, key=lambda i: ranges[i][1] - ranges[i][0])
        low, high = ranges[at]
        halves = [(low, (low + high) // 2), ((low + high) // 2 + 1, high)]
        for half in halves[::-1] if self._gain[at] > 0 else halves:
            self.visit([*ranges[:at], half, *ranges[at + 1 :]])

    def _narrowed(self, ranges):
        """Shrink the ranges to what each side allows; None where one cannot be kept."""
        before = None
        while before != ranges:
            before = list(ranges)
            for entries, most in self._sides:
                least = sum(min(c * end for end in ranges[at]) for at, c in entries.items())
                if least > most:
                    return None
                for at, c in entries.items():
                    low, high = before_low, before_high = ranges[at]
                    room = most - least + min(c * before_low, c * before_high)
                    if c > 0:
                        high = min(high, room // c)
                    else:
                        low = max(low, -(room // -c))
                    ranges[at] = (low, high)
        return ranges
