"""Who fixed a placement, when and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from placement_opt.basics.errors import Problem
from placement_opt.records.fields import Date, Identifier, Label, PersonId, listed

_PAIR = ("candidate_id", "opening_id")


class Pin(NamedTuple):
    """A fixed placement with who fixed it, when and why.

    It stands wherever a fixed placement does: in ``Region(fixed_placements=...)``, which keeps it
    in `Region.pins`, and in ``po.replan(fixed=...)``.

    Parameters
    ----------
    candidate_id, opening_id
        The placement.
    author
        Who fixed it, such as a consultant's initials.
    date
        The day on which it was fixed.
    reason
        Why, in words for colleagues; nothing about health.

    Examples
    --------
    >>> import placement_opt as po
    >>> region = po.Region(
    ...     name="r",
    ...     candidates=[po.Candidate(id="C-1")],
    ...     openings=[po.Opening(id="O-1")],
    ...     fixed_placements=[po.Pin("C-1", "O-1", "K.V.", "2026-03-02", "contract signed")],
    ... )
    >>> region.fixed_placements, region.pins[0].reason
    ((('C-1', 'O-1'),), 'contract signed')
    """

    candidate_id: PersonId
    opening_id: Identifier
    author: Label | None = None
    date: Date | None = None
    reason: Label | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of the placement."""
        return self.candidate_id, self.opening_id


Pins = Annotated[tuple[Pin, ...], BeforeValidator(listed)]


def with_pins_apart(fields: dict[str, Any]) -> dict[str, Any]:
    """Return raw fields of a region with the pins among its fixed placements in their own field."""
    rows = fields.get("fixed_placements")
    if not isinstance(rows, (list, tuple)) or not any(isinstance(row, Pin) for row in rows):
        return fields
    pairs = [row.pair if isinstance(row, Pin) else row for row in rows]
    pins = [*(fields.get("pins") or ()), *(row for row in rows if isinstance(row, Pin))]
    return fields | {"fixed_placements": pairs, "pins": pins}


def pins_of(pairs: Collection[Any], pins: Sequence[Pin]) -> tuple[Pin, ...]:
    """Return the pins of some placements."""
    known = {tuple(pair) for pair in pairs if isinstance(pair, (list, tuple))}
    return tuple(pin for pin in pins if pin.pair in known)


def still_pinned(region: Any, update: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes of a region's fields without the pins of what is no longer fixed."""
    if "fixed_placements" not in update or "pins" in update or not region.pins:
        return dict(update)
    changed = with_pins_apart(dict(update))
    kept = pins_of(changed["fixed_placements"] or (), region.pins)
    named = {tuple(pin[:2]) for pin in changed.get("pins", ())}
    pins = [*(pin for pin in kept if pin.pair not in named), *changed.get("pins", ())]
    return changed | {"pins": pins}


def problems_of_pins(
    name: str | None, pins: Sequence[Pin], fixed: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Yield each pin of a placement that is not fixed, or that has one already."""
    fixed, seen = set(fixed), set[tuple[str, str]]()
    for row, pin in enumerate(pins):
        if pin.pair not in fixed:
            hint = "add the pair to fixed_placements, or leave the pin out"
            expected = "must be of a fixed placement"
            yield Problem("region", name, f"pins[{row}]", pin.pair, expected, hint)
        elif pin.pair in seen:
            hint = "put both reasons in one"
            yield Problem(
                "region", name, f"pins[{row}]", pin.pair, "must be the only one of its pair", hint
            )
        seen.add(pin.pair)
