"""Formulations whose cuts are known."""

from dataclasses import replace

from formulations import formulations
from hypothesis import strategies as st


@st.composite
def with_followers(draw):
    """Draw a formulation of which some blocks' own variables need not be whole."""
    formulation = draw(formulations())
    blocks = tuple(
        replace(block, variables=replace(block.variables, follow=draw(st.booleans())))
        if block.variables is not None
        else block
        for block in formulation.blocks
    )
    return replace(formulation, blocks=blocks)
