"""Pictures show the numbers of the tables, with titles and units, on the axes they are given."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import placement_opt as po
from placement_opt.report.plot_words import PLOT_WORDS

pytest.importorskip("matplotlib", reason="pictures need the extra 'plots'").use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def result() -> po.Result:
    region = po.synthetic_region(candidates=120, openings=40, seed=2)
    return po.solve(region, time_limit_s=20, reproducible=True)


CURVE = pd.DataFrame(
    {"max_changes": [0, 1, 2], "gain": [0.0, 4.0, 5.0], "is_proven": [True, True, False]}
)
SCARCE = pd.DataFrame(
    {
        "rule": ["OpeningCapacity", "Coaching"],
        "group": ["O-1", "$K$"],
        "unit": ["placements", "hours a week"],
        "price_points_per_unit": [3.0, 8.0],
    }
)
OF_RESULT = ("coach_load", "gap_over_time", "placements_by_municipality", "quota_position")


def drawings(result: po.Result) -> list[tuple[str, object]]:
    of_result = [(name, result) for name in (*OF_RESULT, "score_distribution")]
    return [*of_result, ("value_against_changes", CURVE), ("bottlenecks", SCARCE)]


@pytest.fixture(autouse=True)
def closed() -> None:
    yield
    plt.close("all")


def test_every_picture_takes_axes_and_returns_them_with_title_and_units(result) -> None:
    drawn = set()
    for name, about in drawings(result):
        draw = getattr(po.plots, name)
        titles = set()
        for language in ("en", "nl"):
            given = plt.subplots()[1]
            axes = draw(about, given, language=language)
            assert axes is given
            assert axes.get_xlabel()
            titles.add(axes.get_title())
        assert "" not in titles
        assert len(titles) == 2
        assert draw(about) not in {axes, given}
        drawn.add(name)
        plt.gcf().canvas.draw()
        plt.close("all")
    assert drawn == set(po.plots.__all__)


def widths(axes) -> list[float]:
    return [bar.get_width() for container in axes.containers for bar in container]


def test_bars_of_coaches_are_their_hours(result) -> None:
    axes = po.plots.coach_load(result, most=1_000)
    told = result.coaches
    used = sorted(widths(axes)[: len(told)])
    assert used == pytest.approx(sorted(told["hours_per_week"]))
    free = sorted(widths(axes)[len(told) :])
    assert free == pytest.approx(sorted(told["free_hours_per_week"]), abs=1e-9)
    assert len(widths(po.plots.coach_load(result, most=3))) == 6


def test_bars_and_marks_of_quotas_are_filled_and_asked(result) -> None:
    axes = po.plots.quota_position(result, most=1_000)
    told = result.quotas
    filled = told["in_service_jobs"] + told["placed_jobs"]
    assert sorted(widths(axes)) == pytest.approx(sorted(filled))
    assert sorted(axes.lines[0].get_xdata()) == pytest.approx(sorted(told["target_jobs"]))


def test_shares_of_municipalities_add_up(result) -> None:
    axes = po.plots.placements_by_municipality(result)
    placed, people = ([bar.get_width() for bar in one] for one in axes.containers)
    assert sum(placed) == pytest.approx(100)
    assert sum(people) == pytest.approx(100)
    home = {one.id: one.municipality for one in result.model.region.candidates}
    towns = result.placements["candidate_id"].map(home).value_counts(normalize=True)
    assert max(placed) == pytest.approx(100 * towns.max())


def test_the_gap_is_that_of_the_search_and_ends_where_it_ended(result) -> None:
    axes = po.plots.gap_over_time(result)
    gaps = axes.lines[0].get_ydata()
    assert gaps[-1] == pytest.approx(max(100 * result.gap, 1e-4), rel=0.01)
    assert np.all(np.diff(axes.lines[0].get_xdata()) >= 0)
    assert axes.get_yscale() == "log"


def test_scores_are_counted_once_each(result) -> None:
    axes = po.plots.score_distribution(result)
    assert sum(bar.get_height() for bar in axes.patches) == len(result.placements)


def test_proven_points_of_the_curve_are_filled() -> None:
    axes = po.plots.value_against_changes(CURVE)
    proven, other = axes.lines[1:]
    assert proven.get_xdata().tolist() == [0, 1]
    assert other.get_xdata().tolist() == [2]
    assert other.get_markerfacecolor() == "white"


def test_the_scarcest_comes_first_and_ids_are_no_mathematics() -> None:
    axes = po.plots.bottlenecks(SCARCE, most=1)
    assert widths(axes) == [8.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "coaching capacity: \\$K\\$ (hours a week)"
    ]
    dutch = po.plots.bottlenecks(SCARCE, language="nl")
    assert dutch.get_yticklabels()[-1].get_text() == "plekken van een vacature: O-1 (plaatsingen)"


def test_nothing_to_draw_is_said(result) -> None:
    region = po.Region(
        name="one", candidates=[po.Candidate(id="C")], openings=[po.Opening(id="O", positions=0)]
    )
    empty = po.solve(region)
    for name in (*OF_RESULT[:1], *OF_RESULT[2:], "score_distribution"):
        with pytest.raises(po.PlacementError):
            getattr(po.plots, name)(empty)
    with pytest.raises(po.PlacementError, match="no number of changes"):
        po.plots.value_against_changes(CURVE.assign(gain=np.nan))
    with pytest.raises(po.PlacementError, match="nothing is scarce"):
        po.plots.bottlenecks(SCARCE.assign(price_points_per_unit=0.0))
    with pytest.raises(po.InvalidInputError, match='"en" or "nl"'):
        po.plots.coach_load(result, language="fr")


def test_without_matplotlib_the_extra_is_named(result, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(po.PlacementError, match=r"placement_opt\[plots\]"):
        po.plots.coach_load(result)


def test_both_languages_have_all_words() -> None:
    names = [one.name for one in dataclasses.fields(PLOT_WORDS["en"])]
    for words in PLOT_WORDS.values():
        assert all(getattr(words, name) for name in names)
    same = [n for n in names if getattr(PLOT_WORDS["en"], n) == getattr(PLOT_WORDS["nl"], n)]
    assert same == []
