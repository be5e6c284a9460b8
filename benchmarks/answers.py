"""How long answers about a plan take, beside what they may take; a table for each line of aims.

The aims are those for 15,000 people and 3,000 openings on two processors that nobody else uses.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import placement_opt as po
from benchmarks.conflicts import with_conflict
from benchmarks.monday import monday_of

ASKED = 50
"""People whom each question is asked of."""

FEW = 4
"""People of whom is asked what takes ten seconds or more."""

MOST_MINIMUMS, DIAGNOSE_S = 3_000, 60.0
"""So many people must be placed where a conflict is planted; its diagnosis gets so many seconds."""

REGRET_S, PLACE_S = 10.0, 30.0
"""Seconds for the ends of a regret, and for what would place somebody."""

CHANGES_SHARE, REPLAN_SHARE = 0.01, 0.1
"""So many changes of all people on Monday, in so much of the time of the first solve."""

NEAR_SHARE = 0.9
"""Of so many people the loss is near the price."""

NO_YES = ("no", "yes")


def answers_table(
    candidates: int, openings: int, seed: int, time_limit_s: float, asked: int = ASKED
) -> str:
    """Solve a made-up region, ask of random people, and return a Markdown table of the answers.

    Parameters
    ----------
    candidates, openings, seed
        The region.
    time_limit_s
        Seconds of the solve.
    asked
        People whom each question is asked of.
    """
    region = po.synthetic_region(candidates=candidates, openings=openings, seed=seed)
    results: list[po.Result] = []
    first_s = _seconds(lambda: results.append(po.Model(region).solve(time_limit_s=time_limit_s)))
    (result,) = results
    at_hand = _seconds(lambda: result.at_hand)
    asking = _Asking(result, seed, asked)
    lines = [
        _line("the first solve", None, [first_s]),
        _line("result.at_hand, once", None, [at_hand]),
        *asking.lines(),
        _line("bottlenecks(prove=0)", 5, [_seconds(lambda: result.bottlenecks(prove=0))]),
        _line("bottlenecks(prove=10)", 60, [_seconds(lambda: result.bottlenecks(prove=10))]),
        _line("blocking_rules", None, [_seconds(result.model.blocking_rules)]),
        *_conflict_lines(result),
        *_monday_lines(result, first_s, seed, time_limit_s),
    ]
    gap = "none" if result.gap is None else f"{result.gap:.3%}"
    told = f"{candidates:,} candidates, {openings:,} openings, gap {gap}. {asking.near_told()}"
    head = ["| answer | may take, s | median s | largest s | kept |", "|---|---|---|---|---|"]
    return "\n".join([told, "", *head, *lines])


def _conflict_lines(result: po.Result) -> list[str]:
    """Plant a conflict among people who must be placed, and tell how long its diagnosis takes."""
    try:
        model = with_conflict(result, MOST_MINIMUMS)
    except ValueError as error:
        return [_line(f"diagnose, planted: {error}", DIAGNOSE_S, [])]
    model.compile()
    found: list[Any] = []
    seconds = _seconds(lambda: found.append(model.diagnose(time_limit_s=DIAGNOSE_S)))
    sizes = [f"{len(one.limits)}{'' if one.is_minimal else '?'}" for one in found[0].conflicts]
    told = f"conflicts of {', '.join(sizes) or 'none'} limits"
    ways = f"{len(found[0].relaxations)} ways out"
    is_all = "" if found[0].has_all_relaxations else ", there may be others"
    return [_line(f"diagnose, planted: {told}, {ways}{is_all}", DIAGNOSE_S, [seconds])]


def _monday_lines(result: po.Result, first_s: float, seed: int, time_limit_s: float) -> list[str]:
    """Solve again after a weekend, until the gap is that of the first solve."""
    region = monday_of(result.model.region, seed)
    most = max(1, round(CHANGES_SHARE * len(region.candidates)))
    found: list[po.Result] = []
    asked = {"max_changes": most, "gap": result.gap or 0.0, "time_limit_s": time_limit_s}
    seconds = _seconds(lambda: found.append(po.replan(result, region, **asked)))
    gap = "none" if found[0].gap is None else f"{found[0].gap:.3%}"
    told = f"replan, {most} changes, until the gap of the first solve: {gap}"
    is_reached = found[0].gap is not None and found[0].gap <= asked["gap"]
    return [_line(told, REPLAN_SHARE * first_s, [seconds], is_found=is_reached)]


class _Asking:
    """Random pairs of a region, eligible ones that are not in the plan and others."""

    def __init__(self, result: po.Result, seed: int, asked: int) -> None:
        pairs, random = result.model.compile().pairs, np.random.default_rng(seed)
        instance, placed = pairs.instance, set(result.at_hand.solution.chosen.tolist())
        self._result = result
        self.answers: list[Any] = []
        self.out: list[tuple[str, str]] = []
        self.eligible: list[tuple[str, str]] = []
        while pairs.n_pairs > len(placed) and len(self.eligible) < asked:
            row = int(random.integers(pairs.n_pairs))
            if row not in placed:
                candidate, opening = int(pairs.candidate[row]), int(pairs.opening[row])
                ids = instance.candidate_ids[candidate], instance.opening_ids[opening]
                self.eligible.append(ids)
            who, where = (
                int(random.integers(n)) for n in (instance.n_candidates, instance.n_openings)
            )
            if not pairs.ways(who, where):
                self.out.append((instance.candidate_ids[who], instance.opening_ids[where]))

    def lines(self) -> list[str]:
        """Ask each question, and return a line for each."""
        result = self._result
        _seconds(lambda: result.recommend(candidate_id=self.eligible[0][0]))  # prepares the plan
        unplaced = [row.candidate_id for row in result.unplaced_rows][:FEW]
        place = partial(result.what_would_place, time_limit_s=PLACE_S)
        bounds = partial(result.why_not, time_limit_s=REGRET_S)
        return [
            _line("why", 0.01, _each(lambda pair: result.why(pair[0]), self.out)),
            _line("why_not, not eligible", 0.01, _each(self.why_not, self.out)),
            _line("recommend, a person", 0.01, _each(self._for_person, self.out)),
            _line("recommend, an opening", 0.01, _each(self._for_opening, self.out)),
            _line("why_not, eligible: a plan", 2, _each(self.why_not, self.eligible)),
            _line(
                "why_not, eligible: regret_bounds",
                REGRET_S,
                _each(lambda pair: bounds(*pair), self.eligible[:FEW]),
            ),
            _line("what_would_place", PLACE_S, _each(place, unplaced)),
        ]

    def _for_person(self, pair: tuple[str, str]) -> object:
        return self._result.recommend(candidate_id=pair[0], k=5)

    def _for_opening(self, pair: tuple[str, str]) -> object:
        return self._result.recommend(opening_id=pair[1], k=5)

    def why_not(self, pair: tuple[str, str]) -> object:
        """Ask why not of a pair, and keep the answer where it is eligible."""
        answer = self._result.why_not(*pair)
        if answer.is_eligible:
            self.answers.append(answer)
        return answer

    def near_told(self) -> str:
        """Tell for how many a plan with the pair was found, and at what a loss."""
        found = [answer for answer in self.answers if answer.loss_points is not None]
        near = sum(a.loss_points <= 2 * (a.price_points or 0) + 100 for a in found)
        is_kept = near >= NEAR_SHARE * len(self.answers)
        return (
            f"A plan with the pair was found for {len(found)} of {len(self.answers)}; for {near}"
            " at a loss of at most twice the price and 100 points"
            f" (nine in ten: {NO_YES[is_kept]})."
        )


def _each(question: Callable[[Any], object], asked: Iterable[Any]) -> list[float]:
    """Return the seconds of one question about each of some."""
    return [_seconds(partial(question, one)) for one in asked]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _line(answer: str, most_s: float | None, seconds: list[float], *, is_found: bool = True) -> str:
    """Return a row of the table: whether the median keeps to what it may take."""
    may = "" if most_s is None else f"{most_s:.3g}"
    if not seconds:
        return f"| {answer} | {may} | none | none | |"
    kept = "" if most_s is None else NO_YES[median(seconds) <= most_s and is_found]
    return f"| {answer} | {may} | {median(seconds):.4f} | {max(seconds):.4f} | {kept} |"
