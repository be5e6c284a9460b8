"""What blocks and formulations keep when others are made of them: a word on every field."""

from dataclasses import MISSING, fields
from fractions import Fraction

import numpy as np
import pytest
from formulations import blocks_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.formulation.capacity import Capacity, Holders
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.points import Objective, PointShare
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.formulation.rows import ExtraRows

MANY = settings(max_examples=200, deadline=None, database=None)


class Told(Capacity):
    """Says in which of its own rows there is no room, and remembers what it was asked."""

    def room(self, pairs, chosen, own):
        self.asked = (pairs.tolist(), chosen.tolist(), own.tolist())
        return np.array([0, 0, 1]), np.array([0, 2, 3])

    def lift(self, chosen, own, liked=None):
        return {"pair": chosen, "liked": liked}

    def settle(self, chosen, columns):
        return chosen, chosen > 0

    def packer(self, kept, liked):
        return Packs(liked)

    def pools(self):
        return Pooled()


class Packs:
    def __init__(self, liked):
        self.told = liked.tolist()

    def add(self, pair):
        self.told.append(pair)
        return True

    def rank(self, pairs):
        return pairs

    def own(self):
        return np.zeros(3, dtype=np.int64)


class Pooled:
    def within(self, pairs):
        return ("within", pairs.tolist())

    def sets(self, duals):
        return duals.tolist()


def block():
    """Two classes of two pairs each, served by two holders; no field is left at its default."""
    usage = sparse.csr_array(np.array([[1, 1, 0, 0], [0, 0, 1, 1], [0] * 4, [0] * 4]))
    own_usage = sparse.csr_array(np.array([[-1, -1, 0], [0, 0, -1], [2, 0, 0], [0, 3, 1]]))
    return RowBlock(
        "coaches",
        ["class 0", "class 1", "holder 0", "holder 1"],
        usage,
        np.array([0, 0, NO_LOWER, NO_LOWER]),
        np.array([0, 0, 5, 4]),
        Variables(np.zeros(3, np.int64), np.array([7, 8, 9]), [Fraction(n) for n in range(3)]),
        own_usage,
        each_pair_once=True,
        holders=Holders(np.array([0, 0, 1]), np.array([0, 1, 1])),
        capacity=Told(),
        limits=RowLimits.of(["t", "u", "K-1", "K-2"], "people", most=[None, None, 5, 4]),
        asks_one=True,
    )


def plain(value):
    """Turn the value of a field into what can be compared."""
    if isinstance(value, (Variables, Holders)):
        return tuple(plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, (sparse.csr_array, np.ndarray)):
        return (value.toarray() if sparse.issparse(value) else value).tolist()
    if isinstance(value, RowLimits):
        return [int(size) for size in value.size]
    if isinstance(value, Capacity):
        return "capacity"
    return value


UPPER, GAIN = [7, 8, 9], [Fraction(0), Fraction(1), Fraction(2)]
AS_IT_IS = {
    "title": "coaches",
    "labels": ["class 0", "class 1", "holder 0", "holder 1"],
    "usage": [[1, 1, 0, 0], [0, 0, 1, 1], [0] * 4, [0] * 4],
    "lower": [0, 0, NO_LOWER, NO_LOWER],
    "upper": [0, 0, 5, 4],
    "variables": ([0, 0, 0], UPPER, GAIN, False, False),
    "variable_usage": [[-1, -1, 0], [0, 0, -1], [2, 0, 0], [0, 3, 1]],
    "each_pair_once": True,
    "holders": ([0, 0, 1], [0, 1, 1]),
    "capacity": "capacity",
    "limits": [1, 1, 1, 1],
    "asks_one": True,
}
"""Every field of a block: a new one has to be told here, and in `DERIVED` where it changes."""

