"""Why a person is not in an opening, or nowhere: what stands in the way, and what it would cost."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from typing_extensions import override

from placement_opt.answers.day_words import from_day
from placement_opt.answers.move_chains import Move
from placement_opt.answers.pair_reasons import PairReason, pair_reasons
from placement_opt.answers.regret import PlanRow, regret_of
from placement_opt.answers.row_words import RowWords
from placement_opt.answers.steps_first import steps_without_room
from placement_opt.answers.surroundings import rows_without_room
from placement_opt.answers.why_not_words import told
from placement_opt.basics.arrays import Ints
from placement_opt.basics.rows import ResultPart
from placement_opt.basics.status import Status
from placement_opt.constraints.base import Rule
from placement_opt.constraints.steps import Steps
from placement_opt.instance.in_time import first_day
from placement_opt.pairs.table import PairTable

if TYPE_CHECKING:
    from placement_opt.result import Result
    from placement_opt.run.compiled import Compiled


class WhyNot(ResultPart):
    """Why a candidate is not in an opening, or has none at all.

    Attributes
    ----------
    candidate_id, opening_id
        Who and where; None for anywhere.
    is_eligible
        Whether every pair rule allows it; for anywhere, whether there is an eligible opening.
    is_placed
        Whether the plan places the candidate there.
    reasons
        What stands in the way: the rules that remove the pair, with numbers, or for an eligible
        pair what the plan does instead and which rows have no room.
    is_possible
        Whether any plan can hold it; None where that is not known.
    regret_points
        What the best plan that holds it falls short of the best plan. None where that is not
        proven, and where no plan can hold it.
    regret_bounds
        Between which bounds it lies, both proven; None without a bound or a plan that holds it.
    loss_points
        What this plan loses against the best verified plan found that holds it. Negative where that
        one is better: then it is `plan`.
    price_points
        What the prices of the rows say it costs: an estimate.
    moves
        Who changes between this plan and that one, as a chain: who comes, then who makes room.
    starts_on
        The first day of the placement in the plan that holds it: this one, or the one that was
        found. None without periods, and without such a plan.
    plan
        A better plan, where one was found: rows of candidate, opening and coach, as ``start=`` of
        `Model.solve` takes them.
    is_proven
        Whether `regret_points` is exact, or it is proven that no plan can hold it.
    """

    candidate_id: str
    opening_id: str | None = None
    is_eligible: bool
    is_placed: bool = False
    reasons: tuple[PairReason, ...] = ()
    is_possible: bool | None = None
    regret_points: float | None = None
    regret_bounds: tuple[float, float] | None = None
    loss_points: float | None = None
    price_points: float | None = None
    moves: tuple[Move, ...] = ()
    starts_on: dt.date | None = None
    plan: tuple[PlanRow, ...] | None = None
    is_proven: bool = False

    def text(
        self,
        language: Literal["en", "nl"] = "en",
        *,
        to: Literal["person", "consultant", "employer"] = "consultant",
    ) -> str:
        """Return the answer in words, with what its reader may see.

        A consultant sees all of it. A person sees what the rules say of themselves, and how many
        others would have to move, but no id of theirs. An employer sees whether the person can be
        proposed, and nothing of why: no needs, no wishes, no other people.
        """
        return told(self, language, to)

    @override
    def __str__(self) -> str:
        pair = f"{self.candidate_id} in {self.opening_id or 'any opening'}"
        if self.is_placed:
            return f"{pair}: placed there"
        if not self.reasons:
            return f"{pair}: eligible; nothing of its own stands in the way"
        return f"{pair}: " + "; ".join(
            str(one) if one.rule is not None else one.text for one in self.reasons
        )


def why_not_eligible(
    pairs: PairTable, rules: Sequence[Rule], candidate_id: str, opening_id: str
) -> WhyNot:
    """Tell which rules remove a pair, if any do.

    Raises
    ------
    UnknownIdError
        When the region has no such candidate or opening.
    """
    instance = pairs.instance
    ways = pairs.ways(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))
    asked = {"candidate_id": candidate_id, "opening_id": opening_id}
    if ways:
        return WhyNot(is_eligible=True, **asked)
    removed = pair_reasons(pairs, rules, candidate_id, opening_id)
    return WhyNot(is_eligible=False, reasons=removed or (_NOT_LISTED,), **asked)


def why_not(
    result: "Result", candidate_id: str, opening_id: str | None = None, time_limit_s: float = 2.0
) -> WhyNot:
    """Tell why the plan does not place a candidate in an opening; `Result.why_not` says it."""
    compiled = result.model.compile()
    if opening_id is not None:
        found = why_not_eligible(compiled.pairs, compiled.rules, candidate_id, opening_id)
        if not found.is_eligible or not result.has_plan:
            return found
    pairs = pairs_asked(compiled, candidate_id, opening_id)
    left = [row for row in result.unplaced_rows if row.candidate_id == candidate_id]
    why_left = tuple(_plain("", row.text, row.text_nl) for row in left)
    asked = {"candidate_id": candidate_id, "opening_id": opening_id}
    if not pairs.size or not result.has_plan:
        return WhyNot(is_eligible=bool(pairs.size), reasons=why_left, **asked)
    chosen = result.at_hand.solution.chosen
    is_here = pairs[np.isin(pairs, chosen)]
    if is_here.size:
        slack = None if result.bound is None else result.bound - (result.objective or 0.0)
        is_best = result.status is Status.OPTIMAL
        return WhyNot(
            is_eligible=True,
            is_placed=True,
            is_possible=True,
            regret_points=0.0 if is_best else None,
            regret_bounds=None if slack is None else (0.0, 0.0 if is_best else slack),
            loss_points=0.0,
            starts_on=min(_days(compiled, is_here), default=None),
            is_proven=is_best,
            **asked,
        )
    reasons = (*_in_the_way(result, candidate_id, opening_id, pairs), *why_left)
    bound = None if result.bound is None else Fraction(result.bound)
    if result.status is Status.OPTIMAL:
        bound = result.at_hand.points
    regret = regret_of(
        result.regrets,
        bound,
        candidate_id,
        pairs,
        time_limit_s,
        reproducible=result.run.parameters.reproducible,
    )
    return WhyNot(is_eligible=True, reasons=reasons, **asked, **vars(regret))


def _days(compiled: "Compiled", pairs: Ints) -> list[dt.date]:
    """Return the first day of each of some pairs that starts in a period."""
    periods, table = compiled.pairs.instance.region.periods, compiled.pairs
    found = (first_day(periods, table.variant_of(row)) for row in pairs.tolist())
    return [day for day in found if day is not None]


def pairs_asked(compiled: "Compiled", candidate_id: str, opening_id: str | None) -> Ints:
    """Return the eligible pairs that would do, ascending."""
    pairs, instance = compiled.pairs, compiled.pairs.instance
    candidate = instance.candidate_idx(candidate_id)
    if opening_id is None:
        return np.arange(*pairs.candidate_start[candidate : candidate + 2])
    return np.array(pairs.ways(candidate, instance.opening_idx(opening_id)), dtype=np.int64)


def _plain(title: str, text: str, text_nl: str) -> PairReason:
    return PairReason(title=title, title_nl=title, text=text, text_nl=text_nl)


_NOT_LISTED = _plain(
    "", "the pair is not among the given pairs", "het paar staat niet in de opgegeven paren"
)


def _in_the_way(
    result: "Result", candidate_id: str, opening_id: str | None, pairs: Ints
) -> list[PairReason]:
    """Return what the plan does instead, and which rows have no room for the pair."""
    reasons = [
        _plain(
            "",
            f"placed in {row.opening_id}{from_day(row.starts_on, 'en')} instead"
            f" ({row.points:,.0f} points)",
            f"in plaats daarvan geplaatst in {row.opening_id}{from_day(row.starts_on, 'nl')}"
            f" ({row.points:,.0f} punten)",
        )
        for row in result.placement_rows
        if row.candidate_id == candidate_id
    ]
    if opening_id is None:
        return reasons
    instance = result.at_hand.compiled.pairs.instance
    here = [row.candidate_id for row in result.placement_rows if row.opening_id == opening_id]
    positions = instance.opening_of[opening_id].positions
    if positions == 0:
        text, text_nl = "the opening is closed: 0 positions", "de vacature is dicht: 0 plaatsen"
        reasons.append(_plain("", text, text_nl))
    elif len(here) >= positions and not instance.region.periods:  # else the rows say when
        others = ", ".join(here[:3])
        text = f"all {positions} positions are taken (by {others})"
        reasons.append(_plain("", text, f"alle {positions} plaatsen zijn bezet (door {others})"))
    return [*reasons, *rows_full(result, opening_id, pairs)]


def rows_full(result: "Result", opening_id: str, pairs: Ints) -> list[PairReason]:
    """Return a reason for each other row that lacks room for a pair."""
    hand = result.at_hand
    compiled = hand.compiled
    words = RowWords(hand.formulation, compiled.rules)
    found = steps_without_room(hand, pairs)
    for row in rows_without_room(hand, pairs).tolist():
        named = words.named(row)
        number = int(np.searchsorted(hand.formulation.row_offsets, row, side="right")) - 1
        is_told = isinstance(compiled.rules_of_blocks[number], Steps)
        if named.about != opening_id and not is_told:
            told, told_nl = named.keeps_out or (
                "no room left for this",
                "hiervoor geen ruimte meer",
            )
            found.append(
                PairReason(
                    rule=type(compiled.rules_of_blocks[number]).__name__,
                    title=named.title,
                    title_nl=named.title_nl,
                    text=f"{told} ({named.about})",
                    text_nl=f"{told_nl} ({named.about_nl})",
                )
            )
    return found
