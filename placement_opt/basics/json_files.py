"""JSON text and files: strict reading, writing wholly or not at all."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from placement_opt.basics.bsn import masked
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.flags import as_flag

# A float that was written with fewer characters always prints as the decimal in the text.
_SAFE_FLOAT_LENGTH = 17


def parse_json(text: str) -> Any:
    """Parse JSON text without losing anything: no key twice, no digit dropped.

    Raises
    ------
    InvalidInputError
        If the text is no JSON or names a key twice in one object.
    """
    try:
        return json.loads(text, object_pairs_hook=_no_key_twice, parse_float=_read_float)
    except InvalidInputError:
        raise
    except json.JSONDecodeError as error:
        shown = text[error.pos : error.pos + 1]  # no more: the text holds personal data
        expected = f"must be JSON; line {error.lineno}, column {error.colno}: {error.msg.lower()}"
        hint = "mend the text there, or let to_json write the file"
        raise InvalidInputError.single("file", None, "text", shown, expected, hint) from None
    except (ValueError, RecursionError):
        expected = "must be JSON without endless numbers or endless nesting"
        hint = "let to_json write the file"
        raise InvalidInputError.single("file", None, "text", len(text), expected, hint) from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        id_ = fields.get("id")
        shown = isinstance(id_, str) and masked(id_) is id_
        keys = [key for key, _ in pairs]
        again = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInputError.single(
            "record",
            str(id_) if shown else None,
            again,
            [masked(value) for key, value in pairs if key == again],
            "must be given once",
            "keep one of the values",
        )
    return fields


def _read_float(text: str) -> float | Decimal:
    number = float(text)
    if len(text) > _SAFE_FLOAT_LENGTH and Decimal(text) != Decimal(repr(number)):
        return Decimal(text)
    return number


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a text file in UTF-8.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    InvalidInputError
        If the file is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "check the path; a relative one starts at the current directory"
        raise FileNotFoundError(f"no file at {os.fspath(path)!r}. Hint: {hint}.") from None
    except UnicodeDecodeError as error:
        expected = f"must be UTF-8 text, but is not at byte {error.start}"
        raise InvalidInputError.single(
            "file", None, "text", os.fspath(path), expected, "save the file as UTF-8"
        ) from None


def check_writable(
    path: str | os.PathLike[str], *, overwrite: bool, remedy: str = "pass overwrite=True"
) -> None:
    """Refuse a file that could not be written, before what goes into it is made.

    Parameters
    ----------
    path, overwrite
        As `write_atomically` takes them.
    remedy
        How to ask for a file to be replaced.

    Raises
    ------
    FileExistsError
        If the file exists and `overwrite` is False.
    OSError
        If there is a folder or a device of that name, no folder to put it in, or no permission.
    InvalidInputError
        If `overwrite` is neither True nor False.
    """
    may_replace, target = as_flag(overwrite, "file", "overwrite"), Path(path)
    try:
        _check_place(target)
        is_there = target.exists()
        if not is_there or may_replace:
            draft = _draft(target)
            draft.touch()
            draft.unlink()
    except OSError as error:
        if error.strerror is None:  # ours
            raise
        told = f"{str(target)!r} cannot be written ({error.strerror})"
        raise type(error)(f"{told}. Hint: choose a name and a folder that you may use.") from None
    if is_there and not may_replace:
        raise FileExistsError(f"{str(target)!r} exists. Hint: {remedy} to replace it.")


def _check_place(target: Path) -> None:
    """Refuse names of what is no file."""
    if target.is_dir():
        raise IsADirectoryError(f"{str(target)!r} is a folder. Hint: name a file in it.")
    if target.exists() and not target.is_file():
        raise OSError(f"{str(target)!r} is no ordinary file. Hint: name another one.")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {str(target.parent)!r}. Hint: make it first.")


def _draft(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def write_atomically(path: str | os.PathLike[str], text: str, *, overwrite: bool) -> None:
    """Write a text file in UTF-8 wholly or not at all.

    Raises
    ------
    OSError, InvalidInputError
        As `check_writable`.
    """
    write_bytes_atomically(path, text.encode("utf-8"), overwrite=overwrite)


def write_bytes_atomically(
    path: str | os.PathLike[str], content: bytes, *, overwrite: bool
) -> None:
    """Write a file wholly or not at all.

    Raises
    ------
    OSError, InvalidInputError
        As `check_writable`.
    """
    check_writable(path, overwrite=overwrite)
    target = Path(path)
    draft = _draft(target)
    try:
        draft.write_bytes(content)
        os.replace(draft, target)  # noqa: PTH105 - the atomic one, named as such
    finally:
        draft.unlink(missing_ok=True)
