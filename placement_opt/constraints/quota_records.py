"""What a jobs quota reads from the records: who counts, which job is left, promised, in service."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.quantities import read_number
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.groupings import GROUPINGS, Group, Ways, each_way, way_to_group
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable
from placement_opt.records import Candidate, Employer

_WAYS_OF_EMPLOYERS = tuple(per for per, way in GROUPINGS.items() if way.of_employer is not None)


def groups_employers(per: Ways) -> bool:
    """Tell whether each employer's own staff is in one group, or in none."""
    ways = [way_to_group(name) for name in each_way(per)]
    return all(way is not None and way.of_employer is not None for way in ways)


@dataclass(frozen=True, slots=True)
class _EmployerGroup:
    """The group of an employer's own staff; `lacks` names the field without which it has none."""

    group: Group | None
    lacks: str | None = None


def _group_of(instance: Instance, employer: Employer, per: Ways) -> _EmployerGroup:
    labels, lacks = [], None
    for name in each_way(per):
        way = way_to_group(name)
        label = None
        if way is not None and way.of_employer is not None:
            label = way.of_employer(instance, employer)
            if label is None and way.is_open:
                return _EmployerGroup(None)
        lacks = lacks or (None if label is not None else name)
        labels.append(label or "")
    group = labels[0] if isinstance(per, str) else tuple(labels)
    return _EmployerGroup(None, lacks) if lacks else _EmployerGroup(group)


def counts_for_quota(instance: Instance, candidate: Candidate) -> bool:
    """Tell whether a person's hours count for the banenafspraak on the region's date."""
    return bool(
        instance.rulebook.counts(
            candidate.ground,
            on=instance.date,
            ground_from=candidate.ground_from,
            ground_until=candidate.ground_until,
        )
    )


def unknown_grounds(pairs: PairTable) -> list[str]:
    """Return the ids of those with an eligible opening whose ground nobody knows."""
    eligible = np.diff(pairs.candidate_start) > 0
    people = zip(pairs.instance.candidate_records, eligible, strict=True)
    return [person.id for person, has_pair in people if has_pair and person.ground is None]


def who_counts(pairs: PairTable, *, refuse_unknown: bool) -> Bools:
    """Return who counts, shape (C,); an unknown ground counts for nothing, or is bad input."""
    instance = pairs.instance
    unknown = [
        Problem(
            "candidate",
            id_,
            "ground",
            None,
            "must be given, since a jobs quota is active",
            'give the ground of the register, or "none" for somebody outside it',
        )
        for id_ in (unknown_grounds(pairs) if refuse_unknown else ())
    ]
    if unknown:
        raise InvalidInputError(unknown)
    people = instance.candidate_records
    return np.array([counts_for_quota(instance, person) for person in people], dtype=np.bool_)


def hours_left(instance: Instance, counts: Bools, eligible: Bools) -> Ints:
    """Return the counted weekly hours of each person's current job in thousandths, shape (C,)."""
    candidates, openings = instance.candidates, instance.openings
    current = candidates.current_opening
    old = np.maximum(current, 0)
    leaves = eligible & counts & (current >= 0) & ~openings.sheltered[old]
    people = leaves & (candidates.hours_max == NOT_GIVEN)
    work = np.unique(old[leaves & (openings.hours_max[old] == NOT_GIVEN)])
    missing = [
        *(("candidate", instance.candidate_ids[row]) for row in np.flatnonzero(people)),
        *(("opening", instance.opening_ids[row]) for row in work),
    ]
    if missing:
        expected = "must be given, since a jobs quota counts the hours of a job that is left"
        hint = "give the fewest and the most hours a week, such as (16, 24)"
        raise InvalidInputError(
            Problem(subject, id_, "hours_per_week", None, expected, hint)
            for subject, id_ in missing
        )
    return np.where(leaves, np.minimum(candidates.hours_max, openings.hours_max[old]), 0)


def problem_of_pledges(per: Ways) -> Problem:
    """Build the problem of a quota of pledges per group that no employer belongs to."""
    close = closest_ids(per, _WAYS_OF_EMPLOYERS)
    meant = f"{closest_hint(close)}, or " if close else ""
    return Problem(
        "rule",
        "JobsQuota",
        "per",
        per,
        f"must be one of {', '.join(_WAYS_OF_EMPLOYERS)} when pledges are used",
        f"{meant}give `jobs` as a mapping from group to jobs",
    )


def pledged(instance: Instance, per: Ways) -> Mapping[Group, Fraction]:
    """Sum the employers' pledges per group.

    One that lacks the sector or municipality of its group is bad input; without a label of a group
    of the user's own it is in none.
    """
    jobs_of: dict[Group, Fraction] = {}
    lost = []
    for employer in instance.region.employers:
        found = _group_of(instance, employer, per)
        jobs = read_number(employer.jobs_pledged or 0)
        if found.group is not None:
            if employer.jobs_pledged is not None:
                jobs_of[found.group] = jobs_of.get(found.group, Fraction(0)) + jobs
        elif jobs and found.lacks:
            lost.append(_without_group(employer, found.lacks, "its pledge counts"))
    if lost:
        raise InvalidInputError(lost)
    return jobs_of


def _without_group(employer: Employer, per: str, why: str) -> Problem:
    field = "sector" if per == "sector" else "municipality"
    expected = f"must be given, since {why} per {per.replace('_', ' ')}"
    hint = f"give the {field}, or 0 for what would count there"
    return Problem("employer", employer.id, field, None, expected, hint)


def in_service(
    instance: Instance, per: Ways, asked: Collection[Group] | None
) -> Mapping[Group, Fraction]:
    """Return the jobs in service of each group asked for; hired-in hours count where they work.

    `asked` holds labels of groups; None asks for all groups.
    """
    if not groups_employers(per):
        return {}
    per_job = Fraction(instance.rulebook.job_hours_per_year)
    unknown, jobs = list[Problem](), dict[Group, Fraction]()
    for employer in instance.region.employers:
        found = _group_of(instance, employer, per)
        label = found.group
        if found.lacks and employer.target_group_hours_per_year != 0:
            unknown.append(_without_group(employer, found.lacks, "its people in service count"))
        if label is None or (asked is not None and label not in asked):
            continue
        problems = list(_unknown_service(employer))
        if not problems:
            hours = read_number(employer.target_group_hours_per_year or 0)
            hours += read_number(employer.hired_in_target_group_hours_per_year or 0)
            hours -= read_number(employer.lent_out_target_group_hours_per_year or 0)
            jobs[label] = jobs.get(label, Fraction(0)) + hours / per_job
        unknown += problems
    if unknown:
        raise InvalidInputError(unknown)
    return jobs


def _unknown_service(employer: Employer) -> Iterator[Problem]:
    """Yield what is not known of the people in service; moved hours left out are none."""
    service = "target_group_hours_per_year"
    expected = "must be given, since a jobs quota counts people in service"
    if employer.target_group_hours_per_year is None:
        hint = "give the paid hours a year of people who count, 0 for none"
        yield Problem("employer", employer.id, service, None, expected, hint)
    for moved in ("hired_in", "lent_out"):
        if getattr(employer, f"{moved}_hours_per_year") and (
            getattr(employer, f"{moved}_{service}") is None
        ):
            hint = f"give the target group's part of {moved}_hours_per_year, 0 for none"
            yield Problem("employer", employer.id, f"{moved}_{service}", None, expected, hint)
