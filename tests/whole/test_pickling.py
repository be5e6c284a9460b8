"""Errors, models, regions and results travel to other processes and come back the same."""

import copy
import functools
import importlib
import pickle
import pkgutil
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from builders import DATE, region_with_everything

import placement_opt as po
from placement_opt.basics.errors import PlacementError, Problem, UnknownIdError
from placement_opt.basics.number_columns import UnreadableNumberError
from placement_opt.constraints import RULES
from placement_opt.objectives import TERMS
from placement_opt.rulebook.refusals import MissingParameterError
from placement_opt.synthetic.periods import periods_of_year

PROBLEM = Problem("candidate", "C-1", "skills", {"dutch": 2}, "must be >= 0", "look again")

RAISED = {
    PlacementError: PlacementError("something else"),
    po.InvalidInputError: po.InvalidInputError([PROBLEM] * 12),
    MissingParameterError: MissingParameterError([PROBLEM]),
    UnknownIdError: UnknownIdError("opening", "O-11", ["O-1", "O-12", "O-2", "O-111", "X"]),
    po.UnsupportedRuleError: po.UnsupportedRuleError("solver 'flow' cannot take it"),
    po.SolverUnavailableError: po.SolverUnavailableError("no solver is named 'nobody'"),
    po.InternalError: po.InternalError("a contradiction"),
    UnreadableNumberError: UnreadableNumberError([1, 4], ["x", None], "must be decimals"),
}
"""One of each class, made as the library makes it."""


def again(thing):
    return pickle.loads(pickle.dumps(thing))


def every_error():
    """Return all classes of errors that any module of the library defines."""
    for module in pkgutil.walk_packages(po.__path__, "placement_opt."):
        importlib.import_module(module.name)
    classes, waiting = set(), [PlacementError]
    while waiting:
        cls = waiting.pop()
        classes.add(cls)
        waiting += cls.__subclasses__()
    return {cls for cls in classes if cls.__module__.startswith("placement_opt.")}


def test_the_errors_below_are_all_there_are():
    assert every_error() == set(RAISED)


