"""Everybody who needs job coaching gets one coach who covers them and has room."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import AssumptionRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.coached_loads import (
    coach_loads,
    is_coached,
)
from placement_opt.constraints.coaching_changes import more_room
from placement_opt.constraints.coaching_class_rows import class_rows
from placement_opt.constraints.coaching_classes import Classes, Free
from placement_opt.constraints.coaching_in_time import FreeInTime, rows_in_time
from placement_opt.constraints.coaching_loads import Loads
from placement_opt.constraints.coaching_pools import CoachPools
from placement_opt.constraints.coaching_splits import Splits
from placement_opt.constraints.coaching_stacked import stacked_rows
from placement_opt.constraints.coaching_stacked_in_time import stacked_in_time
from placement_opt.constraints.coaching_teams import (
    covers,
    needs_coaching,
    teams_of,
    uncovered,
)
from placement_opt.constraints.guidance_rows import Guidance, with_guidance
from placement_opt.constraints.guides import problems_of_guides
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.people import in_some_way, people_of
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, with_entry
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.hours import coaching_rulebooks
from placement_opt.pairs.table import PairTable
from placement_opt.records import Candidate, Opening
from placement_opt.rulebook import Rulebook
from placement_opt.rulebook.coaching import AS_FIRST_YEAR, LAST_STEP


class Coaching(Rule):
    r"""Each placed person who needs coaching has exactly one coach, within hours and caseload.

    People whose coaching takes the same hours and can come from the same coaches form a class t;
    ``n[t, k]`` of them go to coach k:

    .. math:: \sum_{p \in t} x_p = \sum_{k \in K_t} n_{tk}, \quad
              \sum_t h_t n_{tk} \le H_k, \quad \sum_t n_{tk} \le L_k

    This is exact: people of one class are interchangeable, so every integer solution names a coach
    for each of them. A coach covers a person when municipality, regime and needs are within the
    coach's own lists (an empty list covers all); an employer's coach (kind ``"employer"``) covers
    that employer's openings only; a person with a `coach` keeps that one.

    Where people may have several placements (`OnePlacement(at_most=2)`), one coach serves all
    placements of a person, and the rows are per person instead of per class. In a region with
    periods hours and people are those of each period in which placements run, and the hours those
    of the year of coaching that the period falls in, counted from the start of the placement; a
    person has one coach over all periods.

    `Opening.shared_guidance_hours_per_week` are hours that one coach gives to all people of an
    opening together, while somebody is placed there: the one who names the opening in `openings`,
    or else its employer. It takes no place of the caseload.

    Parameters
    ----------
    unknown_share
        What holds for years of coaching whose share of the hours the law as read does not know, as
        from the second year on in all regimes but the intensive one: ``"refuse"`` (the default)
        asks for all of them at once; ``"as_first_year"`` plans the share of the first year, and
        `result.assumptions` says for how many people.

    References
    ----------
    Hours are a share of the hours worked, by regime and year of coaching: UWV norms for job
    coaching; Participatiewet art. 10da.
    """

    title: ClassVar[str] = "coaching capacity"
    title_nl: ClassVar[str] = "jobcoachcapaciteit"
    decided_by: ClassVar[frozenset[str]] = frozenset({"coaching_hours_per_week", "hours_per_week"})
    examples: ClassVar[Examples] = ({}, {"unknown_share": "as_first_year"})
    rule: Literal["Coaching"] = "Coaching"
    unknown_share: Literal["refuse", "as_first_year"] = "refuse"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        is_shared = any(one.shared_guidance_hours_per_week for one in instance.region.openings)
        is_asked = is_shared or any(map(needs_coaching, instance.region.candidates))
        return cls() if is_asked else None

    @override
    def label_nl(self, label: str) -> str:
        return re.sub(" hours$", " uren", label)

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        return in_some_way(instance, candidate, lambda rows: _has_coach(instance, rows, opening))

    @override
    def allows_ways(self, pairs: PairTable) -> Bools | None:
        return _has_coach(pairs.instance, pairs.person, pairs.opening)

    def kept_apart(self, pairs: PairTable, coached: Indices) -> Indices | None:
        """Return a number for each coached pair whose people are no class with others; None: all.

        For rules that ask more of coaches, and where it matters who of a class has which coach.
        """
        del pairs, coached
        return None

    @override
    def problems(self, instance: Instance) -> Iterator[Problem]:
        yield from super().problems(instance)
        yield from problems_of_guides(instance)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        rows = self._steady if pairs.start is None else self._in_time
        findings, block = Findings(), None
        with findings.gathered():
            block = rows(pairs, Guidance.of(pairs))
            if block is None:
                return None
        findings.add(_silent_coaches(pairs.instance))
        findings.refuse()
        return block

    def _steady(self, pairs: PairTable, guidance: Guidance | None) -> RowBlock | None:
        instance = pairs.instance
        hours = pair_column(pairs, "coaching_hours_per_week", asked_by=self.title)
        coached = np.flatnonzero(hours.values).astype(np.int32)
        if coached.size == 0 and guidance is None:
            return None
        scale = hours.scale if guidance is None else guidance.scale(hours.scale)
        capacity = _capacity(instance, scale)
        teams = instance.derived(teams_of)
        team = teams.of_pairs(pairs.person[coached], pairs.opening[coached])
        amount = hours.values[coached].astype(np.int64) * (scale // hours.scale)
        if pairs.placements_per_candidate > 1:
            splits = Splits.of(pairs, coached, amount, team, teams)
            block = stacked_rows(self.title, pairs, splits, capacity)
            return with_guidance(block, guidance, scale)
        apart = self.kept_apart(pairs, coached)
        cases, of_pair = distinct_rows(team, amount, *(() if apart is None else (apart,)))
        key = np.array([case[:2] for case in cases], dtype=np.int64).reshape(-1, 2)
        pools = CoachPools(
            self.title,
            pairs.n_pairs,
            coached,
            amount,
            team,
            teams.members,
            capacity.hours,
            capacity.caseload,
            n_classes=len(key),
        )
        classes = Classes(coached, of_pair, key)
        block = class_rows(self.title, pairs, classes, teams, capacity, pools)
        return with_guidance(block, guidance, scale)

    def _in_time(self, pairs: PairTable, guidance: Guidance | None) -> RowBlock | None:
        instance = pairs.instance
        loads = Loads.of(pairs, self.title)
        if not loads.pair.size and guidance is None:
            return None
        none = np.zeros(0, dtype=np.int64)
        if guidance is not None:
            loads = loads.finer(guidance.scale(loads.scale))
        given = _capacity(instance, loads.scale)
        free = FreeInTime(
            given.hours,
            given.caseload,
            loads.scale,
            len(instance.region.periods),
            none if guidance is None else guidance.load,
        )
        teams = instance.derived(teams_of)
        team = teams.of_pairs(pairs.person[loads.pair], pairs.opening[loads.pair])
        if pairs.placements_per_candidate > 1:
            hours = loads.hours[loads.of_pair]
            splits = Splits.of(pairs, loads.pair, hours.max(axis=1), team, teams)
            block = stacked_in_time(self.title, pairs, splits, hours, free)
            return with_guidance(block, guidance, loads.scale)
        apart = self.kept_apart(pairs, loads.pair)
        cases, of_pair = distinct_rows(team, loads.of_pair, *(() if apart is None else (apart,)))
        key = np.array([case[:2] for case in cases], dtype=np.int64).reshape(-1, 2)
        classes = Classes(loads.pair, of_pair, key)
        block = rows_in_time(self.title, pairs, classes, loads, teams, free)
        return with_guidance(block, guidance, loads.scale)

    @override
    def law_as_read(self, law: Rulebook) -> Rulebook:
        return law if self.unknown_share == "refuse" else law.with_first_year_shares()

    @override
    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        if self.unknown_share == "refuse" or pairs.is_given("coaching_hours_per_week"):
            return
        instance, count = pairs.instance, Counter[tuple[str, int]]()
        people, book = instance.derived(people_of), coaching_rulebooks(instance)
        for row in np.unique(pairs.person).tolist():
            person, law = people.records[row], instance.rulebooks[book[people.candidate[row]]]
            regime, year = person.coaching_regime, min(person.coaching_year or 0, LAST_STEP)
            if regime not in {None, "none"} and year > 1:
                share = law.find(f"coaching.share.{regime}.year_{year}")
                count[str(regime), year] += share is not None and share.source == AS_FIRST_YEAR
        for (named, step), n_people in sorted((+count).items()):
            yield AssumptionRow(
                rule=self.rule,
                about=f"coaching.share.{named}.year_{step}",
                count=n_people,
                text=f"the share of coaching in year {step} of the regime {named!r} is not known:"
                " that of the first year is planned",
                text_nl=f"het aandeel jobcoaching in jaar {step} van het regime {named!r} is niet"
                " bekend: er is gerekend met dat van het eerste jaar",
            )

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield what a coach would have to cover more, where it is one thing."""
        ways = [candidate.in_regime(one) for one in sorted(candidate.coaching_options)]
        for id_, person in product(instance.coach_ids, ways or [candidate]):
            lacking = uncovered(instance.coach_of[id_], person, opening)
            if lacking is not None and len(lacking) == 1:
                field, entry = lacking[0]
                yield with_entry(instance.coach_of[id_], field, entry)

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        yield from more_room(plan, placement)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        coached = [p for p in plan.placements if is_coached(plan, p)]
        for placement in coached:
            coach = plan.instance.coach_of.get(placement.coach_id or "")
            if coach is None:
                yield self.broken(placement.candidate_id, "needs coaching and has no coach")
            elif not covers(coach, plan.candidate(placement), plan.opening(placement)):
                yield self.broken(
                    placement.candidate_id, f"coach {coach.id} does not cover this placement"
                )
        yield from self._coach_violations(plan, coached)

    def _coach_violations(self, plan: Plan, coached: Sequence[Placement]) -> Iterator[Violation]:
        instance = plan.instance
        coach_of: dict[str, str] = {}
        for placement in coached:
            if placement.coach_id not in instance.coach_of:
                continue
            coach_id = placement.coach_id or ""
            if coach_of.setdefault(placement.candidate_id, coach_id) != coach_id:
                yield self.broken(placement.candidate_id, "has more than one coach")
        for period in instance.region.periods or (None,):
            load = coach_loads(plan, period)
            for coach_id, used in load.hours.items():
                coach = instance.coach_of.get(coach_id)
                if coach is None:
                    continue
                about = in_period(coach_id, None if period is None else period.id)
                n_people, most = len(load.people.get(coach_id, ())), coach.max_caseload
                if coach.hours_per_week is None or used > read_number(coach.hours_per_week):
                    text = f"{float(used):g} hours a week, {coach.hours_per_week} free"
                    yield self.broken(about, text)
                if most is not None and n_people > most:
                    yield self.broken(about, f"{n_people} people, caseload {most}")


