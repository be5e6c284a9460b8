"""The terms of the objective, one a file and one line in `registry`.

Imports `constraints` and what lies below it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from placement_opt.constraints.model_part import part_from_json
from placement_opt.instance.instance import Instance
from placement_opt.objectives import registry
from placement_opt.objectives.base import Term

TERMS: tuple[type[Term], ...] = tuple(
    kind for kind in vars(registry).values() if isinstance(kind, type)
)
"""Every term of the library, told apart in JSON by the field `term`."""


def standard_terms(instance: Instance) -> Sequence[Term]:
    """Return the terms that `po.solve` uses for a region, each only where its records name it."""
    standard = (term.standard(instance) for term in TERMS)
    return tuple(term for term in standard if term is not None)


def term_from_json(fields: Mapping[str, Any]) -> Term:
    """Read a term from the fields that `model_dump` wrote.

    Raises
    ------
    InvalidInputError
        When the term is unknown or a field is wrong; a class of the user's own is known
        once it is registered.
    """
    return part_from_json(Term, TERMS, fields)
