"""The record of a run reads as it was written, by attribute and by name."""

import json

import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.records.json_text import part_record
from placement_opt.run.run_record import in_order_told


@pytest.fixture(scope="module")
def result():
    return po.Model(region_with_everything()).solve(solver="cp-sat", gap=0.01, seed=3)


def test_it_survives_a_file(result, tmp_path):
    result.to_json(tmp_path / "result.json")
    told = po.Result.from_json(tmp_path / "result.json")
    assert told.run == result.run
    assert type(told.run.parameters) is type(result.run.parameters)
    assert told == result


def test_it_reads_by_attribute_and_by_name(result):
    assert result.run.parameters.seed == result.run["parameters"]["seed"] == 3
    assert result.run["rulebook"]["used"] == result.run.rulebook["used"]
    assert result.run["rules"][0]["rule"] == result.run.rules[0]["rule"]
    with pytest.raises(KeyError):
        result.run["seed"]


def test_rules_and_terms_are_made_again(result):
    model = po.Model(region_with_everything())
    assert tuple(result.run.read_rules()) == model.rules
    assert tuple(result.run.read_terms()) == model.objective
    told = type(result.run).model_validate(json.loads(result.run.model_dump_json()))
    assert tuple(told.read_rules()) == model.rules


def test_all_rules_that_cannot_be_read_are_told_at_once(result):
    own = tuple({**fields, "rule": f"Own{n}"} for n, fields in enumerate(result.run.rules[:2]))
    run = result.run.model_copy(update={"rules": own})
    with pytest.raises(po.InvalidInputError, match=r"or give rules=model\.rules") as info:
        run.read_rules()
    assert [problem.value for problem in info.value.problems] == ["Own0", "Own1"]


def test_it_cannot_be_changed(result):
    with pytest.raises(ValueError, match="frozen"):
        result.run.input = "another"
    with pytest.raises(AttributeError, match="seed"):
        result.run.parameters.seed = 4
    with pytest.raises(TypeError, match="read-only"):
        result.run.versions["numpy"] = "0"


class TestAFieldThatARuleHasGained:
    """A result of an earlier version knows no such field; by default a rule is what it was."""

    QUOTA = po.JobsQuota(per="employer", shortfall_price=800)
    RULES = (po.OnePlacement(), po.OpeningCapacity(), QUOTA)

    def told(self, **changed):
        """Return the record of the rules as before `max_shortfall` and `at_most` were there."""
        quota = part_record(self.RULES[2]) | changed
        one = part_record(self.RULES[0])
        del one["at_most"]
        quota.pop("max_shortfall")
        return [quota, part_record(self.RULES[1]), one]

    def test_it_counts_as_it_is_by_default(self):
        in_order, wrong = in_order_told(self.RULES, self.told())
        assert wrong == []
        assert in_order == [self.RULES[2], self.RULES[1], self.RULES[0]]

    def test_another_value_of_it_is_another_rule(self):
        stacked = (po.OnePlacement(at_most=2), *self.RULES[1:])
        _, wrong = in_order_told(stacked, self.told())
        assert len(wrong) == 2
        assert "OnePlacement" in wrong[0]

    def test_what_was_told_still_has_to_be_equal(self):
        assert len(in_order_told(self.RULES, self.told(shortfall_price=700))[1]) == 2
        assert len(in_order_told(self.RULES, [{}, *self.told()[:2]])[1]) == 2

    def test_a_model_takes_the_result(self, result):
        run = result.run.model_dump(mode="json")
        for fields in run["rules"]:
            fields.pop("at_most", None)
        text = json.loads(result.model_dump_json()) | {"run": run}
        old = po.Result.model_validate_json(json.dumps(text))
        assert old.run.rules != result.run.rules
        assert po.Result.of(old, result.model).model is result.model
