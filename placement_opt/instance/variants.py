"""The ways in which one pair can be had: at most one of them is taken."""

from dataclasses import dataclass

from placement_opt.records.periods import WITHIN

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
    start
        Id of the period in which it starts, which then comes first in the label; None without
        periods.
    """

    label: str
    start: str | None = None

    @property
    def way(self) -> str | None:
        """The label without the start; None where the start is all that it says."""
        return self.label if self.start is None else way_in_time(self.label)


def label_in_time(start: str, way: str | None) -> str:
    """Write the label of a way that starts in a period."""
    return start if way is None else f"{start}{WITHIN}{way}"


def start_in_time(label: str) -> str:
    """Return the period in which a way starts, in a region with periods."""
    return label.partition(WITHIN)[0]


def way_in_time(label: str) -> str | None:
    """Return the rest of such a label, None where there is none."""
    return label.partition(WITHIN)[2] or None