MORE = Variables(np.array([-1]), np.array([5]), [Fraction(9)], follow=True, in_between=True)
DERIVED = {
    "all": (lambda whole: whole.taken(rows=np.arange(4), pairs=np.arange(4)), {}),
    "pairs": (
        lambda whole: whole.taken(pairs=np.array([1, 2])),
        {"usage": [[1, 0], [0, 1], [0, 0], [0, 0]], "limits": None},
    ),
    "rows": (
        lambda whole: whole.taken(rows=np.array([1, 3])),
        {
            "labels": ["class 1", "holder 1"],
            "usage": [[0, 0, 1, 1], [0] * 4],
            "lower": [0, NO_LOWER],
            "upper": [0, 4],
            "variable_usage": [[0, 0, -1], [0, 3, 1]],
            "each_pair_once": False,
            "holders": ([-1, -1, 0], [0, 1, 1]),
            "limits": None,
        },
    ),
    "own variables": (
        lambda whole: whole.taken(own=np.array([0, 2])),
        {
            "variables": ([0, 0], [7, 9], [Fraction(0), Fraction(2)], False, False),
            "variable_usage": [[-1, 0], [0, -1], [2, 0], [0, 1]],
            "holders": ([0, 1], [0, 1]),
            "capacity": None,
            "limits": None,
        },
    ),
    "no own variables": (
        lambda whole: whole.taken(own=np.zeros(0, dtype=np.int64)),
        {
            "variables": None,
            "variable_usage": None,
            "holders": None,
            "capacity": None,
            "limits": None,
        },
    ),
    "rows and pairs": (
        lambda whole: whole.taken(rows=np.array([1, 3]), pairs=np.array([2, 3])),
        {
            "labels": ["class 1", "holder 1"],
            "usage": [[1, 1], [0, 0]],
            "lower": [0, NO_LOWER],
            "upper": [0, 4],
            "variable_usage": [[0, 0, -1], [0, 3, 1]],
            "holders": ([-1, -1, 0], [0, 1, 1]),
            "limits": None,
        },
    ),
    "less nothing": (lambda whole: whole.less(np.zeros(4, dtype=np.int64)), {}),
    "less": (
        lambda whole: whole.less(np.array([1, 0, 2, -1])),
        {
            "lower": [-1, 0, NO_LOWER, NO_LOWER],
            "upper": [-1, 0, 3, 5],
            "capacity": None,
            "limits": None,
        },
    ),
    "more own variables": (
        lambda whole: whole.with_more_own(MORE, sparse.csr_array([[0], [4], [0], [0]])),
        {
            "variables": ([0, 0, 0, -1], [*UPPER, 5], [*GAIN, Fraction(9)], False, True),
            "variable_usage": [[-1, -1, 0, 0], [0, 0, -1, 4], [2, 0, 0, 0], [0, 3, 1, 0]],
            "holders": ([0, 0, 1, -1], [0, 1, 1, -1]),
            "capacity": None,
            "limits": None,
        },
    ),
    "divided": (
        RowBlock.divided,
        {
            "upper": [0, 0, 2, 4],
            "variable_usage": [[-1, -1, 0], [0, 0, -1], [1, 0, 0], [0, 3, 1]],
            "limits": [1, 1, 2, 1],
        },
    ),
    "other limits": (
        lambda whole: whole.limited(
            np.array([0, 0, NO_LOWER, 1]), np.array([0, 0, 6, 4]), np.array([7, 9, 9])
        ),
        {
            "lower": [0, 0, NO_LOWER, 1],
            "upper": [0, 0, 6, 4],
            "variables": ([0, 0, 0], [7, 9, 9], GAIN, False, False),
            "capacity": None,
            "limits": None,
        },
    ),
}


@pytest.mark.parametrize("kind", [RowBlock, Variables, Holders])
def test_the_block_of_these_tests_has_no_field_at_its_default(kind):
    whole = block()
    held = {RowBlock: whole, Variables: MORE, Holders: whole.holders}[kind]
    for field in fields(kind):
        assert field.default is MISSING or plain(getattr(held, field.name)) != field.default


@pytest.mark.parametrize("name", DERIVED)
def test_every_field_of_a_block_is_kept_or_changed_on_purpose(name):
    derive, changed = DERIVED[name]
    derived = derive(block())
    told = {field.name: plain(getattr(derived, field.name)) for field in fields(RowBlock)}
    assert told == AS_IT_IS | changed


