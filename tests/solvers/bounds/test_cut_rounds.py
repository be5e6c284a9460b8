"""Rounds of cuts: the bound that they prove, and its certificate."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cut_cases import with_followers
from formulations import brute_force, problem, relaxation_bound, rows
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.checking import check_result
from placement_opt.formulation.certificate import Certificate, bound_in_points, told_bound
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.formulation.mixed_integer_rounding import (
    cuts_of,
    with_cuts,
)
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.formulation.rows import ExtraRows
from placement_opt.solvers.bounds import cut_rounds, cuts
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.bounds.cuts import separate
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.relaxation.pricing import dual_bound
from placement_opt.solvers.relaxation.relaxation import solve_lp, whole_relaxation
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

SOME = settings(max_examples=40, deadline=None, database=None)


@SOME
@given(formulation=with_followers(), data=st.data())
def test_the_strengthened_bound_lies_between_optimum_and_relaxation(formulation, data):
    relaxed = relaxation_bound(formulation)
    if relaxed is None:
        return
    core = data.draw(st.sets(st.integers(0, max(0, formulation.n_pairs - 1))))
    pairs = np.array(sorted(core)[: formulation.n_pairs], dtype=np.int64)
    strong = strengthen(formulation, pairs, 5.0)
    if strong is None:  # the core alone may have no solution
        return
    certificate = Certificate.from_duals(strong.formulation, strong.prices)
    bound = certificate.bound(strong.formulation)
    optimum = brute_force(formulation)
    if optimum is not None:
        assert bound >= optimum
    whole = strengthen(formulation, np.arange(formulation.n_pairs), 5.0)
    assert whole is not None
    assert whole.bound <= relaxed + 1e-6 * max(1.0, abs(relaxed))


def test_cuts_close_the_gap_of_a_knapsack():
    size = [5, 5, 5, 4, 4]
    formulation = problem([50, 50, 50, 39, 39], [rows("knapsack", [size], [NO_LOWER], [14])])
    relaxed = relaxation_bound(formulation)
    strong = strengthen(formulation, np.arange(5), 5.0)
    assert relaxed is not None
    assert strong is not None
    assert relaxed > 139.5
    assert brute_force(formulation) == 139
    assert strong.bound < 139.5
    assert strong.n_rounds >= 1


def test_rows_of_very_many_are_left_alone(monkeypatch):
    knapsack = rows("knapsack", [[5, 5, 5, 4, 4]], [NO_LOWER], [14])
    formulation = problem([50, 50, 50, 39, 39], [knapsack])
    point = np.array([1.0, 1.0, 0.8, 0.0, 0.0])
    assert separate(formulation, point)
    monkeypatch.setattr(cuts, "MOST_MEMBERS", 4)
    assert separate(formulation, point) == []


@SOME
@given(formulation=with_followers(), data=st.data())
def test_own_variables_that_are_left_out_at_first_come_in(formulation, data):
    pairs = np.arange(formulation.n_pairs)
    may_be_out = np.flatnonzero(formulation.lower[formulation.n_pairs :] == 0)
    out = [at for at in may_be_out.tolist() if data.draw(st.booleans())]
    every = np.arange(formulation.n_pairs, formulation.n_variables)
    own = np.delete(every, out)
    whole = strengthen(formulation, pairs, 5.0, rounds=0)
    some = strengthen(formulation, pairs, 5.0, rounds=0, own=own)
    if whole is None or some is None:  # without those left out there may be no solution
        return
    assert some.program.columns.size >= own.size + pairs.size
    assert some.bound >= whole.bound - 1e-5 * max(1.0, abs(whole.bound))
    if some.program.columns.size == formulation.n_variables:
        assert some.bound == pytest.approx(whole.bound, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(("long_s", "times"), [(0.0, 2), (60.0, 1)])
def test_the_first_point_is_told_before_it_is_priced_out_where_it_took_long(
    monkeypatch, long_s, times
):
    monkeypatch.setattr(schedule, "LONG_LP_S", long_s)
    formulation = po.Model(po.synthetic_region(candidates=150, seed=2)).compile().formulation
    few = np.arange(0, formulation.n_pairs, 9)
    told = []
    found = strengthen(formulation, few, 60.0, rounds=1, on_point=told.append)
    assert len(told) == times
    assert all(point.n_rounds == 0 for point in told)
    assert [point.program.columns.size for point in told] == sorted(
        {point.program.columns.size for point in told}
    )
    assert found.bound <= told[-1].bound


@pytest.mark.parametrize("solved", [1, 2, 3])
def test_where_a_program_is_not_solved_in_time_the_last_point_counts(monkeypatch, solved):
    formulation = po.Model(po.synthetic_region(candidates=150, seed=2)).compile().formulation
    few = np.arange(0, formulation.n_pairs, 9)
    left = [solved]

    def solve_some(*args):
        left[0] -= 1
        return solve_lp(*args) if left[0] >= 0 else None

    monkeypatch.setattr(cut_rounds, "solve_lp", solve_some)
    found = strengthen(formulation, few, 60.0)
    program = found.program
    assert program.columns.size == program.point.values.size == program.point.basis.variables.size
    values = found.values
    assert np.array_equal(values[program.columns], program.point.values)
    gained = float(formulation.objective.gain @ values)
    assert gained <= found.bound + 1e-9 * abs(gained)


def test_columns_that_lose_much_go_out_with_their_values(monkeypatch):
    monkeypatch.setattr(cut_rounds, "MANY_COLUMNS", 0)
    formulation = po.Model(po.synthetic_region(candidates=150, seed=2)).compile().formulation
    told = []
    found = strengthen(
        formulation, np.arange(formulation.n_pairs), 20.0, rounds=2, on_bound=told.append
    )
    before = told[0].program
    assert before.columns.size == formulation.n_variables
    for point in (*told, found):
        assert point.program.columns.size == point.program.point.values.size
    assert found.n_rounds
    assert found.program.columns.size < before.columns.size


def test_pairs_are_priced_out_until_the_first_bound_is_near(monkeypatch):
    monkeypatch.setattr(cut_rounds, "FIRST_PRICINGS", 0)
    formulation = po.Model(po.synthetic_region(candidates=150, seed=2)).compile().formulation
    few = np.arange(0, formulation.n_pairs, 9)
    told = []
    strengthen(formulation, few, 60.0, rounds=0, on_bound=told.append)
    first = told[0]
    gained = float(formulation.objective.gain @ first.values)
    assert (1 - 1e-9) * gained <= first.bound <= (1 + cut_rounds.CLOSE) * gained
    # The pairs it began with are far from enough.
    monkeypatch.setattr(cut_rounds, "CLOSE", 1e9)
    monkeypatch.setattr(cut_rounds, "MOST_PRICINGS", 0)
    strengthen(formulation, few, 60.0, rounds=0, on_bound=told.append)
    assert told[-1].bound > 1.01 * first.bound


@pytest.fixture(scope="module")
def region() -> po.Region:
    return po.synthetic_region("rijk-van-nijmegen", candidates=120, openings=40, seed=5)


@pytest.fixture(scope="module")
def strengthened(region):
    """Return a formulation, its relaxation, and both with cuts, from a third of the pairs."""
    formulation = po.Model(region).compile().formulation
    relaxed = whole_relaxation(formulation, 60.0)
    assert relaxed is not None
    strong = strengthen(formulation, np.arange(0, formulation.n_pairs, 3), 20.0)
    assert strong is not None
    return formulation, relaxed, strong


def test_a_region_gets_a_lower_bound_over_all_its_pairs(strengthened):
    formulation, relaxed, strong = strengthened
    assert strong.bound < dual_bound(formulation, relaxed.prices)
    assert len(cuts_of(strong.formulation)) > 0
    columns = strong.program.columns
    assert np.unique(columns).size == columns.size
    assert np.all(
        strong.values[: formulation.n_pairs][~np.isin(np.arange(formulation.n_pairs), columns)] == 0
    )
    assert np.array_equal(
        with_cuts(formulation, cuts_of(strong.formulation)).row_lower, strong.formulation.row_lower
    )


def test_a_plan_keeps_all_cuts(region, strengthened):
    formulation, _, strong = strengthened
    search = Search(formulation, SearchLimits(time_limit_s=20.0, gap=0.02))
    Mip(in_process=True).solve(formulation, search)
    assert search.best is not None
    assert strong.formulation.is_satisfied_by(search.best.values(formulation))


@pytest.fixture(scope="module")
def fields(region, strengthened) -> dict[str, Any]:
    """Return a result file whose certified bound stands on cuts."""
    formulation, _, strong = strengthened
    dumped: dict[str, Any] = json.loads(po.Model(region).solve(time_limit_s=5).model_dump_json())
    search = Search(formulation, SearchLimits())
    certificate = Certificate.from_duals(strong.formulation, strong.prices)
    search.certify(certificate, "dual prices", strong.formulation)
    record = CertificateRecord.of_bound(
        search.certificate, search.certified_formulation, search.certified
    )
    dumped["certificate"] = record.model_dump(mode="json")
    bound = told_bound(bound_in_points(formulation, search.certified), None)
    dumped["certified_bound"] = bound
    dumped["bound"] = dumped["objective"]
    dumped["proof"] = [
        {"bound": bound, "by": "dual prices", "how": "exact re-check", "over": "all"},
        {"bound": dumped["objective"], "by": "mip", "how": "solver's word", "over": "all"},
    ]
    return dumped


def differing(region: po.Region, fields: dict[str, Any]) -> set[str]:
    report_ = check_result(region, po.Result.model_validate(fields))
    return {finding.subject for finding in report_.differences}


def test_a_bound_on_cuts_is_proven_again(region, fields):
    assert fields["certificate"]["cuts"]
    assert differing(region, fields) == set()


def change_delta(certificate: dict[str, Any]) -> None:
    for cut in certificate["cuts"]:
        cut["delta"] += 1


def change_weight(certificate: dict[str, Any]) -> None:
    weights = certificate["cuts"][0]["weights"]
    weights[0] = -weights[0]


def change_price(certificate: dict[str, Any]) -> None:
    certificate["price"][-1] *= 2


def change_complement(certificate: dict[str, Any]) -> None:
    certificate["cuts"][0]["complemented"] = [10**9]


def leave_out_a_cut(certificate: dict[str, Any]) -> None:
    del certificate["cuts"][-1]


def leave_out_all(certificate: dict[str, Any]) -> None:
    del certificate["cuts"]


@pytest.mark.parametrize(
    "change",
    [
        change_delta,
        change_weight,
        change_price,
        change_complement,
        leave_out_a_cut,
        leave_out_all,
    ],
)
def test_a_tampered_cut_is_found(
    region: po.Region, fields: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    copy = json.loads(json.dumps(fields))
    change(copy["certificate"])
    assert differing(region, copy) == {"certified bound"}


@pytest.mark.parametrize("delta", [2.5, "much", None])
def test_a_cut_that_is_not_told_in_whole_numbers_is_refused(
    tmp_path: Path, fields: dict[str, Any], delta: object
) -> None:
    copy = json.loads(json.dumps(fields))
    copy["certificate"]["cuts"][0]["delta"] = delta
    (tmp_path / "result.json").write_text(json.dumps(copy), encoding="utf-8")
    with pytest.raises(po.InvalidInputError, match=r"certificate\.cuts\.0\.delta"):
        po.Result.from_json(tmp_path / "result.json")


def test_the_search_keeps_the_formulation_of_its_best_certificate(strengthened):
    formulation, relaxed, strong = strengthened
    search = Search(formulation, SearchLimits())
    first = Certificate.from_duals(formulation, relaxed.prices)
    search.certify(first, "dual prices")
    assert search.certified_formulation is formulation
    second = Certificate.from_duals(strong.formulation, strong.prices)
    search.certify(second, "cuts", strong.formulation)
    assert search.certified_formulation is strong.formulation
    search.certify(first, "dual prices")
    assert search.certificate is second
    assert isinstance(search.certified_formulation.extra, ExtraRows)


def test_a_stop_ends_the_rounds_before_the_next_linear_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    formulation = problem([5, 4, 3], [rows("odd", [[2, 2, 2]], [NO_LOWER], [3])])
    core = np.arange(1)  # the others would come in with the next program
    programs = []

    def counted(*arguments: Any) -> Any:
        programs.append(arguments)
        return solve_lp(*arguments)

    monkeypatch.setattr(cut_rounds, "solve_lp", counted)
    assert strengthen(formulation, core, 5.0, stop=lambda: True) is None
    assert not programs
    found = strengthen(formulation, core, 5.0, stop=lambda: bool(programs))
    assert found is not None
    assert len(programs) == 1
    assert not cuts_of(found.formulation)
