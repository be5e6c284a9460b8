"""The format of a region's JSON file: its version, and how older files are read.

A file says its version as ``"format": 2``. Fields that are added later make no new version, since a
file without them means what it meant; a field that is renamed, or that means something else, does,
and adds a step here that turns the fields of the version before into its own.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records.reading import ReadingLine

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 2
"""The version that is written."""

KEY = "format"

ASSUMED = "reading"
"""Where a file keeps what plans take for granted since the records were read so."""

Fields = dict[str, Any]


def _marked(fields: Fields) -> Fields:
    """From 1, the files that say no version, to 2: what they hold means the same."""
    return fields


STEPS: Mapping[int, Callable[[Fields], Fields]] = {1: _marked}
"""By version, what turns the fields of a file into those of the next version."""


def up_to_date(content: Any) -> Any:
    """Return what a file holds as the present version would say it, without the version.

    What is no object is returned as it is, to be refused as no region.

    Raises
    ------
    InvalidInputError
        When the version is none that this library knows.
    """
    if not isinstance(content, dict):
        return content
    fields: Fields = {name: value for name, value in content.items() if name != KEY}
    version = content.get(KEY, min(STEPS))
    if isinstance(version, bool) or not isinstance(version, int) or version not in {*STEPS, FORMAT}:
        hint = "update placement_opt for a newer file, or let to_json write it"
        expected = f"must be from {min(STEPS)} to {FORMAT}"
        raise InvalidInputError.single("region", None, KEY, version, expected, hint)
    for step in range(version, FORMAT):
        fields = STEPS[step](fields)
    return fields


def with_assumed_apart(content: Any) -> tuple[Any, tuple[ReadingLine, ...]]:
    """Return what a file holds without the lines of how its records were read, and those lines.

    Raises
    ------
    InvalidInputError
        When they are none.
    """
    from pydantic import ValidationError

    if not isinstance(content, dict) or ASSUMED not in content:
        return content, ()
    told = content[ASSUMED]
    fields = {name: value for name, value in content.items() if name != ASSUMED}
    try:
        return fields, _lines().validate_python(told)
    except ValidationError:
        expected = "must be lines as to_json writes them"
        hint = "leave it out: plans then do not tell how the records were read"
        raise InvalidInputError.single("region", None, ASSUMED, told, expected, hint) from None


def _lines() -> "TypeAdapter[tuple[ReadingLine, ...]]":
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[ReadingLine, ...])


def with_format(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a region as that of its file, with its version and identifier."""
    told = {"const": FORMAT, "description": "Version of the format; without it, 1."}
    text = "What plans take for granted, since the records were read so from other files."
    lines = {**_lines().json_schema(), "description": text}
    schema = {**schema, "$defs": {**schema.get("$defs", {}), **lines.pop("$defs")}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:placement_opt:region:{FORMAT}",
        **schema,
        "properties": {KEY: told, **schema["properties"], ASSUMED: lines},
    }
