"""The ways to group placements: those that every region has, a line each, and groups of records.

Each way is read twice, and the two readings have to agree: `code` from the columns of the
instance, for rows over pairs, and `label` from the records, for the judge of a plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.instance.columns import frozen, rows_of
from placement_opt.instance.instance import Instance
from placement_opt.records import Candidate, Employer, Opening

SECTORS = ("government", "market")

Ways: TypeAlias = str | tuple[str, ...]
"""What `per` of a rule names: one way to group, or several that are crossed."""

Group: TypeAlias = str | tuple[str, ...]
"""One group: a label, or a label of each way that is crossed."""


def each_way(per: Ways) -> tuple[str, ...]:
    """Return the ways to group that `per` names, one by one."""
    return (per,) if isinstance(per, str) else per


def group_text(group: Group) -> str:
    """Write a group as people read it: ``"north"``, or ``"E-1 / north"`` of two ways crossed."""
    return " / ".join(map(str, group)) if isinstance(group, tuple) else str(group)


@dataclass(frozen=True)
class Grouping:
    """One way to group placements.

    Parameters
    ----------
    plural, plural_nl
        What the groups are called, in English and Dutch.
    labels
        Every label of the region, also those without a placement.
    code
        The group of each (candidate row, opening row) as a position in the labels, -1 for none.
    label
        The label of a person in an opening by a plain reading of their records; None for none.
    of_employer
        The label of an employer's own staff; None for a way that does not group employers.
    is_open
        Whether a record may leave its label out, and is then in no group and free of its limits.
    """

    plural: str
    plural_nl: str
    labels: Callable[[Instance], tuple[str, ...]]
    code: Callable[[Instance, Indices, Indices], Indices]
    label: Callable[[Instance, Candidate, Opening], str | None]
    of_employer: Callable[[Instance, Employer], str | None] | None = None
    is_open: bool = False


def _sector_code(instance: Instance, _candidate: Indices, opening: Indices) -> Indices:
    """Return the position of each opening's sector among the labels.

    Raises
    ------
    InvalidInputError
        When an employer with an opening does not say its sector: unknown is not "none".
    """
    position = {label: row for row, label in enumerate(SECTORS)}
    problems, sector = [], np.full(len(instance.employer_ids) + 1, -1, dtype=np.int32)
    offering = set(instance.openings.employer.tolist())
    for row, employer_id in enumerate(instance.employer_ids):
        given = instance.employer_of[employer_id].sector
        if given is not None:
            sector[row] = position[given]
        elif row in offering:
            hint = 'give "market" or "government"; a rule per sector needs it'
            problems.append(Problem("employer", employer_id, "sector", None, "must be given", hint))
    if problems:
        raise InvalidInputError(problems)
    return sector[instance.openings.employer][opening]


def _sector(instance: Instance, _candidate: Candidate, opening: Opening) -> str | None:
    return None if opening.employer is None else instance.employer_of[opening.employer].sector


GROUPINGS: Mapping[str, Grouping] = {
    "candidate": Grouping(
        plural="candidates",
        plural_nl="kandidaten",
        labels=lambda instance: instance.candidate_ids,
        code=lambda _, candidate, _o: candidate,
        label=lambda _, candidate, _o: candidate.id,
    ),
    "opening": Grouping(
        plural="openings",
        plural_nl="vacatures",
        labels=lambda instance: instance.opening_ids,
        code=lambda _, _c, opening: opening,
        label=lambda _, _c, opening: opening.id,
    ),
    "employer": Grouping(
        plural="employers",
        plural_nl="werkgevers",
        labels=lambda instance: instance.employer_ids,
        code=lambda instance, _c, opening: instance.openings.employer[opening],
        label=lambda _, _c, opening: opening.employer,
        of_employer=lambda _, employer: employer.id,
    ),
    "municipality": Grouping(
        plural="municipalities",
        plural_nl="gemeenten",
        labels=lambda instance: instance.municipality_ids,
        code=lambda instance, candidate, _o: instance.candidates.municipality[candidate],
        label=lambda _, candidate, _o: candidate.municipality,
    ),
    "opening_municipality": Grouping(
        plural="municipalities of openings",
        plural_nl="gemeenten van vacatures",
        labels=lambda instance: instance.municipality_ids,
        code=lambda instance, _c, opening: instance.openings.municipality[opening],
        label=lambda _, _c, opening: opening.municipality,
        of_employer=lambda _, employer: employer.municipality,
    ),
    "sector": Grouping(
        plural="sectors",
        plural_nl="sectoren",
        labels=lambda _: SECTORS,
        code=_sector_code,
        label=_sector,
        of_employer=lambda _, employer: employer.sector,
    ),
    "region": Grouping(
        plural="regions",
        plural_nl="regio's",
        labels=lambda instance: (instance.region.name,),
        code=lambda _, candidate, _o: np.zeros_like(candidate),
        label=lambda instance, _c, _o: instance.region.name,
        of_employer=lambda instance, _e: instance.region.name,
    ),
}
"""By the name that `per` of a rule gives."""


_KINDS = ("candidate", "opening", "employer")
_Grouped: TypeAlias = Candidate | Opening | Employer
"""Records that have groups of the user's own."""