def _has_coach(instance: Instance, person: Indices, opening: Indices) -> Bools:
    """Mark the pairs of people in a regime that have a coach or need none; both are broadcast."""
    teams, of = instance.derived(teams_of), instance.derived(people_of).candidate
    # Coaching is a share of the hours of work, so that none without work needs a coach, except
    # people with coaching hours of their own.
    free = ~teams.asks | ((instance.candidates.hours_max[of] == 0) & ~teams.asks_hours)
    idle = instance.openings.hours_max == 0
    result: Bools = teams.has_coach(person, opening) | free[person]
    if idle.any():
        result |= idle[opening] & ~teams.asks_hours[person]
    result |= instance.derived(_needs_no_guidance)[opening]
    return result


def _needs_no_guidance(instance: Instance) -> Bools:
    """Mark the openings in which nobody needs coaching of their own, shape (O,)."""
    records = (instance.opening_of[id_] for id_ in instance.opening_ids)
    return np.array([record.guidance_share == 0 for record in records], dtype=np.bool_)


def _silent_coaches(instance: Instance) -> Iterator[Problem]:
    for coach_id in instance.coach_ids:
        if instance.coach_of[coach_id].hours_per_week is None:
            yield Problem(
                "coach",
                coach_id,
                "hours_per_week",
                None,
                "must be given, since coaching is active",
                "give the hours a week that are free for this plan, 0 for none",
            )


def _capacity(instance: Instance, scale: int) -> Free:
    coaches = [instance.coach_of[id_] for id_ in instance.coach_ids]
    hours = [int(read_number(coach.hours_per_week or 0) * scale) for coach in coaches]
    anybody = instance.n_candidates
    caseload = [anybody if c.max_caseload is None else c.max_caseload for c in coaches]
    return Free(np.array(hours, dtype=np.int64), np.array(caseload, dtype=np.int64), scale)