class TestCapacity:
    def test_a_part_asks_in_its_own_pairs_and_rows(self):
        whole = block()
        part = whole.taken(rows=np.array([1, 2]), pairs=np.array([1, 3])).capacity
        some, own = np.array([1]), np.array([1, 0, 0])
        place, row = part.room(some, np.array([0]), own)
        assert whole.capacity.asked == ([3], [1], [1, 0, 0])
        assert (place.tolist(), row.tolist()) == ([0], [1]), "rows that are left out lack nothing"
        assert part.lift(some, own)["pair"].tolist() == [3]
        assert part.settle(np.array([0, 1]), {})[0].tolist() == [1, 3]
        packer = part.packer(None, some)
        assert packer.add(0)
        assert packer.packer.told == [3, 1]
        assert packer.rank(np.array([1, 0])).tolist() == [3, 1]
        assert part.pools() is None
        assert whole.taken(rows=np.array([1, 2])).pools is None

    def test_pools_are_those_of_the_pairs_that_are_left(self):
        assert block().taken(pairs=np.array([1, 3])).pools == ("within", [1, 3])

    def test_a_part_of_a_part_counts_in_its_own(self):
        part = block().taken(pairs=np.array([1, 2, 3])).taken(pairs=np.array([0, 2]))
        assert part.capacity.lift(np.array([0, 1]), np.zeros(3))["pair"].tolist() == [1, 3]

    def test_divided_rows_have_divided_duals_and_else_the_same(self):
        divided = block().divided()
        assert divided.pools.sets(np.array([1.0, 1.0, 1.0, 1.0])) == [1.0, 1.0, 0.5, 1.0]
        assert divided.capacity.room(np.array([0]), np.array([1]), np.zeros(3))[1].size == 3
        assert divided.capacity.packer(None, np.array([2])).told == [2]

    def test_a_rule_that_only_tells_its_room_leaves_the_rest_to_a_search(self):
        bare, nobody = Capacity(), np.zeros(0, dtype=np.int64)
        assert bare.lift(nobody, nobody) == {}
        assert bare.settle(nobody, {}) is bare.packer(None, nobody) is bare.pools() is None
        with pytest.raises(NotImplementedError):
            bare.room(nobody, nobody, nobody)


@MANY
@given(whole=blocks_of(5), data=st.data())
def test_what_is_taken_is_a_part_of_the_table(whole, data):
    def some(size):
        kept = [data.draw(st.booleans()) for _ in range(size)]
        return data.draw(st.sampled_from([None, np.flatnonzero(kept)]))

    rows, pairs, own = some(len(whole)), some(5), some(whole.n_own)
    part = whole.taken(rows=rows, pairs=pairs, own=own)
    rows = np.arange(len(whole)) if rows is None else rows
    pairs = np.arange(5) if pairs is None else pairs
    own = np.arange(whole.n_own) if own is None else own
    assert part.usage.toarray().tolist() == whole.usage.toarray()[rows][:, pairs].tolist()
    assert (part.lower.tolist(), part.upper.tolist()) == (
        whole.lower[rows].tolist(),
        whole.upper[rows].tolist(),
    )
    assert list(part.labels) == [whole.labels[row] for row in rows]
    assert part.n_own == own.size
    if own.size:
        table = whole.variable_usage.toarray()[rows][:, own]
        assert part.variable_usage.toarray().tolist() == table.tolist()
        assert part.variables.gain == [whole.variables.gain[one] for one in own]


def whole():
    gain = np.array([10, 20, 30, 40, 0, 1, 2])
    shares = (PointShare(Fraction(1, 3), np.array([3, 6, 9, 12])),)
    points = Objective(gain, 6, Fraction(8), Fraction(4), Fraction(5), shares)
    cut = ExtraRows(sparse.csr_array(np.ones((1, 7), dtype=np.int64)), np.array([-9]), ((),))
    return Formulation(4, (block(),), points, cut)


FORMULATION = {"n_pairs": 2, "blocks": ["coaches"], "extra": None}
"""Every field of a formulation but the objective, once it has other blocks over two pairs."""

INTEGERS = {
    "gain": [20, 40, 5],
    "scale": 6,
    "rounding": 0,
    "widening": 0,
    "least_reach": 0,
    "shares": [],
}
"""Every field of its objective; `INDEPENDENT` is what a part takes whose answer is added up."""

INDEPENDENT = INTEGERS | {"rounding": 4, "widening": 2, "shares": [(Fraction(1, 3), [6, 12])]}


@pytest.mark.parametrize(("is_independent", "kept"), [(False, INTEGERS), (True, INDEPENDENT)])
def test_every_field_of_a_formulation_is_kept_or_changed_on_purpose(is_independent, kept):
    pairs = np.array([1, 3])
    part = whole().blocks[0].taken(pairs=pairs, own=np.array([2]))
    derived = whole().with_blocks([part], [np.array([5])], pairs, is_independent=is_independent)
    told = {field.name: getattr(derived, field.name) for field in fields(Formulation)}
    points = told.pop("objective")
    told["blocks"] = [each.title for each in told["blocks"]]
    assert told == FORMULATION
    told = {field.name: plain(getattr(points, field.name)) for field in fields(Objective)}
    told["shares"] = [(share.step, share.values.tolist()) for share in told["shares"]]
    assert told == kept


def test_all_pairs_stay_where_none_are_named():
    derived = whole().with_blocks([block()], [whole().own_gain(0)])
    assert derived.objective.gain.tolist() == whole().objective.gain.tolist()
