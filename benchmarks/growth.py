"""How cost grows with size: our own way on one family of instances, and the exponents of a fit."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.attempt import Attempt
from benchmarks.table import markdown

GAP = 1e-3
SIZES = (1_500, 5_000, 15_000)
FAMILIES = ("rijk-van-nijmegen", "generic", "planted")

MEASURES: Mapping[str, Callable[[Attempt], float | None]] = {
    "compile s": lambda one: one.compile_s,
    "price s": lambda one: one.first_bound_s,
    "first plan s": lambda one: one.first_plan_s,
    "gap 0.1 % s": lambda one: one.reached_s[1],
    "compiled MB": lambda one: one.compiled_memory_mb,
    "peak MB": lambda one: one.peak_memory_mb,
}
"""What is measured; `price` is the first bound, and seconds of search begin after compiling."""


def exponents(attempts: Sequence[Attempt]) -> dict[str, float | None]:
    """Return the exponent e of a fit ``measure = a * pairs ** e``, or None below two sizes.

    1 means that cost grows like the number of pairs.
    """
    return {name: _exponent(attempts, read) for name, read in MEASURES.items()}


def _exponent(attempts: Sequence[Attempt], read: Callable[[Attempt], float | None]) -> float | None:
    known = [(one.pairs, value) for one in attempts if one.pairs and (value := read(one))]
    if len({pairs for pairs, _ in known}) < 2:
        return None
    pairs, values = np.log(np.array(known, dtype=np.float64)).T
    slope: float = np.polyfit(pairs, values, 1)[0]
    return float(slope)


def growth_table(attempts: Sequence[Attempt]) -> str:
    """Return a Markdown table: one line per size, the exponents below."""
    rows = [
        [
            f"{one.candidates or 0:,}",
            f"{one.pairs or 0:,}",
            *(_told(read(one)) for read in MEASURES.values()),
            one.error or one.stop_reason,
        ]
        for one in attempts
    ]
    fitted = ["-" if e is None else f"{e:.2f}" for e in exponents(attempts).values()]
    rows.append(["exponent", "", *fitted, ""])
    return markdown(("candidates", "pairs", *MEASURES, "ended"), rows)


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def plot_growth(attempts: Sequence[Attempt], path: Path) -> None:
    """Draw seconds and memory against pairs, with a line of exponent one to compare with."""
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    figure, (seconds, memory) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    fitted = exponents(attempts)
    for name, read in MEASURES.items():
        known = [(one.pairs, value) for one in attempts if one.pairs and (value := read(one))]
        if not known:
            continue
        exponent = fitted[name]
        label = name if exponent is None else f"{name}: exponent {exponent:.2f}"
        panel = memory if name.endswith("MB") else seconds
        panel.plot(*zip(*sorted(known), strict=True), "o-", linewidth=2, label=label)
    sizes = sorted(one.pairs for one in attempts if one.pairs)
    told = FuncFormatter(lambda value, _: f"{value:,g}")
    for panel, unit in ((seconds, "seconds"), (memory, "MB")):
        panel.set_xscale("log")
        panel.set_yscale("log")
        if sizes and panel.has_data():
            start = math.sqrt(math.prod(panel.get_ylim()))
            linear = [start * size / math.sqrt(sizes[0] * sizes[-1]) for size in sizes]
            shown = panel.get_ylim()
            panel.plot(sizes, linear, ":", color="#888888", label="like pairs: exponent 1")
            panel.set_ylim(shown[0] * 0.8, shown[1] * 2.5)
        panel.set_xlabel("eligible pairs")
        panel.set_ylabel(unit)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(told)
            axis.set_minor_formatter(NullFormatter())
        panel.grid(visible=True, color="#dddddd", linewidth=0.7)
        panel.spines[["top", "right"]].set_visible(False)
        panel.legend(frameon=False, fontsize=9)
    figure.savefig(path, dpi=150)
    plt.close(figure)
