"""What prices of the rows prove, and which of them follow from the others."""

from functools import partial

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.relaxation.pricing import Pricing, anchor_of, dual_bound, usable_prices
from placement_opt.solvers.relaxation.relaxation import whole_relaxation

MANY = settings(
    max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)

PRICES = st.one_of(
    st.sampled_from([0.0, 0.0, 1.0, -1.0, 0.1, 1e-7, 1e5]),
    st.floats(-20, 20, allow_nan=False),
)


@st.composite
def anchors(draw, n_pairs):
    """Draw a block in which every pair stands in just one row, and that takes one of its pairs."""
    n_rows = draw(st.integers(1, 4))
    row = [draw(st.integers(0, n_rows - 1)) for _ in range(n_pairs)]
    # A row that asks for a pair has one: else no prices at all would say the problem's best.
    least = st.sampled_from([0, 0, 0, NO_LOWER, -2, 1])
    lower = [draw(least if r in row else st.just(0)) for r in range(n_rows)]
    usage = [[int(of_pair == r) for of_pair in row] for r in range(n_rows)]
    return rows("one placement", usage, lower, [1] * n_rows, each_pair_once=True)


@st.composite
def hand_outs(draw, n_pairs, *, wide):
    """Draw people in classes, served by holders with capacity; `wide` leaves the split free."""
    n_classes, n_holders = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    row = [draw(st.integers(-1, n_classes - 1)) for _ in range(n_pairs)]
    usage = [[int(of_pair == t) for of_pair in row] for t in range(n_classes)]
    usage += [[0] * n_pairs for _ in range(n_holders)]
    own, columns, serves = [], [], []
    for t in range(n_classes):
        for k in range(n_holders):
            if k and draw(st.booleans()):
                continue
            own.append((0, 6 if wide else draw(st.integers(0, 2)), 0))
            serves.append(t)
            column = [-(t == other) for other in range(n_classes)]
            amount = draw(st.integers(1, 4))
            columns.append(column + [amount * (k == other) for other in range(n_holders)])
    lower = [0] * n_classes + [NO_LOWER] * n_holders
    upper = [0] * n_classes + [draw(st.integers(0, 6)) for _ in range(n_holders)]
    columns = np.transpose(columns)
    return rows("hand out", usage, lower, upper, own, columns, serves=serves)


@st.composite
def settling(draw, *, wide=False, least=1):
    """Draw a problem whose anchor and balances follow, with one block of other limits."""
    n_pairs = draw(st.integers(least, 5))
    blocks = [draw(hand_outs(n_pairs, wide=wide))]
    if draw(st.booleans()):
        blocks.append(draw(anchors(n_pairs)))
    if draw(st.booleans()):
        amounts = [draw(st.integers(0, 3)) for _ in range(n_pairs)]
        blocks.append(rows("limit", amounts, [NO_LOWER], [draw(st.integers(0, 5))]))
    blocks = draw(st.permutations(blocks))
    return problem([draw(st.integers(-5, 9)) for _ in range(n_pairs)], blocks)


def prices_for(data, formulation):
    n_rows = formulation.n_rows
    return np.array(data.draw(st.lists(PRICES, min_size=n_rows, max_size=n_rows)), dtype=float)


def rounding(formulation, prices):
    """How far sums of doubles, and of prices in 2^-20 steps, may lie from each other."""
    steps = formulation.paid(np.ones(formulation.n_rows), absolute=True)
    widest = np.maximum(np.abs(formulation.lower), np.abs(formulation.upper))
    limits = np.where(prices > 0, formulation.row_upper, formulation.row_lower)[prices != 0]
    return 2.0**-18 * (1 + float(steps @ widest) + float(np.abs(limits).sum()))


