"""The record of a run reads as it was written, by attribute and by name."""

import json

import pytest
from builders import region_with_everything

import placement_opt as po


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
