"""A plan after something changed: people who were told keep their placement, unless it pays."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from placement_opt.answers.changes import change_rows
from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.dropped_out import DroppedOut
from placement_opt.constraints.few_changes import FewChanges
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.records.pins import Pin, pins_of
from placement_opt.run.given_placements import id_text

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model
    from placement_opt.records import Region
    from placement_opt.result import Result

Who = Any
"""A candidate id, a pair (candidate id, opening id), or a `Pin`."""

_PAIR = 2


def replan(
    result: "Result",
    region: "Region | None" = None,
    fixed: Iterable[Who] = (),
    max_changes: int | None = None,
    change_price: float | None = None,
    released: Iterable[Who] = (),
    *,
    dropped_out: Iterable[str] = (),
    pairs: Any = None,
    **solve: Any,
) -> "Result":
    """Solve again after something changed, from the plan that people know.

    A change is a candidate of the region whose opening differs from before: newly placed, moved or
    no longer placed. Who cannot stay counts, too; who left the region does not. Rules, terms and
    law are those of the model as solved, and the plan is never worse than keeping the old one where
    that is still allowed: the search starts from it.

    Parameters
    ----------
    result
        The plan of before.
    region
        The region of today; None takes that of the plan.
    fixed
        Who stays for certain: candidate ids (where they were), pairs of ids, or `Pin`, which also
        tells who fixed the placement, when and why. The region's `fixed_placements` stay as before,
        where the model keeps them.
    max_changes
        Most changes; None means any number. Where more people cannot stay than that, no plan
        exists, and the result says so.
    change_price
        Points that a change has to be worth; None means none, and of plans that are equally good
        any may be found: with a small price nobody changes for nothing.
    released
        Whose fixed placements no longer hold: candidate ids or pairs. A change of theirs is a
        change all the same.
    dropped_out
        Who does not come, or stops: ids of candidates, who are placed nowhere (`DroppedOut`), so
        that their position is free for others. Nothing of theirs is fixed, and it is no change.
        Who dropped out in an earlier plan stays out.
    pairs
        The pairs of today for a model with ``pairs=``; None takes those of the model.
    solve
        Parameters of `Model.solve`, such as ``time_limit_s``.

    Returns
    -------
    Result
        The plan, with `changes`: who changes, and why.

    Raises
    ------
    InvalidInputError
        When the result has no plan, `fixed` or `released` cannot be read, somebody fixed had no
        placement, a fixed pair is not eligible today; and as `Model.solve` does.
    PlacementError
        When the result was read from a file without its model.

    Examples
    --------
    >>> import placement_opt as po
    >>> def day(*openings):
    ...     people = [po.Candidate(id="C-1"), po.Candidate(id="C-2")]
    ...     return po.Region(name="r", candidates=people, openings=list(openings))
    >>> plan = po.solve(day(po.Opening(id="O-1"), po.Opening(id="O-2")))
    >>> monday = po.replan(plan, day(po.Opening(id="O-2"), po.Opening(id="O-3")), max_changes=1)
    >>> monday.changes[["before", "after"]].values.tolist()
    [['O-1', 'O-3']]
    """
    _refuse_without_a_plan(result)
    model = result.model.of_region(result.model.region if region is None else region, pairs)
    gone = _dropped_out(model, dropped_out)
    rows = [row for row in result.placement_rows if row.candidate_id not in gone]
    before = [(row.candidate_id, row.opening_id) for row in rows]
    given = [*fixed] if _is_list(fixed) else fixed
    pins = [who for who in given if isinstance(who, Pin)]
    free = [*_read(released, "released"), *((id_, None) for id_ in gone)]
    _keep(model, before, _read(given, "fixed"), free, pins)
    model.add(FewChanges(before=before, max_changes=max_changes, change_price=change_price))
    new = model.solve(**{"start": result, **solve})
    return new.model_copy(update={"change_rows": change_rows(result, new)})


def value_of_changes(
    result: "Result", region: "Region | None" = None, upto: int = 10, **replanned: Any
) -> "pd.DataFrame":
    """Return what each number of changes is worth, from none to `upto`.

    Each row is a plan of its own, found from the one before it, so that the value never falls.

    Parameters
    ----------
    result, region
        As for `replan`.
    upto
        The largest number of changes.
    replanned
        What else `replan` takes, ``time_limit_s`` of each solve included.

    Returns
    -------
    DataFrame
        Columns ``max_changes``, ``changes`` (made), ``objective``, ``bound``, ``gain`` (beside the
        row before it), ``is_proven``, ``status``. What does not exist is None: with fewer changes
        than people who cannot stay there is no plan.

    Raises
    ------
    InvalidInputError
        As `replan` does.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    last: Result | None = None
    for most in range(upto + 1):
        start = {} if last is None else {"start": last}
        new = replan(result, region, max_changes=most, **{**start, **replanned})
        rows.append(
            {
                "max_changes": most,
                "changes": len(new.change_rows) if new.has_plan else None,
                "objective": new.objective,
                "bound": new.bound,
                "gain": None if last is None else _gain(last, new),
                "is_proven": new.status.value in {"OPTIMAL", "INFEASIBLE"},
                "status": new.status.value,
            }
        )
        last = new if new.has_plan else last
    return pd.DataFrame(rows).astype({"changes": "Int64"})


