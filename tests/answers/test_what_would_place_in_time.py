"""Single changes in large regions, and what becomes of them where the time runs out."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_changes import NEVER, apply, bests, somebody_left
from tiny_models import MOST_PAIRS, models

import placement_opt as po
from placement_opt.answers import pace as pace_module
from placement_opt.answers.change import Change, Changes
from placement_opt.answers.changed_plans import NearJudge
from placement_opt.answers.pace import Pace

TINY = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


class Watch:
    """A clock that goes only where it is told to."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(pace_module.time, "perf_counter", lambda: self.now)


@pytest.fixture
def large(monkeypatch):
    """Take every region for a large one."""
    monkeypatch.setattr("placement_opt.answers.what_would_place.MOST_PAIRS", -1)


def test_a_step_fits_where_one_as_long_as_the_longest_would_end_in_time(monkeypatch):
    watch = Watch(monkeypatch)
    pace = Pace(10)
    assert pace.fits
    for seconds in (4, 2):
        with pace.step():
            watch.now += seconds
    assert pace.left_s == 4
    assert not pace.fits, "the longest took four, and no more than four are left"
    watch.now += 9
    assert pace.left_s == 0


@TINY
@given(model=models(), data=st.data())
def test_each_change_of_a_large_region_places_the_person(model, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("placement_opt.answers.what_would_place.MOST_PAIRS", -1)
        compiled, result, who = somebody_left(model, data)
        now, _ = bests(compiled, who)
        found = result.what_would_place(who, k=4)
    for change in found:
        assert not change.is_proven
        assert change.field.split("[")[0] not in NEVER
        changed = apply(model, change).compile()
        if changed.pairs.n_pairs <= MOST_PAIRS + 2:
            _, placed = bests(changed, who)
            assert placed is not None
            assert 0 <= change.gain_points <= float(placed - now) + 1e-6


def town():
    """One person who is left, with three licences of which each would place them."""
    work = [po.Opening(id=f"O-{n}", provides={"lift"}, licences={f"L-{n}"}) for n in (1, 2, 3)]
    person = po.Candidate(id="C-1", needs={"lift"})
    return po.Region(name="town", candidates=[person], openings=work)


def test_no_try_begins_that_would_end_too_late(monkeypatch, large):
    result = po.solve(town())
    result.recommend(candidate_id="C-1")  # prepares the plan
    assert len(result.what_would_place("C-1", k=9)) == 3
    watch, placed, tried = Watch(monkeypatch), NearJudge.placed, []

    def slowly(judge, possible):
        watch.now += 4
        tried.append(possible.about)
        return placed(judge, possible)

    monkeypatch.setattr(NearJudge, "placed", slowly)
    found = result.what_would_place("C-1", k=9, time_limit_s=11)
    assert len(tried) == 2, "a third one would end after twelve"
    assert len(found) == 2
    assert not found.is_complete
    assert found.text().endswith("before every change was tried: there may be others.")
    assert found.text("nl").endswith("er kunnen andere zijn.")
    assert len(found.text().splitlines()) == 3
    tried.clear()
    found = result.what_would_place("C-1", k=9, time_limit_s=13)
    assert len(tried) == len(found) == 3
    assert found.is_complete
    assert len(found.text().splitlines()) == 3


@pytest.mark.parametrize("most_pairs", [-1, 2_000])
def test_without_time_nothing_is_told_and_the_answer_says_so(monkeypatch, most_pairs):
    monkeypatch.setattr("placement_opt.answers.what_would_place.MOST_PAIRS", most_pairs)
    result = po.solve(town())
    found = result.what_would_place("C-1", time_limit_s=0)
    assert found == []
    assert not found.is_complete
    assert "ran out" in found.text()


def test_a_small_region_is_not_solved_beyond_the_limit(monkeypatch):
    people = [po.Candidate(id=f"C-{n}", priority=5 - n) for n in (1, 2)]
    result = po.solve(po.Region(name="town", candidates=people, openings=[po.Opening(id="O-1")]))
    assert result.what_would_place("C-2").is_complete
    watch, solve, limits = Watch(monkeypatch), po.Model.solve, []

    def slowly(model, **given):
        limits.append(given["time_limit_s"])
        watch.now += given["time_limit_s"]
        return solve(model, **given)

    monkeypatch.setattr(po.Model, "solve", slowly)
    found = result.what_would_place("C-2", time_limit_s=30)
    assert limits == [20, 10]
    assert not found.is_complete


def test_that_there_is_no_such_change_is_said():
    sheltered = po.Opening(id="O-1", sheltered=True)
    region = po.Region(name="town", candidates=[po.Candidate(id="C-1")], openings=[sheltered])
    found = po.solve(region).what_would_place("C-1")
    assert (found, found.is_complete) == ([], True)
    assert found.text() == "No single change was found that would do."
    assert found.text("nl") == "Er is geen enkele wijziging gevonden waarmee het kan."


def test_an_employer_is_told_once_that_something_elsewhere_would_help():
    change = Change(
        candidate_id="C-1",
        opening_id="O-1",
        kind="coach",
        record="K-1",
        field="max_caseload",
        before=1,
        after=2,
        size=0.05,
        gain_points=3,
        is_proven=True,
    )
    both = Changes([change, change.model_copy(update={"record": "K-2"})])
    assert both.text(to="employer") == "A change elsewhere would help; the consultant knows which."
    assert len(both.text().splitlines()) == 2
