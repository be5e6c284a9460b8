"""What is given is read when it is given, and nothing that is handed out changes what is kept."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.basics.read_only import ReadOnlyDict, ReadOnlyList, read_only

SCORES = np.arange(12) + 1
IDS = {
    "candidate_id": np.repeat([f"C-{i}" for i in range(4)], 3),
    "opening_id": np.tile([f"O-{j}" for j in range(3)], 4),
}
PLACE = po.Region(
    name="r",
    candidates=[po.Candidate(id=f"C-{i}") for i in range(4)],
    openings=[po.Opening(id=f"O-{j}") for j in range(3)],
)


def of_frame(scores):
    return pd.DataFrame({**IDS, "score": scores})


def of_arrays(scores):
    return {**IDS, "score": np.array(scores)}


def of_lists(scores):
    return {name: list(values) for name, values in {**IDS, "score": scores}.items()}


def of_series(scores):
    return {name: pd.Series(values) for name, values in {**IDS, "score": scores}.items()}


def of_view(scores):
    """A frame over an array that its owner goes on writing to."""
    frame = pd.DataFrame({name: np.array(values) for name, values in IDS.items()})
    return frame.join(pd.DataFrame(np.array(scores, dtype=float)[:, None], columns=["score"]))


def of_polars(scores):
    polars = pytest.importorskip("polars", reason="polars is an extra")
    return polars.DataFrame({**IDS, "score": np.array(scores)})


def doubled(pairs):
    scores = pairs["score"]
    if hasattr(pairs, "replace_column"):
        pairs.replace_column(pairs.get_column_index("score"), 2 * scores)
    elif isinstance(scores, list):
        scores[:] = [2 * score for score in scores]
    elif isinstance(scores, np.ndarray):
        scores *= 2
    elif isinstance(pairs, dict):
        scores.iloc[:] = 2 * scores
    else:
        pairs["score"] *= 2
    return pairs


GIVEN = pytest.mark.parametrize(
    "given",
    [of_frame, of_arrays, of_lists, of_series, of_view, of_polars],
    ids=lambda made: made.__name__,
)


@GIVEN
def test_pairs_are_those_of_the_moment_they_were_given(given):
    pairs = given(SCORES)
    model = po.Model(PLACE, pairs=pairs, objective=[po.PairScore("score")])
    doubled(pairs)
    assert model.solve().objective == 24
    doubled(pairs)
    assert model.add(po.OpeningCapacity()).solve().objective == 24


@GIVEN
def test_a_loop_over_scenarios_with_one_frame(given):
    pairs, models = given(SCORES), []
    for _ in range(3):
        models.append(po.Model(PLACE, pairs=pairs, objective=[po.PairScore("score")]))
        doubled(pairs)
    assert [model.solve().objective for model in models] == [24, 48, 96]


def test_columns_added_later_do_not_count():
    pairs = of_lists(SCORES)
    model = po.Model(PLACE, pairs=pairs, objective=[po.PairScore("score")])
    pairs["score"] = [0] * 12
    pairs["nonsense"] = [object()] * 5
    assert model.solve().objective == 24


def test_pairs_that_are_not_touched():
    pairs = of_frame(SCORES)
    before = pairs.copy()
    po.Model(PLACE, pairs=pairs, objective=[po.PairScore("score")]).solve()
    pd.testing.assert_frame_equal(pairs, before)


def test_limits_are_those_of_the_moment_they_were_given():
    limits = {"O-0": 1, "O-1": 1, "O-2": 0}
    rule = po.ResourceLimit(per="opening", limits=limits)
    terms = [po.PairScore("score")]
    model = po.Model(PLACE, pairs=of_frame(SCORES), rules=[rule], objective=terms)
    limits["O-2"] = 4
    with pytest.raises(TypeError, match="read-only"):
        model.rules[0].limits["O-2"] = 4
    assert model.solve().objective == 11 + 10


def test_lists_of_rules_and_records_are_read_at_once():
    rules, terms = [po.OnePlacement(), po.OpeningCapacity()], [po.PairScore("score")]
    people, work = list(PLACE.candidates), list(PLACE.openings)
    travel = [["C-0", "O-0", 10]]
    region = po.Region(name="r", candidates=people, openings=work, travel_minutes=travel)
    model = po.Model(region, pairs=of_frame(SCORES), rules=rules, objective=terms)
    for given in (rules, terms, people, work):
        given.clear()
    travel[0][2] = 99
    assert region.travel_minutes == (("C-0", "O-0", 10),)
    assert len(region.candidates) == 4
    assert model.solve().objective == 24


def test_a_record_does_not_follow_the_mapping_it_was_read_from():
    skills, needs, wishes = {"dutch": 0.5}, {"quiet"}, ["O-1"]
    person = po.Candidate(id="C", skills=skills, needs=needs, wishes=wishes)
    skills["dutch"], _, _ = 1, needs.clear(), wishes.clear()
    assert (person.skills, person.needs, person.wishes) == ({"dutch": 0.5}, {"quiet"}, ("O-1",))


@pytest.mark.parametrize("made", [dict, pd.Series, pd.DataFrame])
def test_a_start_is_not_changed(made):
    start = {"candidate_id": ["C-0", "C-1"], "opening_id": ["O-0", "O-1"]}
    start = list(zip(*start.values(), strict=True)) if made is pd.Series else made(start)
    before = copy.deepcopy(start)
    po.Model(PLACE, pairs=of_frame(SCORES), objective=[po.PairScore("score")]).solve(start=start)
    assert str(start) == str(before)


# Everything a result hands out.


@pytest.fixture(scope="module")
def result():
    return po.Model(region_with_everything()).solve(solver="cp-sat", gap=0)


def handed_out():
    """Return the public names of a result that are no method."""
    fields = po.Result.model_fields
    properties = [name for name in dir(po.Result) if isinstance(getattr(po.Result, name), property)]
    return sorted({*fields, *(n for n in properties if not n.startswith(("_", "model_")))})


def spoil(value):
    """Change a value in place as far as it lets itself be changed; say whether it did."""
    if isinstance(value, pd.DataFrame):
        if len(value):
            value.iloc[0, 0] = "spoilt"
        for name in [*value, "spoilt"]:
            value[name] = 1
        return True
    if isinstance(value, dict):
        for inner in value.values():
            spoil(inner)
        return not refuses(lambda: value.update(spoilt=1)) or not refuses(value.clear)
    if isinstance(value, list):
        for inner in value:
            spoil(inner)
        return not refuses(lambda: value.append(1)) or not refuses(value.clear)
    if isinstance(value, tuple):
        return max([spoil(inner) for inner in value], default=False)
    if hasattr(type(value), "model_fields"):
        fields = type(value).model_fields
        return max([not refuses(lambda f=f: setattr(value, f, 1)) for f in fields])
    return False


def refuses(change):
    try:
        change()
    except (TypeError, ValueError):
        return True
    return False


@pytest.mark.parametrize("name", handed_out())
def test_nothing_handed_out_changes_the_result(result, name):
    before, text = result.model_dump_json(), result.summary()
    kept = pickle.dumps(getattr(result, name))
    told = getattr(result, name)
    spoil(told)
    assert result.model_dump_json() == before
    assert result.summary() == text
    assert pickle.dumps(getattr(result, name)) == kept


def test_there_is_something_to_spoil(result):
    assert len(result.placements) > 2
    table = result.placements
    assert spoil(table)
    assert "spoilt" in table
    assert {"placements", "terms", "stats", "run", "certificate"} <= set(handed_out())
    assert result.stats["trace"]
    assert result.run.rules
    assert spoil({"a": 1})
    assert spoil([[]])


def test_a_spoilt_table_is_neither_written_nor_checked(result, tmp_path):
    table = result.placements
    table.loc[:, "opening_id"] = "O-4"
    table.loc[0, "points"] = 1e9
    result.to_json(tmp_path / "result.json")
    told = po.Result.from_json(tmp_path / "result.json")
    assert told == result
    assert po.check_result(region_with_everything(), told).is_sound


def test_the_dictionaries_of_a_file_are_read_only_too(result, tmp_path):
    result.to_json(tmp_path / "result.json")
    told = po.Result.from_json(tmp_path / "result.json")
    with pytest.raises(AttributeError, match="seed"):
        told.run.parameters.seed = 3
    with pytest.raises(TypeError, match="read-only"):
        told.run.rulebook["date"] = "2030-01-01"
    with pytest.raises(TypeError, match="read-only"):
        told.run.rules[0]["rule"] = "another"
    with pytest.raises(TypeError, match="read-only"):
        told.stats["trace"].append("another")


def test_a_changed_copy_has_tables_of_its_own(result):
    assert len(result.placements) == len(result.placement_rows)
    fewer = result.model_copy(update={"placement_rows": result.placement_rows[:1]})
    assert len(fewer.placements) == 1
    assert len(result.placements) == len(result.placement_rows)


CHANGES = [
    lambda each: each.update(a=2),
    lambda each: each.pop("a"),
    lambda each: each.popitem(),
    lambda each: each.clear(),
    lambda each: each.setdefault("b", 2),
    lambda each: each.__setitem__("a", 2),
    lambda each: each.__delitem__("a"),
    lambda each: each.__ior__({"b": 2}),
    lambda each: each["list"].append(1),
    lambda each: each["list"].extend([1]),
    lambda each: each["list"].insert(0, 1),
    lambda each: each["list"].pop(),
    lambda each: each["list"].remove(1),
    lambda each: each["list"].sort(),
    lambda each: each["list"].reverse(),
    lambda each: each["list"].clear(),
    lambda each: each["list"].__setitem__(0, 2),
    lambda each: each["list"].__delitem__(0),
    lambda each: each["list"].__iadd__([1]),
    lambda each: each["list"].__imul__(2),
    lambda each: each["list"][1].update(c=1),
    lambda each: each["pair"][1].append(1),
]


@pytest.mark.parametrize("change", CHANGES)
def test_read_only_is_read_only_all_the_way_down(change):
    plain = {"a": 1, "list": [1, {"b": 2}], "pair": (1, [2])}
    kept = read_only(plain)
    for frozen in (kept, pickle.loads(pickle.dumps(kept)), copy.deepcopy(kept)):
        with pytest.raises(TypeError, match=r"read-only here\. Hint: change a copy"):
            change(frozen)
        assert frozen == plain == {"a": 1, "list": [1, {"b": 2}], "pair": (1, [2])}


def test_a_copy_of_what_is_read_only_is_not():
    kept = read_only({"list": [1]})
    assert isinstance(kept, ReadOnlyDict)
    assert isinstance(kept["list"], ReadOnlyList)
    mine = {**kept, "list": [*kept["list"], 2]}
    mine["list"].append(3)
    mine["more"] = kept.copy() | {"x": 1}
    assert kept == {"list": [1]}
