"""Jobs promised in the banenafspraak, or owed by law, counted in jobs of 25.5 hours a week."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.errors import Findings, InvalidInputError, Problem
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.basics.rows import AssumptionRow
from placement_opt.constraints.base import Rule, limit_of_group, plain_limits, prices_of_groups
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.leaving_once import leaving_once
from placement_opt.constraints.limits import Limits, Per, Prices, unfit_groups
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.quota_attainable import attainable_jobs
from placement_opt.constraints.quota_in_time import in_each_period
from placement_opt.constraints.quota_records import (
    groups_employers,
    hours_left,
    in_service,
    pledged,
    problem_of_pledges,
    unknown_grounds,
    who_counts,
)
from placement_opt.constraints.quota_standing import GroupStanding, placed_jobs
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import HOUR
from placement_opt.instance.groupings import Group, each_way, group_text
from placement_opt.instance.in_time import IN_TIME
from placement_opt.instance.instance import Instance
from placement_opt.instance.periods import periods_of
from placement_opt.instance.placement import Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import Groups, grouped
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.table import Column, PairTable, times
from placement_opt.records.readers import Quantity

STANDARD_PRICE = 800


class JobsQuota(Rule):
    r"""Groups of employers offer the jobs that they promised or owe, for people who count.

    .. math:: \sum_{p \in g,\, p \text{ counts}} \frac{h_p}{25.5} x_p
              - \sum_{\text{leavers of } g} \frac{h'_p}{25.5} x_p + s_g
              \ge T_g - \frac{\text{hours a year in service}_g}{1331}

    A placement counts when the person's ground in the target-group register is valid on the
    region's date and the opening is no sheltered work (beschut werk). Leaving the
    `current_opening` lowers the hours of the group that is left, once, however many placements a
    person gets; with a pair column of labels nobody knows that group, and nothing is lowered.

    Parameters
    ----------
    per
        ``"employer"``, ``"sector"``, ``"employer.chain"``, ``"region"`` and so on, a pair column of
        labels, or a tuple of these: a group for each combination that occurs.
    jobs
        Statutory target in jobs, a number or {group: number}: people in service count. None takes
        each employer's `jobs_pledged`, summed per group: new jobs, on top of those in service.
    shortfall_price
        Points per missing job, a number or {group: number}; None (the default) makes the quota
        hard, and so it is for groups that a mapping leaves out. `po.solve` uses 800.
    unknown_ground
        ``"not_counted"`` (the default): whose ground is not known counts for nothing, and
        `result.assumptions` tells it; ``"refuse"``: it is bad input.
    max_shortfall
        Flexibility: no group may miss more jobs than this; None means no limit on a priced
        shortfall and no flexibility on a hard one.
    at
        In a region with periods ``"end"`` (the default) counts who works in the last of them, and
        ``"each_period"`` asks the same jobs in each, with the price for each.

    References
    ----------
    Wfsv art. 38b (grounds), 38g (hours that count), 122n (jobs are expressed in paid hours);
    one job is 25.5 paid hours a week, 1,331 a year.
    """

    title: ClassVar[str] = "jobs quota"
    title_nl: ClassVar[str] = "banenafspraak"
    examples: ClassVar[Examples] = (
        {"per": "employer"},
        {"per": "employer", "shortfall_price": 800},
        {"per": "sector", "jobs": 1.25, "shortfall_price": 33.333333},
        {"per": "sector", "jobs": {"market": 1.5}, "max_shortfall": 0.75},
        {"per": "region", "jobs": 2.5, "shortfall_price": 1, "max_shortfall": 0.5},
        {"per": "opening_municipality", "shortfall_price": 0.5, "max_shortfall": 1},
        {"per": "employer", "jobs": {"E-0": 1}},
        {"per": "opening", "jobs": {"O-0": 0.5}},
        {"per": "crew", "jobs": {"red": 1, "nobody": 0.25}, "shortfall_price": 10},
        {"per": "municipality", "jobs": {"M-1": 1}, "shortfall_price": 7},
        {"per": "employer.chain", "shortfall_price": {"Jansen": 12.5}, "max_shortfall": 1},
        {"per": ("employer.chain", "sector"), "shortfall_price": 5, "unknown_ground": "refuse"},
        {"per": ("employer.chain", "employer"), "jobs": 0.5, "shortfall_price": 3},
        {"per": "sector", "jobs": 0.75, "shortfall_price": 9, "at": "each_period"},
        {
            "per": ("employer", "candidate.area"),
            "jobs": {("E-0", "north"): 1, ("E-1", "nobody"): 0.25},
            "shortfall_price": {("E-0", "north"): 2, ("E-1", "nobody"): 2},
        },
    )
    rule: Literal["JobsQuota"] = "JobsQuota"
    per: Per
    jobs: Limits | None = None
    shortfall_price: Prices | None = None
    max_shortfall: Annotated[float, Quantity(0, 10**9, 6, "jobs", Digits.LIMIT)] | None = None

    unknown_ground: Literal["not_counted", "refuse"] = "not_counted"
    at: Literal["end", "each_period"] = "end"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        pledged = any(employer.jobs_pledged for employer in instance.region.employers)
        return cls(per="employer", shortfall_price=STANDARD_PRICE) if pledged else None

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        if "per" in unread:
            return
        in_time = [way for way in each_way(self.per) if way in IN_TIME]
        if in_time:
            expected = "must not name periods"
            hint = 'judge the quota in each of them with at="each_period"'
            yield Problem("rule", "JobsQuota", "per", self.per, expected, hint)
        yield from unfit_groups(self, self.per, {"jobs", "shortfall_price"}.difference(unread))
        if self.jobs is None and "jobs" not in unread and not groups_employers(self.per):
            yield problem_of_pledges(self.per)

    @property
    def _most_short(self) -> Fraction | None:
        return None if self.max_shortfall is None else read_number(self.max_shortfall)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        findings = Findings()
        with findings.gathered():
            target, prices, groups, service = self._target(pairs)
        with findings.gathered():
            counts, counted, hours = self._counted(pairs)
            left = None
            if not pairs.labels.keys() & each_way(self.per):
                left = hours_left(instance, counts, np.diff(pairs.candidate_start) > 0)
        findings.refuse()
        usage = self._usage(pairs, groups, np.where(counted, hours.values, 0), hours.scale, left)
        usage = replace(usage, unit="jobs", beside=service)
        in_each = self.at == "each_period" and pairs.start is not None
        if in_each:
            usage, target, prices = in_each_period(pairs, usage, target, prices)
        if usage.also is not None and pairs.placements_per_candidate > 1:
            if in_each:
                hint = "allow one placement per candidate over the horizon, or judge the end"
                expected = 'must be "end" where people who leave a job may have several placements'
                raise InvalidInputError.single("rule", self.rule, "at", self.at, expected, hint)
            return leaving_once(self.title, pairs, usage, target, prices, self._most_short)
        return grouped_limit(
            self.title,
            usage,
            at_least=target,
            shortfall_price=prices,
            max_shortfall=self._most_short,
        )

    def _target(
        self, pairs: PairTable
    ) -> tuple[dict[int, Fraction], Mapping[int, Fraction], Groups, dict[int, Fraction]]:
        """Return the jobs asked of each group beyond those in service; prices; groups; service."""
        instance = pairs.instance
        findings, service = Findings(), dict[Group, Fraction]()
        with findings.gathered():
            groups = grouped(pairs, self.per, self.rule)
            wanted = self.jobs if self.jobs is not None else pledged(instance, self.per)
            with findings.gathered():
                target, groups = limit_of_group(self, "jobs", wanted, groups, self.per)
            prices, groups = prices_of_groups(self, groups, self.per)
        if self.jobs is not None:
            asked = self.jobs if isinstance(self.jobs, Mapping) else None
            with findings.gathered():
                service = dict(in_service(instance, self.per, asked))
        findings.refuse()
        zero = Fraction(0)
        served = {row: service.get(groups.labels[row], zero) for row in target}
        beyond = {row: jobs - served[row] for row, jobs in target.items()}
        return beyond, prices, groups, served

    def _counted(self, pairs: PairTable) -> tuple[Bools, Bools, Column]:
        """Return who counts, shape (C,); which pairs count, shape (E,); and their hours."""
        instance = pairs.instance
        findings = Findings()
        # Without a ground nobody is known to count, and to need hours.
        counts = np.zeros(instance.n_candidates, dtype=np.bool_)
        with findings.gathered():
            counts = who_counts(pairs, refuse_unknown=self.unknown_ground == "refuse")
        counted = counts[pairs.candidate] & ~instance.openings.sheltered[pairs.opening]
        periods = instance.derived(periods_of)
        if self.at == "end" and periods is not None and pairs.end is not None:
            counted &= pairs.end == periods.n_periods
            counted &= periods.contract[pairs.opening, pairs.start] < periods.n_periods
        with findings.gathered():
            hours = hours_where(pairs, counted, self.title)
        findings.refuse()
        return counts, counted, hours

    def _usage(
        self,
        pairs: PairTable,
        groups: Groups,
        counted: npt.NDArray[np.integer],
        hours_scale: int,
        left: Ints | None,
    ) -> Usage:
        """Return what pairs add to their groups, and what leavers take from the groups they leave.

        `counted` holds the hours of pairs that count and 0 elsewhere, in units of 1 / scale hour;
        `left` the hours of each candidate's job that counts, None where nobody knows its group.
        """
        instance = pairs.instance
        job = Fraction(instance.rulebook.job_hours_per_week)
        # Hours of the user's own column may have another scale than those of the records.
        scale = math.lcm(hours_scale, HOUR)

        def jobs(hours_of_pair: npt.NDArray[np.integer]) -> Column:
            return Column.of(times(hours_of_pair, job.denominator), scale * job.numerator)

        new = times(counted, scale // hours_scale)
        if left is None:
            return Usage(groups, jobs(new))
        of_leaver = times(left, scale // HOUR)[pairs.candidate]
        current = instance.candidates.current_opening[pairs.candidate]
        leaving = PairTable(instance, pairs.candidate, np.maximum(current, 0))
        row = {label: row for row, label in enumerate(groups.labels)}
        groups_left = grouped(leaving, self.per)
        row_of = np.array([*(row.get(label, -1) for label in groups_left.labels), -1])
        code = np.where(current >= 0, row_of[groups_left.code], -1).astype(np.int32)
        return Usage(groups, jobs(new), also=(Groups(code, groups.labels), jobs(of_leaver)))

    def attainable(self, pairs: PairTable, *, places_count: bool) -> dict[Group, Fraction]:
        """Return at most how many jobs each group can gain; see `attainable_jobs`."""
        _, counted, hours = self._counted(pairs)
        hours = Column(np.where(counted, hours.values, 0), hours.scale)
        groups = grouped(pairs, self.per, self.rule)
        return attainable_jobs(pairs, groups, hours, places_count=places_count)

    @override
    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        count = len(unknown_grounds(pairs)) if self.unknown_ground == "not_counted" else 0
        if count:
            told = f"{count:,} people have no known ground, and count for no jobs quota"
            nl = f"van {count} mensen is de grond niet bekend; zij tellen voor geen quotum"
            yield AssumptionRow(rule=self.rule, about="ground", count=count, text=told, text_nl=nl)

    def positions(self, plan: Plan) -> Iterator[GroupStanding]:
        """Yield where each group stands, by a plain reading of the records."""
        instance = plan.instance
        wanted = self.jobs if self.jobs is not None else pledged(instance, self.per)
        targets = plain_limits(plan, wanted, self.per)
        service = {} if self.jobs is None else in_service(instance, self.per, targets)
        periods, zero = instance.region.periods or (None,), Fraction(0)
        for period in periods if self.at == "each_period" else periods[-1:]:
            placed = placed_jobs(plan, self.per, period)
            shown = None if period is None or self.at == "end" else period.id
            for label, target in targets.items():
                jobs = service.get(label, zero), placed.get(label, zero)
                yield GroupStanding(label, target, *jobs, period=shown)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for position in self.positions(plan):
            most = self._most_short
            if most is None and self.price_of(position.group) is None:
                most = Fraction(0)
            if most is not None and position.shortfall > most:
                yield self.broken(
                    in_period(position.group, position.period),
                    f"{float(position.shortfall):g} jobs short, at most {float(most):g} allowed",
                )

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        for position in self.positions(plan):
            price = self.price_of(position.group)
            if price is not None:
                about = group_text(in_period(position.group, position.period))
                yield Shortfall(about, position.shortfall, price)
