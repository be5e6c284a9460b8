"""Everybody who needs job coaching gets one coach who covers them and has room."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import ClassVar, Literal, Self

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_classes import Classes, Free, HandOut
from placement_opt.constraints.coaching_pools import CoachPools
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.constraints.coaching_stacked import stacked_rows
from placement_opt.constraints.coaching_teams import Teams, covers, needs_coaching, teams_of
from placement_opt.formulation.capacity import Holders
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan, Violation
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.table import PairTable

SHOWN_COACHES = 3
"""At most so many coaches are named in the label of a class, so that it can be read."""


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
    placements of a person, and the rows are per person instead of per class.

    References
    ----------
    Hours are a share of the hours worked, by regime and year of coaching: UWV norms for job
    coaching; Participatiewet art. 10da.
    """

    title: ClassVar[str] = "coaching capacity"
    title_nl: ClassVar[str] = "jobcoachcapaciteit"
    decided_by: ClassVar[frozenset[str]] = frozenset({"coaching_hours_per_week", "hours_per_week"})
    rule: Literal["Coaching"] = "Coaching"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if any(map(needs_coaching, instance.region.candidates)) else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        teams = instance.derived(teams_of)
        # Coaching is a share of the hours of work, so that none without work needs a coach, except
        # people with coaching hours of their own.
        free = ~teams.asks | ((instance.candidates.hours_max == 0) & ~teams.asks_hours)
        idle = instance.openings.hours_max == 0
        result: Bools = teams.has_coach(candidate, opening) | free[candidate]
        if idle.any():
            result |= idle[opening] & ~teams.asks_hours[candidate]
        return result

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        findings = Findings()
        with findings.gathered():
            hours = pair_column(pairs, "coaching_hours_per_week", asked_by=self.title)
            coached = np.flatnonzero(hours.values).astype(np.int32)
            if coached.size == 0:
                return None
        findings.add(_silent_coaches(instance))
        findings.refuse()
        capacity = _capacity(instance, hours.scale)
        teams = instance.derived(teams_of)
        team = teams.of_pairs(pairs.candidate[coached], pairs.opening[coached])
        amount, free = hours.values[coached], (capacity.hours, capacity.caseload)
        if pairs.placements_per_candidate > 1:
            return stacked_rows(self.title, pairs, coached, amount, team, teams, free)
        cases, of_pair = distinct_rows(team, amount)
        key = np.array(cases, dtype=np.int64)
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
        return _class_rows(self.title, pairs, classes, teams, capacity, pools)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        coached = [p for p in plan.placements if (plan.coaching_hours_per_week(p) or 0) > 0]
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
        hours: dict[str, Fraction] = {}
        people: dict[str, set[str]] = {}
        for placement in coached:
            if placement.coach_id not in instance.coach_of:
                continue
            coach_id = placement.coach_id or ""
            if coach_of.setdefault(placement.candidate_id, coach_id) != coach_id:
                yield self.broken(placement.candidate_id, "has more than one coach")
            needed = plan.coaching_hours_per_week(placement) or Fraction(0)
            hours[coach_id] = hours.get(coach_id, Fraction(0)) + needed
            people.setdefault(coach_id, set()).add(placement.candidate_id)
        for coach_id, used in hours.items():
            coach = instance.coach_of[coach_id]
            if coach.hours_per_week is None or used > read_number(coach.hours_per_week):
                yield self.broken(
                    coach_id, f"{float(used):g} hours a week, {coach.hours_per_week} free"
                )
            if coach.max_caseload is not None and len(people[coach_id]) > coach.max_caseload:
                yield self.broken(
                    coach_id, f"{len(people[coach_id])} people, caseload {coach.max_caseload}"
                )


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


def _class_rows(
    title: str,
    pairs: PairTable,
    classes: Classes,
    teams: Teams,
    capacity: Free,
    pools: CoachPools,
) -> RowBlock:
    """Return a balance row for each class, then a row for the hours and caseload of each coach."""
    n_classes, n_coaches = len(classes.key), capacity.hours.size
    members = [teams.members[team] for team, _ in classes.key]
    of_class = np.repeat(np.arange(n_classes), [len(coaches) for coaches in members])
    coach = np.concatenate([np.zeros(0, np.int64), *map(np.asarray, members)]).astype(np.int64)
    hours = classes.key[of_class, 1]
    size = np.bincount(classes.of_pair, minlength=n_classes)
    most = np.minimum.reduce(
        [size[of_class], capacity.hours[coach] // hours, capacity.caseload[coach]]
    )
    n_own = coach.size
    own = np.arange(n_own)
    balance = sparse.coo_array(
        (np.full(n_own, -1, dtype=np.int64), (of_class, own)), shape=(n_classes, n_own)
    )
    load = sparse.coo_array((hours, (coach, own)), shape=(n_coaches, n_own))
    people = sparse.coo_array((np.ones(n_own, np.int64), (coach, own)), shape=(n_coaches, n_own))
    usage = sparse.coo_array(
        (np.ones(classes.pair.size, dtype=np.int8), (classes.of_pair, classes.pair)),
        shape=(n_classes + 2 * n_coaches, pairs.n_pairs),
    )
    coach_ids = pairs.instance.coach_ids
    hand_out = HandOut(classes, of_class, coach)
    return RowBlock(
        title,
        [
            *(
                _class_label(hours / capacity.scale, [coach_ids[k] for k in team])
                for team, hours in zip(members, classes.key[:, 1].tolist(), strict=True)
            ),
            *(f"{id_} hours" for id_ in coach_ids),
            *(f"{id_} caseload" for id_ in coach_ids),
        ],
        usage.tocsr(),
        np.concatenate([np.zeros(n_classes, np.int64), np.full(2 * n_coaches, NO_LOWER)]),
        np.concatenate([np.zeros(n_classes, np.int64), capacity.hours, capacity.caseload]),
        Variables(np.zeros(n_own, np.int64), most.astype(np.int64), [Fraction(0)] * n_own),
        sparse.vstack([balance, load, people], format="csr"),
        holders=Holders(of_class, coach),
        capacity=CoachCapacity(
            CoachRoom(
                classes.pair,
                classes.of_pair,
                classes.key[:, 1],
                of_class,
                coach,
                capacity.hours,
                capacity.caseload,
                n_classes,
            ),
            hand_out,
            partial(hand_out.settle, capacity=capacity),
            partial(hand_out.packer, capacity),
            pools,
        ),
    )


def _class_label(hours: float, coach_ids: Sequence[str]) -> str:
    """Describe the people of a class by their hours of coaching a week and their coaches."""
    shown = " or ".join(coach_ids[:SHOWN_COACHES]) or "no coach"
    more = len(coach_ids) - SHOWN_COACHES
    return f"{hours:g} h a week by {shown}" + (f" or {more} more" if more > 0 else "")