class TestBound:
    @MANY
    @given(formulation=st.one_of(formulations(), settling()), data=st.data(), least=st.booleans())
    def test_no_plan_gains_more_whatever_the_prices(self, formulation, data, least):
        prices = prices_for(data, formulation)
        before = prices.copy()
        priced = Pricing(formulation).settled(prices, are_least=least)
        assert prices.tolist() == before.tolist()
        best = brute_force(formulation)
        if best is not None:
            assert priced.bound >= best - 1e-6 * (1 + abs(best))

    @MANY
    @given(formulation=st.one_of(formulations(), settling()), data=st.data(), least=st.booleans())
    def test_exact_integers_prove_the_same(self, formulation, data, least):
        priced = Pricing(formulation).settled(prices_for(data, formulation), are_least=least)
        certificate = Certificate.from_duals(formulation, priced.prices)
        assume(certificate.bits == 20)
        exact = certificate.bound(formulation)
        slack = rounding(formulation, priced.prices)
        assert exact - slack <= priced.bound <= exact + 1 + slack

    @MANY
    @given(formulation=st.one_of(formulations(), settling()), data=st.data())
    def test_reduced_gains_are_those_at_the_settled_prices(self, formulation, data):
        priced = Pricing(formulation).settled(prices_for(data, formulation))
        paid = formulation.matrix.toarray().T @ priced.prices
        expected = formulation.objective.gain - paid
        assert priced.reduced == pytest.approx(expected, rel=1e-9, abs=1e-6)
        plain = dual_bound(formulation, priced.prices)
        assert priced.bound == pytest.approx(plain, rel=1e-9, abs=1e-6)


class TestFollowing:
    @MANY
    @given(data=st.data())
    def test_the_anchor_never_worsens_a_bound(self, data):
        n_pairs = data.draw(st.integers(1, 6))
        amounts = [data.draw(st.integers(-2, 3)) for _ in range(n_pairs)]
        blocks = [data.draw(anchors(n_pairs)), rows("limit", amounts, [-2], [3])]
        formulation = problem([data.draw(st.integers(-5, 9)) for _ in range(n_pairs)], blocks)
        pricing = Pricing(formulation)
        assert pricing.anchor is not None
        prices = prices_for(data, formulation)
        plain = dual_bound(formulation, usable_prices(formulation, prices))
        priced = pricing.settled(prices)
        assert priced.bound <= plain + 1e-9 * (1 + abs(plain))
        others = np.ones(formulation.n_rows, dtype=bool)
        others[pricing.anchor.rows] = False
        assert priced.prices[others].tolist() == usable_prices(formulation, prices)[others].tolist()

    @MANY
    @given(formulation=settling(), data=st.data())
    def test_balances_that_only_rise_never_worsen_a_bound(self, formulation, data):
        pricing = Pricing(formulation)
        prices = usable_prices(formulation, prices_for(data, formulation))
        plain = dual_bound(formulation, prices)
        bound = pricing.settled(prices, are_least=True).bound
        assert bound <= plain + 1e-9 * (1 + abs(plain))

    @MANY
    @given(formulation=settling(wide=True), data=st.data())
    def test_balances_are_best_where_own_variables_are_wide(self, formulation, data):
        pricing = Pricing(formulation)
        prices = usable_prices(formulation, prices_for(data, formulation))
        plain = dual_bound(formulation, prices)
        bound = pricing.settled(prices).bound
        assert bound <= plain + 1e-9 * (1 + abs(plain))

    @MANY
    @given(formulation=settling(), data=st.data())
    def test_settled_prices_settle_to_themselves(self, formulation, data):
        pricing = Pricing(formulation)
        first = pricing.settled(prices_for(data, formulation))
        for least in (False, True):
            again = pricing.settled(first.prices, are_least=least)
            assert again.prices == pytest.approx(first.prices)
            assert again.bound == pytest.approx(first.bound)

    @MANY
    @given(formulation=st.one_of(formulations(), settling()), data=st.data())
    def test_the_tightest_is_the_better_of_both(self, formulation, data):
        pricing, prices = Pricing(formulation), prices_for(data, formulation)
        bounds = [pricing.settled(prices, are_least=least).bound for least in (False, True)]
        assert pricing.tightest(prices).bound == min(bounds)

    @MANY
    @given(formulation=settling(), data=st.data())
    def test_balanced_prices_differ_from_the_settled_ones_in_the_anchor_alone(
        self, formulation, data
    ):
        pricing, prices = Pricing(formulation), prices_for(data, formulation)
        priced = pricing.settled(prices)
        inside = np.zeros(formulation.n_rows, dtype=bool)
        if pricing.anchor is not None:
            inside[pricing.anchor.rows] = True
        expected = np.where(inside, usable_prices(formulation, prices), priced.prices)
        assert pricing.balanced(prices, priced).tolist() == expected.tolist()

    def test_a_balance_asks_what_its_cheapest_holder_pays(self):
        # Two holders serve one class; the pair gains 9 and uses 2 hours at 3, or 3 hours at 1.
        usage = [[1], [0], [0]]
        own = [(0, 1, 0), (0, 1, 0)]
        columns = [[-1, -1], [2, 0], [0, 3]]
        block = rows("one", usage, [0, NO_LOWER, NO_LOWER], [0, 4, 4], own, columns, serves=[0, 0])
        pricing = Pricing(problem([9], [block]))
        priced = pricing.settled(np.array([100.0, 3.0, 1.0]))
        assert priced.prices.tolist() == [3, 3, 1]
        assert priced.reduced.tolist() == [6, -3, 0]
        assert priced.bound == 3 * 4 + 1 * 4 + 6
        kept = pricing.settled(np.array([100.0, 3.0, 1.0]), are_least=True)
        assert kept.prices.tolist() == [100, 3, 1]
        assert kept.bound == 3 * 4 + 1 * 4 + 94 + 97

    def test_prices_on_sides_without_a_limit_prove_nothing(self):
        block = rows("open", [[1], [1], [1]], [NO_LOWER, 0, NO_LOWER], [1, NO_UPPER, NO_UPPER])
        usable = partial(usable_prices, problem([1], [block]))
        assert usable(np.array([-2.0, 2.0, 5.0])).tolist() == [0, 0, 0]
        assert usable(np.array([2.0, -2.0, -5.0])).tolist() == [2, -2, 0]


