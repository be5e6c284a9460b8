"""Tiny formulations to solve by brute force, and the brute force."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.formulation.capacity import Holders
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.solvers.relaxation.pricing import dual_bound
from placement_opt.solvers.relaxation.relaxation import whole_relaxation


def rows(
    title, usage, lower, upper, own=None, own_usage=None, *, each_pair_once=False, serves=None
):
    """Build a block; `own` lists (lower, upper, gain) of each own variable, `serves` their rows."""
    matrix = sparse.csr_array(np.array(usage, dtype=np.int64).reshape(len(lower), -1))
    variables = variable_usage = None
    if own:
        low, high, gain = zip(*own, strict=True)
        variables = Variables(np.array(low), np.array(high), [Fraction(value) for value in gain])
        variable_usage = sparse.csr_array(np.array(own_usage, dtype=np.int64))
    labels = [f"{title} {row}" for row in range(len(lower))]
    lower, upper = np.array(lower, dtype=np.int64), np.array(upper, dtype=np.int64)
    holders = None if serves is None else Holders(np.array(serves, dtype=np.int64))
    return RowBlock(
        title, labels, matrix, lower, upper, variables, variable_usage, each_pair_once, holders
    )


def problem(pair_gain, blocks, scale=1):
    """Build a formulation; own variables gain what their block says."""
    own = [int(gain) for block in blocks if block.variables for gain in block.variables.gain]
    gain = np.array([*pair_gain, *own], dtype=np.int64)
    return Formulation(len(pair_gain), tuple(blocks), Objective(gain, scale))


def brute_force(formulation):
    """Return the best objective over all integer points, or None when none keeps the rows."""
    sizes = np.maximum(formulation.upper - formulation.lower + 1, 0)
    steps = np.indices(sizes).reshape(formulation.n_variables, math.prod(sizes.tolist()))
    points = steps.T + formulation.lower
    limits = zip(formulation.row_lower, formulation.row_upper, strict=True)
    for row, (low, high) in zip(formulation.matrix.toarray(), limits, strict=True):
        activity = points @ row
        points = points[(low <= activity) & (activity <= high)]
    gained = points @ formulation.objective.gain
    return int(gained.max()) if gained.size else None


def relaxation_bound(formulation):
    """Return what the prices of the linear relaxation prove, or None where it has no solution."""
    point = whole_relaxation(formulation, 60.0)
    return None if point is None else dual_bound(formulation, point.prices)


LIMITS = st.one_of(
    st.tuples(st.just(NO_LOWER), st.integers(-2, 6)),
    st.tuples(st.integers(-3, 4), st.just(NO_UPPER)),
    st.tuples(st.integers(-2, 2), st.integers(2, 5)),
    st.integers(0, 3).map(lambda value: (value, value)),
    st.just((NO_LOWER, NO_UPPER)),
    st.tuples(st.integers(1, 2), st.integers(0, 1)),
)

OWN = st.tuples(st.integers(-2, 1), st.integers(0, 3)).flatmap(
    lambda ends: st.tuples(st.just(ends[0]), st.just(max(ends)), st.integers(-9, 5))
)


@st.composite
def blocks_of(draw, n_pairs):
    """Draw a block of any rows: mixed signs, equalities, infeasible ones, own variables."""
    n_rows = draw(st.integers(1, 3))
    n_own = draw(st.sampled_from([0, 0, 1, 2]))
    whole = st.sampled_from([0, 0, 1, 1, 1, 2, 3, -1, 700])
    lower, upper = zip(*(draw(LIMITS) for _ in range(n_rows)), strict=True)
    return rows(
        "any",
        [[draw(whole) for _ in range(n_pairs)] for _ in range(n_rows)],
        lower,
        upper,
        [draw(OWN) for _ in range(n_own)],
        [[draw(whole) for _ in range(n_own)] for _ in range(n_rows)],
    )


@st.composite
def formulations(draw):
    """Draw a formulation of at most six pairs and four other variables."""
    n_pairs = draw(st.integers(0, 6))
    blocks = [draw(blocks_of(n_pairs)) for _ in range(draw(st.integers(0, 2)))]
    gain = st.integers(-5, 9).map(lambda value: value * draw(st.sampled_from([1, 1000])))
    return problem([draw(gain) for _ in range(n_pairs)], blocks, draw(st.sampled_from([1, 60])))


NETWORK_LIMITS = st.one_of(
    st.tuples(st.just(NO_LOWER), st.integers(0, 2)),
    st.tuples(st.integers(1, 2), st.just(NO_UPPER)),
    st.tuples(st.integers(0, 2), st.integers(1, 3)),
)


@st.composite
def groupings(draw, group_of_pair, *, slack):
    """Draw a block over disjoint groups of pairs, some of them limited, some with a slack."""
    n_rows = max(0, *group_of_pair) + 1
    factor = draw(st.sampled_from([1, 1, 3]))
    limits = [draw(NETWORK_LIMITS) for _ in range(n_rows)]
    own, own_usage = [], []
    for row in range(n_rows if slack else 0):
        if draw(st.booleans()):
            own.append(draw(OWN))
            sign = draw(st.sampled_from([1, 1, -1])) * factor
            own_usage.append([sign if other == row else 0 for other in range(n_rows)])
    return rows(
        "groups",
        [[factor * (group == row) for group in group_of_pair] for row in range(n_rows)],
        [low if low == NO_LOWER else low * factor - factor // 2 for low, _ in limits],
        [high if high == NO_UPPER else high * factor + factor // 2 for _, high in limits],
        own,
        np.transpose(own_usage) if own else None,
    )


@st.composite
def networks(draw):
    """Draw nested groups of candidates on one side and of openings on the other."""
    n_pairs = draw(st.integers(1, 7))
    blocks = []
    for _ in range(2):
        group = [draw(st.integers(-1, 2)) for _ in range(n_pairs)]
        coarse = [draw(st.integers(-1, 1)) for _ in range(3)]
        outer = [coarse[one] if one >= 0 else draw(st.integers(-1, 1)) for one in group]
        kept = [groups for groups in (group, outer) if draw(st.booleans())]
        blocks.extend(draw(groupings(one, slack=draw(st.booleans()))) for one in kept)
    return problem(
        [draw(st.integers(-4, 9)) for _ in range(n_pairs)], draw(st.permutations(blocks))
    )


def knapsack(seed=0, n_pairs=12, n_rows=3):
    """Build a small problem whose optimum has many near misses, no network."""
    random = np.random.default_rng(seed)
    usage = random.integers(5, 60, (n_rows, n_pairs))
    block = rows("knapsack", usage, [NO_LOWER] * n_rows, usage.sum(axis=1) // 2)
    return problem(random.integers(10, 99, n_pairs), [block])


def market_split(seed=0, n_pairs=50, n_rows=6):
    """Build a problem with an easy start and an optimum that nobody finds or proves in time.

    Each row asks for exactly half of its total; what is short or too much costs one point a unit.
    """
    random = np.random.default_rng(seed)
    usage = random.integers(1, 100, (n_rows, n_pairs))
    half = usage.sum(axis=1) // 2
    own = [(0, 10**4, -1)] * (2 * n_rows)
    own_usage = np.hstack([np.eye(n_rows), -np.eye(n_rows)])
    return problem([0] * n_pairs, [rows("split", usage, half, half, own, own_usage)])
