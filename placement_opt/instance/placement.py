"""A placement as people read it, and what can be wrong with a plan of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from typing_extensions import override

from placement_opt.basics.short_text import ShortRepr


@dataclass(frozen=True, slots=True, repr=False)
class Placement(ShortRepr):
    """One person in one opening, as proposed.

    Parameters
    ----------
    candidate_id, opening_id
        Who, and where.
    coach_id
        The coach, or None where no coaching is needed.
    given
        The pair's own columns from ``pairs=``: exact numbers, or group labels.
    variant
        Label of the way in which the pair is had; None for a pair with one way only.
    """

    candidate_id: str
    opening_id: str
    coach_id: str | None = None
    given: Mapping[str, Fraction | str] = field(default_factory=dict)
    variant: str | None = None

    @override
    def __str__(self) -> str:
        """Tell who is placed where: ``"C-1 in O-2"``, and how where there are several ways."""
        return pair_text(self.candidate_id, self.opening_id, self.variant)


def pair_text(candidate_id: str, opening_id: str, variant: str | None = None) -> str:
    """Write a pair as people read it, with the way in which it is had where that is named."""
    return f"{candidate_id} in {opening_id}" + ("" if variant is None else f" ({variant})")


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a plan breaks a rule.

    Parameters
    ----------
    rule
        Title of the rule.
    about
        The id or group it is about.
    text
        What is wrong, with the numbers.
    """

    rule: str
    about: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.rule} ({self.about}): {self.text}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How far a plan stays below one minimum: `amount` >= 0 units, each at `price` points."""

    about: str
    amount: Fraction
    price: Fraction