class TestAnchor:
    def test_it_is_the_largest_block_that_takes_one_of_each_pair(self):
        coarse = rows("coarse", [[1, 1, 1]], [0], [1], each_pair_once=True)
        usage = [[0, 1, 0], [1, 0, 1], [0, 0, 0]]
        fine = rows("fine", usage, [0, 1, 0], [1, 1, 1], each_pair_once=True)
        anchor = anchor_of(problem([1, 1, 1], [coarse, fine]))
        assert anchor.rows == slice(1, 4)
        assert anchor.n_rows == 3
        assert anchor.row_of_pair.tolist() == [2, 1, 2]

    @pytest.mark.parametrize(
        ("usage", "lower", "upper", "once"),
        [
            ([[1, 1]], [0], [2], True),
            ([[1, 1]], [2], [1], True),
            ([[1, 0]], [0], [1], False),
            ([[2, 1]], [0], [1], True),
            ([[1, 1], [0, 1]], [0, 0], [1, 1], False),
            ([[1, 1]], [0], [1], False),
        ],
        ids=[
            "takes two", "asks for two", "not all pairs", "counts double", "a pair twice",
            "not declared",
        ],
    )  # fmt: skip
    def test_other_blocks_are_none(self, usage, lower, upper, once):
        block = rows("other", usage, lower, upper, each_pair_once=once)
        formulation = problem([1, 1], [block])
        assert anchor_of(formulation) is None
        assert Pricing(formulation).largest(np.zeros(2)).size == 0

    @MANY
    @given(data=st.data(), n_pairs=st.integers(1, 12))
    def test_the_largest_of_each_row(self, data, n_pairs):
        formulation = problem([1] * n_pairs, [data.draw(anchors(n_pairs))])
        values = np.array([data.draw(st.integers(-3, 3)) for _ in range(n_pairs)], dtype=float)
        pricing = Pricing(formulation)
        of_pair = pricing.anchor.row_of_pair - 1
        expected = [
            values[of_pair == row].max(initial=-np.inf) for row in range(pricing.anchor.n_rows)
        ]
        assert pricing.largest(values).tolist() == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_prices_of_a_region_are_found_again_from_those_that_do_not_follow(seed):
    region = po.synthetic_region(candidates=150, openings=40, seed=seed)
    formulation = po.Model(region).compile().formulation
    prices = whole_relaxation(formulation, 60).prices
    bound = dual_bound(formulation, prices)
    pricing = Pricing(formulation)
    assert pricing.settled(prices, are_least=True).bound == pytest.approx(bound)
    prices[pricing.anchor.rows] = 1e6
    assert pricing.settled(prices, are_least=True).bound == pytest.approx(bound)
    (coaching,) = [n for n, block in enumerate(formulation.blocks) if block.pools is not None]
    first, last = formulation.row_offsets[coaching : coaching + 2]
    is_class = np.flatnonzero(formulation.row_lower[first:last] == 0) + first
    assert is_class.size
    prices[is_class] = 1e9
    found = pricing.settled(prices).bound
    assert bound * (1 - 1e-9) <= found <= bound * 1.01
