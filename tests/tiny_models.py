"""Tiny models with every rule at once, and every plan that keeps them all."""

import itertools

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from tiny_regions import coach_choices, ids_of, often, pairs_of, sampled, subsets, tiny_regions

import placement_opt as po
from placement_opt.constraints import standard_rules
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.steps_of_paths import steps_of
from placement_opt.objectives import standard_terms
from placement_opt.solvers import get_solver

MOST_PAIRS = 7


def examples(count):
    """Return the settings of a test over so many models, of which many are too large to count."""
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(max_examples=count, deadline=None, database=None, suppress_health_check=quiet)


@st.composite
def models(draw, hard=None, options=None, steps=None, periods=((),)):
    """Draw a model with every rule: standard ones, and those that only users ask for.

    With `options`, people have coaching options; with `steps`, there are steps before a job. None
    draws whether they do, options in regions without periods only. The periods are one of
    `periods`.
    """
    drawn = periods == ((),)
    options = draw(often(False, True)) if options is None and drawn else bool(options)
    steps = draw(st.booleans()) if steps is None else steps
    region = draw(tiny_regions(options=options, steps=steps, periods=periods))
    if not steps:  # with steps there are more pairs than these
        assume(draw(sampled((3, 2, 1))) <= len(pairs_of(region)))
    instance = Instance(region)
    hard = draw(st.booleans()) if hard is None else hard
    price = None if hard else draw(sampled((0.5, 33.333333, 800)))
    rules = {rule.rule: rule for rule in standard_rules(instance)}
    for rule in (
        po.EssentialSkills(),
        po.TravelTime(),
        po.HoursOverlap(),
        po.WorkplaceNeeds(),
        po.StartDates(),
        po.ShelteredWork(),
        po.ExcludedPairs(),
        po.OnePlacement(at_most=draw(sampled((1, 1, 2)))),
        po.OpeningCapacity(),
        po.SupervisionPlaces(),
        po.Coaching(),
        po.WageSubsidyBudget(),
        po.JobsQuota(
            per=draw(sampled(("employer", "sector"))),
            jobs=draw(sampled((None, 0.25, 1.5))),
            shortfall_price=price,
            max_shortfall=draw(sampled((None, None, None, 2.5))),
        )
        if price is not None
        else po.JobsQuota(per="region", max_shortfall=2.5),
        po.ShelteredPlaces(shortfall_price=price),
        po.MunicipalityBalance(share=0.25 if hard else 0.8, shortfall_price=price),
        po.FixedPlacements(),
        po.ResourceLimit(
            uses="hours_per_week",
            per="opening_municipality",
            limits=draw(sampled((60, 30))),
        ),
    ):
        rules[rule.rule] = rule
    if hard and draw(sampled((False, False, False, True))):
        rules["EveryCandidatePlaced"] = po.EveryCandidatePlaced()
    if region.periods:
        rules |= {rule.rule: rule for rule in draw(rules_in_time(price))}
    sign = draw(sampled((1, 1, 1, 1, 1, 1, -1)))
    terms = [t.model_copy(update={"weight": sign}) for t in standard_terms(instance)]
    return po.Model(region, rules=list(rules.values()), objective=terms)


@st.composite
def rules_in_time(draw, price):
    """Draw the rules that speak of periods."""
    over = draw(sampled(("horizon", "time")))
    at = draw(sampled(("end", "each_period"))) if over == "horizon" else "end"
    most = draw(sampled((1, 2)))
    return [
        po.OnePlacement(at_most=draw(sampled((1, 1, 2))), over=over)
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
    model = draw(models(hard, options=False))  # whose ways are regimes
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
        "hours_per_week": sampled((4, 8, 12.75, 25.5)),
        "coaching_hours_per_week": sampled((0, 1.2, 2.5)),
        "subsidy_eur_per_year": sampled((0, 4_000.01, 9_000)),
        "score": sampled((0.2, 1, 0.000001)),
    }
    for name in draw(st.sets(st.sampled_from(sorted(columns)), min_size=1)):
        frame[name] = draw(st.lists(columns[name], **each))
    objective = list(model.objective)
    if "score" in frame:
        objective.append(po.PairScore("score", weight=100))
    return po.Model(model.region, pairs=frame, rules=model.rules, objective=objective)


