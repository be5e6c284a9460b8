"""Limits in each period: rows that are left out follow from others; coaching falls by years."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.constraints.coaching_in_time import FreeInTime
from placement_opt.constraints.coaching_loads import Loads
from placement_opt.constraints.while_running import grouped_while_running
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.in_periods import in_periods

MONTHS = ("01", "03", "05", "07", "09")
PERIODS = [
    po.Period(id=f"P{n}", starts_on=f"2026-{MONTHS[n]}-01", ends_on=f"2026-{after}")
    for n, after in enumerate(("02-28", "04-30", "06-30", "08-31"))
]
RUNS = [(start, end) for start in range(4) for end in range(start + 1, 5)]


def region_of(months, **fields):
    """Return a region with an opening for each length of a contract."""
    return po.Region(
        name="limits",
        date="2026-01-01",
        candidates=[po.Candidate(id="C-1")],
        openings=[
            po.Opening(id=f"O-{n}", employer="E", contract_months=each)
            for n, each in enumerate(months)
        ],
        employers=[po.Employer(id="E", supervision_places=1)],
        periods=PERIODS,
        **fields,
    )


def pairs_of(region):
    return in_periods(enumerate_pairs(Instance(region), []))


@settings(max_examples=300, deadline=None)
@given(
    months=st.lists(st.sampled_from((2, 3, 6, None)), min_size=1, max_size=3),
    per=st.sampled_from(("opening", "employer", "region")),
    data=st.data(),
)
def test_rows_that_are_left_out_follow_from_those_that_stay(months, per, data):
    region = region_of(months)
    whole = pairs_of(region)
    rows = data.draw(st.sets(st.integers(0, whole.n_pairs - 1), min_size=1))
    pairs = whole.taken(np.array(sorted(rows)))
    labels = {
        "opening": [one.id for one in region.openings],
        "employer": ["E"],
        "region": ["limits"],
    }
    groups, at_most = grouped_while_running(pairs, per, dict.fromkeys(labels[per], Fraction(1)))
    chosen = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    used = np.bincount(groups.code, weights=np.array(chosen)[groups.pair], minlength=1)
    for label in {label[0] for label in groups.labels}:
        own = [row for row, (name, _) in enumerate(groups.labels) if name == label]
        assert max(used[own]) == max(used[row] for row in own if row in at_most)


@settings(max_examples=300, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(0, 1), st.lists(st.integers(0, 3), min_size=3, max_size=3)),
        max_size=5,
    ),
    times=st.lists(st.integers(0, 2), min_size=5, max_size=5),
)
def test_rows_of_coaches_that_are_left_out_follow_from_those_that_stay(asked, times):
    coach = np.array([one for one, _ in asked], dtype=np.int64)
    hours = np.array([one for _, one in asked], dtype=np.int64).reshape(-1, 3)
    free = FreeInTime(np.array([9, 9]), np.array([9, 9]), 1, 3)
    used = free.asks(hours, coach) @ np.array(times[: coach.size], dtype=np.int64)
    kept = free.binding(hours, coach)
    for block in range(4):  # hours of both coaches, then their people
        own = np.arange(3 * block, 3 * block + 3)
        assert np.isin(own, kept).any()
        assert max(used[own]) == max(used[np.intersect1d(own, kept)])


def test_a_contract_that_lasts_needs_one_row_and_a_short_one_a_few():
    groups, at_most = grouped_while_running(
        pairs_of(region_of([None, 4])), "opening", {"O-0": Fraction(1), "O-1": Fraction(1)}
    )
    # Who starts in P0 still runs in P1, and nobody starts a contract that ends before.
    assert [groups.labels[row] for row in at_most] == [
        ("O-0", "P3"),
        ("O-1", "P1"),
        ("O-1", "P2"),
        ("O-1", "P3"),
    ]


def test_coaching_falls_with_the_years_since_the_start():
    years = [
        po.Period(id="2026", starts_on="2026-01-01", ends_on="2026-12-31"),
        po.Period(id="2027", starts_on="2027-01-01", ends_on="2027-06-30"),
        po.Period(id="late", starts_on="2027-07-01", ends_on="2028-12-31"),
    ]
    person = po.Candidate(
        id="C-1", hours_per_week=(8, 20), coaching_regime="intensive", coaching_year=1
    )
    region = po.Region(
        name="years",
        date="2026-01-01",
        candidates=[person],
        openings=[po.Opening(id="O-1", hours_per_week=(8, 20))],
        periods=years,
    )
    loads = Loads.of(pairs_of(region), "a test")
    hours = loads.hours[loads.of_pair] / loads.scale
    first, second = (
        float(20 * po.Rulebook.on("2026-01-01").coaching_share("intensive", n)) for n in (1, 2)
    )
    assert second < first
    assert hours.tolist() == [[first, second, second], [0, first, first], [0, 0, first]]
    plan = po.Model(region, rules=[]).compile()
    for variant, told in zip(("2026", "2027", "late"), hours.tolist(), strict=True):
        row = next(r for r in range(3) if plan.pairs.variant_of(r) == variant)
        placement = plan.placement(row)
        read = [plan.plan_of([placement]).coaching_hours_in(placement, one) for one in years]
        assert [float(one) for one in read] == told


@pytest.mark.parametrize(("hours", "placed"), [(4.4, 1), (4.5, 2)])
def test_a_coach_has_room_for_somebody_once_the_first_needs_less(hours, placed):
    share = po.Rulebook.on("2026-01-01").coaching_share
    assert (20 * share("intensive", 1), 20 * share("intensive", 2)) == (3, Fraction(3, 2))
    people = [
        po.Candidate(
            id=f"C-{n}",
            hours_per_week=(8, 20),
            coaching_regime="intensive",
            coaching_year=1,
            available_from=day,
        )
        for n, day in enumerate(("2026-01-01", "2027-01-01"))
    ]
    region = po.Region(
        name="falling",
        date="2026-01-01",
        candidates=people,
        openings=[po.Opening(id="O-1", hours_per_week=(8, 20), positions=2)],
        coaches=[po.Coach(id="K-1", hours_per_week=hours)],
        periods=[
            po.Period(id="2026", starts_on="2026-01-01", ends_on="2026-12-31"),
            po.Period(id="2027", starts_on="2027-01-01", ends_on="2027-12-31"),
        ],
    )
    result = po.solve(region)
    assert len(result.placements) == placed
    assert result.coaches["period"].tolist() == ["2026", "2027"]
    if placed == 2:
        assert result.coaches["hours_per_week"].tolist() == [3, 4.5]
        assert "(2027)" in result.summary()
    else:
        assert result.unplaced_rows[0].about == "K-1 hours / 2027"
