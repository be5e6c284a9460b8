"""The ways in which one pair can be had: at most one of them is taken."""

from dataclasses import dataclass

VARIANT = "variant"
"""The column that names the way of a pair, and `per` of a rule that groups by it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which pairs can be had.

    Pairs name it by its label; what the way is stands here once, for all pairs that can be had in
    it. What differs from pair to pair, such as hours or points, stands in the pair columns.

    Parameters
    ----------
    label
        Name of the way, unique in a model.
    """

    label: str
