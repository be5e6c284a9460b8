"""How long answers about a plan take, and how near to the prices a plan with a pair is found."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import placement_opt as po
from benchmarks.conflicts import with_conflict

ASKED = 50
"""People whom each question is asked of."""

MOST_MINIMUMS, DIAGNOSE_S = 3_000, 60.0
"""So many people must be placed where a conflict is planted; its diagnosis gets so many seconds."""


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
    result = po.Model(region).solve(time_limit_s=time_limit_s)
    at_hand = _seconds(lambda: result.at_hand)
    asking = _Asking(result, seed, asked)
    lines = [
        _line("result.at_hand, once", [at_hand]),
        _line("why", asking.seconds_of(lambda pair: result.why(pair[0]), asking.out)),
        _line("why_not, not eligible", asking.seconds_of(asking.why_not, asking.out)),
        _line("why_not, eligible", asking.seconds_of(asking.why_not, asking.eligible)),
        _line("bottlenecks(prove=0)", [_seconds(lambda: result.bottlenecks(prove=0))]),
        _line("bottlenecks(prove=10)", [_seconds(lambda: result.bottlenecks(prove=10))]),
        _line("blocking_rules", [_seconds(result.model.blocking_rules)]),
        *_conflict_lines(result),
    ]
    found = [answer for answer in asking.answers if answer.loss_points is not None]
    near = [a.loss_points <= 2 * (a.price_points or 0) + 100 for a in found]
    gap = "none" if result.gap is None else f"{result.gap:.3%}"
    told = (
        f"{candidates:,} candidates, {openings:,} openings, gap {gap}. A plan with the pair was"
        f" found for {len(found)} of {len(asking.answers)}; for {sum(near)} at a loss of at most"
        " twice the price and 100 points."
    )
    return "\n".join([told, "", "| answer | median s | largest s |", "|---|---|---|", *lines])


def _conflict_lines(result: po.Result) -> list[str]:
    """Plant a conflict among people who must be placed, and tell how long its diagnosis takes."""
    model = with_conflict(result, MOST_MINIMUMS)
    model.compile()
    found: list[Any] = []
    seconds = _seconds(lambda: found.append(model.diagnose(time_limit_s=DIAGNOSE_S)))
    sizes = [f"{len(one.limits)}{'' if one.is_minimal else '?'}" for one in found[0].conflicts]
    told = f"conflicts of {', '.join(sizes) or 'none'} limits"
    ways = f"{len(found[0].relaxations)} ways out"
    is_all = "" if found[0].has_all_relaxations else ", there may be others"
    return [_line(f"diagnose, planted: {told}, {ways}{is_all}", [seconds])]


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

    def why_not(self, pair: tuple[str, str]) -> object:
        """Ask why not of a pair, and keep the answer where it is eligible."""
        answer = self._result.why_not(*pair)
        if answer.is_eligible:
            self.answers.append(answer)
        return answer

    def seconds_of(
        self, question: Callable[[tuple[str, str]], object], pairs: list[tuple[str, str]]
    ) -> list[float]:
        """Return the seconds of one question about each of some pairs."""
        return [_seconds(partial(question, pair)) for pair in pairs]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _line(answer: str, seconds: list[float]) -> str:
    if not seconds:
        return f"| {answer} | none | none |"
    return f"| {answer} | {median(seconds):.4f} | {max(seconds):.4f} |"
