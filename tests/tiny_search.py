"""An exact search over the integer variables of a few rows, in plain Python integers.

Written for the tests alone: it shares nothing with the solvers it stands beside.
"""

from fractions import Fraction

from placement_opt.formulation import NO_LOWER, NO_UPPER


def best_own_values(block, pair_values):
    """Return (gain, values) of the best own variables for given pairs, or None where none fit."""
    used = block.usage.toarray().astype(object) @ pair_values if block.usage.nnz else None
    rows = []
    n_own = 0 if block.variables is None else len(block.variables)
    own = None if block.variable_usage is None else block.variable_usage.toarray()
    for row in range(len(block)):
        shift = 0 if used is None else int(used[row])
        low, high = int(block.lower[row]), int(block.upper[row])
        entries = (
            [] if own is None else [(at, int(own[row, at])) for at in range(n_own) if own[row, at]]
        )
        rows.append(
            (
                entries,
                None if low == NO_LOWER else low - shift,
                None if high == NO_UPPER else high - shift,
            )
        )
    if block.variables is None:
        ranges, gain = [], []
    else:
        ranges = [
            (int(low), int(high))
            for low, high in zip(block.variables.lower, block.variables.upper, strict=True)
        ]
        gain = [Fraction(value) for value in block.variables.gain]
    return _Search(rows, gain).run(ranges)


class _Search:
    def __init__(self, rows, gain):
        self._rows, self._gain = rows, gain
        self._best = None

    def run(self, ranges):
        self._visit(list(ranges))
        return self._best

    def _visit(self, ranges):
        ranges = self._narrowed(ranges)
        if ranges is None:
            return
        reach = sum(
            (max(gain * low, gain * high) for gain, (low, high) in self._zip(ranges)), Fraction(0)
        )
        if self._best is not None and reach <= self._best[0]:
            return
        open_ = [at for at, (low, high) in enumerate(ranges) if low < high]
        if not open_:
            self._best = (reach, [low for low, _ in ranges])
            return
        at = min(open_, key=lambda i: ranges[i][1] - ranges[i][0])
        low, high = ranges[at]
        middle = (low + high) // 2
        halves = [(low, middle), (middle + 1, high)]
        for half in halves[::-1] if self._gain[at] > 0 else halves:
            self._visit([*ranges[:at], half, *ranges[at + 1 :]])

    def _zip(self, ranges):
        return zip(self._gain, ranges, strict=True)

    def _narrowed(self, ranges):
        """Shrink the ranges to what each row allows; None where a row cannot be kept."""
        changed = True
        while changed:
            changed = False
            for entries, low, high in self._rows:
                ends = [
                    (c * ranges[at][0], c * ranges[at][1])[:: 1 if c > 0 else -1]
                    for at, c in entries
                ]
                least, most = sum(e[0] for e in ends), sum(e[1] for e in ends)
                if (low is not None and most < low) or (high is not None and least > high):
                    return None
                for (at, c), (own_least, own_most) in zip(entries, ends, strict=True):
                    start, stop = ranges[at]
                    if low is not None:  # c * x >= floor
                        floor = low - (most - own_most)
                        if c > 0:
                            start = max(start, -(-floor // c))
                        else:
                            stop = min(stop, -floor // -c)
                    if high is not None:  # c * x <= ceiling
                        ceiling = high - (least - own_least)
                        if c > 0:
                            stop = min(stop, ceiling // c)
                        else:
                            start = max(start, -(ceiling // -c))
                    if start > stop:
                        return None
                    if (start, stop) != ranges[at]:
                        ranges[at] = (start, stop)
                        changed = True
                        break
                if changed:
                    break
        return ranges
