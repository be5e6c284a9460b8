"""Which changes are worth a solve in a large region: those that gain at the prices of the plan.

All changes of the person, and of openings for the person, are looked at together. The region gets a
double of the person for each change of theirs, and of an opening for each of its changes; what a
pair of a double gains and pays tells what the change would bring. An estimate: it decides what is
tried first, and what is told is solved.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.possible_changes import Possible
from placement_opt.answers.some_compiled import Ends, compiled_some
from placement_opt.basics.arrays import Floats
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Opening
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.relaxation.pricing import Pricing

if TYPE_CHECKING:
    from placement_opt.model import Model

SLACK_POINTS = 100
"""A double is on no list of wishes or preferences, so that it may gain so much less."""

MARK = "~"
"""Sets the ids of doubles apart."""


def likely(
    model: "Model", hand: PlanAtHand, possible: Sequence[Possible], candidate_id: str, ends: Ends
) -> list[Possible]:
    """Return the changes that may gain, the most promising first; others than of doubles, last.

    Parameters
    ----------
    model, hand
        The model, and its plan with prices.
    possible
        Changes that may place the person.
    candidate_id
        The person.
    ends
        Rows of candidates and openings of pairs that stand beside those of doubles, so that rows
        are as they are in the whole.
    """
    doubled = [one for one in possible if one.change.kind in {"candidate", "opening"}]
    others = [one for one in possible if one.change.kind not in {"candidate", "opening"}]
    pairs, people, work = _doubles(model, doubled, candidate_id)
    region = model.region.model_copy(
        update={
            "candidates": (*model.region.candidates, *people),
            "openings": (*model.region.openings, *work),
        }
    )
    try:
        wide = model.of_region(region)
        instance, before = wide.instance, model.instance
        candidate = np.array([instance.candidate_idx(id_) for id_ in before.candidate_ids])
        opening = np.array([instance.opening_idx(id_) for id_ in before.opening_ids])
        own = np.array([instance.candidate_idx(who) for who, _ in pairs], dtype=np.int64)
        there = np.array([instance.opening_idx(where) for _, where in pairs], dtype=np.int64)
        candidates = np.concatenate([candidate[ends[0]], own])
        compiled = compiled_some(wide, (candidates, np.concatenate([opening[ends[1]], there])))
    except InvalidInputError:
        return [*doubled, *others]
    gains = _gains(compiled, hand, list(zip(own.tolist(), there.tolist(), strict=True)))
    order = np.argsort(-gains, kind="stable")
    return [*(doubled[at] for at in order.tolist() if gains[at] >= -SLACK_POINTS), *others]


def _doubles(
    model: "Model", possible: Sequence[Possible], candidate_id: str
) -> tuple[list[tuple[str, str]], list[Candidate], list[Opening]]:
    """Return the pair of ids that stands for each change, and the doubles."""
    instance = model.instance
    pairs: list[tuple[str, str]] = []
    people: dict[str, Candidate] = {}
    work: dict[str, Opening] = {}
    for one in possible:
        change = one.change
        key = f"{change.name} {change.value!r}"
        update = {change.field: change.value}
        if change.kind == "candidate":
            if key not in people:
                update["id"] = f"{candidate_id}{MARK}{len(people)}"
                people[key] = instance.candidate_of[candidate_id].model_copy(update=update)
            pairs.append((people[key].id, one.opening_id))
        else:
            key = f"{change.record} {key}"
            if key not in work:
                update["id"] = f"{change.record}{MARK}{len(work)}"
                work[key] = instance.opening_of[change.record].model_copy(update=update)
            pairs.append((candidate_id, work[key].id))
    return pairs, [*people.values()], [*work.values()]


def _gains(compiled: Compiled, hand: PlanAtHand, pairs: list[tuple[int, int]]) -> Floats:
    """Return what each pair gains at the prices, in points; minus infinity where not eligible."""
    pricing = Pricing(compiled.formulation)
    proven = pricing.settled(prices_of_like_rows(compiled, hand))
    anchor = pricing.anchor
    gains = np.full(len(pairs), -np.inf)
    for at, ends in enumerate(pairs):
        for row in compiled.pairs.ways(*ends):
            gain = float(proven.reduced[row])
            if anchor is not None:
                gain += proven.prices[anchor.rows][int(anchor.row_of_pair[row]) - 1]
            gains[at] = max(gains[at], gain)
    return gains / compiled.formulation.objective.scale


def prices_of_like_rows(compiled: Compiled, hand: PlanAtHand) -> Floats:
    """Return for each row the price that the row of its rule and label has at hand, else 0."""
    names = _names(hand.compiled)
    known = dict(zip(names, hand.prices.tolist(), strict=False))
    scale = compiled.formulation.objective.scale / hand.formulation.objective.scale
    found = (known.get((title, of.split(MARK)[0]), 0.0) for title, of in _names(compiled))
    return np.array([scale * price for price in found])


def _names(compiled: Compiled) -> list[tuple[str, str]]:
    return [(block.title, str(of)) for block in compiled.formulation.blocks for of in block.labels]
