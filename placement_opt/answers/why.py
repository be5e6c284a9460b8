"""Why a person has this placement, or none: points by term, costs, and what came next."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from placement_opt.answers.changes import pins_in
from placement_opt.answers.pair_reasons import PairReason
from placement_opt.answers.regret import price_units
from placement_opt.answers.rows_of_people import RowsOfPeople
from placement_opt.answers.why_not import pairs_asked, rows_full
from placement_opt.answers.why_words import told
from placement_opt.basics.arrays import Bools
from placement_opt.basics.rows import (
    AssumptionRow,
    CostRow,
    PathRow,
    PlacementRow,
    ResultPart,
    UnplacedRow,
)
from placement_opt.basics.status import Status
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.instance.in_time import first_day
from placement_opt.records.pins import Pin
from placement_opt.run.compiled import Compiled

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.model import Model
    from placement_opt.result import Result

MOST_PAIRS = 2_000
"""Regrets are asked of regions with at most so many eligible pairs: each is a solve of its own."""

SECONDS = 10.0
"""What each of those solves may take."""

Language = Literal["en", "nl"]
Reader = Literal["person", "consultant", "employer"]


class TermPoints(ResultPart):
    """What one term of the objective gives a person's placements."""

    term: str
    title: str
    title_nl: str
    points: float


class RunnerUp(ResultPart):
    """Another opening for which a person is eligible, or another way to be placed in the same.

    `points` are those of the pair. `regret_points` is what the best plan with the pair in it falls
    short of the best plan, where both are proven; None where that was not asked or not proven,
    and where no plan can hold the pair: then `is_possible` is False. It is None where nobody knows.
    `price_points` is what the prices say the pair costs, an estimate; `reasons` are the rows
    without room for it. `starts_on` is its first day, in a region with periods.
    """

    opening_id: str
    variant: str | None = None
    starts_on: dt.date | None = None
    points: float
    regret_points: float | None = None
    is_possible: bool | None = None
    price_points: float | None = None
    reasons: tuple[PairReason, ...] = ()


class Why(ResultPart):
    """Why a person has this placement, or none.

    Attributes
    ----------
    placements
        The person's placements, with coach, hours and points; none where the person is left.
    steps
        What the person does before the placements: trainings, trials and services.
    terms
        Points of those by term; they add up to the points of the placements.
    costs
        What each placement costs and brings.
    unplaced
        Why the person is left, where that is so.
    pins
        Who fixed those placements, when and why, where that is told.
    assumptions
        What the plan takes for granted.
    runner_ups
        Other eligible openings: by regret where that is known of all, else by points of the pair.
    """

    candidate_id: str
    placements: tuple[PlacementRow, ...] = ()
    steps: tuple[PathRow, ...] = ()
    terms: tuple[TermPoints, ...] = ()
    costs: tuple[CostRow, ...] = ()
    unplaced: UnplacedRow | None = None
    pins: tuple[Pin, ...] = ()
    assumptions: tuple[AssumptionRow, ...] = ()
    runner_ups: tuple[RunnerUp, ...] = ()

    def text(self, language: Language = "en", *, to: Reader = "consultant") -> str:
        """Return the answer in words, with what its reader may see.

        A consultant sees all of it. A person sees their own placement, the steps before it and next
        openings, and no id of anybody else, the coach included. An employer sees who is proposed
        where, from when and for how many hours: no coach, no steps, no points, no costs (a subsidy
        tells the wage value), no other openings.
        """
        return told(self, language, to)


