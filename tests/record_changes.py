"""Changes of records as they are told, applied to a model by what they tell alone."""

import re

from hypothesis import assume
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, all_plans

import placement_opt as po

NEVER = {
    "needs",
    "sheltered",
    "may_work_regular",
    "ground",
    "ground_from",
    "ground_until",
    "minimum_wage_age",
    "wage_value",
    "wage_eur_per_hour",
    "current_opening",
    "coaching_regime",
    "excluded_pairs",
}
"""Fields of which no change is ever proposed."""


def apply(model, change, after=None):
    """Change the region, or the rule, by what the change tells alone."""
    after = change.after if after is None else after
    field, key = re.fullmatch(r"(\w+)(?:\['(.*)'\])?", change.field).groups()
    if change.kind == "rule":
        rule = next(r for r in model.rules if " ".join(r.key) == change.record)
        known = getattr(rule, field)
        labels = known if isinstance(known, dict) else labels_of(model, rule, known)
        return model.of_region(model.region).add(
            rule.model_copy(update={field: {**labels, key: after}})
        )
    table = {"coach": "coaches", "municipality": "municipalities"}.get(
        change.kind, f"{change.kind}s"
    )
    records = []
    for record in getattr(model.region, table):
        if record.id == change.record:
            value = after
            held = getattr(record, field)
            if isinstance(held, frozenset):
                assert (change.before, change.after) == (False, True)
                assert key not in held
                value = held | {key}
            elif key is not None:
                assert held.get(key, 0) == change.before
                value = {**held, key: after}
            else:
                assert change.before in {held, str(held)}
            records.append(record.model_copy(update={field: value}))
        else:
            records.append(record)
    return model.of_region(model.region.model_copy(update={table: tuple(records)}))


def labels_of(model, rule, number):
    return dict.fromkeys((label for label in model.instance.municipality_ids), number)


def bests(compiled, candidate):
    """Return the best objective, and the best with the candidate placed; None for neither."""
    plans = [
        (verdict.objective, any(p.candidate_id == candidate for p in placements))
        for verdict, placements in all_plans(compiled)
    ]
    every = max((value for value, _ in plans), default=None)
    return every, max((value for value, is_placed in plans if is_placed), default=None)


def somebody_left(model, data):
    """Draw somebody who is left by the best plan; return the model compiled, the plan, and who."""
    compiled = model.compile()
    assume(compiled.pairs.n_pairs <= MOST_PAIRS)
    result = model.solve(gap=0, solver="cp-sat")
    assume(result.status is po.Status.OPTIMAL and result.unplaced_rows)
    who = data.draw(st.sampled_from([row.candidate_id for row in result.unplaced_rows]))
    return compiled, result, who
