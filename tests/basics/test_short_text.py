"""What is printed or kept by a notebook is short at any size, and names nobody."""

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placement_opt as po
from placement_opt.answers.scarcity import scarcity
from placement_opt.basics.errors import Problem
from placement_opt.basics.short_text import shortened

MOST = 2_000


@pytest.fixture(scope="module")
def region() -> po.Region:
    return po.synthetic_region("rijk-van-nijmegen", candidates=300, openings=80, seed=1)


@pytest.fixture(scope="module")
def model(region: po.Region) -> po.Model:
    return po.Model(region)


@pytest.fixture(scope="module")
def result(model: po.Model) -> po.Result:
    return model.solve(time_limit_s=3)


def parts(value: Any, seen: set[int], depth: int = 6) -> Iterator[Any]:
    """Yield all objects of the package's classes that a value holds, itself included."""
    if id(value) in seen or depth == 0:
        return
    seen.add(id(value))
    if type(value).__module__.startswith("placement_opt"):
        yield value
    if isinstance(value, dict):  # one of each kind, such as what an instance derived for rules
        inside = list({type(each): each for each in value.values()}.values())
    elif isinstance(value, (list, tuple)):
        inside = list(value)[:3]
    elif dataclasses.is_dataclass(value):
        inside = [getattr(value, field.name) for field in dataclasses.fields(value)]
    else:
        inside = list(vars(value).values()) if hasattr(value, "__dict__") else []
    for each in inside:
        yield from parts(each, seen, depth - 1)


# What solvers keep among themselves; nobody is handed one of these.
INTERNAL = (
    "placement_opt.basics.read_only",
    "placement_opt.solvers",
    "placement_opt.instance.travel",
)


def test_everything_that_a_model_and_its_result_hold_is_told_in_short(
    region: po.Region, model: po.Model, result: po.Result
) -> None:
    compiled = model.compile()
    held = list(parts([region, model, result, compiled, scarcity(compiled)], set()))
    kinds = {type(value).__name__ for value in held}
    assert kinds >= {"Region", "Candidate", "Model", "Result", "Compiled", "PairTable", "RowBlock"}
    assert kinds >= {"Formulation", "Objective", "Instance", "CandidateColumns"}
    long = {
        type(value).__name__: len(repr(value))
        for value in held
        if not type(value).__module__.startswith(INTERNAL)
        and max(len(repr(value)), len(str(value))) > MOST
    }
    assert long == {}
    assert len(result._repr_html_()) < 2 * MOST


def test_nobody_is_named(region: po.Region, model: po.Model, result: po.Result) -> None:
    compiled = model.compile()
    texts = [repr(value) for value in (region, model, result, compiled, compiled.pairs)]
    texts += [
        str(region),
        str(model),
        repr(compiled.formulation),
        repr(compiled.formulation.blocks),
    ]
    ids = [record.id for record in (*region.candidates, *region.openings)]
    assert [id_ for text in texts for id_ in ids if id_ in text] == []
    assert "candidates=<300>" in texts[0]
    assert "openings=<80>" in texts[0]
    assert f"placements=<{len(result.placement_rows)}>" in texts[2]
    assert str(result.status) in texts[2]


def test_small_records_tell_all_their_fields() -> None:
    assert repr(po.Coach(id="K-1", hours_per_week=3)).startswith("Coach(id='K-1', ")
    assert repr(po.PairScore("cost", weight=-1)) == (
        "PairScore(term='PairScore', weight=-1, column='cost')"
    )
    assert "limits={'O-1': 38}" in repr(po.ResourceLimit(per="opening", limits={"O-1": 38}))


def wide_records() -> list[Any]:
    ids = tuple(f"C-{n}" for n in range(5_000))
    skills = {f"skill {n}": 0.5 for n in range(5_000)}
    people = [po.Candidate(id=id_) for id_ in ids]
    pairs = [(id_, "O-1") for id_ in ids]
    return [
        po.Candidate(id="C" * 5_000, skills=skills, needs=list(skills), wishes=ids),
        po.Opening(
            id="O-1", required_skills=skills, essential_skills=list(skills), preferences=ids
        ),
        po.Coach(id="K-1", municipalities=list(ids), needs=list(skills)),
        po.Region(
            name="x" * 5_000,
            candidates=people,
            openings=[po.Opening(id="O-1", remote=True)],
            excluded_pairs=pairs[:10],
            fixed_placements=pairs[10:20],
            travel_minutes=[(id_, "O-1", 3) for id_ in ids],
        ),
        po.ResourceLimit(per="opening", limits=dict.fromkeys(ids, 1)),
        po.JobsQuota(per="employer", jobs=dict.fromkeys(ids, 1)),
        Problem("s", "i" * 5_000, "f", ids, "e", "h"),
        Problem("s", "i", "f", pd.DataFrame({"x": range(5_000)}), "e", "h"),
        po.InvalidInputError([Problem("s", id_, "f", ids, "e", "h") for id_ in ids]),
        po.InvalidInputError([Problem("s", "i", "f", skills, "e", "h")]),
    ]


@pytest.mark.parametrize("value", wide_records(), ids=lambda value: type(value).__name__)
def test_wide_ones_are_told_in_short(value: Any) -> None:
    assert len(repr(value)) <= MOST
    if not isinstance(value, Problem) or len(value.id or "") < MOST:
        assert len(str(value)) <= MOST


def test_a_user_rule_of_many_fields_is_told_in_short() -> None:
    names = [f"field_{n}" for n in range(100)]
    fields = {"__annotations__": dict.fromkeys(names, str), **dict.fromkeys(names, "x" * 500)}
    wide = type("Wide", (po.Rule,), {**fields, "title": "wide", "__module__": __name__})
    assert len(repr(wide(rule="Wide"))) <= MOST


def test_public_dataclasses_and_models_leave_nothing_to_the_default_repr() -> None:
    """A public class that can hold much tells counts; a new one has to be looked at here."""
    small = {"Event", "Problem", "Rulebook"}
    for name in po.__all__:
        kind = getattr(po, name)
        if inspect.isclass(kind) and dataclasses.is_dataclass(kind) and name not in small:
            assert "ShortRepr" in {base.__name__ for base in kind.__mro__}, name


def test_an_infeasible_result_of_many_conflicts_is_cut_at_a_line() -> None:
    people = [po.Candidate(id=f"C-{n}" + "x" * 200) for n in range(40)]
    region = po.Region(name="r", candidates=people, openings=[po.Opening(id="O-1", positions=12)])
    result = po.Model(region, rules=[po.OnePlacement()], objective=[]).solve()
    assert str(result) == result.summary()
    conflicts = tuple(f"rule {n} ({'c' * 400})" for n in range(20))
    wide = result.model_copy(update={"status": po.Status.INFEASIBLE, "conflicts": conflicts})
    assert len(str(wide)) <= MOST
    assert str(wide).endswith("... the rest: result.summary()")
    assert len(wide.summary()) > MOST


def test_a_cut_text_ends_in_dots() -> None:
    assert shortened("x" * 10, 40) == repr("x" * 10)
    assert shortened("x" * 100, 40) == "'" + "x" * 35 + " ..."
    assert len(shortened(np.arange(10_000))) <= 200
