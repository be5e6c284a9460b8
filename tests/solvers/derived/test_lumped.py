"""Coaches that are alike as one: the same relaxation over fewer variables."""

from dataclasses import replace

import numpy as np
import pytest
from formulations import problem, relaxation_bound, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_regions import subsets, tiny_regions
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.mixed_integer_rounding import Cut
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.solvers.derived.lumped import lumped, spread
from placement_opt.solvers.relaxation.pricing import Pricing, dual_bound
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def formulation_of(region):
    return po.Model(region).compile().formulation


def with_alike_coaches(seed, copies=3):
    """Return a region whose coaches all have copies, with capacity that is scarce."""
    region = po.synthetic_region(candidates=120, openings=40, seed=seed)
    coaches = [
        coach.model_copy(
            update={"id": f"{coach.id}-{copy}", "hours_per_week": 7, "max_caseload": 2}
        )
        for coach in region.coaches[:6]
        for copy in range(copies)
    ]
    people = [person.model_copy(update={"coach": None}) for person in region.candidates]
    return region.model_copy(update={"coaches": tuple(coaches), "candidates": tuple(people)})


def coaching_of(formulation):
    (block,) = [block for block in formulation.blocks if block.pools is not None]
    return block


@pytest.fixture(scope="module", params=[1, 2, 3])
def alike(request):
    return formulation_of(with_alike_coaches(request.param))


def test_without_pools_each_row_stands_for_itself_in_exact_integers():
    region = po.synthetic_region(candidates=20, openings=8, seed=1)
    formulation = formulation_of(region.model_copy(update={"coaches": ()}))
    problem = lumped(formulation)
    assert problem.formulation is formulation
    assert problem.weights.dtype == np.int64
    assert np.array_equal(problem.weights.toarray(), np.eye(formulation.n_rows))
    (cut,) = spread([Cut((1, 0), (-3, 2), 2, ())], problem, formulation)
    assert (cut.rows, cut.weights) == ((1, 0), (-3, 2))
    assert all(type(weight) is int for weight in cut.weights)


class TestAlike:
    def test_the_relaxation_is_the_same_over_fewer_variables(self, alike):
        small, weights, _ = lumped(alike)
        of_row = weights.indices
        assert small.n_pairs == alike.n_pairs
        assert small.n_variables < alike.n_variables
        assert of_row.shape == (alike.n_rows,)
        assert weights.dtype == np.int64  # cuts of exact integers are spread by them
        assert np.unique(of_row).tolist() == list(range(small.n_rows))
        assert relaxation_bound(small) == pytest.approx(relaxation_bound(alike), rel=1e-9)
        coaching = coaching_of(alike)
        everybody = replace(coaching, upper=np.where(coaching.upper > 0, 10**9, coaching.upper))
        blocks = [everybody if block is coaching else block for block in alike.blocks]
        freed = replace(alike, blocks=tuple(blocks))
        assert relaxation_bound(freed) > 1.001 * relaxation_bound(alike), (
            "the coaches are not scarce"
        )

    def test_each_own_variable_stands_in_the_rows_of_the_one_it_is_a_part_of(self, alike):
        small, weights, of_own = lumped(alike)
        of_row = weights.indices
        own = np.arange(alike.n_pairs, alike.n_variables)
        assert sum(block.variables is not None for block in alike.blocks) > 1
        assert np.unique(of_own).tolist() == list(range(small.n_variables - small.n_pairs))
        entries = alike.columns(own).tocoo()
        lumped_rows = np.zeros((small.n_rows, own.size))
        np.add.at(lumped_rows, (of_row[entries.row], entries.col), entries.data)
        assert np.array_equal(small.columns(small.n_pairs + of_own).toarray(), lumped_rows)

    def test_a_cut_is_spread_to_all_that_its_rows_and_variables_stand_for(self, alike):
        problem = lumped(alike)
        n_pairs, of_own = alike.n_pairs, problem.of_own
        many = int(np.argmax(np.bincount(of_own)))
        of_row = problem.weights.indices
        row = int(np.argmax(np.bincount(of_row)))
        (cut,) = spread([Cut((row,), (-3,), 2, (1, n_pairs + many))], problem, alike)
        assert list(cut.rows) == np.flatnonzero(of_row == row).tolist()
        assert len(cut.rows) > 1
        assert set(cut.weights) == {-3}
        assert cut.delta == 2
        parts = np.flatnonzero(of_own == many)
        assert parts.size > 1
        assert list(cut.complemented) == [1, *(n_pairs + parts).tolist()]

    def test_prices_looked_up_prove_for_the_whole_what_they_prove_for_the_small_one(self, alike):
        small, weights, _ = lumped(alike)
        of_row = weights.indices
        prices = RestrictedLp(small).simplex(np.arange(small.n_variables), 60).prices
        prices = Pricing(small).settled(prices).prices
        coaches = alike.row_lower < 0
        assert np.any(prices[of_row][coaches] > 0), "the coaches are not scarce"
        certificate = Certificate.from_duals(alike, prices[of_row])
        assert certificate.bound(alike) == Certificate.from_duals(small, prices).bound(small)
        assert certificate.bound(alike) == pytest.approx(relaxation_bound(alike), abs=100)

    @pytest.mark.parametrize("seed", range(5))
    def test_so_do_any_prices(self, alike, seed):
        small, weights, _ = lumped(alike)
        of_row = weights.indices
        random = np.random.default_rng(seed)
        prices = random.normal(0, 1e5, small.n_rows) * (random.random(small.n_rows) < 0.5)
        for least in (False, True):
            priced = Pricing(small).settled(prices, are_least=least)
            whole = dual_bound(alike, priced.prices[of_row])
            assert whole == pytest.approx(priced.bound, rel=1e-12)
            again = Pricing(alike).settled(prices[of_row], are_least=least)
            assert again.bound == pytest.approx(priced.bound, rel=1e-12)
            assert again.reduced[: alike.n_pairs] == pytest.approx(
                priced.reduced[: small.n_pairs], rel=1e-9, abs=1e-3
            )


