"""Tiny regions with periods, and the ways of their pairs under one rule."""

import numpy as np
from hypothesis import strategies as st
from tiny_regions import DATE, PERIODS, tiny_regions
from tiny_regions import in_periods as periods_from

import placement_opt as po
from placement_opt.basics.errors import Findings
from placement_opt.instance.instance import Instance
from placement_opt.pairs.in_periods import in_periods
from placement_opt.pairs.listed import listed_pairs
from placement_opt.pairs.regimes import in_regimes

LAW = po.Rulebook.on(DATE).override(
    {
        "coaching.minimum_hours_per_week.municipality": 8,
        "coaching.minimum_contract_months.municipality": 6,
        "wage_subsidy.employer_charges": "0.2",
        "coaching.share.light.year_2": "0.02",
        "coaching.share.light.year_3": "0.01",
    }
)
MOST_WAYS = 8
YEARS = (
    periods_from("2026-02-01", "2027-02-01", "2027-08-01"),
    periods_from("2026-03-01", "2026-12-31", "2027-02-28", "2028-02-29", "2028-03-01"),
)
"""Periods in which coaching falls, from the second year of a placement on."""


@st.composite
def drawn_models(draw):
    """Draw a region with periods, and a frame of some of its pairs with columns of its own."""
    region = draw(tiny_regions(fixed=False, options=True, periods=(*PERIODS, *YEARS)))
    every = [(c.id, o.id) for c in region.candidates for o in region.openings]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=5))
    each = {"min_size": len(pairs), "max_size": len(pairs)}
    frame = {
        "candidate_id": [candidate for candidate, _ in pairs],
        "opening_id": [opening for _, opening in pairs],
        "weight": draw(st.lists(st.sampled_from((0, 1, 1.5, 2.333333)), **each)),
        "crew": draw(st.lists(st.sampled_from(("red", "blue")), **each)),
    }
    fixed = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=1))
    excluded = set(region.excluded_pairs)
    return region.model_copy(update={"fixed_placements": tuple(set(fixed) - excluded)}), frame


def table_of(rule, region, frame, at_most):
    """Return the pairs in all their ways under one rule and what always holds beside it."""
    instance, findings = Instance(region, LAW), Findings()
    rules = [rule, po.StartDates()]
    table = in_periods(in_regimes(listed_pairs(instance, frame, rules), rules, findings))
    findings.refuse()
    n_periods = len(region.periods)
    return table.with_placements_per_candidate(at_most or 2 * n_periods)


@st.composite
def some_ways(draw, table):
    """Draw some of the ways of a table, as if the others could not be had."""
    if table.n_pairs <= MOST_WAYS:
        return table
    rows = st.integers(0, table.n_pairs - 1)
    chosen = draw(st.sets(rows, min_size=MOST_WAYS - 2, max_size=MOST_WAYS))
    return table.taken(np.array(sorted(chosen), dtype=np.int64))
