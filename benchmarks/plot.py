"""Gap over time, one panel per instance: how far each solver's plan and bound are apart."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.attempt import Attempt, relative_gap
from benchmarks.table import best_bounds, grouped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLOOR = 1e-6
"""Gaps below this are drawn here, since a logarithmic axis has no zero."""

CEILING = 10.0
COLOURS = {
    "auto": "#d62728",
    "cp-sat": "#1f77b4",
    "highs": "#2ca02c",
    "flow": "#8c564b",
    "greedy": "#7f7f7f",
    "scipy": "#9467bd",
    "pdlp": "#ff7f0e",
}
STYLES = {"-": "proven: against its own bound", ":": "against the best bound of any"}
MOST_COLUMNS = 3
LABELS = {"auto": "placement_opt", "cp-sat": "CP-SAT", "highs": "HiGHS", "pdlp": "PDLP"}
"""Names as people know them, where they differ."""


def plot_gaps(attempts: Sequence[Attempt], path: Path) -> None:
    """Draw the gap over time and write the picture; of several seeds, the first of each solver.

    Solid lines are proven gaps, plan against the solver's own bound. Dotted lines are plans against
    the best bound of any solver: how good a plan was, whether its finder knew it or not.
    """
    from matplotlib import pyplot as plt

    groups = grouped(attempts, lambda one: one.instance)
    columns = min(math.ceil(math.sqrt(len(groups))), MOST_COLUMNS)
    rows = -(-len(groups) // max(columns, 1))
    figure, axes = plt.subplots(
        max(rows, 1),
        max(columns, 1),
        figsize=(5.4 * max(columns, 1) + 1.6, 3.8 * max(rows, 1) + 0.8),
        squeeze=False,
        layout="constrained",
    )
    handles: dict[str, Any] = {}
    for panel, group in zip(axes.flat, groups, strict=False):
        _draw_panel(panel, group, handles)
    for panel in axes.flat[len(groups) :]:
        panel.set_visible(False)
    figure.supxlabel("seconds since the problem was compiled")
    figure.supylabel("gap between plan and bound")
    for style, meaning in STYLES.items():
        handles[meaning] = axes[0][0].plot([], [], style, color="#444444", linewidth=1.6)[0]
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside upper center",
        ncols=len(handles) if columns > 1 else 4,
        frameon=False,
        fontsize=9,
    )
    figure.savefig(path, dpi=150, bbox_inches="tight")  # a legend wider than one panel
    plt.close(figure)


def _draw_panel(panel: "Axes", group: list[Attempt], handles: dict[str, Any]) -> None:
    best = best_bounds(group)
    last = max((one.seconds or 0.0 for one in group), default=1.0)
    first = last
    without = []
    for repeats in grouped(group, lambda one: one.solver):
        label = LABELS.get(repeats[0].solver, repeats[0].solver)
        drawn = next((one for one in repeats if one.objective is not None), None)
        if drawn is None:
            if _tried(repeats):
                without.append(label)
            continue
        colour = COLOURS.get(drawn.solver, "black")
        end = drawn.seconds or last
        for bound, style, width in ((best.get(drawn.seed), ":", 1.5), (None, "-", 2.2)):
            points = _points(drawn, bound)
            if not points:
                continue
            first = min(first, points[0][0])
            times = [at for at, _ in points] + [max(end, points[-1][0])]
            gaps = [gap for _, gap in points] + [points[-1][1]]
            panel.step(times, gaps, where="post", color=colour, linestyle=style, linewidth=width)
            panel.plot(times[-1], gaps[-1], "o", color=colour, markersize=4)
        handles.setdefault(label, panel.plot([], [], "-", color=colour, linewidth=2.2)[0])
    if without:
        told = f"no plan: {', '.join(without)}"
        panel.set_title(told, fontsize=8, loc="right", color="#666666")
    _dress(panel, group[0].instance, first, last)


def _tried(repeats: list[Attempt]) -> bool:
    """Tell whether a solver was asked for a plan that it could have found."""
    return not all(
        one.solver == "pdlp" or one.stop_reason.startswith("does not apply") for one in repeats
    )


def _points(attempt: Attempt, bound: float | None) -> list[tuple[float, float]]:
    """Return (seconds, gap) of each step with a plan, against one bound or the bound then."""
    steps = [
        (max(at, 1e-3), relative_gap(plan, own if bound is None else bound))
        for at, plan, own in attempt.trace
    ]
    return [(at, min(max(gap, FLOOR), CEILING)) for at, gap in steps if gap is not None]


def _dress(panel: "Axes", title: str, first: float, last: float) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    panel.set_title(title, fontsize=10, loc="left")
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlim(max(first * 0.7, 1e-3), max(last * 1.15, first * 2))
    panel.set_ylim(FLOOR * 0.6, CEILING * 1.6)
    # By itself it labels every minor tick of a short axis, one over the other.
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _share(value)))
    panel.grid(visible=True, which="major", color="#dddddd", linewidth=0.7)
    panel.set_axisbelow(True)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    for asked in (1e-2, 1e-3, 1e-4):
        panel.axhline(asked, color="#bbbbbb", linewidth=0.9)


def _share(value: float) -> str:
    if math.isclose(value, FLOOR):
        return "0"
    return f"{100 * value:g} %"
