"""Labels of limits that no pair has, and columns that are misspelt."""

import logging
import warnings
from typing import Any

import pytest
from all_problems import SCORES, lacking, problems_of

import placement_opt as po

ZONES = SCORES | {"zone": ["north", "south"]}


def zoned(**given: Any) -> po.Model:
    rules = [po.OnePlacement(), po.ResourceLimit(per="zone", **given)]
    return po.Model(lacking(2), pairs=ZONES, rules=rules, objective=[po.PairScore("score")])


def test_a_limit_of_a_label_close_to_another_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(po.PlacementWarning, match=r"'nrth' \(did you mean 'north'\?\)") as caught:
        result = zoned(limits={"nrth": 0, "south": 0}).solve()
    assert caught[0].filename == __file__
    assert "'nrth'" in caplog.text
    assert [row.kind for row in result.remark_rows] == ["slip"]
    assert "'nrth' (did you mean 'north'?)" in result.summary()
    assert "'nrth' (bedoelt u 'north'?)" in result.summary("nl")
    assert result.status == "OPTIMAL"
    assert [row.candidate_id for row in result.placement_rows] == ["C-0"]


def test_a_limit_of_an_absent_label_is_told_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="placement_opt"):
        warnings.simplefilter("error")
        result = zoned(limits={"nobody": 0}).solve()
    assert [row.kind for row in result.remark_rows] == ["unused"]
    assert "'nobody'" in result.remarks["text"].item()
    assert "'nobody'" in caplog.text


def test_many_labels_are_counted() -> None:
    limits = {f"zone-{n:02}": 0 for n in range(30)}
    result = zoned(limits=limits).solve()
    text = result.remarks["text"].item()
    assert "30 labels" in text
    assert text.count("zone-") == 5


def test_a_likely_slip_is_named_first() -> None:
    limits = {f"a{n:02}" * 9: 0 for n in range(10)} | {"nrth": 0}
    with pytest.warns(po.PlacementWarning, match="11 labels .* there: 'nrth'"):
        zoned(limits=limits).compile()


def test_a_minimum_of_an_absent_label_keeps_its_meaning() -> None:
    assert zoned(minimums={"nobody": 1}).solve().status == "INFEASIBLE"
    short = zoned(minimums={"nobody": 1}, shortfall_price=5).solve()
    assert short.objective == 3 - 5
    assert short.remark_rows == ()


def test_limits_of_labels_that_pairs_have_are_not_remarked() -> None:
    assert zoned(limits={"north": 1, "south": 0}).solve().remark_rows == ()
    assert zoned(limits=1).solve().remark_rows == ()


def test_a_group_that_does_not_exist_is_refused_when_the_rule_is_made_or_added() -> None:
    error = problems_of(lambda: po.JobsQuota(per="sectors"))
    assert (error.problems[0].field, error.problems[0].value) == ("per", "sectors")
    assert "did you mean 'sector'" in error.problems[0].hint
    made = zoned(limits=1)
    for rule in (
        po.ResourceLimit(per="zones", limits=1),
        po.JobsQuota(per="openings", jobs={"o": 1}),
    ):
        assert "per" in str(problems_of(lambda: made.add(rule)))  # noqa: B023
        assert "per" in str(problems_of(lambda: po.Model(lacking(1), rules=[rule])))  # noqa: B023
    assert made.add(po.ResourceLimit(per="zone", minimums=0)).solve().status == "OPTIMAL"
    for per in ("employer", "sector", "opening_municipality", "region"):
        assert po.JobsQuota(per=per).per == per


def test_columns_that_are_misspelt_are_told_with_the_closest() -> None:
    rules = [po.ResourceLimit(uses="scores", per="region", limits=1)]
    made = po.Model(lacking(2), pairs=SCORES, rules=rules, objective=[po.PairScore("scor")])
    error = problems_of(made.compile)
    assert [p.value for p in error.problems] == ["scores", "scor"]
    assert all("did you mean 'score'" in p.hint for p in error.problems)
