"""Many instances at a glance: who is how far behind the quickest, in time and in plans."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.attempt import Attempt, relative_gap
from benchmarks.plot import COLOURS, LABELS
from benchmarks.table import grouped, markdown

OURS = "auto"

FLOOR_S = 0.1
"""Times are counted from here: below, they are those of starting threads and of looking at them."""

MOMENTS_S = (1.0, 2.0, 5.0, 10.0)
"""When plans are compared."""

WORSE = 1e-4
"""A plan is worse when it is by this share of the better one: the gap that is asked for."""


def seconds_to(attempt: Attempt, gap: float) -> float:
    """Return when plan and own bound were within the gap, at least `FLOOR_S`, or infinity."""
    for at, plan, bound in attempt.trace:
        reached = relative_gap(plan, bound)
        if attempt.objective is not None and reached is not None and reached <= gap:
            return max(at, FLOOR_S)
    return math.inf


def plan_at(attempt: Attempt, seconds: float) -> float:
    """Return the best plan at a moment, minus infinity without one."""
    plans = [plan for at, plan, _ in attempt.trace if plan is not None and at <= seconds]
    return max(plans, default=-math.inf) if attempt.objective is not None else -math.inf


def ratios(attempts: Sequence[Attempt], gap: float) -> dict[str, list[float]]:
    """Return, by solver, its time to the gap over that of the quickest of all, per instance.

    Instances that no solver brought to the gap are left out; one that did not is infinitely behind.
    """
    found: dict[str, list[float]] = {}
    for group in grouped(attempts, lambda one: (one.instance, one.seed)):
        times = {one.solver: seconds_to(one, gap) for one in group}
        best = min(times.values())
        if math.isfinite(best):
            for solver, at in times.items():
                found.setdefault(solver, []).append(at / best)
    return found


def profile_table(attempts: Sequence[Attempt], gap: float) -> str:
    """Return a line per shape: how many reached the gap, our time over the best rival's, plans."""
    shapes = grouped(attempts, lambda one: one.instance.rsplit(":", 1)[0])
    rows = [_row(group[0].instance.rsplit(":", 1)[0], group, gap) for group in shapes]
    rows.append(_row("all", attempts, gap))
    rivals = [one for one in dict.fromkeys(one.solver for one in attempts) if one != OURS]
    columns = (
        "shape",
        "instances",
        *(f"solved: {LABELS.get(name, name)}" for name in (OURS, *rivals)),
        "time / best rival: median",
        "largest",
        *(f"worse at {moment:g} s" for moment in MOMENTS_S),
    )
    return markdown(columns, rows)


def _row(name: str, attempts: Sequence[Attempt], gap: float) -> list[str]:
    groups = [
        {one.solver: one for one in group}
        for group in grouped(attempts, lambda one: (one.instance, one.seed))
    ]
    groups = [group for group in groups if OURS in group and len(group) > 1]
    rivals = [one for one in dict.fromkeys(one.solver for one in attempts) if one != OURS]
    solved = [
        sum(math.isfinite(_seconds(group, solver, gap)) for group in groups)
        for solver in (OURS, *rivals)
    ]
    behind = [
        ratio for group in groups if (ratio := _to_best_rival(group, rivals, gap)) is not None
    ]
    worse = [sum(_is_worse(group, rivals, at) for group in groups) for at in MOMENTS_S]
    return [
        name,
        str(len(groups)),
        *map(str, solved),
        f"{median(behind):.2f}" if behind else "-",
        f"{max(behind):.2f}" if behind else "-",
        *map(str, worse),
    ]


def _to_best_rival(group: dict[str, Attempt], rivals: Sequence[str], gap: float) -> float | None:
    """Return our time over that of the best rival; None where no rival reached the gap."""
    best = min(_seconds(group, name, gap) for name in rivals)
    return _seconds(group, OURS, gap) / best if math.isfinite(best) else None


def _is_worse(group: dict[str, Attempt], rivals: Sequence[str], seconds: float) -> bool:
    """Tell whether some rival's plan at that moment was better than ours by more than `WORSE`."""
    best = max(plan_at(group[name], seconds) for name in rivals if name in group)
    return plan_at(group[OURS], seconds) < best - WORSE * abs(best)


def _seconds(group: dict[str, Attempt], solver: str, gap: float) -> float:
    return seconds_to(group[solver], gap) if solver in group else math.inf


def plot_profile(attempts: Sequence[Attempt], gap: float, path: Path) -> None:
    """Draw the performance profile: the share of instances within a factor of the quickest."""
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

    found = ratios(attempts, gap)
    figure, panel = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    most = max(
        (ratio for each in found.values() for ratio in each if math.isfinite(ratio)), default=1
    )
    end = max(2.0, most * 1.2)
    for solver, each in found.items():
        at = sorted(ratio for ratio in each if math.isfinite(ratio))
        share = [(index + 1) / len(each) for index in range(len(at))]
        panel.step(
            [1.0, *at, end],
            [0.0, *share, share[-1] if share else 0.0],
            where="post",
            color=COLOURS.get(solver, "black"),
            linewidth=2.2,
            label=LABELS.get(solver, solver),
        )
    panel.set_xscale("log")
    panel.set_xlim(1.0, end)
    panel.set_ylim(0, 1.02)
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.yaxis.set_major_formatter(PercentFormatter(1.0))
    panel.set_xlabel(f"time to a proven gap of {100 * gap:g} %, as a multiple of the quickest")
    panel.set_ylabel("share of instances")
    panel.grid(visible=True, which="major", color="#dddddd", linewidth=0.7)
    panel.legend(loc="lower right", frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
