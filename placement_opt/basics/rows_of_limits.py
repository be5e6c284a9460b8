"""Rows of the tables on limits: quotas, coaches and budgets, what is scarce, and what blocks."""

from typing import Literal

from placement_opt.basics.rows import Row


class QuotaRow(Row):
    """Where a group stands, in jobs of 25.5 hours a week, and what is missing in hours a year.

    `attainable_jobs` is the most that the group can gain, counted as `placed_jobs`: by places of
    openings and hours of eligible people alone, each of whom counts in every group. `per` and
    `group` are tuples where ways to group are crossed. `levy_eur` is a scenario, EUR a
    year; where it is 0 by law, off or unknown, `levy_reason` says why. `period` is the period of
    which the row tells, None for the end of the plan.
    """

    per: str | tuple[str, ...]
    group: str | tuple[str, ...]
    target_jobs: float
    in_service_jobs: float
    placed_jobs: float
    attainable_jobs: float | None = None
    shortfall_jobs: float
    price_per_job: float | None = None
    points: float
    shortfall_hours_per_year: float | None = None
    levy_eur: float | None = None
    levy_reason: str | None = None
    period: str | None = None


class CoachRow(Row):
    """Load of one coach under the plan, in a steady week.

    Hours and people are those of the plan; free ones are what it leaves of the coach's own.
    `employer_id` is that of an employer's own coach. Where the region has periods there is a row
    for each `period`.
    """

    coach_id: str
    kind: Literal["external", "employer"] = "external"
    employer_id: str | None = None
    people: int
    max_caseload: int | None = None
    free_people: int | None = None
    hours_per_week: float
    free_hours_per_week: float
    period: str | None = None


class BottleneckRow(Row):
    """A limit that is scarce under a plan: how much of it is used, and what more or less would do.

    Attributes
    ----------
    rule, group, unit
        Class of the rule, id or label of the group, and what is counted.
    side
        Which side of the limit is scarce: ``"at most"``, or ``"at least"`` for a minimum.
    used, limit
        What the plan uses, and the limit, in that unit.
    price_points_per_unit
        What the linear relaxation says one unit more is worth at the margin; negative for a
        minimum. None where no prices are known.
    price_low, price_high
        Between which ends that price lies where other prices prove the same bound; equal where it
        is the only one, None where that was not looked for.
    step
        How many units one more, or one less, is: 1, or what `steps` says. A priced minimum counts
        whole units of its own, such as one and a half jobs: there it is the nearest that they hold.
    gain_points_of_one_more, gain_points_of_one_less
        What the best plan gains with so much more of the limit, and with so much less (then
        negative for an upper limit): exact where both of its ends are proven, else what the best
        plan found again gains beside this one. None where it was not asked, where nothing can be
        less, or where no plan is left.
    gain_low_of_one_more, gain_high_of_one_more, gain_low_of_one_less, gain_high_of_one_less
        Between which ends it is proven to lie; None for an end that is not known, such as the upper
        one where the solve had no bound.
    placements_of_one_more, placements_of_one_less
        How many more placements the plan found again has; another plan as good may have others.
    is_proven
        True where everything that was found again is proven the best there is.
    """

    rule: str
    group: str
    unit: str
    side: Literal["at least", "at most"]
    used: float
    limit: float
    price_points_per_unit: float | None = None
    price_low: float | None = None
    price_high: float | None = None
    step: float = 1.0
    gain_points_of_one_more: float | None = None
    gain_low_of_one_more: float | None = None
    gain_high_of_one_more: float | None = None
    placements_of_one_more: int | None = None
    gain_points_of_one_less: float | None = None
    gain_low_of_one_less: float | None = None
    gain_high_of_one_less: float | None = None
    placements_of_one_less: int | None = None
    is_proven: bool = False
    text: str
    text_nl: str


class BlockingRulesRow(Row):
    """How many pairs and people a pair rule, or several together, keep out.

    Attributes
    ----------
    rules, n_rules
        The classes of the rules, joined by " + ", and how many they are.
    pairs, pairs_alone
        Pairs that each of the rules takes away, and those of them that no other rule does.
    people
        Who has no eligible opening, would have one without these rules, and not without fewer of
        them. Somebody counts in several rows where there are several ways.
    """

    rules: str
    n_rules: int
    pairs: int
    pairs_alone: int
    people: int
    text: str
    text_nl: str


class BudgetRow(Row):
    """What a municipality's wage-cost subsidies cost, and what is free for them.

    The budget pays the subsidy and the employer charges (werkgeverslasten) on top of it. Where the
    region has periods there is a row for each calendar `year`, with the share of the subsidies that
    falls in it.
    """

    municipality_id: str
    placements: int
    subsidy_eur_per_year: float
    charges_eur_per_year: float = 0
    budget_eur_per_year: float
    year: int | None = None
