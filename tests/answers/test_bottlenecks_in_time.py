"""What is scarce, where the time for solving again runs out."""

import pytest

import placement_opt as po
from placement_opt.answers import bottlenecks as module
from placement_opt.answers import pace as pace_module

LATE_S = 0.3
"""Each plan takes so much longer than it was given."""


@pytest.fixture
def given_seconds(monkeypatch):
    """What each question was given, on a clock that goes on only while one is asked."""
    given, now = [], [100.0]
    monkeypatch.setattr(pace_module.time, "perf_counter", lambda: now[0])
    asked = module.solve_near

    def asked_late(hand, changed, *, time_limit_s):
        given.append(time_limit_s)
        found = asked(hand, changed)
        now[0] += time_limit_s + LATE_S
        return found

    monkeypatch.setattr(module, "solve_near", asked_late)
    return given


def region_of(n_scarce):
    """People who would all rather be in their own opening, each with one position for two."""
    people = [po.Candidate(id=f"C-{n}", priority=n % 3) for n in range(2 * n_scarce)]
    work = [po.Opening(id=f"O-{n}") for n in range(n_scarce)]
    return po.Region(name="scarce", candidates=people, openings=work)


@pytest.mark.parametrize(("n_rows", "limit_s"), [(3, 60.0), (10, 60.0), (3, 9.0)])
def test_all_that_is_proven_ends_within_the_limit(given_seconds, n_rows, limit_s):
    result = po.solve(region_of(n_rows))
    found = result.bottlenecks(n_rows, time_limit_s=limit_s)
    assert len(given_seconds) == 2 * n_rows, "each row has one more and one less"
    assert found["gain_points_of_one_more"].notna().all()
    assert sum(given_seconds) + LATE_S * len(given_seconds) <= limit_s


def test_what_would_not_end_in_time_is_not_asked(given_seconds):
    result = po.solve(region_of(10))
    found = result.bottlenecks(10, time_limit_s=2.0)
    assert 0 < len(given_seconds) < 20
    assert sum(given_seconds) + LATE_S * len(given_seconds) <= 2.0
    is_known = found["gain_points_of_one_less"].notna().tolist()
    assert is_known == sorted(is_known, reverse=True), "the dearest come first"
    assert not is_known[-1]
