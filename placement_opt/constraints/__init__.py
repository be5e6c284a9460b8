"""The rules, one a file and one line in `registry`.

Imports `formulation` and what lies below it.
"""

from collections.abc import Mapping
from typing import Any

from placement_opt.constraints import registry
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import part_from_json
from placement_opt.instance.instance import Instance

RULES: tuple[type[Rule], ...] = tuple(
    kind for kind in vars(registry).values() if isinstance(kind, type)
)
"""Every rule of the library, told apart in JSON by the field `rule`."""


def standard_rules(instance: Instance) -> tuple[Rule, ...]:
    """Return the rules that the region's records name, as `po.solve` uses them."""
    candidates = (rule.standard(instance) for rule in RULES)
    return tuple(rule for rule in candidates if rule is not None)


def rule_from_json(fields: Mapping[str, Any]) -> Rule:
    """Read a rule from the fields that `model_dump` wrote.

    Raises
    ------
    InvalidInputError
        When the rule is unknown or a field is wrong; a class of the user's own is known
        once it is registered.
    """
    return part_from_json(Rule, RULES, fields)
