"""What a diagnosis spends its time on: every plan after a way out leaves time for its verdict."""

import pytest

import placement_opt as po
from placement_opt.answers import diagnose as diagnose_module
from placement_opt.answers.diagnose import Asked
from placement_opt.answers.limits import opened
from placement_opt.run.compiled import Compiled


def crowded():
    people = [po.Candidate(id=f"C-{n}") for n in (1, 2, 3)]
    region = po.Region(name="crowded", candidates=people, openings=[po.Opening(id="O-1")])
    return po.Model(
        region, rules=[po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()]
    )


def case_of(model, **asked):
    compiled = model.compile()
    return diagnose_module._Case(compiled, opened(compiled.formulation), (), Asked(**asked))


def test_a_plan_gets_its_share_of_what_is_left_less_the_longest_verdict(monkeypatch):
    case, given, left = case_of(crowded(), solve_first=2), [], 30.0
    monkeypatch.setattr(type(case), "_left_s", left)

    def planned(moved, seconds):
        given.append(seconds)
        case._verdict_s = 2.0
        return {}

    monkeypatch.setattr(case, "_plan", planned)
    assert len(case.diagnosis().relaxations) >= 4
    # Two ways, each as limits that move and as limits that go; one share is left over.
    assert given == [6.0, min(10.0, left / 4 - 2), left / 3 - 2, 10.0]


def test_what_was_read_of_a_placement_is_not_read_again(monkeypatch):
    told, plan = [], Compiled.plan

    def noting(compiled, solution, liked=None, readings=None):
        told.append(readings)
        return plan(compiled, solution, liked, readings)

    monkeypatch.setattr(Compiled, "plan", noting)
    found = case_of(crowded(), solve_first=2).diagnosis()
    assert [way.placements for way in found.relaxations].count(None) < len(found.relaxations)
    assert len(told) > 1
    assert told[0] is not None
    assert all(readings is told[0] for readings in told)


def test_the_longest_verdict_is_kept(monkeypatch):
    now = [0.0]
    case, judge = case_of(crowded(), solve_first=1), Compiled.judge

    def slowly(compiled, plan):
        now[0] += 5
        return judge(compiled, plan)

    monkeypatch.setattr(Compiled, "judge", slowly)
    monkeypatch.setattr(diagnose_module.time, "perf_counter", lambda: now[0])
    case._until = 100.0
    case.diagnosis()
    assert case._verdict_s == pytest.approx(5)
