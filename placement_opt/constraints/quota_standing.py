"""Where the groups of a jobs quota stand under a plan, by a plain reading of the records."""

from dataclasses import dataclass
from fractions import Fraction

from placement_opt.constraints.quota_records import counts_for_quota
from placement_opt.instance.groupings import Group, Ways
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan, contract_hours
from placement_opt.records import Period


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """Where one group stands under a plan, in jobs of 25.5 hours a week, exact.

    `target` is what is asked, `in_service` counts where the target is a statutory one, `placed`
    what the plan adds (people who leave a job lower it), `shortfall` what is missing. `period` is
    the period of which all this holds, None for the end of the plan.
    """

    group: Group
    target: Fraction
    in_service: Fraction
    placed: Fraction
    period: str | None = None

    @property
    def shortfall(self) -> Fraction:
        """Jobs missing, never negative and never rounded."""
        return max(Fraction(0), self.target - self.in_service - self.placed)


def placed_jobs(plan: Plan, per: Ways, period: Period | None = None) -> dict[Group, Fraction]:
    """Sum jobs gained and left per group, person by person; in a period, where there are some."""
    instance = plan.instance
    job = Fraction(instance.rulebook.job_hours_per_week)
    placed: dict[Group, Fraction] = {}

    def add(label: Group | None, hours: Fraction) -> None:
        if label is not None:
            placed[label] = placed.get(label, Fraction(0)) + hours / job

    for candidate_id, placements in plan.of_candidate.items():
        candidate = instance.candidate_of[candidate_id]
        if not counts_for_quota(instance, candidate):
            continue
        begun = False
        for placement in placements:
            run = plan.run(placement)
            begun = begun or period is None or run[0].starts_on <= period.starts_on
            if period is not None and period not in plan.run_under_contract(placement):
                continue
            if not plan.opening(placement).sheltered:
                hours = plan.hours_per_week(placement) or Fraction(0)
                add(plan.group(placement, per), hours)
        if begun and candidate.current_opening is not None:
            old = Placement(candidate_id, candidate.current_opening)
            opening = instance.opening_of[candidate.current_opening]
            if not opening.sheltered:
                hours = contract_hours(candidate, opening) or Fraction(0)
                add(plan.group(old, per), -hours)
    return placed
