"""All that a rule or a term of your own needs, in one import; docs/adding_a_rule.md shows how.

>>> from placement_opt.rules import Rule, Usage, grouped, grouped_limit, used
"""

from typing import TypeVar

from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints import RULES
from placement_opt.constraints.base import Rule, limit_of_group, plain_limits, usage_column, used
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.model_part import REGISTERED
from placement_opt.formulation.capacity import Capacity, Holders
from placement_opt.formulation.pair_entries import rows_of_pairs
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import (
    RecordChange,
    raised,
    set_to,
    with_entry,
    with_level,
)
from placement_opt.objectives import TERMS
from placement_opt.objectives.base import Term
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.groups import Groups, grouped
from placement_opt.pairs.table import Column, PairTable

__all__ = [
    "NO_LOWER",
    "NO_UPPER",
    "Capacity",
    "Column",
    "Findings",
    "Groups",
    "Holders",
    "Instance",
    "InvalidInputError",
    "PairTable",
    "Placement",
    "Plan",
    "Problem",
    "RecordChange",
    "RemarkRow",
    "RowBlock",
    "Rule",
    "Shortfall",
    "Term",
    "Usage",
    "Variables",
    "Violation",
    "grouped",
    "grouped_limit",
    "limit_of_group",
    "pair_column",
    "plain_limits",
    "raised",
    "read_number",
    "register",
    "rows_of_pairs",
    "set_to",
    "usage_column",
    "used",
    "with_entry",
    "with_level",
]

KindT = TypeVar("KindT", bound=type[Rule] | type[Term])


def register(kind: KindT) -> KindT:
    """Let files name a rule or a term of your own; gives the class back, as a decorator does.

    A result holds each rule by its name and fields. `check_result` finds your class by that name
    once it is registered in the running process: by the notebook cell, the script or the package
    that defines it. A class that is defined again, as a cell is that runs twice, takes the place of
    the one before.

    Parameters
    ----------
    kind
        A subclass of `Rule` or `Term`.

    Raises
    ------
    InvalidInputError
        When it is no such class, or its name is taken by one of the library or by another class.

    Examples
    --------
    >>> @register
    ... class Festive(Term):
    ...     title = "festive"
    """
    given: object = kind
    is_part = isinstance(given, type) and issubclass(given, Rule | Term)
    if not is_part or given in {*RULES, *TERMS}:
        expected = "must be a class of your own, a subclass of Rule or Term"
        hint = "give the class itself: placement_opt.register(MyRule)"
        raise InvalidInputError.single("rule", None, "register", kind, expected, hint)
    name = kind.json_name()
    known = {part.__name__: part for part in (*RULES, *TERMS)} | REGISTERED
    taken = known.get(name, kind)
    if (taken.__module__, taken.__qualname__) != (kind.__module__, kind.__qualname__):
        expected = f"must not be the name of another class, {taken.__module__}.{taken.__qualname__}"
        hint = f"give the class a field of its own: {kind.id_field}: str = {kind.__name__!r}"
        raise InvalidInputError.single(
            kind.subject, kind.__name__, kind.id_field, name, expected, hint
        )
    REGISTERED[name] = kind
    return kind
