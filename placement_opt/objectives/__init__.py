"""The terms of the objective, one a file, and their registry: one line per term.

Imports `constraints` and what lies below it.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from placement_opt.instance.instance import Instance
from placement_opt.objectives.base import Term
from placement_opt.objectives.match_score import MatchScore
from placement_opt.objectives.pair_score import PairScore
from placement_opt.objectives.placed_jobs import PlacedJobs
from placement_opt.objectives.priority import Priority
from placement_opt.records.base import record_named

AnyTerm: TypeAlias = Annotated[
    MatchScore | Priority | PlacedJobs | PairScore, Field(discriminator="term")
]
"""Every term, told apart in JSON by its field `term`."""

TERMS: tuple[type[Term], ...] = (MatchScore, Priority, PlacedJobs, PairScore)
"""Every term, in the order in which objectives report them."""


def standard_terms(instance: Instance) -> Sequence[Term]:
    """Return the terms that `po.solve` uses for a region, each only where its records name it."""
    standard = (term.standard(instance) for term in TERMS)
    return tuple(term for term in standard if term is not None)


def term_from_json(fields: Mapping[str, Any]) -> Term:
    """Read a term from the fields that `model_dump` wrote.

    Raises
    ------
    InvalidInputError
        When the term is unknown or a field is wrong.
    """
    return record_named(TERMS, fields)


__all__ = [
    "TERMS",
    "AnyTerm",
    "MatchScore",
    "PairScore",
    "PlacedJobs",
    "Priority",
    "Term",
    "standard_terms",
    "term_from_json",
]
