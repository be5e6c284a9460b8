"""What all records share: they read themselves wholly and tell all their problems at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import override

from placement_opt.basics.bsn import looks_like_bsn, masked
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.html import html_table
from placement_opt.basics.json_files import parse_json
from placement_opt.basics.short_text import Told, told_parts
from placement_opt.records.readers import LEAVE_OUT, MISTAKE
from placement_opt.records.reading import Rows

RecordT = TypeVar("RecordT", bound="Record")


class Record(BaseModel):
    """One thing a region knows: frozen, no fields beyond those named, problems told at once."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    subject: ClassVar[str] = "record"
    id_field: ClassVar[str] = "id"
    of_person: ClassVar[bool] = False

    def __init__(self, /, **fields: Any) -> None:
        problems, sound, broken = self._read(fields)
        id_ = self.readable_id(fields)
        if sound is not None:
            problems.extend(replace(found, id=id_) for found in sound.contradictions(broken))
        if problems:
            raise InvalidInputError(problems)

    def _read(
        self, fields: Mapping[str, Any]
    ) -> tuple[list[Problem], Self | None, Collection[str]]:
        """Read the fields into this record, each by itself.

        Returns
        -------
        problems : list of Problem
            The problems of single fields.
        sound : Record or None
            This record, or where fields are broken a twin that holds the others; None where a
            broken field has neither a default nor a stand-in.
        broken : collection of str
            The names of the fields with problems.
        """
        try:
            BaseModel.__init__(self, **fields)
        except ValidationError as error:
            lines = error.errors(include_url=False)
        else:
            return [], self, ()
        id_ = self.readable_id(fields)
        problems = [_problem(type(self), id_, line) for line in lines]
        broken = {str(line["loc"][0]) for line in lines}
        sound = {name: value for name, value in fields.items() if name not in broken}
        stand_ins = self.stand_ins(broken)
        if any(
            field.is_required() and name in broken and name not in stand_ins
            for name, field in type(self).model_fields.items()
        ):
            return problems, None, broken
        twin = type(self).__new__(type(self))
        BaseModel.__init__(twin, **stand_ins, **sound)
        return problems, twin, broken

    @classmethod
    def stand_ins(cls, broken: Collection[str]) -> dict[str, Any]:
        """Return a value for each broken field without a default, to look at the other fields."""
        return {cls.id_field: "?"} if cls.id_field in broken else {}

    @classmethod
    def readable_id(cls, fields: Mapping[str, Any]) -> str | None:
        """Return the id among raw fields, or its default, if it may be shown; else None."""
        id_: object = fields.get(cls.id_field, cls.model_fields[cls.id_field].default)
        if cls.id_field == "id" and isinstance(id_, Integral) and not isinstance(id_, bool):
            id_ = str(int(id_))
        if not isinstance(id_, str) or not id_:
            return None
        return None if cls.of_person and looks_like_bsn(id_.strip()) else str(id_)

    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        """Yield the problems between fields that are each right by themselves.

        Parameters
        ----------
        unread
            Fields that could not be read and hold their default; they contradict nothing.
        """
        del unread
        yield from ()

    def problem(self, field: str, expected: str, hint: str) -> Problem:
        """Build a problem of one field of this record."""
        id_ = getattr(self, self.id_field)
        return Problem(self.subject, id_, field, getattr(self, field), expected, hint)

    @override
    def __repr_args__(self) -> Iterator[tuple[str | None, Told]]:
        """Tell the fields, and where they hold many things or other records how many."""
        return told_parts(super().__repr_args__())

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the fields that were given, in short."""
        given = ((name, getattr(self, name)) for name in type(self).model_fields)
        told = told_parts((n, value) for n, value in given if n in self.model_fields_set)
        return html_table(type(self).__name__, [*told])

    @classmethod
    @override
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read a record from a mapping of its fields.

        Raises
        ------
        InvalidInputError
            With all problems of the record.
        """
        if isinstance(obj, cls):
            return obj
        if not isinstance(obj, Mapping):
            raise InvalidInputError([_no_mapping(cls, obj)])
        return cls(**{str(name): value for name, value in obj.items()})

    @classmethod
    @override
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Read a record from the text of one JSON object.

        Raises
        ------
        InvalidInputError
            With all problems of the text and the record.
        """
        text = json_data if isinstance(json_data, str) else bytes(json_data).decode("utf-8-sig")
        return cls.model_validate(parse_json(text))

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed, read as strictly as a new record.

        Raises
        ------
        InvalidInputError
            With all problems of the changed record.
        """
        if not update:
            return super().model_copy(deep=deep)
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**given | dict(update))


def _no_mapping(record: type[Record], value: object) -> Problem:
    expected = f"must be a {record.subject} (named fields)"
    hint = 'write it as {"' + record.id_field + '": ...}'
    return Problem(record.subject, None, "record", masked(value), expected, hint)


def _problem(record: type[Record], id_: str | None, line: ErrorDetails) -> Problem:
    """Tell one finding of pydantic in our words."""
    expected, hint = _texts(record, line)
    value = None if line["type"] == "missing" else masked(line["input"])
    return Problem(record.subject, id_, _path(line["loc"]), value, expected, hint)


def _texts(record: type[Record], line: ErrorDetails) -> tuple[str, str]:
    context = line.get("ctx", {})
    name = str(line["loc"][-1])
    match line["type"]:
        case kind if kind == MISTAKE:
            return context["expected"], context["hint"]
        case "missing":
            return "must be given", f"add the field {name!r} to the {record.subject}"
        case "extra_forbidden":
            close = closest_ids(name, record.model_fields)
            known = closest_hint(close) if close else f"a {record.subject} has no such field"
            return f"is no field of a {record.subject}", known
        case "literal_error":
            choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            close = closest_ids(str(line["input"]), choices)
            return f"must be {context['expected']}", closest_hint(close) if close else LEAVE_OUT
        case _:
            return f"must be right ({line['msg'].lower()})", "see the fields of the record"


NO_STEPS = frozenset({"[key]", "[one]", "[tie]"})
"""What pydantic puts into a path for the key of a mapping and for a kind of entry."""


def _path(loc: tuple[int | str, ...]) -> str:
    """Write where the problem is: ``wishes[2]``, ``skills['welding']``."""
    steps = [step for step in loc[1:] if step not in NO_STEPS]
    return str(loc[0]) + "".join(f"[{step!r}]" for step in steps)


def read_rows(
    record: type[Record], rows: Collection[object]
) -> tuple[tuple[Record, ...], list[Problem]]:
    """Read rows of one kind of record; rows with problems are left out and told.

    Parameters
    ----------
    record
        The kind of record.
    rows
        Records of that kind, or mappings of their fields.

    Returns
    -------
    records : tuple of Record
        The rows without problems, in order.
    problems : list of Problem
        The problems of the others; those without a readable id are named by their row, from 0.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    for row, fields in enumerate(rows):
        try:
            records.append(record.model_validate(fields))
        except InvalidInputError as error:
            for found in error.problems:
                named = found if found.id is not None else replace(found, id=f"row {row}")
                problems.append(rows.placed(named, row) if isinstance(rows, Rows) else named)
    return tuple(records), problems
