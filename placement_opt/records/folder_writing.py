"""Regions written to a folder of CSV files that read back as the same region."""

import csv
import datetime as dt
import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from placement_opt.basics.flags import as_flag
from placement_opt.records.base import Record
from placement_opt.records.cell_texts import as_text
from placement_opt.records.compound_cells import LIST_SIGNS
from placement_opt.records.folder import ABOUT, GUIDE, about_text
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.region_frames import OWN_FIELDS, region_columns
from placement_opt.records.user_tables import TABLE_COLUMNS

_DIALECT: Mapping[str, Any] = {
    "separator": ",",
    "encoding": "utf-8",
    "decimal": ".",
    "dates": "day first",
    "lists": ";",
    "missing": [],
}


def write_folder(region: Record, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write a region to a folder; see `Region.to_folder`."""
    write_files(folder_texts(region), path, overwrite=overwrite)


def folder_texts(region: Record) -> dict[str, str]:
    """Return the texts of a folder's files by name."""
    own = {name: _plain(getattr(region, name)) for name in OWN_FIELDS}
    texts = {ABOUT: about_text({k: v for k, v in own.items() if v} | {"dialect": dict(_DIALECT)})}
    for name, columns in region_columns(region).items():
        texts[f"{name}.csv"] = csv_text(columns)
    return texts


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def csv_text(columns: Mapping[str, list[Any]]) -> str:
    """Write columns as the text of a CSV file."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(map(_cell_text, row))
    return written.getvalue()


def _cell_text(value: Any) -> str:
    """Write a value, so that no spreadsheet takes a text of the user's for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return _number(value)
    return as_text(_written(value))


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        simple = all(map(_is_simple, value))
        parts = [f"{name}:{_number(level)}" for name, level in value.items()]
        return "; ".join(parts) if simple else json.dumps(dict(value), ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        simple = all(isinstance(entry, str) and _is_simple(entry) for entry in value)
        return "; ".join(value) if simple else json.dumps(list(value), ensure_ascii=False)
    return str(value)


def _number(value: float) -> str:
    """Write a number in digits, without an exponent."""
    text = repr(value)
    return f"{value:.6f}".rstrip("0") if "e" in text else text


def _is_simple(entry: str) -> bool:
    """Tell whether an entry of a list reads back as itself."""
    return not set(entry) & set(LIST_SIGNS) and entry[0] not in "[{"


def write_files(texts: Mapping[str, str], path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write the files of a folder, all of them or none.

    Raises
    ------
    FileExistsError
        If the folder exists and `overwrite` is False, or if it holds files that are none of ours.
    OSError
        If it cannot be written there.
    """
    may_replace, target = as_flag(overwrite, "folder", "overwrite"), Path(path)
    if target.exists() and not target.is_dir():
        raise FileExistsError(f"{str(target)!r} is a file. Hint: name a folder.")
    is_there = target.exists() and any(target.iterdir())
    if is_there and not may_replace:
        hint = "pass overwrite=True to replace it"
        raise FileExistsError(f"{str(target)!r} exists. Hint: {hint}.")
    own = {ABOUT, GUIDE, *texts, *(f"{name}.csv" for name in (*RECORD_KINDS, *TABLE_COLUMNS))}
    others = sorted({file.name for file in target.iterdir()} - own) if is_there else []
    if others:
        hint = "choose another folder; this one is not replaced"
        raise FileExistsError(f"{str(target)!r} holds other files: {others[:5]}. Hint: {hint}.")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(target.parent)!r}. Hint: make it first.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    draft.mkdir()
    try:
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="")
        if target.exists():
            target.rename(old)
        draft.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
