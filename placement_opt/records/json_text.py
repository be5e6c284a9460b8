"""Regions as JSON text that is the same for the same region, and as a fingerprint."""

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from placement_opt.basics.short_text import shortened
from placement_opt.records.base import Record
from placement_opt.records.file_format import ASSUMED, FORMAT, KEY
from placement_opt.records.reading import ReadingLine

# Asked first, since asking a model class for its instances is slow.
_JSON_TYPES = frozenset({str, int, bool, type(None)})


def record_fields(record: Record, *, canonical: bool = False) -> dict[str, Any]:
    """Return the fields of a record that differ from their defaults, ready for JSON.

    Parameters
    ----------
    record
        A record of a region, or the region itself.
    canonical
        Write whole numbers as ints, so that 24 and 24.0 give one text.
    """
    fields, values = {}, vars(record)
    for name, default in _defaults(type(record)).items():
        value = values[name]
        if value != default:
            fields[name] = _plain(value, canonical=canonical)
    return fields


@functools.cache
def _defaults(kind: type[Record]) -> dict[str, Any]:
    """Return the default of every field; a required one has a default that nothing equals."""
    declared = kind.model_fields.items()
    return {name: field.get_default(call_default_factory=True) for name, field in declared}


def _plain(value: Any, *, canonical: bool) -> Any:
    if type(value) in _JSON_TYPES:
        return value
    if isinstance(value, Record):
        return record_fields(value, canonical=canonical)
    if isinstance(value, dict):
        return {key: _plain(value[key], canonical=canonical) for key in sorted(value)}
    if isinstance(value, (tuple, frozenset)):
        entries = sorted(value) if isinstance(value, frozenset) else value
        return [_plain(entry, canonical=canonical) for entry in entries]
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if canonical and value.is_integer() else value


def part_record(part: Record) -> dict[str, Any]:
    """Return all fields of a rule or term for the record of a run, the same for equal parts.

    What is no set and no mapping is in the order of the user; those are sorted, as their own order
    means nothing and may differ from run to run. A field of the user's own that JSON does not know
    is told as its text.
    """
    return {name: _told(getattr(part, name)) for name in type(part).model_fields}


def _told(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _told_mapping(value)
    if isinstance(value, (set, frozenset)):
        return sorted(map(_told, value), key=lambda entry: (type(entry).__name__, str(entry)))
    if isinstance(value, (list, tuple)):
        return [_told(entry) for entry in value]
    if isinstance(value, BaseModel):
        return _told(dict(value))
    try:
        return to_jsonable_python(value)
    except ValueError:  # what pydantic_core raises for what it does not know
        return shortened(value)


def _told_mapping(value: Mapping[Any, Any]) -> Any:
    """Return a mapping with its keys as texts; as rows where they are tuples."""
    rows = [(key, _told(value[key])) for key in sorted(value, key=str)]
    if any(isinstance(key, tuple) for key in value):
        return [[_told(key), entry] for key, entry in rows]
    return {str(key): entry for key, entry in rows}


def region_text(region: Record, reading: Iterable[ReadingLine] = ()) -> str:
    """Write a region as JSON text, one line for each record.

    Of the lines of its reading, those are kept that say what plans take for granted.
    """
    parts = [f'  "{KEY}": {FORMAT}']
    assumed = [asdict(line) for line in reading if line.text_nl is not None]
    for name, value in (record_fields(region) | ({ASSUMED: assumed} if assumed else {})).items():
        if isinstance(value, list) and value:
            lines = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            parts.append(f'  "{name}": [\n    {lines}\n  ]')
        else:
            parts.append(f'  "{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _named(entry: Any) -> Any:
    """Return what entries of a list are sorted by: a record's id, a group's members, a row."""
    if not isinstance(entry, dict):
        return entry
    return entry["id"] if "id" in entry else (entry["members"], entry.get("where", ""))


def region_fingerprint(region: Record) -> str:
    """Return the SHA-256 of a region's content as 64 hexadecimal digits.

    The order of records, of pairs and of skills does not count, nor does 24 against 24.0; the
    order of wishes and preferences does.
    """
    fields = record_fields(region, canonical=True)
    for value in fields.values():
        if isinstance(value, list):
            value.sort(key=_named)
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
