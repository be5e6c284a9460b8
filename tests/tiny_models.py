"""Tiny models with every rule at once, and every plan that keeps them all."""

from hypothesis import assume
from hypothesis import strategies as st
from tiny_regions import coach_choices, ids_of, pairs_of, subsets, tiny_regions

import placement_opt as po
from placement_opt.constraints import standard_rules
from placement_opt.instance.instance import Instance
from placement_opt.objectives import standard_terms
from placement_opt.run.not_in_time import not_in_time

MOST_PAIRS = 7


@st.composite
def models(draw, hard=None, options=False, periods=((),)):
    """Draw a model with every rule: standard ones, and those that only users ask for.

    With `options`, people have coaching options; the periods are one of `periods`.
    """
    region = draw(tiny_regions(options=options, periods=periods))
    assume(draw(st.sampled_from((3, 2, 1))) <= len(pairs_of(region)))
    instance = Instance(region)
    hard = draw(st.booleans()) if hard is None else hard
    price = None if hard else draw(st.sampled_from((0.5, 33.333333, 800)))
    rules = {rule.rule: rule for rule in standard_rules(instance)}
    for rule in (
        po.EssentialSkills(),
        po.TravelTime(),
        po.HoursOverlap(),
        po.WorkplaceNeeds(),
        po.StartDates(),
        po.ShelteredWork(),
        po.ExcludedPairs(),
        po.OnePlacement(at_most=draw(st.sampled_from((1, 1, 2)))),
        po.OpeningCapacity(),
        po.SupervisionPlaces(),
        po.Coaching(),
        po.WageSubsidyBudget(),
        po.JobsQuota(
            per=draw(st.sampled_from(("employer", "sector"))),
            jobs=draw(st.sampled_from((None, 0.25, 1.5))),
            shortfall_price=price,
            max_shortfall=draw(st.sampled_from((None, None, None, 2.5))),
        )
        if price is not None
        else po.JobsQuota(per="region", max_shortfall=2.5),
        po.ShelteredPlaces(shortfall_price=price),
        po.MunicipalityBalance(share=0.25 if hard else 0.8, shortfall_price=price),
        po.FixedPlacements(),
        po.ResourceLimit(
            uses="hours_per_week",
            per="opening_municipality",
            limits=draw(st.sampled_from((60, 30))),
        ),
    ):
        rules[rule.rule] = rule
    if hard and draw(st.sampled_from((False, False, False, True))):
        rules["EveryCandidatePlaced"] = po.EveryCandidatePlaced()
    if region.periods:
        rules |= {rule.rule: rule for rule in draw(rules_in_time(price))}
        rules = {name: rule for name, rule in rules.items() if not [*not_in_time([rule])]}
    sign = draw(st.sampled_from((1, 1, 1, 1, 1, 1, -1)))
    terms = [t.model_copy(update={"weight": sign}) for t in standard_terms(instance)]
    return po.Model(region, rules=list(rules.values()), objective=terms)


@st.composite
def rules_in_time(draw, price):
    """Draw the rules that speak of periods."""
    over = draw(st.sampled_from(("horizon", "time")))
    at = draw(st.sampled_from(("end", "each_period"))) if over == "horizon" else "end"
    most = draw(st.sampled_from((1, 2)))
    return [
        po.OnePlacement(at_most=draw(st.sampled_from((1, 1, 2))), over=over)
        if at == "end"
        else po.OnePlacement(),
        po.JobsQuota(per="employer", shortfall_price=price, at=at)
        if price is not None
        else po.JobsQuota(per="region", max_shortfall=2.5, at=at),
        po.ResourceLimit(uses=None, per="start_period", limits=most),
    ]


VARIANTS = ("calm", "fast", "late")


@st.composite
def models_in_variants(draw, hard=None):
    """Draw a model with every rule whose pairs can be had in one to three ways."""
    model = draw(models(hard))
    eligible = ids_of(model.compile().pairs)
    assume(eligible)
    rows = draw(
        st.lists(
            st.sampled_from([(*pair, way) for pair in eligible for way in VARIANTS]),
            unique=True,
            min_size=1,
            max_size=MOST_PAIRS,
        )
    )
    # What is fixed has a way, so that no input is bad.
    listed = {row[:2] for row in rows}
    rows += [(*pair, "calm") for pair in model.region.fixed_placements if pair not in listed]
    each = {"min_size": len(rows), "max_size": len(rows)}
    frame = {
        "candidate_id": [candidate for candidate, _, _ in rows],
        "opening_id": [opening for _, opening, _ in rows],
        "variant": [variant for _, _, variant in rows],
    }
    columns = {
        "hours_per_week": st.sampled_from((4, 8, 12.75, 25.5)),
        "coaching_hours_per_week": st.sampled_from((0, 1.2, 2.5)),
        "subsidy_eur_per_year": st.sampled_from((0, 4_000.01, 9_000)),
        "score": st.sampled_from((0.2, 1, 0.000001)),
    }
    for name in draw(st.sets(st.sampled_from(sorted(columns)), min_size=1)):
        frame[name] = draw(st.lists(columns[name], **each))
    objective = list(model.objective)
    if "score" in frame:
        objective.append(po.PairScore("score", weight=100))
    return po.Model(model.region, pairs=frame, rules=model.rules, objective=objective)


def all_plans(compiled):
    """Yield the verdict of every plan over the eligible pairs, with coaches where needed."""
    region = compiled.pairs.instance.region
    for rows in subsets(range(compiled.pairs.n_pairs)):
        chosen = [compiled.placement(row) for row in rows]
        bare = compiled.judge(compiled.plan_of(chosen))
        # Coaches can only mend what coaching itself finds wrong.
        if any(violation.rule != po.Coaching.title for violation in bare.violations):
            continue

        def needs_coach(placement):
            return (compiled.plan_of([placement]).coaching_hours_per_week(placement) or 0) > 0

        for option in coach_choices(region, chosen, needs_coach):
            verdict = compiled.judge(compiled.plan_of(option))
            if verdict.is_sound:
                yield verdict, option
                break  # coaches add no points: one that fits is as good as any


def brute_force(compiled):
    """Return the best objective over all plans, or None where no plan keeps the rules."""
    return max((verdict.objective for verdict, _ in all_plans(compiled)), default=None)