@pytest.mark.parametrize("travelled", [again, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("error", list(RAISED.values()), ids=lambda error: type(error).__name__)
def test_an_error_travels_with_all_it_says(error, travelled):
    error.add_note("seen at home")
    other = travelled(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert vars(other) == vars(error)
    assert vars(again(other)) == vars(error)
    del error.__notes__


@pytest.mark.parametrize("value", [lambda: 3, threading.Lock(), iter([1]), [threading.Lock()]])
def test_an_error_travels_whatever_value_it_names(value):
    error = po.InvalidInputError.single("pairs", None, "score", value, "must be numbers", "x")
    other = again(error)
    assert str(other) == str(error)
    assert repr(other.problems[0].value) == repr(value)
    assert str(again(other)) == str(error)
    with pytest.raises(po.InvalidInputError) as refused:
        po.Model(value)
    assert str(again(refused.value)) == str(refused.value)


def test_an_error_of_a_worker_process_is_raised_here(spawned):
    with pytest.raises(po.UnknownIdError, match="C-99"):
        spawned.submit(po.Model(region_with_everything()).why_not, "C-99", "O-1").result()


# Every rule in one model: pickled before and after it was solved, it gives the same plan.

PAIRS = {
    "candidate_id": ["C-01", "C-01", "C-02", "C-04", "C-06", "C-10", "C-12"],
    "opening_id": ["O-1", "O-2", "O-1", "O-3", "O-5", "O-3", "O-2"],
    "weight": [1, 2, 1.5, 2, 0.5, 1, 1],
    "crew": ["red", "blue", "red", "red", "blue", "blue", "red"],
    "score": [5, 4, 3, 2, 1, 4, 2],
}

OPEN = {
    "coaching.minimum_hours_per_week.municipality": "12.001",
    "coaching.minimum_contract_months.municipality": 6,
    "wage_subsidy.employer_charges": "0.235",
}
LAW = (
    po.Rulebook.on(DATE)
    .override(OPEN)
    .override(
        {"wage_subsidy.employer_charges": "0.2"}, municipality="M-west", source="an ordinance"
    )
)
"""What the law leaves open, filled in, with an ordinance of one municipality."""

IDS = {"C-0": "C-01", "O-0": "O-1", "E-0": "E-1", "M-1": "M-east", "M-2": "M-west"}
"""Ids of the tiny regions those settings are for, and who stands for them here."""


def _here(key):
    return tuple(map(_here, key)) if isinstance(key, tuple) else IDS.get(key, key)


def models():
    for rule in RULES:
        for number, fields in enumerate(rule.examples):
            known = {
                name: {_here(key): at for key, at in value.items()}
                if isinstance(value, dict)
                else value
                for name, value in fields.items()
            }
            listed = PAIRS if any(name in str(known) for name in ("crew", "weight")) else None
            made = functools.partial(_model, rule, known, listed)
            yield pytest.param(made, id=f"{rule.__name__}-{number}")
    yield pytest.param(_stacked, id="Coaching-stacked")


def _grouped_region():
    """Return the region with the groups of a user's own that rules are tried with."""
    region = region_with_everything()
    labels = {
        "candidates": {"area": "north"},
        "openings": {"site": "dock"},
        "employers": {"chain": "Jansen"},
    }
    inhabitants = [one.model_copy(update={"population": 9_000}) for one in region.municipalities]
    return region.model_copy(
        update={
            kind: tuple(r.model_copy(update={"groups": groups}) for r in getattr(region, kind))
            for kind, groups in labels.items()
        }
        | {"municipalities": tuple(inhabitants)}
    )


def _model(rule, fields, pairs):
    region = _grouped_region()
    if rule is po.SmoothIntake:  # which asks for periods
        region = region.model_copy(update={"periods": periods_of_year(DATE, 4)})
    if rule is po.DroppedOut and fields:  # which names people of the region
        fields = {"candidates": [region.candidates[0].id]}
    base = [po.OnePlacement(), po.OpeningCapacity()]
    untold = {po.PairScore, po.WageAboveMinimum, po.ExpectedPlacements}  # nobody here says those
    objective = [term() for term in TERMS if term not in untold]
    objective += [po.PairScore("score")] if pairs else []
    rules = [known for known in base if not isinstance(known, rule)]
    return po.Model(
        region, pairs=pairs, rules=[*rules, rule(**fields)], objective=objective, rulebook=LAW
    )


def _stacked():
    rules = [po.OnePlacement(at_most=2), po.OpeningCapacity(), po.Coaching()]
    return po.Model(region_with_everything(), rules=rules, rulebook=LAW)


@pytest.mark.parametrize("made", list(models()))
def test_a_solved_model_travels_with_every_rule(made):
    model = made()
    result = model.solve(solver="cp-sat", gap=0)
    other = again(model)
    assert other.rules == model.rules
    assert other.objective == model.objective
    assert other.compile().fingerprint == model.compile().fingerprint
    once_more = other.solve(solver="cp-sat", gap=0)
    assert (once_more.status, once_more.objective) == (result.status, result.objective)
    assert copy.deepcopy(model).solve(solver="cp-sat", gap=0).objective == result.objective


def test_what_a_rule_does_for_solvers_travels_too():
    """Packers, pools and lifts work on the far side, where `auto` uses them."""
    model = po.Model(po.synthetic_region("rijk-van-nijmegen", candidates=60, openings=20, seed=1))
    result = model.solve(gap=0)
    other = again(model)
    blocks = other.compile().formulation.blocks
    assert any(block.capacity is not None for block in blocks)
    once_more = other.solve(gap=0)
    assert once_more.objective == result.objective
    assert once_more.placements["coach_id"].notna().any()


def test_a_result_travels_whatever_it_was_asked():
    """What is kept between questions stays at home."""
    region = po.synthetic_region(candidates=60, openings=25, seed=1)
    result = po.solve(region, time_limit_s=5)
    left = result.unplaced_rows[0].candidate_id
    fresh = len(pickle.dumps(result))
    asked = result.why_not(left)
    result.recommend(candidate_id=left)
    result.what_would_place(left, k=1)
    assert len(pickle.dumps(result)) < 1.1 * fresh
    assert again(result) == result
    assert again(result).why_not(left).text() == asked.text()
    assert copy.deepcopy(result).why_not(left).text() == asked.text()


def test_results_and_regions_travel():
    region = region_with_everything()
    result = po.Model(region).solve(solver="cp-sat")
    other = again(result)
    assert other == result
    assert other.placements.equals(result.placements)
    assert other.summary() == result.summary()
    assert other.why_not("C-01", "O-4") == result.why_not("C-01", "O-4")
    assert again(region) == region
    assert again(region).fingerprint() == region.fingerprint()


@pytest.fixture(scope="module")
def spawned():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


def test_a_solved_model_works_in_a_spawned_process(spawned):
    model = po.Model(region_with_everything())
    result = model.solve(solver="cp-sat", gap=0)
    there = spawned.submit(model.solve, solver="cp-sat", gap=0).result()
    assert there.objective == result.objective
    assert there.why_not("C-01", "O-4") == result.why_not("C-01", "O-4")
