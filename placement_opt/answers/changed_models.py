"""Compiled models that differ a little from another one, over the same pairs."""

from collections.abc import Iterable
from dataclasses import replace

from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.run.compiled import Compiled


def holding(compiled: Compiled, pairs: Iterable[tuple[str, str]]) -> Compiled:
    """Return the model whose plans have to hold some pairs (candidate id, opening id) as well.

    Raises
    ------
    InvalidInputError
        When one of the pairs is not eligible.
    UnknownIdError
        When the region has no such candidate or opening.
    """
    rule = FixedPlacements(placements=sorted(set(pairs)))
    block = rule.lower(compiled.pairs)
    if block is None:
        return compiled
    return replace(
        compiled,
        formulation=compiled.formulation.with_rows(block),
        rules=(*compiled.rules, rule),
        rules_of_blocks=(*compiled.rules_of_blocks, rule),
    )


def with_block(compiled: Compiled, number: int, block: RowBlock) -> Compiled:
    """Return the model with other rows for one rule, which then is kept by these rows alone.

    Parameters
    ----------
    compiled
        The model.
    number
        Number of the rule's block in the formulation.
    block
        Its new rows: over the same pairs, with the same own variables and gains. To change limits
        take ``dataclasses.replace(old, lower=..., upper=...)``; a block whose holders' capacity
        changes needs a new ``capacity`` as well.
    """
    formulation = compiled.formulation
    blocks = [*formulation.blocks]
    blocks[number] = block
    rule = compiled.rules_of_blocks[number]
    return replace(
        compiled,
        formulation=replace(formulation, blocks=tuple(blocks), extra=None),
        rules=tuple(one for one in compiled.rules if one is not rule),
    )
