"""Workbooks for spreadsheets (xlsx), by XlsxWriter of the extra `excel`.

A text is always written as a text: an id that begins with '=' is no formula.
"""

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from placement_opt.basics.errors import PlacementError

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANY_DAY = dt.datetime(1980, 1, 1)  # noqa: DTZ001  # the format knows no zones

Sheet = tuple[Sequence[str], Iterable[Sequence[object]]]
"""The names of the columns, and the rows."""


def workbook_bytes(sheets: Mapping[str, Sheet]) -> bytes:
    """Return a workbook with a sheet for each table; the first row has the names of its columns.

    Equal tables give equal bytes.

    Parameters
    ----------
    sheets
        Columns and rows by the name of the sheet, of at most 31 characters. Numbers are numbers;
        None is an empty cell; anything but numbers, texts and truth values is told as its text.

    Raises
    ------
    PlacementError
        When XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        hint = 'pip install "placement_opt[excel]"'
        raise PlacementError(f"a workbook needs XlsxWriter. Hint: {hint}.") from None
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": _ANY_DAY})
        bold = book.add_format({"bold": True})
        for name, (columns, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(columns):
                sheet.write_string(0, column, title, bold)
            for row, values in enumerate(rows, start=1):
                for column, value in enumerate(values):
                    _write(sheet, row, column, value)
    return written.getvalue()


def _write(sheet: Any, row: int, column: int, value: object) -> None:
    """Write a value as its type asks, so that no text is read as a formula, link or number."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, _NO_XML.sub("", _text(value)))


def _text(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value)
