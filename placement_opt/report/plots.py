"""Pictures of a plan, by matplotlib (extra ``plots``), for notebooks and slides.

Each function draws on the axes that it is given, or on new ones, and returns them. The colours are
those of Okabe and Ito, which people with any kind of colour blindness can tell apart.

Examples
--------
>>> import placement_opt as po
>>> region = po.synthetic_region(candidates=40, openings=12, seed=1)
>>> result = po.solve(region, time_limit_s=5)
>>> axes = po.plots.coach_load(result)  # doctest: +SKIP
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from placement_opt.answers.diagnosis_words import unit_in_words
from placement_opt.basics.errors import PlacementError
from placement_opt.basics.status import relative_gap
from placement_opt.report.page.figures import Bar, Figures
from placement_opt.report.page.words import PAGE_WORDS
from placement_opt.report.plot_words import PLOT_WORDS
from placement_opt.report.summary_words import titles_of, words_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from placement_opt.result import Result

Language = Literal["en", "nl"]

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#BFC7CC"
"""The palette of M. Okabe and K. Ito, Color Universal Design, 2008, and a grey."""

LEAST_GAP = 1e-4
"""Per cent at which a closed gap is drawn: a logarithmic axis has no zero."""

__all__ = [
    "bottlenecks",
    "coach_load",
    "gap_over_time",
    "placements_by_municipality",
    "quota_position",
    "score_distribution",
    "value_against_changes",
]


def gap_over_time(
    result: "Result", ax: "Axes | None" = None, *, language: Language = "en"
) -> "Axes":
    """Draw how far the best plan may be from the best of all, over the seconds of the search.

    Parameters
    ----------
    result
        A result whose search told a plan and a bound.
    ax
        Where to draw; new axes by default.
    language
        ``"en"`` or ``"nl"``, as for all of these.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlacementError
        When there is nothing to draw, or matplotlib is not installed.
    InvalidInputError
        When the language is another one.
    """
    words = PLOT_WORDS[_known(language)]
    told = [
        (event["elapsed_s"], 100 * relative_gap(event["objective"], event["bound"]))
        for event in result.stats.get("trace", ())
        if event["objective"] is not None and event["bound"] is not None
    ]
    if not told:
        raise PlacementError(words.no_course)
    ax = _axes(ax, language)
    seconds, gaps = map(np.array, zip(*told, strict=True))
    end = max(float(result.stats.get("elapsed_s", 0)), float(seconds[-1]))
    shown = np.maximum(gaps, LEAST_GAP)
    ax.step(np.append(seconds, end), np.append(shown, shown[-1]), color=BLUE, where="post")
    if gaps[-1] == 0:
        ax.plot(seconds[-1], LEAST_GAP, "o", color=GREEN, label=words.proven_best)
        ax.legend(frameon=False)
    ax.set_yscale("log")
    ax.set(xlabel=words.seconds, ylabel=words.gap, title=words.gap_title)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def coach_load(
    result: "Result", ax: "Axes | None" = None, *, most: int = 30, language: Language = "en"
) -> "Axes":
    """Draw the hours a week that each coach uses of those that are free; the fullest first.

    Raises
    ------
    PlacementError
        When the plan has no coaches, or matplotlib is not installed.
    """
    words, page = PLOT_WORDS[_known(language)], PAGE_WORDS[language]
    bars = _some(Figures(result, None).coaches().bars, most, words.no_coaches)
    return _bars(bars, _axes(ax, language), page.coaches, page.hours, (words.used, page.free))


def quota_position(
    result: "Result", ax: "Axes | None" = None, *, most: int = 30, language: Language = "en"
) -> "Axes":
    """Draw the jobs of each group's quota that are filled, with its target; most short first.

    Raises
    ------
    PlacementError
        When the model has no quota, or matplotlib is not installed.
    """
    words, page = PLOT_WORDS[_known(language)], PAGE_WORDS[language]
    ax = _axes(ax, language)
    bars = _some(Figures(result, None).quotas().bars, most, words.no_quota)
    place = np.arange(len(bars))
    ax.barh(place, [bar.value for bar in bars], color=BLUE, label=words.filled)
    target = [bar.limit for bar in bars]
    ax.plot(target, place, "|", color=RED, markersize=11, markeredgewidth=2, label=page.target)
    _named(ax, bars, page.quotas, page.jobs)
    return _told_above(ax)


def placements_by_municipality(
    result: "Result", ax: "Axes | None" = None, *, language: Language = "en"
) -> "Axes":
    """Draw each municipality's share of the placements beside its share of the people.

    Raises
    ------
    PlacementError
        When no municipality is known, as for a result from a file without its model, or matplotlib
        is not installed.
    """
    words = PLOT_WORDS[_known(language)]
    ax = _axes(ax, language)
    bars = _some(Figures(result, result.known_region).towns().bars, 40, words.no_towns)
    placed = np.array([bar.value for bar in bars])
    people = np.array([bar.limit for bar in bars])
    place = np.arange(len(bars))
    for shares, shift, color, label in (
        (placed, -0.2, BLUE, words.of_placements),
        (people, 0.2, GREY, words.of_people),
    ):
        ax.barh(place + shift, 100 * shares / max(1, shares.sum()), 0.4, color=color, label=label)
    _named(ax, bars, words.towns_title, words.per_cent)
    return _told_above(ax)


def bottlenecks(
    found: "Result | pd.DataFrame",
    ax: "Axes | None" = None,
    *,
    most: int = 15,
    language: Language = "en",
) -> "Axes":
    """Draw what one unit more of each scarce thing is worth, in points, by the solver's prices.

    Parameters
    ----------
    found
        What `Result.bottlenecks` returned, or a result, which is then asked for prices only.
    ax, most, language
        Where to draw, how many bars, and the language.

    Raises
    ------
    PlacementError
        When nothing is scarce, or matplotlib is not installed.
    """
    words = PLOT_WORDS[_known(language)]
    told: Any = found
    frame = told if hasattr(told, "itertuples") else told.bottlenecks(prove=0)
    scarce = frame[frame["price_points_per_unit"] > 0].nlargest(most, "price_points_per_unit")
    titles = titles_of(language)
    bars = [
        Bar(
            f"{titles.get(row.rule, row.rule)}: {row.group} ({unit_in_words(row.unit, language)})",
            float(row.price_points_per_unit),
            0.0,
            (),
        )
        for row in scarce.itertuples()
    ]
    bars, ax = _some(bars, most, words.nothing_scarce), _axes(ax, language)
    ax.barh(np.arange(len(bars)), [bar.value for bar in bars], color=BLUE)
    _named(ax, bars, words.scarce_title, words.points_per_unit)
    return ax


def score_distribution(
    result: "Result", ax: "Axes | None" = None, *, language: Language = "en"
) -> "Axes":
    """Draw how many placements have how many points.

    Raises
    ------
    PlacementError
        When nobody is placed, or matplotlib is not installed.
    """
    words = PLOT_WORDS[_known(language)]
    points = [row.points for row in result.placement_rows]
    if not points:
        raise PlacementError(words.nobody_placed)
    ax = _axes(ax, language)
    ax.hist(points, bins="auto" if len(set(points)) > 1 else 1, color=BLUE, edgecolor="white")
    middle = float(np.median(points))
    ax.axvline(middle, color=RED, label=f"{words.median}: {middle:,.0f}")
    ax.set(xlabel=words.points, ylabel=words.placements, title=words.scores_title)
    ax.legend(frameon=False)
    return ax


def value_against_changes(
    curve: "pd.DataFrame", ax: "Axes | None" = None, *, language: Language = "en"
) -> "Axes":
    """Draw what `placement_opt.value_of_changes` found: points gained by number of changes.

    Where the gain of a number is proven the point is filled, elsewhere open.

    Raises
    ------
    PlacementError
        When no number of changes has a plan, or matplotlib is not installed.
    """
    words = PLOT_WORDS[_known(language)]
    told = curve.dropna(subset=["gain"])
    if told.empty:
        raise PlacementError(words.no_curve)
    ax = _axes(ax, language)
    ax.step(told["max_changes"], told["gain"], where="post", color=BLUE)
    for proven, face, label in ((True, BLUE, words.proven), (False, "white", words.not_proven)):
        some = told[told["is_proven"].astype(bool) == proven]
        if not some.empty:
            ax.plot(
                some["max_changes"], some["gain"], "o", color=BLUE, markerfacecolor=face,
                label=label,
            )  # fmt: skip
    ax.set(xlabel=words.changes, ylabel=words.gain, title=words.changes_title)
    ax.legend(frameon=False)
    return ax


def _known(language: str) -> str:
    words_of(language)
    return language


def _axes(ax: "Axes | None", language: str) -> "Axes":
    _known(language)
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        hint = "pip install 'placement_opt[plots]'"
        raise PlacementError(f"pictures need matplotlib. Hint: {hint}.") from None
    return plt.subplots(layout="constrained")[1]


def _some(bars: Sequence[Bar], most: int, otherwise: str) -> list[Bar]:
    if not bars:
        raise PlacementError(otherwise)
    return list(bars[:most])


def _bars(
    bars: Sequence[Bar], ax: "Axes", title: str, unit: str, labels: tuple[str, str]
) -> "Axes":
    place = np.arange(len(bars))
    used = np.array([bar.value for bar in bars])
    free = np.maximum(np.array([bar.limit for bar in bars]) - used, 0)
    ax.barh(place, used, color=BLUE, label=labels[0])
    ax.barh(place, free, left=used, color=GREY, label=labels[1])
    _named(ax, bars, title, unit)
    return _told_above(ax)


def _told_above(ax: "Axes") -> "Axes":
    """Say what the colours mean between the title and the bars, where it covers none of them."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2, frameon=False
    )  # fmt: skip
    ax.set_title(ax.get_title(), pad=26)
    return ax


def _named(ax: "Axes", bars: Sequence[Bar], title: str, unit: str) -> None:
    names: list[Any] = [bar.label.replace("$", r"\$") for bar in bars]  # no mathematics in ids
    ax.set_yticks(np.arange(len(bars)), names)
    ax.invert_yaxis()
    ax.set(xlabel=unit, title=title)
    ax.spines[["top", "right"]].set_visible(False)
