"""Rules and terms of the user's own: their mistakes are told as theirs, and cost nobody a plan."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from own_parts import AtMost, Tenths, at_most, model, raising, region
from scipy import sparse

import placement_opt as po
from placement_opt.formulation.capacity import Holders
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import Column, PairTable

N_PAIRS = 8


class Silent(po.Rule):
    """Says nothing."""

    title = "silent"
    rule: str = "Silent"


class OnlyRows(Silent):
    """Says nothing on how to judge it."""

    rule: str = "OnlyRows"

    def lower(self, pairs: PairTable) -> RowBlock | None:
        return None


class OnlyJudges(Silent):
    """Judges plans that nothing in the model keeps from breaking it."""

    rule: str = "OnlyJudges"

    def violations(self, plan: Plan) -> Iterator[Violation]:
        yield from ()


class Untitled(OnlyJudges):
    """Has no title for people."""

    title = ""
    rule: str = "Untitled"

    def allows(self, instance: Instance, candidate: Any, opening: Any) -> Any:
        return None


class Borrowed(AtMost):
    """Goes by the name of a rule of the library."""

    rule: str = "Coaching"


class Once(po.Rule):
    """The rows of `OnePlacement`, built by hand, that declare nothing of themselves."""

    title = "once"
    rule: str = "Once"

    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        ones, every = np.ones(len(pairs), dtype=np.int64), np.arange(len(pairs))
        shape = (instance.n_candidates, len(pairs))
        usage = sparse.coo_array((ones, (pairs.candidate, every)), shape=shape).tocsr()
        none = np.full(shape[0], NO_LOWER)
        return RowBlock(self.title, instance.candidate_ids, usage, none, none * 0 + 1)

    def violations(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id, placements in plan.of_candidate.items():
            if len(placements) > 1:
                yield self.broken(candidate_id, "placed twice")


class SilentTerm(po.Term):
    """Says nothing."""

    title = "silent"
    term: str = "SilentTerm"


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        (Silent(), ["violations", "lower"]),
        (OnlyRows(), ["violations"]),
        (OnlyJudges(), ["lower"]),
        (Untitled(), ["title"]),
        (Borrowed(), ["rule"]),
        (SilentTerm(), ["points", "value"]),
    ],
)
def test_a_part_that_lacks_something_is_refused_when_it_is_added(part: Any, missing: Any) -> None:
    whole = model()
    as_rule = [part] if isinstance(part, po.Rule) else []
    as_term = [part] if isinstance(part, po.Term) else []
    for add in (
        lambda: whole.add(part),
        lambda: po.Model(region(), rules=as_rule, objective=as_term),
    ):
        with pytest.raises(po.InvalidInputError) as caught:
            add()
        assert {found.id for found in caught.value.problems} == {type(part).__name__}
        assert [found.field for found in caught.value.problems] == missing
    assert whole.solve().status == "OPTIMAL"  # what was refused is not in the model


def test_a_class_instead_of_an_object_is_refused() -> None:
    with pytest.raises(po.InvalidInputError, match=r"make one of the class: OnePlacement\("):
        model().add(po.OnePlacement)  # type: ignore[arg-type]


def test_an_heir_of_a_library_rule_may_keep_its_name() -> None:
    class Fewer(po.ResourceLimit):
        """As its parent."""

    result = model(Fewer(per="region", limits=1)).solve()
    assert len(result.placement_rows) == 1


def test_a_sound_rule_and_term_of_floats_are_solved_as_any_other() -> None:
    result = model(AtMost(most=2, in_rows=2)).solve()
    assert result.status == "OPTIMAL"
    assert result.objective == pytest.approx(1.3)  # C-3 and C-2, one of them in O-2
    assert result.bound is not None
    assert result.remark_rows == ()


@pytest.mark.parametrize(
    "points",
    [
        [1] * N_PAIRS,
        np.ones(N_PAIRS, dtype=np.int8),
        np.full(N_PAIRS, 0.5),
        np.full(N_PAIRS, 1 / 3, dtype=np.float64),
        Column.of(np.ones(N_PAIRS, dtype=np.int64), 3),
    ],
)
def test_points_may_be_any_array_of_numbers(points: Any) -> None:
    class Given(Tenths):
        """Whatever is given."""

        term: str = "Given"

        def points(self, pairs: PairTable) -> Any:
            return points

        def value(self, plan: Plan) -> Any:
            first = points.fraction(0) if isinstance(points, Column) else points[0]
            return first * len(plan)

    result = model(objective=[Given()]).solve()
    assert result.status == "OPTIMAL"
    assert len(result.placement_rows) == 4


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (np.ones(3), r"float64 of shape \(3,\)"),
        (np.ones((N_PAIRS, 1)), r"float64 of shape \(8, 1\)"),
        (np.ones(N_PAIRS, dtype=bool), "bool of shape"),
        (["1"] * N_PAIRS, "points"),
        (None, r"object of shape \(\)"),
        (np.array([1, np.nan, *[1] * 6]), "nan for C-0 in O-2"),
        (np.array([1, np.inf, *[1] * 6]), "inf for C-0 in O-2"),
        (Column(np.ones(N_PAIRS)), "float64 of shape"),  # type: ignore[arg-type]
        (Column(np.ones(3, dtype=np.int64)), r"int64 of shape \(3,\)"),
        (Column(np.ones(N_PAIRS, dtype=np.int64), 0), "scale 0"),
    ],
)
def test_points_that_are_none_are_told_as_the_users(points: Any, told: str) -> None:
    class Given(Tenths):
        """Whatever is given."""

        term: str = "Given"

        def points(self, pairs: PairTable) -> Any:
            return points

    with pytest.raises(po.InvalidInputError, match=told) as caught:
        model(objective=[Given()]).compile()
    assert [(found.subject, found.id) for found in caught.value.problems] == [
        ("objective term", "Given")
    ]


def rows(**changed: Any) -> RowBlock:
    block = at_most("at most so many", 2, N_PAIRS)
    for name, value in changed.items():
        object.__setattr__(block, name, value)
    return block


def half() -> sparse.csr_array:
    return sparse.csr_array([[1, 0] * (N_PAIRS // 2)], dtype=np.int64)


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (lambda: 3, "lower"),
        (lambda: rows(usage=np.ones((1, N_PAIRS))), "lower: usage"),
        (lambda: rows(usage=sparse.csr_array(np.ones((1, N_PAIRS)))), "lower: usage"),
        (lambda: rows(usage=sparse.csr_array(np.ones((1, 3), dtype=np.int64))), "lower: usage"),
        (lambda: rows(upper=np.array([2.5])), "lower: upper"),
        (lambda: rows(lower=np.array([0, 0])), "lower: lower"),
        (lambda: rows(variable_usage=3), "lower: variable_usage"),
        (lambda: rows(usage=half(), each_pair_once=True), "lower: each_pair_once"),
        (lambda: rows(holders=Holders(np.array([0]))), "lower: holders"),
    ],
)
def test_rows_that_are_none_are_told_as_the_users(block: Callable[[], Any], field: str) -> None:
    class Given(AtMost):
        """Whatever is given."""

        rule: str = "Given"

        def lower(self, pairs: PairTable) -> Any:
            return block()

    with pytest.raises(po.InvalidInputError) as caught:
        model(Given()).compile()
    assert [(found.id, found.field) for found in caught.value.problems] == [("Given", field)]


def test_rows_in_other_forms_are_read() -> None:
    class Given(AtMost):
        """A COO matrix and lists as limits."""

        rule: str = "Given"

        def lower(self, pairs: PairTable) -> Any:
            ones = sparse.coo_matrix(np.ones((1, len(pairs)), dtype=np.int8))
            return RowBlock(self.title, ["all"], ones, [0], [2])  # type: ignore[arg-type]

    assert len(model(Given()).solve().placement_rows) == 2


@pytest.mark.parametrize("kind", ["assignment", "region"])
def test_rows_that_declare_nothing_have_the_same_optimum(kind: str) -> None:
    place = po.synthetic_region(candidates=40, openings=15, seed=3)
    rules: list[po.Rule] = [po.OpeningCapacity()]
    if kind == "region":
        rules += [po.WorkplaceNeeds(), po.TravelTime(), po.MunicipalityBalance(shortfall_price=9)]
    declared = po.Model(place, rules=[po.OnePlacement(), *rules])
    own = po.Model(place, rules=[Once(), *rules])
    (of_library, *_), (of_user, *_) = (m.compile().formulation.blocks for m in (declared, own))
    assert of_library.each_pair_once
    assert not of_user.each_pair_once
    assert (of_library.usage != of_user.usage).nnz == 0
    expected, found = declared.solve(gap=0), own.solve(gap=0)
    assert found.status is expected.status is po.Status.OPTIMAL
    assert found.objective == expected.objective


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (np.ones((3, 3), dtype=bool), r"shape \(3, 3\)"),
        (np.ones((4, 2)), "an array of float64"),
        ("no", "an array of <U2"),
    ],
)
def test_a_mask_that_is_none_is_told_as_the_users(mask: Any, told: str) -> None:
    class Given(OnlyJudges):
        """Whatever is given."""

        rule: str = "Given"

        def allows(self, instance: Instance, candidate: Any, opening: Any) -> Any:
            return mask

    with pytest.raises(po.InvalidInputError, match=told) as caught:
        model(Given()).compile()
    assert {(found.id, found.field) for found in caught.value.problems} == {("Given", "allows")}


@pytest.mark.parametrize("method", ["problems", "allows", "lower", "remarks", "points"])
def test_an_error_in_a_method_names_it_and_keeps_its_cause(method: str) -> None:
    part = raising(method)
    made = model(part) if isinstance(part, po.Rule) else model(objective=[part])
    with pytest.raises(po.InvalidInputError, match="ZeroDivisionError: no such thing") as caught:
        made.compile()
    found = caught.value.problems[0]
    assert (found.id, found.field) == ("Raises", method)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_mistakes_of_several_parts_are_told_at_once() -> None:
    made = model(raising("lower"), objective=[raising("points")])  # type: ignore[arg-type]
    made.add(po.Coaching())
    with pytest.raises(po.InvalidInputError) as caught:
        made.compile()
    told = {found.subject for found in caught.value.problems}
    assert told == {"rule", "objective term", "candidate"}
