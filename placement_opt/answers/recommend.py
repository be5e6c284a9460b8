"""Which openings to look at next for a person, or whom for an opening, and what each would cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from placement_opt.answers.pairs_frame import minutes_and_hours, pairs_of
from placement_opt.answers.recommend_words import Reasons
from placement_opt.answers.regrets import Regret, Regrets
from placement_opt.answers.why import Language
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.solvers.plans.additions import Additions

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "candidate_id",
    "opening_id",
    "points",
    "regret_points",
    "regret_low",
    "regret_high",
    "loss_points",
    "is_proven",
    "price_points",
    "reasons",
)


def recommend(
    regrets: Regrets,
    candidate_id: str | None,
    opening_id: str | None,
    k: int,
    language: Language,
) -> "pd.DataFrame":
    """Return the next openings of a person, or people of an opening; `Result.recommend` says all.

    Costs a pass over the pairs of that person or opening, and a few moves for each row.
    """
    if (candidate_id is None) == (opening_id is None):
        raise InvalidInputError.single(
            "recommend",
            None,
            "candidate_id, opening_id",
            None if candidate_id is None else f"{candidate_id}, {opening_id}",
            "must be one of both",
            'write recommend(candidate_id="C-1") or recommend(opening_id="O-1")',
        )
    if k < 1:
        raise InvalidInputError.single(
            "recommend", None, "k", k, "must be at least 1", "ask for the five next with k=5"
        )
    pairs = pairs_of(regrets.hand.compiled.pairs, candidate_id, opening_id)
    room = Room(regrets)
    found = [np.zeros(0, dtype=np.int64)]
    for some in _in_turn(regrets, room.not_fixed(pairs), k):
        found.append(room.possible(some))
        if sum(each.size for each in found) >= k:
            break
    rows = np.concatenate(found)[:k]
    added = room.additions(rows)
    return frame(regrets, rows, regrets.between(rows, added), added, language)


def _in_turn(regrets: Regrets, pairs: Ints, k: int) -> Iterator[Ints]:
    """Yield pairs that are not in the plan, a few at a time, the best at the prices first."""
    others = pairs[~regrets.is_in_plan(pairs)]
    gain = regrets.hand.formulation.objective.gain[others]
    order = np.lexsort((others, -gain, -regrets.hand.reduced[others]))
    for first in range(0, others.size, max(1, 2 * k)):
        yield others[order[first : first + max(1, 2 * k)]]


@dataclass(frozen=True, eq=False)
class Room:
    """Tells which pairs some plan may hold, and what has no room for a pair in this one."""

    regrets: Regrets

    def not_fixed(self, pairs: Ints) -> Ints:
        """Return the pairs of people who are not fixed elsewhere."""
        table = self.regrets.hand.compiled.pairs
        rules = self.regrets.hand.compiled.rules
        fixed = [rule for rule in rules if isinstance(rule, FixedPlacements)]
        ids = {who for rule in fixed for who, _ in rule.fixed_in(table.instance)}
        if table.placements_per_candidate > 1 or not ids:
            return pairs
        rows = [table.instance.candidate_idx(id_) for id_ in sorted(ids)]
        return pairs[~np.isin(table.candidate[pairs], rows)]

    def possible(self, pairs: Ints) -> Ints:
        """Return the pairs for which no row is too small, whoever else is placed."""
        return pairs[~self.additions(pairs).is_too_large]

    def additions(self, pairs: Ints) -> Additions:
        """Return what each pair would change in the plan, if nobody else moved."""
        return self.regrets.in_rows.with_each(pairs)


def frame(
    regrets: Regrets, rows: Ints, known: list[Regret], added: Additions, language: Language
) -> "pd.DataFrame":
    """Return a row for each pair, in the order given."""
    import pandas as pd

    compiled = regrets.hand.compiled
    pairs, instance = compiled.pairs, compiled.pairs.instance
    points = _points(regrets, rows)
    minutes, hours = minutes_and_hours(pairs, rows)
    reasons = Reasons(regrets, language).of(rows, points, minutes, hours, added)
    values: dict[str, Any] = {
        "candidate_id": [instance.candidate_ids[at] for at in pairs.candidate[rows].tolist()],
        "opening_id": [instance.opening_ids[at] for at in pairs.opening[rows].tolist()],
        "points": points,
        "regret_points": [one.low if one.is_proven else np.nan for one in known],
        "regret_low": [one.low for one in known],
        "regret_high": [np.nan if one.high is None else one.high for one in known],
        "loss_points": [np.nan if one.loss is None else one.loss for one in known],
        "is_proven": np.array([one.is_proven for one in known], dtype=np.bool_),
        "price_points": regrets.estimate(rows),
        "reasons": np.array(reasons, dtype=object),
    }
    told = pd.DataFrame(values, columns=list(COLUMNS))
    if pairs.variant is not None:
        told.insert(2, "variant", [pairs.variant_of(row) for row in rows.tolist()])
    return told


def _points(regrets: Regrets, rows: Ints) -> Floats:
    points = regrets.hand.formulation.objective.points_of(rows)
    return np.array([float(one) for one in points])
