"""What keeps somebody from a step before a job, in English and in Dutch."""

import numpy as np

from placement_opt.answers.pair_reasons import PairReason
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.step_words import KINDS
from placement_opt.basics.arrays import Ints
from placement_opt.constraints.steps import Steps
from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.instance.instance import Instance
from placement_opt.records.periods import WITHIN


def steps_without_room(hand: PlanAtHand, pairs: Ints) -> list[PairReason]:
    """Return a reason for each step without room that pairs need, and for a budget that is spent.

    None where steps have points of their own: what they leave out is then no matter of room.
    """
    found, formulation = list[str](), hand.formulation
    for number, rule in enumerate(hand.compiled.rules_of_blocks):
        block = formulation.blocks[number]
        if isinstance(rule, Steps) and block.capacity is not None:
            own = formulation.own_values(hand.solution.values(formulation), number)
            _, rows = block.capacity.room(pairs, hand.solution.chosen, own)
            # A need by itself has no limit, and says nothing of what is full.
            rows = np.unique(rows[block.upper[rows] < NO_UPPER])
            found += [str(block.labels[row]) for row in rows.tolist()]
    return [_reason(hand.compiled.pairs.instance, about) for about in found]


def _reason(instance: Instance, about: str) -> PairReason:
    """Return the reason of a row of steps without room: a step's places, a budget, or own time."""
    what, _, when = about.partition(WITHIN)
    step = instance.opening_of.get(what.partition(" ")[2])
    within = f" in {when}" if when else ""
    if step is not None and step.kind != "job":
        text = f"needs {step.id} ({step.kind}) first, which is full{within}"
        text_nl = f"heeft eerst {step.id} ({KINDS['nl'][step.kind]}) nodig, en die is vol{within}"
    elif what in instance.municipality_of:
        text = f"needs a step first that the budget of {what} no longer pays{within}"
        text_nl = f"heeft eerst een stap nodig die het budget van {what} niet meer betaalt{within}"
    else:
        text = f"has no time for a step that comes first{within}"
        text_nl = f"heeft geen tijd voor een stap die eerst komt{within}"
    return PairReason(
        rule="Steps", title=Steps.title, title_nl=Steps.title_nl, text=text, text_nl=text_nl
    )
