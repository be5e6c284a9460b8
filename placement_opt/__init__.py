"""The best allocation of candidates to openings in a region, proven and explained.

Public names load on first use, so that importing the package costs next to nothing.

>>> import placement_opt as po
>>> "solve" in dir(po)
True
"""

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers, which do not run `__getattr__`
    # isort: off
    from placement_opt.answers.compare import (
        Comparison as Comparison,
        compare as compare,
        scenarios as scenarios,
    )
    from placement_opt.answers.drop_outs import (
        DropOuts as DropOuts,
        drop_outs as drop_outs,
    )
    from placement_opt.answers.replan import (
        replan as replan,
        value_of_changes as value_of_changes,
    )
    from placement_opt.basics.errors import (
        InternalError as InternalError,
        InvalidInputError as InvalidInputError,
        PlacementError as PlacementError,
        PlacementWarning as PlacementWarning,
        Problem as Problem,
        SolverUnavailableError as SolverUnavailableError,
        UnknownIdError as UnknownIdError,
        UnsupportedRuleError as UnsupportedRuleError,
    )
    from placement_opt.basics.status import Status as Status, StopReason as StopReason
    from placement_opt.checking import CheckReport as CheckReport, check_result as check_result
    from placement_opt.constraints.base import Rule as Rule
    from placement_opt.constraints.registry import *  # noqa: F403
    from placement_opt.many import (
        NationResult as NationResult,
        RegionFailure as RegionFailure,
        solve_async as solve_async,
        solve_many as solve_many,
    )
    from placement_opt.model import Model as Model, solve as solve
    from placement_opt.objectives.base import Term as Term
    from placement_opt.objectives.registry import *  # noqa: F403
    from placement_opt.records import (
        Candidate as Candidate,
        Coach as Coach,
        Employer as Employer,
        Municipality as Municipality,
        Opening as Opening,
        Period as Period,
        Region as Region,
        Together as Together,
    )
    from placement_opt.records.pins import Pin as Pin
    from placement_opt.records.postcodes import travel_table as travel_table
    from placement_opt.report import plots as plots
    from placement_opt.report.levy import levy_scenario as levy_scenario
    from placement_opt.result import Result as Result
    from placement_opt.rulebook import (
        MissingParameterError as MissingParameterError,
        Rulebook as Rulebook,
    )
    from placement_opt.rules import register as register
    from placement_opt.solvers.search.base import Event as Event
    from placement_opt.synthetic import (
        planted_region as planted_region,
        synthetic_region as synthetic_region,
    )
    # isort: on

    __version__: str

_MODULE_OF = {
    "Candidate": "records",
    "CheckReport": "checking",
    "Coach": "records",
    "Comparison": "answers.compare",
    "DropOuts": "answers.drop_outs",
    "Employer": "records",
    "Event": "solvers.search.base",
    "InternalError": "basics.errors",
    "InvalidInputError": "basics.errors",
    "MissingParameterError": "rulebook",
    "Model": "model",
    "Municipality": "records",
    "NationResult": "many",
    "Opening": "records",
    "Period": "records",
    "Pin": "records.pins",
    "PlacementError": "basics.errors",
    "PlacementWarning": "basics.errors",
    "Problem": "basics.errors",
    "Region": "records",
    "RegionFailure": "many",
    "Result": "result",
    "Rule": "constraints.base",
    "Rulebook": "rulebook",
    "SolverUnavailableError": "basics.errors",
    "Status": "basics.status",
    "StopReason": "basics.status",
    "Term": "objectives.base",
    "Together": "records",
    "UnknownIdError": "basics.errors",
    "UnsupportedRuleError": "basics.errors",
    "check_result": "checking",
    "compare": "answers.compare",
    "drop_outs": "answers.drop_outs",
    "levy_scenario": "report.levy",
    "planted_region": "synthetic",
    "register": "rules",
    "replan": "answers.replan",
    "scenarios": "answers.compare",
    "solve": "model",
    "solve_async": "many",
    "solve_many": "many",
    "synthetic_region": "synthetic",
    "travel_table": "records.postcodes",
    "value_of_changes": "answers.replan",
}
"""Where each public name lives, but for rules and terms."""

_MODULES = {"plots": "report"}
"""Public names that are modules, and the rooms where they lie."""

_REGISTRIES = ("constraints.registry", "objectives.registry")
"""Each rule and each term is a public name."""

logging.getLogger(__name__).addHandler(logging.NullHandler())


def _public(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            value: Any = version(__name__)
        except PackageNotFoundError:  # run from a checkout that is not installed
            value = "not installed"
    elif name == "__all__":
        value = sorted([*_MODULE_OF, *_MODULES, *_registered(), "__version__"])
    elif name in _MODULES:
        value = import_module(f"{__name__}.{_MODULES[name]}.{name}")
    elif name in _MODULE_OF:
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    elif not name.startswith("_") and name in (registered := _registered()):
        value = registered[name]
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


if not TYPE_CHECKING:  # to type checkers a name that is not above is a mistake
    __getattr__ = _public


def __dir__() -> list[str]:
    return sorted({*globals(), *_public("__all__")})


def _registered() -> dict[str, Any]:
    from importlib import import_module

    names = (vars(import_module(f"{__name__}.{registry}")) for registry in _REGISTRIES)
    return {name: kind for of in names for name, kind in of.items() if isinstance(kind, type)}
