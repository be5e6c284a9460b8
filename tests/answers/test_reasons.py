"""Each reason is true by the plain reading of the rules, over tiny regions with every rule at once.

The plan with the person added is judged from the records: nothing here reads rows or prices.
"""

import re

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, all_plans, models, plan_at_hand, with_one_more
from tiny_regions import ids_of

MANY = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

CAPACITY = {
    "positions of an opening",
    "supervision places of an employer",
    "coaching capacity",
    "wage-subsidy budget of a municipality",
    "sheltered places of a municipality",
    "resource limit",
    "hours of an opening in all",
    "steps before a job",
}


class Judged:
    """A result, and the plain reading of its plan with one placement more."""

    def __init__(self, model, result):
        self.compiled = model.compile()
        self.plan, self.steps = plan_at_hand(self.compiled, result)
        verdict = self.compiled.judge(self.compiled.plan_of(self.plan, self.steps))
        self.points = verdict.objective
        assert verdict.is_sound

    def openings_of(self, candidate_id):
        return sorted({o for c, o in ids_of(self.compiled.pairs) if c == candidate_id})

    def with_one_more(self, candidate_id, opening_id):
        """Yield the verdict of the plan with the placement, in each way it can be had."""
        pair = (candidate_id, opening_id)
        return with_one_more(self.compiled, self.plan, self.steps, pair)

    def alone(self, candidate_id, opening_id):
        """Yield the verdict of a plan of nothing but the placement."""
        return with_one_more(self.compiled, [], [], (candidate_id, opening_id))

    def named(self, text):
        """Return (rule, about) of every row that the text names."""
        titles = "|".join(re.escape(rule.title) for rule in self.compiled.rules)
        return set(re.findall(rf"({titles}) \(([^)]*)\)", text))


def is_named(violation, named):
    return any(
        violation.rule == title
        and (label.startswith(violation.about) or label.endswith(f" {violation.about}"))
        for title, label in named
    )


def check(judged, row):
    """Check one reason; see `placement_opt.answers.reasons` for what makes each true."""
    note(row.text)
    who, openings = row.candidate_id, judged.openings_of(row.candidate_id)
    assert row.eligible_openings <= len(openings)
    if row.reason == "outcompeted":
        named = judged.named(row.text)
        assert (row.because, row.about) in named
        found = [
            verdict
            for verdict in judged.with_one_more(who, row.best_opening_id)
            if verdict.objective > judged.points
            and all(is_named(one, named) for one in verdict.violations)
        ]
        assert found
        if "even for this candidate alone" in row.text:
            assert all(
                not CAPACITY.isdisjoint(one.rule for one in verdict.violations)
                for verdict in judged.alone(who, row.best_opening_id)
            )
        # Nothing is named that has room.
        assert any({one.rule for one in v.violations} == {t for t, _ in named} for v in found)
    elif row.reason == "not_worthwhile":
        for opening in openings:
            for verdict in judged.with_one_more(who, opening):
                if {one.rule for one in verdict.violations}.isdisjoint(CAPACITY):
                    assert verdict.objective <= judged.points
    elif row.reason == "room_left":
        assert any(
            verdict.is_sound and verdict.objective > judged.points
            for verdict in judged.with_one_more(who, row.best_opening_id)
        )
    else:
        for opening in openings:
            for verdict in judged.alone(who, opening):
                assert not CAPACITY.isdisjoint(one.rule for one in verdict.violations)


class TestTruth:
    @MANY
    @given(model=models())
    def test_of_the_best_plan(self, model):
        assume(model.compile().pairs.n_pairs <= MOST_PAIRS)
        result = model.solve(solver="cp-sat", gap=0)
        assume(result.has_plan and result.unplaced_rows)
        judged = Judged(model, result)
        for row in result.unplaced_rows:
            assert row.reason != "room_left"
            check(judged, row)

    @MANY
    @given(model=models(), data=st.data())
    def test_of_any_plan(self, model, data):
        compiled = model.compile()
        assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
        plans = [option for _, option in all_plans(compiled)]
        assume(plans)
        start = data.draw(st.sampled_from(plans))
        pairs = [(one.candidate_id, one.opening_id) for one in start]
        result = model.solve(time_limit_s=0, start=pairs)
        assume(result.has_plan and result.unplaced_rows)
        judged = Judged(model, result)
        for row in result.unplaced_rows:
            check(judged, row)