def _gain(last: "Result", new: "Result") -> float | None:
    if last.objective is None or new.objective is None:
        return None
    return new.objective - last.objective


def _refuse_without_a_plan(result: "Result") -> None:
    if not result.has_plan:
        raise InvalidInputError.single(
            "replan",
            None,
            "result",
            result.status.value,
            "must hold a plan",
            "solve the region of today with po.solve instead",
        )


def _dropped_out(model: "Model", dropped_out: Iterable[str]) -> tuple[str, ...]:
    """Let the model place those who drop out nowhere, beside those who did before; return all."""
    told = DroppedOut(candidates=dropped_out).candidates
    known = next((rule for rule in model.rules if isinstance(rule, DroppedOut)), DroppedOut())
    earlier = [id_ for id_ in known.candidates if id_ in model.instance.candidate_of]
    gone = tuple(dict.fromkeys([*earlier, *told]))
    if gone or known.candidates:
        model.add(DroppedOut(candidates=gone))
    return gone


def _keep(
    model: "Model",
    before: Sequence[tuple[str, str]],
    fixed: Sequence[tuple[str, str | None]],
    released: Sequence[tuple[str, str | None]],
    pins: Sequence[Pin],
) -> None:
    """Let the model keep its own fixed placements but for those released, and those fixed now."""
    known = next((rule for rule in model.rules if isinstance(rule, FixedPlacements)), None)
    kept = [] if known is None else [*known.fixed_in(model.instance)]
    free = set(released)
    kept = [pair for pair in kept if not {(pair[0], None), pair} & free]
    for candidate_id, opening_id in fixed:
        held = [pair for pair in before if pair[0] == candidate_id]
        if opening_id is None and not held:
            raise InvalidInputError.single(
                "replan",
                None,
                "fixed",
                candidate_id,
                "must have a placement in the plan",
                "name the opening as well: (candidate_id, opening_id)",
            )
        kept += held if opening_id is None else [(candidate_id, opening_id)]
    if known is not None or kept:
        own = () if known is None else known.pins
        told = {pin.pair: pin for pin in (*own, *pins)}
        named = pins_of(kept, list(told.values()))
        stays, people = set(kept), {candidate_id for candidate_id, _ in kept}
        variants = () if known is None else [way for way in known.variants if way[:2] in stays]
        coaches = () if known is None else [row for row in known.coaches if row[0] in people]
        model.add(
            FixedPlacements(
                placements=sorted(stays), coaches=coaches, variants=variants, pins=named
            )
        )


def _read(given: Iterable[Who], field: str) -> list[tuple[str, str | None]]:
    """Read candidate ids and pairs of ids."""
    if not _is_list(given):
        raise _unreadable(given, field)
    read: list[tuple[str, str | None]] = []
    for one in given:
        who = one.pair if isinstance(one, Pin) else one
        row = [who] if isinstance(who, str | int) else [*who] if isinstance(who, Iterable) else []
        ids = [id_text(one) for one in row]
        if not ids or len(ids) > _PAIR or ids[0] is None:
            raise _unreadable(who, field)
        read.append((ids[0], ids[1] if len(ids) == _PAIR else None))
    return read


def _is_list(given: object) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes)


def _unreadable(given: object, field: str) -> InvalidInputError:
    return InvalidInputError.single(
        "replan",
        None,
        field,
        str(given)[:60],
        "must be a list of candidate ids or of pairs (candidate_id, opening_id)",
        f"write {field}=['C-1', ('C-2', 'O-3')]",
    )
