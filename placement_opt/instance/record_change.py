"""A change of one field of one record, and how large it is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal

from placement_opt.basics.quantities import read_number
from placement_opt.instance.groupings import group_text
from placement_opt.records import Candidate, Coach, Employer, Municipality, Opening, Region

Kind = Literal["candidate", "opening", "employer", "coach", "municipality", "rule"]

USUAL_RANGE: Final[Mapping[str, Fraction]] = {
    name: Fraction(range_)
    for name, range_ in {
        "max_travel_minutes": 60,
        "hours_per_week": 36,
        "hours_total_per_week": 36,
        "max_caseload": 20,
        "available_days": 5,
        "days_needed": 5,
        "skills": 1,
        "licences": 2,
        "provides": 4,
        "positions": 5,
        "supervision_places": 5,
        "available_from": 90,
        "starts_on": 90,
        "contract_months": 12,
        "municipalities": 4,
        "regimes": 4,
        "openings": 4,
        "employers": 4,
        "wage_subsidy_budget_eur_per_year": 50_000,
        "reintegration_budget_eur_per_year": 50_000,
        "sheltered_places_maximum": 10,
        "limits": 10,
    }.items()
}
"""What a field usually ranges over, in its own unit: an hour among 36, a day among 5, a month among
12. A change is as large as its share of that. What is there or not counts as one: a licence is half
of the usual range, a provision of the workplace a quarter. A choice of this library."""

UNIT: Final[Mapping[str, Fraction]] = {
    "hours_per_week": Fraction(1, 2),
    "hours_total_per_week": Fraction(1, 2),
    "wage_subsidy_budget_eur_per_year": Fraction(100),
    "reintegration_budget_eur_per_year": Fraction(100),
}
"""Limits are raised in whole units: half hours, hundreds of euros; else ones."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A field of a record with another value.

    Parameters
    ----------
    kind, record
        Which record, by id; for a rule the key of the rule.
    field, key
        The field, and which entry of it where it holds several.
    before, after
        The value of the field, or of that entry.
    value
        The new value of the whole field.
    amount
        How much of the field's unit it is, above 0.
    unit
        The least step of a limit that is raised; None for any other change.
    """

    kind: Kind
    record: str
    field: str
    before: Any
    after: Any
    value: Any
    amount: Fraction
    key: str | None = None
    unit: Fraction | None = None

    @property
    def name(self) -> str:
        """The field, with its key: ``skills['dutch']``."""
        return self.field if self.key is None else f"{self.field}[{self.key!r}]"

    @property
    def size(self) -> Fraction:
        """The share of the field's usual range."""
        return self.amount / USUAL_RANGE.get(self.field, Fraction(1))

    def applied(self, region: Region) -> Region:
        """Return the region with the change; a change of a rule leaves it as it is.

        Raises
        ------
        InvalidInputError
            When the record cannot hold the value.
        """
        if self.kind == "rule":
            return region
        field, update = _RECORDS[self.kind], {self.field: self.value}
        records = getattr(region, field)
        changed = [
            one.model_copy(update=update) if one.id == self.record else one for one in records
        ]
        return region.model_copy(update={field: tuple(changed)})

    def by(self, steps: int) -> "RecordChange":
        """Return the raise of a limit by another number of its least steps."""
        if self.unit is None:
            return self
        amount = steps * self.unit
        after = plain(read_number(self.before) + amount)
        value = after if self.kind != "rule" else self._limits(after)
        return replace(self, after=after, value=value, amount=amount)

    def _limits(self, after: Any) -> dict[Any, Any]:
        return {
            label: after if group_text(label) == self.key else limit
            for label, limit in self.value.items()
        }


_RECORDS: Final = {
    "candidate": "candidates",
    "opening": "openings",
    "employer": "employers",
    "coach": "coaches",
    "municipality": "municipalities",
}

AnyRecord = Candidate | Opening | Employer | Coach | Municipality


def set_to(record: AnyRecord, field: str, value: Any, amount: Any) -> RecordChange:
    """Return the change of a whole field to another value."""
    before = getattr(record, field)
    kind = _kind(record)
    return RecordChange(kind, record.id, field, before, value, value, read_number(amount))


def with_entry(record: AnyRecord, field: str, entry: str, amount: Any = 1) -> RecordChange:
    """Return the change that adds an entry to a field that holds a set."""
    return RecordChange(
        _kind(record),
        record.id,
        field,
        before=False,
        after=True,
        value=frozenset({*getattr(record, field), entry}),
        amount=read_number(amount),
        key=entry,
    )


def with_level(record: Candidate, skill: str, level: float) -> RecordChange:
    """Return the change that a training brings: a skill at a level."""
    before = record.skills.get(skill, 0)
    value = {**record.skills, skill: level}
    amount = read_number(level) - read_number(before)
    return RecordChange("candidate", record.id, "skills", before, level, value, amount, key=skill)


def raised(record: AnyRecord, field: str, least: Fraction) -> RecordChange:
    """Return the change of a limit to at least a number, in whole units of the field."""
    unit = UNIT.get(field, Fraction(1))
    before = read_number(getattr(record, field))
    steps = max(1, math.ceil((least - before) / unit))
    value = plain(before + steps * unit)
    return RecordChange(
        _kind(record),
        record.id,
        field,
        getattr(record, field),
        value,
        value,
        steps * unit,
        unit=unit,
    )


def plain(number: Fraction) -> int | float:
    """Return a number as records hold it: an integer where it is one."""
    return int(number) if number.denominator == 1 else float(number)


def _kind(record: AnyRecord) -> Any:
    return type(record).subject
