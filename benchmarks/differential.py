"""Solves many tiny models in every way and by trying out all plans, and tells where they differ.

A model is made up as plain data. From that, this module builds the library's model on one hand, and
on the other tries out every plan with a few lines of its own that read no code of the library.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np

import placement_opt as po

SOLVERS = ("auto", "cp-sat", "mip")
OPTIMAL_GAP = Fraction(1, 10**9)
LIMIT_S = 60.0


@dataclass(frozen=True)
class Minimum:
    """At least so much of what `uses` names at those of a label, hard or at a price per unit."""

    uses: str
    label: str
    least: int
    price: int | None


@dataclass(frozen=True)
class Spec:
    """A tiny problem as plain data; pairs are (person, place), scores as they are written.

    Parameters
    ----------
    people, places
        How many of each.
    score
        By pair, the text of a number; pairs that are not there are not eligible.
    size
        Of each person, a whole number.
    positions
        Free positions of each place.
    room
        Most sizes in each place, or None for no such rule.
    everybody
        Everybody has to be placed.
    label
        Of each person.
    at_most
        Most people of each label, or None.
    minimums
        What labels ask for.
    weight
        Of the scores: -1 for costs.
    """

    people: int
    places: int
    score: dict[tuple[int, int], str]
    size: tuple[int, ...]
    positions: tuple[int, ...]
    room: tuple[int, ...] | None
    everybody: bool
    label: tuple[str, ...]
    at_most: dict[str, int] | None
    minimums: tuple[Minimum, ...] = field(default=())
    weight: int = 1


def drawn(seed: int) -> Spec:
    """Make up one problem."""
    draws = np.random.default_rng([7, seed])
    people, places = int(draws.integers(2, 7)), int(draws.integers(1, 5))
    is_listed = draws.random((people, places)) < draws.choice([0.5, 0.9, 1.0])
    is_listed[int(draws.integers(people)), int(draws.integers(places))] = True
    score = _scores(draws, is_listed)
    size = tuple(draws.integers(1, 6, people).tolist())
    label = tuple(draws.choice(["a", "b"], people).tolist())
    room = None
    if draws.random() < 0.7:
        share = draws.choice([0.5, 0.95, 1.0, 1.05, 1.3])  # nearly full more often than not
        room = tuple(draws.multinomial(round(sum(size) * share), np.ones(places) / places).tolist())
    everybody = bool(draws.random() < 0.4)
    at_most = None
    if draws.random() < 0.4:
        at_most = {name: int(draws.integers(0, people + 1)) for name in sorted(set(label))}
    minimums = tuple(
        Minimum(
            str(draws.choice(["placements", "size"])),
            str(name),
            int(draws.integers(0, 8)),
            None if draws.random() < 0.4 else int(draws.integers(0, 40)),
        )
        for name in sorted(set(label))
        if draws.random() < 0.3
    )
    # Both kinds of minimum have one rule, so that all of a model's are priced or none.
    if minimums:
        first = minimums[0]
        minimums = tuple(
            Minimum(first.uses, each.label, each.least, first.price) for each in minimums
        )
    return Spec(
        people,
        places,
        score,
        size,
        tuple(draws.choice([0, 1, 1, 2, 6], places).tolist()),
        room,
        everybody,
        label,
        at_most,
        minimums,
        int(draws.choice([1, 1, 1, -1])),
    )


def _scores(draws: np.random.Generator, is_listed: np.ndarray) -> dict[tuple[int, int], str]:
    """Draw numbers of one kind for all pairs: whole, decimal, tiny, huge, or huge beside tiny."""
    kinds: dict[str, Callable[[], str]] = {
        "whole": lambda: str(draws.integers(0, 30)),
        "cents": lambda: f"{draws.integers(0, 3_000) / 100:.2f}",
        "chance": lambda: repr(float(draws.random())),
        "tiny": lambda: repr(float(draws.random()) * 1e-7),
        "huge": lambda: str(draws.integers(1, 10**12)),
        "levels": lambda: f"{draws.integers(0, 4) * 10**9}.{draws.integers(0, 10**6):06}",
        "signed": lambda: str(draws.integers(-20, 30)),
    }
    one = kinds[str(draws.choice(list(kinds)))]
    return {(int(c), int(o)): one() for c, o in zip(*np.nonzero(is_listed), strict=True)}


def model_of(spec: Spec) -> po.Model:
    """Build the library's model of a problem."""
    pairs = list(spec.score)
    frame = {
        "candidate_id": [f"C-{c}" for c, _ in pairs],
        "opening_id": [f"O-{o}" for _, o in pairs],
        "score": [float(text) if "." in text else int(text) for text in spec.score.values()],
        "size": [spec.size[c] for c, _ in pairs],
        "label": [spec.label[c] for c, _ in pairs],
    }
    rules: list[po.Rule] = [po.OnePlacement(), po.OpeningCapacity()]
    if spec.room is not None:
        limits = {f"O-{o}": most for o, most in enumerate(spec.room)}
        rules.append(po.ResourceLimit(uses="size", per="opening", limits=limits))
    if spec.everybody:
        rules.append(po.EveryCandidatePlaced())
    rules += _of_labels(spec, set(frame["label"]))
    region = po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(spec.people)],
        openings=[po.Opening(id=f"O-{o}", positions=n) for o, n in enumerate(spec.positions)],
    )
    objective = [po.PairScore("score", weight=spec.weight)]
    return po.Model(region, pairs=frame, rules=rules, objective=objective)


