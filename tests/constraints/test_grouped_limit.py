"""A sum per group within its limits: rows against the plain meaning, and how limits are read."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from builders import DATE
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_regions import subsets
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.instance.placement import Placement
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column

MANY = settings(max_examples=150, deadline=None, database=None)
LABELS = ("a", "b", "c")
SCALE = 4
AMOUNTS = st.sampled_from((0, 1, 2, 3, 6, 9))
LIMITS = st.sampled_from(
    [Fraction(n, d) for n, d in ((0, 1), (1, 2), (3, 4), (5, 3), (7, 3), (4, 1))]
)


@st.composite
def limited(draw):
    """Draw amounts in quarters, what they take from another group, limits, a price, a ceiling."""
    n = draw(st.integers(1, 5))
    each = {"min_size": n, "max_size": n}
    code, other = (draw(st.lists(st.integers(-1, 2), **each)) for _ in range(2))
    amount, left = (draw(st.lists(AMOUNTS, **each)) for _ in range(2))
    also = draw(st.sampled_from((None, (other, left))))
    group = st.integers(0, 2)
    return {
        "code": code,
        "amount": amount,
        "also": also,
        "at_most": draw(st.dictionaries(group, LIMITS, max_size=2)),
        "at_least": draw(st.dictionaries(group, LIMITS, max_size=3)),
        "shortfall_price": draw(st.sampled_from((None, Fraction(7, 3), Fraction(12)))),
        "max_shortfall": draw(st.sampled_from((None, Fraction(0), Fraction(3, 4), Fraction(5, 2)))),
    }


def used(case, chosen):
    """Return what the chosen use of each group."""
    sums = dict.fromkeys(range(len(LABELS)), Fraction(0))
    for pair in chosen:
        if case["code"][pair] >= 0:
            sums[case["code"][pair]] += Fraction(case["amount"][pair], SCALE)
        if case["also"] is not None and case["also"][0][pair] >= 0:
            sums[case["also"][0][pair]] -= Fraction(case["also"][1][pair], SCALE)
    return sums


def meant(case, chosen):
    """Return the price of the chosen by the plain meaning, None where they break a limit."""
    sums, price = used(case, chosen), Fraction(0)
    if any(sums[group] > limit for group, limit in case["at_most"].items()):
        return None
    for group, limit in case["at_least"].items():
        short = max(Fraction(0), limit - sums[group])
        if short > (case["max_shortfall"] or 0) and (
            case["shortfall_price"] is None or case["max_shortfall"] is not None
        ):
            return None
        price += short * (case["shortfall_price"] or 0)
    return price


@MANY
@given(case=limited())
def test_rows_mean_what_is_asked(case):
    def column(values):
        return Column.of(np.array(values, dtype=np.int64), SCALE)

    code = np.array(case["code"], dtype=np.int32)
    also = case["also"]
    if also is not None:
        also = (Groups(np.array(also[0], dtype=np.int32), LABELS), column(also[1]))
    usage = Usage(Groups(code, LABELS), column(case["amount"]), also)
    asked = {key: case[key] for key in ("at_most", "at_least", "shortfall_price", "max_shortfall")}
    block = grouped_limit("a limit", usage, **asked)
    assert (block is None) is not bool(case["at_most"] or case["at_least"])
    if block is None:
        return
    about = {LABELS[group] for group in {*case["at_most"], *case["at_least"]}}
    assert set(block.labels) == about
    for chosen in subsets(range(len(code))):
        ones = np.isin(np.arange(len(code)), chosen).astype(int).tolist()
        found = best_own_values(block, ones)
        price = meant(case, chosen)
        assert (None if found is None else -found[0]) == price


class TestLimits:
    @pytest.mark.parametrize(
        "given_", [{"a": 1, "b": 2.5}, pd.Series({"a": 1, "b": 2.5}), {"b": 2.5, "a": 1}]
    )
    def test_a_limit_for_each_group(self, given_):
        rule = po.ResourceLimit(per="crew", limits=given_)
        assert list(rule.limits.items()) == [("a", 1), ("b", 2.5)]

    def test_ids_given_as_integers_are_their_digits(self):
        rule = po.ResourceLimit(per="crew", limits={7: 1, np.int64(8): 2})
        assert dict(rule.limits) == {"7": 1, "8": 2}

    @pytest.mark.parametrize(
        ("given_", "told"),
        [
            ([1, 2], "must be a number, or map ids or labels to numbers"),
            ((1, 2), "must be a number, or map ids or labels to numbers"),
            ({1, 2}, "must be a number, or map ids or labels to numbers"),
            (np.array([1, 2]), "must be a number, or map ids or labels to numbers"),
            (pd.DataFrame({"a": [1]}), "must be a number, or map ids or labels to numbers"),
            ({True: 1}, "must map ids or labels (strings) to numbers"),
            ({2.0: 1}, "must map ids or labels (strings) to numbers"),
            ({7: 1, "7": 2}, "must name '7' once"),
            ({"a": math.nan}, "must hold a number for 'a'"),
            ({"a": None}, "must hold a number for 'a'"),
            ({"a": -1}, "also for 'a'"),
            (10**15 + 1, "from 0 to"),
            ({"a": 10**15 + 1}, "also for 'a'"),
        ],
    )
    def test_what_is_no_limit_is_told(self, given_, told):
        with pytest.raises(InvalidInputError) as caught:
            po.ResourceLimit(per="crew", limits=given_)
        (problem,) = caught.value.problems
        assert problem.field.startswith("limits")
        assert told in problem.expected

    def test_the_largest_are_taken(self):
        assert po.ResourceLimit(per="crew", limits=10**15).limits == 10**15
        priced = po.ResourceLimit(per="crew", minimums=1, shortfall_price=10**12)
        assert priced.shortfall_price == 10**12
        with pytest.raises(InvalidInputError, match="shortfall_price"):
            po.ResourceLimit(per="crew", minimums=1, shortfall_price=10**12 + 1)


@pytest.mark.parametrize(
    ("placed", "limits", "told"),
    [
        ([], {"minimums": {"O-1": 2}}, "O-1): 0 used, at least 2"),
        ([1], {"minimums": {"O-1": 2}}, "O-1): 1 used, at least 2"),
        ([1, 2], {"limits": {"O-1": 1}}, "O-1): 2 used, at most 1"),
        ([1], {"uses": "hours_per_week", "limits": 8}, "O-1): 16 used, at most 8"),
    ],
)
def test_a_broken_limit_tells_what_is_used(placed, limits, told):
    region = po.Region(
        name="tiny",
        date=DATE,
        candidates=[po.Candidate(id=f"C-{n}", hours_per_week=(8, 16)) for n in (1, 2)],
        openings=[po.Opening(id="O-1", positions=2, hours_per_week=(8, 20))],
    )
    rule = po.ResourceLimit(per="opening", **limits)
    compiled = po.Model(region, rules=[rule], objective=[]).compile()
    verdict = compiled.judge(compiled.plan_of([Placement(f"C-{n}", "O-1") for n in placed]))
    assert str(verdict.violations[0]).endswith(told)