def why(result: "Result", rows: RowsOfPeople, candidate_id: str, k: int = 3) -> Why:
    """Return why a person has this placement; `Result.why` says it in full."""
    model = result.model
    compiled = model.compile()
    compiled.pairs.instance.candidate_idx(candidate_id)  # refuses an id that is not known
    placed = rows.placements.get(candidate_id, ())
    frame = model.pairs_frame(candidate_id)
    is_here = _are_in(compiled, placed, frame)
    here, others = frame[is_here], frame[~is_here]
    terms = tuple(
        TermPoints(
            term=term.term,
            title=term.title,
            title_nl=term.title_nl or term.title,
            points=float(here[".".join(("points", *term.key))].sum()),
        )
        for term in model.objective
    )
    order = np.argsort(-others["points"].to_numpy(), kind="stable")[:k]
    variants = others["variant"].tolist() if "variant" in others else [None] * len(others)
    openings, points = others["opening_id"].tolist(), others["points"].tolist()
    runner_ups = tuple(
        RunnerUp(
            opening_id=openings[at],
            variant=variants[at],
            starts_on=first_day(model.region.periods, variants[at]),
            points=points[at],
        )
        for at in order.tolist()
    )
    if result.has_plan:
        runner_ups = tuple(_with_rows(result, candidate_id, one) for one in runner_ups)
    if result.status is Status.OPTIMAL and compiled.pairs.n_pairs <= MOST_PAIRS:
        runner_ups = _by_regret(_with_regret(result, candidate_id, one) for one in runner_ups)
    return Why(
        candidate_id=candidate_id,
        placements=placed,
        steps=tuple(row for row in rows.paths.get(candidate_id, ()) if row.kind != "job"),
        terms=terms if placed else (),
        costs=rows.costs.get(candidate_id, ()),
        unplaced=next(iter(rows.unplaced.get(candidate_id, ())), None),
        assumptions=result.assumption_rows,
        pins=tuple(
            pin
            for pair, pin in pins_in(model).items()
            if pin is not None and any(pair == (row.candidate_id, row.opening_id) for row in placed)
        ),
        runner_ups=runner_ups,
    )


def _are_in(compiled: Compiled, placed: Sequence[PlacementRow], frame: "pd.DataFrame") -> Bools:
    """Mark the pairs of a person, a row of the frame each, that are in the plan."""
    is_in = np.zeros(len(frame), dtype=np.bool_)
    for placement in placed:
        row = compiled.row_of(placement)
        if row is not None:
            first = compiled.pairs.candidate_start[compiled.pairs.candidate[row]]
            is_in[row - first] = True
    return is_in


def _with_rows(result: "Result", candidate_id: str, runner_up: RunnerUp) -> RunnerUp:
    """Tell what the prices say of a pair, and the rows of the plan without room for it."""
    hand = result.at_hand
    ways = pairs_asked(hand.compiled, candidate_id, runner_up.opening_id)
    price = price_units(hand, ways)
    points = None if price is None else float(price / hand.formulation.objective.scale)
    reasons = tuple(rows_full(result, runner_up.opening_id, ways))
    return runner_up.model_copy(update={"price_points": points, "reasons": reasons})


def _with_regret(result: "Result", candidate_id: str, runner_up: RunnerUp) -> RunnerUp:
    """Solve with the pair forced in, and return what that costs where it is proven."""
    forced = _forced(result.model, candidate_id, runner_up)
    other = forced.solve(gap=0, time_limit_s=SECONDS)
    if other.status is Status.INFEASIBLE:
        return runner_up.model_copy(update={"is_possible": False})
    known = {"is_possible": True if other.has_plan else None}
    points, best = other.objective, result.objective
    if other.status is Status.OPTIMAL and points is not None and best is not None:
        return runner_up.model_copy(update={"regret_points": best - points, **known})
    return runner_up.model_copy(update=known)


def _forced(model: "Model", candidate_id: str, other: RunnerUp) -> "Model":
    known = next((rule for rule in model.rules if isinstance(rule, FixedPlacements)), None)
    fixed = set() if known is None else {*known.fixed_in(model.instance)}
    pair = (candidate_id, other.opening_id)
    ways = {} if known is None else {way[:2]: way for way in known.variants}
    if other.variant is not None:
        ways[pair] = (*pair, other.variant)
    rule = FixedPlacements(
        placements=sorted({*fixed, pair}),
        coaches=() if known is None else known.coaches,
        variants=sorted(ways.values()),
    )
    return model.of_region(model.region).add(rule)


def _by_regret(found: Iterator[RunnerUp]) -> tuple[RunnerUp, ...]:
    """Put runner-ups in order of regret where every possible one has it."""
    runner_ups = tuple(found)
    if any(one.regret_points is None and one.is_possible is not False for one in runner_ups):
        return runner_ups
    last = float("inf")
    return tuple(
        sorted(runner_ups, key=lambda o: last if o.regret_points is None else o.regret_points)
    )