class TestUnlike:
    """Coaches of one team with other hours per head: still a relaxation, a wider one."""

    def test_hours_of_one_and_heads_of_another_are_added_up(self):
        region = po.Region(
            name="two coaches",
            candidates=[
                po.Candidate(id=f"C-{n}", coaching_hours_per_week=1 + n % 2) for n in range(12)
            ],
            openings=[po.Opening(id="O-1", positions=20)],
            coaches=[
                po.Coach(id="K-1", hours_per_week=10, max_caseload=1),
                po.Coach(id="K-2", hours_per_week=2, max_caseload=10),
            ],
        )
        formulation = formulation_of(region)
        small, _, _ = lumped(formulation)
        per_person = formulation.objective.gain.max()
        assert relaxation_bound(formulation) == pytest.approx(3 * per_person)
        assert relaxation_bound(small) == pytest.approx(5 * per_person)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_a_region_keeps_its_bound(self, seed):
        formulation = formulation_of(po.synthetic_region(candidates=400, openings=120, seed=seed))
        problem = lumped(formulation)
        small = problem.formulation
        assert small.n_variables < formulation.n_variables
        exact, relaxed = relaxation_bound(formulation), relaxation_bound(small)
        assert exact * (1 - 1e-9) <= relaxed <= exact * 1.001
        prices = problem.of_whole(whole_relaxation(small, 60).prices)
        proven = Certificate.from_duals(formulation, prices)
        assert proven.bound(formulation) == pytest.approx(relaxed, rel=1e-7)

    @FEW
    @given(region=tiny_regions(most=3, most_coaches=2))
    def test_every_exact_solution_has_its_lumped_one(self, region):
        block, table = coaching_rows(region)
        assume(table.n_pairs <= 6)
        small = block.pools.lumped(block)
        assert small.weights.shape == (len(block), len(small.rows))
        for chosen in subsets(range(table.n_pairs)):
            ones = np.isin(np.arange(table.n_pairs), chosen).astype(int).tolist()
            if best_own_values(block, ones) is not None:
                assert best_own_values(small.rows, ones) is not None


def coaching_rows(region):
    """Return the divided rows of coaching, with their pools, and the table they are for."""
    instance = Instance(region)
    rule = po.Coaching()
    assume(rule.standard(instance) is not None)
    table = enumerate_pairs(instance, [rule]).with_placements_per_candidate(1)
    block = rule.lower(table) if table.n_pairs else None
    assume(block is not None)
    return block.divided(), table


def in_lowest_terms(pooled):
    """Rows with what their coefficients share taken out: fewer pairs may share more."""
    usage = pooled.usage.toarray()
    shared = np.maximum(np.gcd.reduce(usage, axis=1), 1)
    return (usage // shared[:, None]).tolist(), (pooled.upper // shared).tolist()


class TestWithin:
    @FEW
    @given(region=tiny_regions(most=3), data=st.data())
    def test_it_equals_the_rows_of_the_pairs_alone(self, region, data):
        block, table = coaching_rows(region)
        kept = np.flatnonzero(
            [data.draw(st.booleans(), label=f"pair {pair}") for pair in range(table.n_pairs)]
        )
        part = replace(table, candidate=table.candidate[kept], opening=table.opening[kept])
        alone = po.Coaching().lower(part)
        n_coaches = len(region.coaches)
        sets = [group for group in subsets(range(n_coaches)) if group]
        within = block.pools.within(kept).rows(sets)
        assert within.usage.shape[1] == kept.size
        if alone is None:
            assert len(within) == 0
            return
        expected = alone.divided().pools.rows(sets)
        assert in_lowest_terms(within) == in_lowest_terms(expected)

    def test_it_may_be_narrowed_again_and_to_nothing(self, alike):
        coaching = coaching_of(alike)
        pools, sets = coaching.pools, coaching.pools.sets(np.zeros(len(coaching)))
        some = np.setdiff1d(np.arange(alike.n_pairs), np.arange(0, alike.n_pairs, 9))
        fewer = np.setdiff1d(np.arange(some.size), np.arange(0, some.size, 8))
        twice = pools.within(some).within(fewer).rows(sets)
        once = pools.within(some[fewer]).rows(sets)
        assert len(once)
        assert twice.usage.toarray().tolist() == once.usage.toarray().tolist()
        assert twice.upper.tolist() == once.upper.tolist()
        uncoached = np.setdiff1d(np.arange(alike.n_pairs), coaching.usage.indices)
        assert uncoached.size
        for pairs in (uncoached, np.zeros(0, dtype=np.int64)):
            none = pools.within(pairs)
            assert len(none.rows(sets)) == 0
            assert len(none.within(np.arange(pairs.size // 2)).rows(sets)) == 0


def test_without_such_holders_a_formulation_stays_as_it_is():
    formulation = problem(
        [1, 2], [rows("one", [[1, 1]], [0], [1]), rows("two", [[1, 0]], [0], [1])]
    )
    small, weights, _ = lumped(formulation)
    assert small is formulation
    assert weights.toarray().tolist() == [[1, 0], [0, 1]]