def all_plans(compiled):
    """Yield the verdict of every plan over the eligible pairs, with steps and coaches as needed."""
    for rows in subsets(range(compiled.pairs.n_pairs)):
        chosen = [compiled.placement(row) for row in rows]
        found = next(_sound(compiled, chosen), None)  # steps and coaches add no points
        if found is not None:
            yield found


def _sound(compiled, chosen):
    """Yield the verdicts of a choice of pairs that break nothing, and their placements."""
    region = compiled.pairs.instance.region
    bare = compiled.plan_of(chosen)
    mended = (po.Coaching, po.EssentialSkills, po.Steps)
    # Most choices break something: no rule is asked for more, and no term for its value.
    others = (rule for rule in compiled.rules if not isinstance(rule, mended))
    if any(found for rule in others for found in rule.violations(bare)):
        return

    def needs_coach(placement):
        return (compiled.plan_of([placement]).coaching_hours_per_week(placement) or 0) > 0

    skills = (rule for rule in compiled.rules if isinstance(rule, po.EssentialSkills))
    lacking = {found.about for rule in skills for found in rule.violations(bare)}
    needing = [placement for placement in chosen if placement.candidate_id in lacking]
    for steps in all_steps(region, needing):
        for option in coach_choices(region, chosen, needs_coach):
            verdict = compiled.judge(compiled.plan_of(option, steps))
            if verdict.is_sound:
                yield verdict, option


def all_steps(region, chosen):
    """Return every set of steps that the people of some placements might take, in each start."""
    people = sorted({placement.candidate_id for placement in chosen})
    steps = [opening.id for opening in region.openings if opening.kind != "job"]
    starts = [period.id for period in region.periods] or [None]
    options = [
        [(), *((Placement(person, step, variant=start),) for start in starts)]
        for person in people
        for step in steps
    ]
    return map(tuple, map(itertools.chain.from_iterable, itertools.product(*options)))


def plan_at_hand(compiled, result):
    """Return the placements of a result, in their ways, and the steps before them."""
    chosen = [compiled.placement(compiled.row_of(r), r.coach_id) for r in result.placement_rows]
    return chosen, steps_of(result.path_rows, compiled.pairs.instance.region.periods)


def with_one_more(compiled, chosen, steps, pair):
    """Yield the verdicts of a plan with one pair more: in each way, with each coach and steps."""
    region = compiled.pairs.instance.region
    ways = range(compiled.pairs.n_pairs)
    for row in [row for row in ways if ids_of(compiled.pairs)[row] == pair]:
        for coach in (None, *(one.id for one in region.coaches)):
            more = compiled.placement(row, coach)
            for added in all_steps(region, [more]):
                taken = [*steps, *(step for step in added if step not in steps)]
                verdict = compiled.judge(compiled.plan_of([*chosen, more], taken))
                if all(one.rule != po.EssentialSkills.title for one in verdict.violations):
                    yield verdict


def brute_force(compiled):
    """Return the best objective over all plans, or None where no plan keeps the rules."""
    return max((verdict.objective for verdict, _ in all_plans(compiled)), default=None)


def solved(model):
    """Return a model of a few pairs as it was compiled, and the best plan, if it has one."""
    compiled = model.compile()
    assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
    result = model.solve(solver="cp-sat", gap=0)
    assume(result.has_plan)
    return compiled, result


def check_equals_brute_force(model, solvers, check_told=None):
    """Each solver that takes a model finds the best of all plans; what it tells is checked too."""
    compiled = model.compile()
    best = brute_force(compiled)
    for name in solvers:
        if get_solver(name).refuses(compiled.formulation) is not None:
            continue
        result = model.solve(solver=name, gap=0)
        if best is None:
            assert result.status is po.Status.INFEASIBLE, name
            continue
        assert result.objective == pytest.approx(float(best), abs=1e-9), name
        assert result.bound >= result.objective
        if check_told is not None:
            check_told(model, result)
