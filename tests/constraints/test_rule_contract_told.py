"""The contract of every rule, in words: its rows tell what they limit, its docstring what holds."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, note
from rules_alone import (
    CASES,
    FEW,
    MOST_COACHED_PAIRS,
    breaks_one_placement,
    breaks_one_variant,
    listed,
    setting,
)
from tiny_regions import subsets
from tiny_search import best_own_values

import placement_opt as po
from placement_opt.constraints import RULES, rule_from_json
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

RULES_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize("kind", CASES)
def test_rows_tell_what_they_limit_in_the_users_own_numbers(kind):
    @FEW
    @given(drawn=listed(MOST_COACHED_PAIRS))
    def check(drawn):
        for fields, at_most in CASES[kind]:
            note(f"{kind.__name__}: {fields}, at most {at_most} placements")
            check_rows(kind(**fields), *drawn, at_most)

    check()


def check_rows(rule, region, frame, at_most):
    _, table, placements, _ = setting(rule, region, frame, at_most)
    raw = rule.lower(table)
    if raw is None:
        return
    block = raw.divided()
    assert block.limits is not None, "diagnose and bottlenecks have no words for these rows"
    opened, told = block.opened(), block
    if not isinstance(rule, po.FewChanges):  # its row holds the changes beyond those made
        check_limits(block)
        told = without_what_is_not_told(block)
    ties = np.array([row for row, unit in enumerate(block.limits.units) if not unit], int)
    tied = opened.taken(rows=ties)
    for rows in subsets(range(len(placements))):
        chosen = [placements[row] for row in rows]
        if breaks_one_placement(chosen, at_most) or breaks_one_variant(chosen):
            continue
        ones = np.isin(np.arange(len(placements)), rows).astype(int).tolist()
        best = best_own_values(block, ones)
        assert best_own_values(opened, ones) == best
        assert best_own_values(told, ones) == best, "a limit that nothing tells of"
        assert best_own_values(tied, ones) is not None, "a tie alone is in nobody's way"


def check_limits(block):
    """What is told of each row has the row's limits, rounded inwards; a tie has none."""
    told = block.limits
    fields = (told.groups, told.units, told.size, told.beside, told.least, told.most)
    assert {len(field) for field in fields} == {len(block)}
    rows = (*fields, block.lower.tolist(), block.upper.tolist())
    for group, unit, size, beside, least, most, lower, upper in zip(*rows, strict=True):
        assert group
        if not unit:
            assert (least, most) == (None, None)
            continue
        ends = (least, most) if size > 0 else (most, least)
        low, high = (None if end is None else (end - beside) / size for end in ends)
        assert low is None or lower - 1 < low <= lower
        assert high is None or upper <= high < upper + 1


def without_what_is_not_told(block):
    """Return the block without the limits of rows of which nothing is told, such as of anybody."""
    told = block.limits
    ends = [
        (least, most) if size > 0 else (most, least)
        for size, least, most in zip(told.size, told.least, told.most, strict=True)
    ]
    lower, upper = block.lower.copy(), block.upper.copy()
    for row, (unit, (low, high)) in enumerate(zip(told.units, ends, strict=True)):
        if unit and low is None:
            lower[row] = NO_LOWER
        if unit and high is None:
            upper[row] = NO_UPPER
    return dataclasses.replace(block, lower=lower, upper=upper)


EVERY_SETTING = [rule(**fields) for rule in RULES for fields in rule.examples]


@pytest.mark.parametrize("rule", EVERY_SETTING, ids=repr)
def test_a_rule_survives_json(rule):
    assert rule_from_json(rule.model_dump(mode="json")) == rule
    assert type(rule_from_json(rule.model_dump(mode="json"))) is type(rule)


@pytest.mark.parametrize("kind", RULES)
def test_every_rule_is_tried_and_told(kind):
    assert kind.examples
    text = kind.__doc__
    condition = re.search(r"\\le|\\ge|\\text\{ (if|unless)|= ", text)
    assert ".. math::" in text
    assert condition is not None, "the docstring names no inequality or condition"
    law = re.search(r"References|Source:|practice|Participatiewet|Wfsv|werkbegeleiding", text)
    assert law is not None, "the docstring names no law, practice or source"
    assert kind.title
    assert f"\n## {kind.__name__}\n" in RULES_PAGE.read_text(encoding="utf-8")
