"""Attempts as aligned Markdown tables, readable as they stand: one per instance."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from benchmarks.attempt import GAPS, Attempt, relative_gap

NONE = "-"
COLUMNS = (
    "solver",
    "plan",
    "bound",
    "gap",
    "to best bound",
    "to best known",
    "first plan s",
    *(f"{gap:.3g} % s" for gap in (100 * gap for gap in GAPS)),
    "seconds",
    "MB",
    "ended",
)


def tables(attempts: Sequence[Attempt]) -> str:
    """Return one table per instance; a solver's repeats become medians."""
    return "\n\n".join(_table(group) for group in grouped(attempts, lambda one: one.instance))


def grouped(attempts: Iterable[Attempt], key: Callable[[Attempt], object]) -> list[list[Attempt]]:
    """Put attempts that share a key together, in the order they first appear."""
    groups: dict[object, list[Attempt]] = {}
    for attempt in attempts:
        groups.setdefault(key(attempt), []).append(attempt)
    return list(groups.values())


def best_bounds(attempts: Iterable[Attempt]) -> dict[int, float]:
    """Return the lowest bound that any solver proved, by seed, for attempts on one instance."""
    best: dict[int, float] = {}
    for attempt in attempts:
        if attempt.bound is not None:
            best[attempt.seed] = min(attempt.bound, best.get(attempt.seed, attempt.bound))
    return best


def gap_to_best_bound(attempt: Attempt, best: dict[int, float]) -> float | None:
    """Return how far the plan is below the best bound of any solver, as a gap."""
    return relative_gap(attempt.objective, best.get(attempt.seed))


def _table(attempts: list[Attempt]) -> str:
    best = best_bounds(attempts)
    rows = [_row(repeats, best) for repeats in grouped(attempts, lambda one: one.solver)]
    return f"{_title(attempts)}\n\n{markdown(COLUMNS, rows)}"


def _title(attempts: list[Attempt]) -> str:
    first = next((one for one in attempts if one.pairs is not None), attempts[0])
    parts = [f"**{first.instance}**"]
    if first.pairs is not None:
        parts.append(f"{first.candidates:,} candidates, {first.openings:,} openings")
        parts.append(f"{first.pairs:,} pairs, {first.rows:,} rows, {first.variables:,} variables")
        compiled = _middle(one.compile_s for one in attempts)
        parts.append(f"compiled in {_seconds(compiled)} s")
    if first.best_known is not None:
        parts.append(f"best known {first.best_known:,.10g}")
    seeds = sorted({one.seed for one in attempts})
    if len(seeds) > 1:
        parts.append(f"medians over seeds {seeds[0]} to {seeds[-1]}")
    return "; ".join(parts) + "."


def _row(repeats: list[Attempt], best: dict[int, float]) -> list[str]:
    return [
        repeats[0].solver,
        _points(_middle(one.objective for one in repeats)),
        _points(_middle(one.bound for one in repeats)),
        _percent(_middle(one.gap for one in repeats)),
        _percent(_middle(gap_to_best_bound(one, best) for one in repeats)),
        _percent(_middle(one.gap_to_best_known for one in repeats)),
        _seconds(_middle(one.first_plan_s for one in repeats)),
        *(_reached(repeats, index) for index in range(len(GAPS))),
        _seconds(_middle(one.seconds for one in repeats)),
        _whole(_middle(one.peak_memory_mb for one in repeats)),
        _ended(repeats),
    ]


def _middle(values: Iterable[float | None]) -> float | None:
    """Return the median, or None unless more than half of the values exist."""
    given = list(values)
    known = sorted(value for value in given if value is not None)
    if len(known) * 2 <= len(given):
        return None
    return median(known)


def _reached(repeats: list[Attempt], index: int) -> str:
    """Return the median over all repeats, where one that never got there counts as endless."""
    times = sorted(one.reached_s[index] or float("inf") for one in repeats)
    middle = times[len(times) // 2]
    return NONE if middle == float("inf") else _seconds(middle)


def _ended(repeats: list[Attempt]) -> str:
    words = dict.fromkeys(one.error or one.stop_reason for one in repeats)
    return " / ".join(words).replace("|", "/") or NONE


def _points(value: float | None) -> str:
    return NONE if value is None else f"{value:,.1f}".removesuffix(".0")


def _percent(value: float | None) -> str:
    if value is None:
        return NONE
    percent = 100 * value
    return "0 %" if abs(percent) < 5e-6 else f"{percent:.3g} %" if percent < 1000 else "> 1000 %"


def _seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _whole(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned Markdown table; the first column to the left, numbers to the right."""
    lines = [columns, *rows]
    width = [max(3, *(len(line[at]) for line in lines)) for at in range(len(columns))]
    is_text = [at == 0 or columns[at] == "ended" for at in range(len(columns))]

    def told(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(width[at]) if is_text[at] else cell.rjust(width[at])
            for at, cell in enumerate(line)
        )
        return f"| {' | '.join(cells)} |"

    rules = ("-" * w if is_text[at] else "-" * (w - 1) + ":" for at, w in enumerate(width))
    return "\n".join([told(columns), f"| {' | '.join(rules)} |", *map(told, rows)])
