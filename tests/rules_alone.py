"""One rule alone on a tiny region: its settings, listed pairs under it, and plans over them."""

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from tiny_regions import DATE, ids_of, sampled, tiny_regions

import placement_opt as po
from placement_opt.basics.errors import Findings
from placement_opt.constraints import RULES
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import LabelsOfPairs
from placement_opt.pairs.listed import given_of, listed_pairs
from placement_opt.pairs.placements import PairsByIds
from placement_opt.pairs.regimes import in_regimes

LAW = (
    po.Rulebook.on(DATE)
    .override(
        {
            "coaching.minimum_hours_per_week.municipality": "12.001",
            "coaching.minimum_contract_months.municipality": 6,
            "wage_subsidy.employer_charges": "0.235",
        }
    )
    .override(
        {
            "coaching.minimum_hours_per_week.municipality": 8,
            "coaching.share.intensive.year_1": "0.12",
            "wage_subsidy.employer_charges": "0.2",
        },
        municipality="M-2",
        source="an ordinance",
    )
)
"""What the law leaves open, filled in by two municipalities, one with an ordinance of its own."""
VARIANTS = ("intensive", "light")
MOST_COACHED_PAIRS = 4

CASES = {
    rule: [
        (fields, at_most)
        for fields in rule.examples
        for at_most in (
            (1, None)
            if rule
            in {
                po.Coaching,
                po.FewCoaches,
                po.MunicipalityBalance,
                po.JobsQuota,
                po.FewChanges,
                po.OneVariant,
            }
            else (None,)
        )
    ]
    for rule in RULES
    if rule is not po.SmoothIntake  # it asks for periods: see test_rules_in_time
}
"""The settings that each rule is tried in: its fields, and how many placements people may have."""

FEW = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def listed(draw, most_pairs):
    """Draw a region and a frame of some of its pairs, with columns of its own."""
    region = draw(tiny_regions(fixed=False, options=True))
    ways = draw(sampled(((None,), VARIANTS)))
    # Whoever has coaching options is listed in one of them, or in all of them by a single row.
    every = [
        (c.id, o.id, way)
        for c in region.candidates
        for o in region.openings
        for way in ways
        if way is None or not c.coaching_options or way in c.coaching_options
    ]
    assume(every)
    pairs = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=most_pairs))
    each = {"min_size": len(pairs), "max_size": len(pairs)}
    weights = sampled((0, 1, 1.5, 0.000001, 2.333333))
    frame = {
        "candidate_id": [candidate for candidate, _, _ in pairs],
        "opening_id": [opening for _, opening, _ in pairs],
        "weight": draw(st.lists(weights, **each)),
        "crew": draw(st.lists(sampled(("red", "blue")), **each)),
    }
    if ways == VARIANTS:
        frame["variant"] = [way for *_, way in pairs]
    overriding = {
        "hours_per_week": sampled((0, 8, 12.75, 25.5)),
        "coaching_hours_per_week": sampled((0, 1.2, 2.5)),
        "wage_value": sampled((0.25, 0.5)),
        "subsidy_eur_per_year": sampled((0, 4_000.01)),
        "candidate_rank": sampled((1, 2, 2, 3, None)),
        "opening_rank": sampled((1, 2, 2, 3, None)),
    }
    for name in draw(sampled(((), (), *((name,) for name in overriding)))):
        frame[name] = draw(st.lists(overriding[name], **each))
        if name.endswith("_rank"):  # of a pair, whatever its ways
            of_pair = {pair[:2]: rank for pair, rank in zip(pairs, frame[name], strict=True)}
            frame[name] = [of_pair[pair[:2]] for pair in pairs]
    ends = sorted({pair[:2] for pair in pairs})
    fixed = draw(st.lists(st.sampled_from(ends), unique=True, max_size=2))
    excluded = set(region.excluded_pairs)
    working = {(c.id, c.current_opening) for c in region.candidates}
    kept = tuple(pair for pair in fixed if pair not in excluded | working)
    return region.model_copy(update={"fixed_placements": kept}), frame


def setting(rule, region, frame, at_most):
    """Return the pair table under one rule, and a maker of plans over its rows."""
    instance = Instance(region, LAW)
    findings = Findings()
    table = in_regimes(listed_pairs(instance, frame, [rule]), [rule], findings)
    findings.refuse()
    if at_most is not None:
        table = table.with_placements_per_candidate(at_most)
    ids = ids_of(table)
    labels = LabelsOfPairs(table)
    eligible = frozenset(candidate for candidate, _ in ids)

    def plan(placements):
        return Plan(instance, placements, eligible, labels, PairsByIds(table), table.given.keys())

    placements = [
        Placement(*pair, None, given_of(table, row), table.variant_of(row))
        for row, pair in enumerate(ids)
    ]
    return instance, table, placements, plan


def breaks_one_placement(placements, at_most):
    people = [placement.candidate_id for placement in placements]
    return at_most is not None and any(people.count(one) > at_most for one in people)


def breaks_one_variant(placements):
    pairs = [(placement.candidate_id, placement.opening_id) for placement in placements]
    return len(pairs) > len(set(pairs))
