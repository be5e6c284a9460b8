"""Sums over regions: status, points, bound, tables and words."""

import copy
import pickle

import pytest
from many_regions import tiny

import placement_opt as po
from placement_opt.many.nation import NationResult, RegionFailure

FAILED = RegionFailure("error", "RuntimeError: no such region\nand more")


@pytest.fixture(scope="module")
def solved() -> po.Result:
    return po.solve(tiny(1))


def changed(result: po.Result, **fields: object) -> po.Result:
    return result.model_copy(update=fields)


def test_all_optimal_is_optimal(solved: po.Result) -> None:
    nation = NationResult({"A": solved, "B": solved})
    assert nation.status is po.Status.OPTIMAL
    assert nation.objective == nation.bound == 2 * (solved.objective or 0)
    assert nation.gap == 0


def test_a_plan_short_of_its_bound_makes_the_whole_feasible(solved: po.Result) -> None:
    assert solved.objective is not None
    open_ = changed(solved, status=po.Status.FEASIBLE, bound=solved.objective * 3)
    nation = NationResult({"A": solved, "B": open_})
    assert nation.status is po.Status.FEASIBLE
    assert nation.bound == pytest.approx(4 * solved.objective)
    assert nation.gap == pytest.approx(0.5)


def test_a_failed_region_leaves_points_and_takes_the_bound(solved: po.Result) -> None:
    nation = NationResult({"A": solved}, {"B": FAILED})
    assert nation.status is po.Status.NO_SOLUTION
    assert nation.objective == solved.objective
    assert nation.bound is None
    assert nation.gap is None


def test_without_a_plan_somewhere_there_is_no_gap(solved: po.Result) -> None:
    none = changed(solved, status=po.Status.NO_SOLUTION, objective=None, placement_rows=())
    nation = NationResult({"A": solved, "B": none})
    assert nation.status is po.Status.NO_SOLUTION
    assert nation.gap is None
    assert nation.bound == 2 * (solved.bound or 0)


def test_a_region_without_any_plan_makes_the_whole_infeasible(solved: po.Result) -> None:
    none = changed(solved, status=po.Status.INFEASIBLE, objective=None, bound=None)
    nation = NationResult({"A": solved, "B": none})
    assert nation.status is po.Status.INFEASIBLE
    assert nation.bound is None


def test_without_regions_nothing_is_known() -> None:
    nation = NationResult({}, {"B": FAILED})
    assert (nation.status, nation.objective, nation.bound) == (po.Status.NO_SOLUTION, None, None)
    assert nation.quotas.empty
    assert "shortfall_jobs" in nation.quotas.columns
    assert list(nation.regions["region"]) == ["B"]


def test_tables_name_the_region_of_each_row(solved: po.Result) -> None:
    nation = NationResult({"A": solved, "B": solved}, {"C": FAILED}, {"A": "a remark"})
    assert len(nation.quotas) == 2 * len(solved.quotas)
    assert list(nation.quotas.columns) == ["region", *solved.quotas.columns]
    frame = nation.regions.set_index("region")
    assert list(frame["status"]) == ["OPTIMAL", "OPTIMAL", "error"]
    assert frame.loc["A", "remark"] == "a remark"
    assert frame.loc["B", "placed"] == solved.placements["candidate_id"].nunique()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "3 regions: 2 with a plan, 2 proven the best; 1 failed."),
        ("nl", "3 regio's: 2 met een plan, 2 bewezen het beste; 1 mislukt."),
    ],
)
def test_the_summary_is_in_two_languages(solved: po.Result, language: str, told: str) -> None:
    nation = NationResult({"A": solved, "B": solved}, {"C": FAILED})
    text = nation.summary(language)  # type: ignore[arg-type]
    assert text.startswith(told)
    assert "RuntimeError: no such region" in text
    assert "and more" not in text
    assert len([line for line in text.split("\n") if line.startswith(("A: ", "B: "))]) == 2


def test_a_long_summary_is_cut_and_says_so(solved: po.Result) -> None:
    text = NationResult({f"R{n}": solved for n in range(70)}).summary()
    assert "... and 10 more regions: see `regions`" in text


def test_the_repr_is_short_and_names_nobody(solved: po.Result) -> None:
    nation = NationResult({f"R{n}": solved for n in range(70)}, {"C": FAILED})
    assert len(repr(nation)) < 200
    assert solved.placement_rows[0].candidate_id not in repr(nation)
    assert "&lt;b&gt;" in NationResult({}, {"<b>": FAILED})._repr_html_()


def test_a_nation_travels(solved: po.Result) -> None:
    nation = NationResult({"A": solved}, {"C": FAILED})
    for other in (copy.deepcopy(nation), pickle.loads(pickle.dumps(nation))):
        assert other.results["A"] == solved
        assert other.failures == nation.failures
