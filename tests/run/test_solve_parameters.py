"""`Model.solve` and `po.solve` are called by the same names, in the same order, by one list."""

import inspect
import typing

import pytest
from builders import DATE

import placement_opt as po
from placement_opt.run.solve_parameters import SolveParameters, taking

REGION = po.Region(
    name="r",
    candidates=[po.Candidate(id="C-1", ground="38b.1.a", hours_per_week=(0, 20))],
    openings=[po.Opening(id="O-1", hours_per_week=(0, 20))],
)

CONTRACT = {
    "time_limit_s": 60.0,
    "gap": 1e-4,
    "seed": 0,
    "solver": "auto",
    "start": None,
    "progress": False,
    "on_progress": None,
    "cancel": None,
    "reproducible": False,
    "memory_limit_gb": None,
}


def defaults(function):
    parameters = list(inspect.signature(function).parameters.values())
    return {p.name: p.default for p in parameters[1:]}


def test_the_signatures_are_those_of_the_contract():
    assert list(defaults(po.Model.solve).items()) == list(CONTRACT.items())
    assert list(defaults(po.solve).items()) == [*CONTRACT.items(), ("rulebook", None)]
    assert next(iter(inspect.signature(po.Model.solve).parameters)) == "self"
    assert next(iter(inspect.signature(po.solve).parameters)) == "region"


@pytest.mark.parametrize("function", [po.solve, po.Model.solve])
def test_help_shows_names_kinds_and_what_they_are(function):
    assert function.__name__ == "solve"
    assert function.__doc__
    hints = typing.get_type_hints(function)
    assert hints["time_limit_s"] is float
    assert hints["return"] is po.Result


def test_parameters_are_given_by_position_and_by_name():
    told = po.solve(REGION, 5, 0.5, 3, "cp-sat").run.parameters
    assert (told.time_limit_s, told.gap, told.seed, told.solver) == (5.0, 0.5, 3, "cp-sat")
    assert po.Model(REGION).solve(5, 0.5, 3, "cp-sat").run.parameters == told
    named = {"time_limit_s": 5, "gap": 0.5, "seed": 3, "solver": "cp-sat"}
    assert po.solve(region=REGION, **named).run.parameters == told
    assert po.Model(REGION).solve(**named).run.parameters == told


def test_all_ten_by_position():
    events = []
    given = (5, 0, 1, "cp-sat", [("C-1", "O-1")], False, events.append, lambda: False, True, 64)
    for result in (po.solve(REGION, *given), po.Model(REGION).solve(*given)):
        told = result.run.parameters
        assert told.start == "used: 1 placements"
        assert (told.reproducible, told.memory_limit_gb) == (True, 64.0)
    assert events


@pytest.mark.parametrize(
    ("given", "named", "said"),
    [
        ((REGION,), {"gaps": 1}, r"solve\(\) got an unexpected keyword argument 'gaps'"),
        ((REGION, 5), {"time_limit_s": 5}, r"solve\(\) multiple values for argument"),
        ((), {}, r"solve\(\) missing a required argument: 'region'"),
        ((REGION, *CONTRACT.values(), None), {}, r"solve\(\) too many positional arguments"),
    ],
)
def test_a_wrong_call_is_a_type_error(given, named, said):
    with pytest.raises(TypeError, match=said):
        po.solve(*given, **named)


def test_a_region_is_solved_under_a_rulebook_of_the_users_own():
    coached = {"coaching_regime": "light", "coaching_year": 1, "municipality": "M-1"}
    region = po.Region(
        name="town",
        date=DATE,
        candidates=[
            po.Candidate(id="C-1", ground="38b.1.a", hours_per_week=(0, 20), **coached),
        ],
        openings=[po.Opening(id="O-1", hours_per_week=(0, 20))],
        coaches=[po.Coach(id="K-1", hours_per_week=20)],
        municipalities=[po.Municipality(id="M-1")],
    )
    law = po.Rulebook.on(DATE).override(
        {"coaching.share.light.year_1": "0.05"}, municipality="M-1", source="ordinance of M-1"
    )
    result = po.solve(region, rulebook=law)
    assert [row.coaching_hours_per_week for row in result.placement_rows] == [1.0]
    assert [row.coaching_hours_per_week for row in po.solve(region).placement_rows] == [1.2]
    assert result.run.rulebook["overrides"][0]["source"] == "ordinance of M-1"
    report = po.check_result(region, result)
    assert report.is_sound, str(report)


def test_what_is_taken_may_be_called_as_its_class_is():
    @taking(SolveParameters)
    def told(name, given):
        """Tell."""
        return name, given

    assert told("a", 3, seed=4) == ("a", SolveParameters(3, seed=4))