@dataclass(frozen=True)
class _LabelsOfRecords:
    """Reads a group of the user's own from the records of one kind."""

    kind: str
    name: str

    def __call__(self, instance: Instance) -> tuple[Indices, tuple[str, ...]]:
        """Return the position of each record's label, -1 for none, and the labels, ascending.

        Positions are in the order of the records' ids; one -1 follows, for "no such record".
        """
        ids: tuple[str, ...] = getattr(instance, f"{self.kind}_ids")
        records: Mapping[str, _Grouped] = getattr(instance, f"{self.kind}_of")
        label_of = [records[id_].groups.get(self.name) for id_ in ids]
        labels = tuple(sorted({label for label in label_of if label is not None}))
        row = rows_of(labels)
        code = [-1 if label is None else row[label] for label in label_of]
        return frozen([*code, -1], np.int32), labels


@cache
def way_to_group(name: str) -> Grouping | None:
    """Return a way to group by its name, such as ``"employer"`` or ``"candidate.neighbourhood"``.

    None for a name of neither kind: only a column of ``pairs=`` can have it. Whether a record of
    the region has the group is told by `groups_of_records`.
    """
    kind, dot, group = name.partition(".")
    if not (dot and group and kind in _KINDS):
        return GROUPINGS.get(name)
    read = _LabelsOfRecords(kind, group)

    def code(instance: Instance, candidate: Indices, opening: Indices) -> Indices:
        of_record, _ = instance.derived(read)
        if kind == "employer":
            return of_record[instance.openings.employer][opening]
        return of_record[candidate if kind == "candidate" else opening]

    def label(instance: Instance, candidate: Candidate, opening: Opening) -> str | None:
        record: _Grouped | None = candidate if kind == "candidate" else opening
        if kind == "employer":
            record = None if opening.employer is None else instance.employer_of[opening.employer]
        return None if record is None else record.groups.get(group)

    def of_employer(_: Instance, employer: Employer) -> str | None:
        return employer.groups.get(group)

    return Grouping(
        plural=name,
        plural_nl=name,
        labels=lambda instance: instance.derived(read)[1],
        code=code,
        label=label,
        of_employer=of_employer if kind == "employer" else None,
        is_open=True,
    )


def groups_of_records(instance: Instance) -> tuple[str, ...]:
    """Return the names of all groups that some record has: ``"candidate.neighbourhood"``."""
    return instance.derived(_groups_of_records)


def _groups_of_records(instance: Instance) -> tuple[str, ...]:
    region = instance.region
    kinds: tuple[Iterable[_Grouped], ...] = (region.candidates, region.openings, region.employers)
    return tuple(
        f"{kind}.{name}"
        for kind, records in zip(_KINDS, kinds, strict=True)
        for name in sorted({name for record in records for name in record.groups})
    )
