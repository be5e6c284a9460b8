"""Made-up regions as plans in time."""

import datetime as dt

import pytest

import placement_opt as po


def test_a_year_falls_apart_into_equal_periods_and_all_else_stays():
    plain = po.synthetic_region(candidates=60, openings=15)
    region = po.synthetic_region(candidates=60, openings=15, periods=4)
    assert region.model_copy(update={"periods": ()}) == plain
    assert [period.id for period in region.periods] == ["2026-02", "2026-05", "2026-08", "2026-11"]
    assert region.periods[-1].ends_on == dt.date(2027, 1, 31)
    result = po.solve(region, time_limit_s=20, gap=0.02)
    assert set(result.placements["start_period"]) <= {period.id for period in region.periods}
    assert set(result.coaches["period"]) == {period.id for period in region.periods}


@pytest.mark.parametrize("periods", [-1, 5, 13, 2.0, "4", True, None])
def test_other_numbers_of_periods_are_refused(periods):
    with pytest.raises(po.InvalidInputError, match="periods"):
        po.synthetic_region(candidates=10, periods=periods)
