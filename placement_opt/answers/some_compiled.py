"""A model over some of its pairs, for a question that is about those alone."""

from typing import TYPE_CHECKING

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.pairs.some_pairs import SomePairs
from placement_opt.run.compile_model import compile_model
from placement_opt.run.compiled import Compiled
from placement_opt.run.progress import Stopwatch

if TYPE_CHECKING:
    from placement_opt.model import Model

Ends = tuple[Ints | Indices, Ints | Indices]
"""Rows of the candidates and of the openings of pairs."""


def compiled_some(model: "Model", ends: Ends) -> Compiled:
    """Compile a model over some pairs, as far as they are eligible.

    What rules count over all people with an eligible opening is the same as in the whole where
    everybody who has one keeps one.

    Raises
    ------
    InvalidInputError
        As `Model.compile` does.
    """
    given = SomePairs.among(model.given, *ends)
    instance, watch = model.instance, Stopwatch({})
    return compile_model(instance, given, model.rules, model.objective, watch, is_told=False)