def _of_labels(spec: Spec, seen: set[str]) -> list[po.Rule]:
    """Return the limits and minimums of labels; those of one resource are one rule."""
    limits = {name: most for name, most in (spec.at_most or {}).items() if name in seen} or None
    if not spec.minimums:
        return [] if limits is None else [po.ResourceLimit(per="label", limits=limits)]
    minimums = {each.label: each.least for each in spec.minimums}
    price = spec.minimums[0].price
    if spec.minimums[0].uses == "size":
        asked = po.ResourceLimit(uses="size", per="label", minimums=minimums, shortfall_price=price)
        return [asked] if limits is None else [asked, po.ResourceLimit(per="label", limits=limits)]
    return [po.ResourceLimit(per="label", limits=limits, minimums=minimums, shortfall_price=price)]


def best_by_trying(spec: Spec) -> Fraction | None:
    """Return the best objective over all plans, or None where no plan keeps the rules."""
    score = {pair: Fraction(text) for pair, text in spec.score.items()}
    ways = [[None, *(o for o in range(spec.places) if (c, o) in score)] for c in range(spec.people)]
    best: Fraction | None = None
    for plan in product(*ways):
        value = _value(spec, score, plan)
        if value is not None and (best is None or value > best):
            best = value
    return best


def _value(
    spec: Spec, score: dict[tuple[int, int], Fraction], plan: tuple[int | None, ...]
) -> Fraction | None:
    placed = [(c, o) for c, o in enumerate(plan) if o is not None]
    if spec.everybody and len(placed) < spec.people:
        return None
    for o in range(spec.places):
        there = [c for c, where in placed if where == o]
        if len(there) > spec.positions[o]:
            return None
        if spec.room is not None and sum(spec.size[c] for c in there) > spec.room[o]:
            return None
    for name, most in (spec.at_most or {}).items():
        if sum(spec.label[c] == name for c, _ in placed) > most:
            return None
    value = spec.weight * sum((score[pair] for pair in placed), start=Fraction(0))
    for each in spec.minimums:
        amounts = [spec.size[c] if each.uses == "size" else 1 for c, _ in placed]
        got = sum(
            n for n, (c, _) in zip(amounts, placed, strict=True) if spec.label[c] == each.label
        )
        missing = max(0, each.least - got)
        if missing and each.price is None:
            return None
        value -= missing * (each.price or 0)
    return value


def grid_of(spec: Spec) -> Fraction:
    """Return how far a plan's points may be off by the reading of scores of many digits.

    They are read to within the spacing of doubles around the largest score.
    """
    largest = max((abs(Fraction(text)) for text in spec.score.values()), default=Fraction(0))
    return spec.people * largest / 2**49


def disagreement(
    result: po.Result, best: Fraction | None, grid: Fraction = Fraction(0)
) -> str | None:
    """Return what is wrong with a result, or None where it agrees with trying out all plans.

    `grid` is how far the points of a plan may be off as they were read.
    """
    if best is None or result.status is po.Status.INFEASIBLE:
        is_right = best is None and result.status is po.Status.INFEASIBLE
        return None if is_right else f"{result.status.value}, by trying {best}"
    if result.objective is None or result.bound is None:
        return f"{result.status.value}, by trying {float(best)}"
    told, bound = Fraction(result.objective), Fraction(result.bound)
    largest = max(abs(best), abs(bound))
    rounding = grid + largest / 2**50  # of told numbers, which are doubles
    if told > best + rounding or bound < best - rounding:
        return f"{result.status.value} {float(told)} to {float(bound)}, by trying {float(best)}"
    if result.status is po.Status.OPTIMAL and best - told > OPTIMAL_GAP * largest + rounding:
        return f"OPTIMAL {float(told)}, by trying {float(best)}"
    if result.status is not po.Status.OPTIMAL and result.stop_reason is not po.StopReason.PRECISION:
        return f"{result.status.value}, {result.stop_reason.value}"
    return None


def differences(first: int, count: int) -> Iterator[tuple[str, str | None]]:
    """Yield for each model and solver how it ended, and what is wrong with it or None."""
    for seed in range(first, first + count):
        spec = drawn(seed)
        best = best_by_trying(spec)
        for solver in SOLVERS:
            result = model_of(spec).solve(time_limit_s=LIMIT_S, gap=0.0, solver=solver)
            wrong = disagreement(result, best, grid_of(spec))
            ending = f"{solver}: {result.status.value}, {result.stop_reason.value}"
            yield ending, None if wrong is None else f"seed {seed}, {solver}: {wrong}"


def report(first: int, count: int) -> int:
    """Print how models ended and every difference; return how many there are."""
    endings: Counter[str] = Counter()
    wrong = []
    for ending, difference in differences(first, count):
        endings[ending] += 1
        if difference is not None:
            wrong.append(difference)
            print(difference, flush=True)
    for ending, times in sorted(endings.items()):
        print(f"{times:6,}  {ending}")
    print(f"{count:,} models, {len(wrong):,} differences")
    return len(wrong)
