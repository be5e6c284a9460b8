"""A trial before the contract: what it takes, what nobody pays, and what does not count."""

import datetime as dt

import pytest
from tiny_regions import in_periods

import placement_opt as po

MONTHS = in_periods(
    "2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01"
)
"""July to December, P-0 to P-5."""


def region_of(people=1, budget=None, periods=MONTHS, pledged=None, **opening):
    """Return a region of people who all fit one opening, at an employer."""
    terms = {"trial_months": 2, "contract_months": 3} | opening
    return po.Region(
        name="on trial",
        date="2026-07-01",
        candidates=[
            po.Candidate(
                id=f"C-{n}",
                municipality="M",
                ground="38b.1.a",
                hours_per_week=(8, 25.5),
                wage_value=0.5,
            )
            for n in range(people)
        ],
        employers=[po.Employer(id="E-1", jobs_pledged=pledged)],
        openings=[po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 36), **terms)],
        municipalities=[po.Municipality(id="M", wage_subsidy_budget_eur_per_year=budget)],
        periods=periods,
    )


def started(region, start):
    """Return the plan in which C-0 starts in that period."""
    fixed = po.FixedPlacements(placements=[("C-0", "O-1", None, start)])
    return po.Model(region).add(fixed).solve()


@pytest.mark.parametrize(
    ("start", "contract", "ends"),
    [
        ("P-0", dt.date(2026, 9, 1), dt.date(2026, 11, 30)),
        ("P-1", dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        ("P-3", dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        ("P-4", None, dt.date(2026, 12, 31)),
    ],
)
def test_the_months_of_the_contract_come_after_the_trial(start, contract, ends):
    shown = started(region_of(), start).placements
    assert shown["contract_starts_on"].tolist() == [contract]
    assert shown["ends_on"].tolist() == [ends]


def test_a_trial_lasts_whole_periods():
    quarters = in_periods("2026-07-01", "2026-10-01", "2027-01-01", "2027-04-01")
    row = started(region_of(periods=quarters), "P-0").placement_rows[0]
    assert (row.contract_starts_on, row.ends_on) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    none = started(region_of(periods=quarters, trial_months=None), "P-0").placement_rows[0]
    assert (none.contract_starts_on, none.ends_on) == (dt.date(2026, 7, 1), dt.date(2026, 9, 30))


def test_a_place_is_taken_from_the_first_day_of_the_trial():
    found = po.solve(region_of(people=2, trial_months=2, contract_months=1))
    assert sorted(found.placements["start_period"]) == ["P-0", "P-3"]
    longer = po.Model(region_of(people=2, trial_months=2, contract_months=2))
    starts = sorted(longer.solve().placements["start_period"])
    assert starts == ["P-0", "P-4"]


def test_no_budget_pays_for_a_trial():
    paid = [
        started(region_of(budget=10**6, trial_months=months), "P-0").budget_rows[0]
        for months in (None, 2)
    ]
    days = [(31 + 31 + 30) / 365, (30 + 31 + 30) / 365]
    assert paid[0].subsidy_eur_per_year / paid[1].subsidy_eur_per_year == pytest.approx(
        days[0] / days[1]
    )
    # With nothing in the budget those can still come whose contract begins after all periods.
    poor = po.solve(region_of(budget=0))
    assert poor.placements["start_period"].tolist() == ["P-4"]
    assert po.solve(region_of(budget=0, trial_months=None)).placements.empty


def test_no_quota_counts_a_trial():
    region = region_of(pledged=1, contract_months=None)
    ends = {
        start: started(region, start).quota_rows[0].placed_jobs for start in ("P-0", "P-3", "P-4")
    }
    assert ends == {"P-0": 1, "P-3": 1, "P-4": 0}
    each = po.JobsQuota(per="employer", shortfall_price=800, at="each_period")
    fixed = po.FixedPlacements(placements=[("C-0", "O-1", None, "P-1")])
    found = po.Model(region).add(each).add(fixed).solve()
    assert [row.placed_jobs for row in found.quota_rows] == [0, 0, 0, 1, 1, 1]


def test_a_wage_is_earned_under_contract_only():
    wage = po.WageAboveMinimum()
    points = {}
    for months in (None, 2):
        region = region_of(trial_months=months, contract_months=None, wage_eur_per_hour=30)
        fixed = po.FixedPlacements(placements=[("C-0", "O-1", None, "P-0")])
        points[months] = po.Model(region, objective=[wage]).add(fixed).solve().objective
    assert points[2] / points[None] == pytest.approx((184 - 62) / 184)


def test_without_periods_trials_are_told_to_be_no_part_of_the_plan():
    region = region_of(periods=())
    found = po.solve(region)
    told = found.assumptions.set_index("about").loc["trial_months"]
    assert told["count"] == 1
    assert "proefplaatsingen" in told["text_nl"]
    assert "contract_starts_on" not in found.placements
    assert "trial_months" not in po.solve(region_of()).assumptions["about"].tolist()
    without = po.solve(region_of(periods=(), trial_months=None))
    assert found.objective == without.objective


def test_a_step_has_no_trial_of_its_own():
    with pytest.raises(po.InvalidInputError, match="trial_months"):
        po.Opening(id="T-1", kind="trial", trial_months=2)


def test_files_and_frames_keep_the_months(tmp_path):
    region = region_of()
    region.to_folder(tmp_path / "folder")
    region.to_json(tmp_path / "region.json")
    for again in (
        po.Region.from_folder(tmp_path / "folder"),
        po.Region.from_json(tmp_path / "region.json"),
        po.Region.from_frames(**region.to_frames()),
    ):
        assert again.openings[0].trial_months == 2
