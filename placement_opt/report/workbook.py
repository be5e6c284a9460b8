"""Workbooks for spreadsheets (xlsx), written with the standard library alone.

A text is always written as a text: an id that begins with '=' is no formula.
"""

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_OF_ITS_TIME = (1980, 1, 1, 0, 0, 0)  # so that equal tables give equal files
_MOST_CHARACTERS = 32_767  # of a cell, by the format

Sheet = tuple[Sequence[str], Iterable[Sequence[object]]]
"""The names of the columns, and the rows."""


def workbook_bytes(sheets: Mapping[str, Sheet]) -> bytes:
    """Return a workbook with a sheet for each table; the first row has the names of its columns.

    Parameters
    ----------
    sheets
        Columns and rows by the name of the sheet, of at most 31 characters. Numbers are numbers;
        None is an empty cell; anything but numbers, texts and truth values is told as its text.
    """
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _links(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in _numbers(sheets)),
                ("styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
    }
    for number, (columns, rows) in zip(_numbers(sheets), sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(columns, rows)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            place = zipfile.ZipInfo(name, _FIRST_OF_ITS_TIME)
            place.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(place, _HEAD + text)
    return written.getvalue()


def _numbers(sheets: Mapping[str, Sheet]) -> range:
    return range(1, len(sheets) + 1)


def _content_types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_CONTENT}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>{sheets}</Types>'
    )


def _links(targets: Iterable[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _book(sheets: Mapping[str, Sheet]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(_numbers(sheets), sheets, strict=True)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>'


def _styles() -> str:
    """Return the styles: plain cells, and bold ones for the names of columns."""
    fills = (f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125"))
    plain = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        f'<fills count="2">{"".join(fills)}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf {plain}/></cellStyleXfs>'
        f'<cellXfs count="2"><xf {plain} xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        "</styleSheet>"
    )


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(_text(name, ' s="1"') for name in columns)
    body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    frozen = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    return (
        f'<worksheet xmlns="{_MAIN}">{frozen}'
        f"<sheetData><row>{head}</row>{body}</sheetData></worksheet>"
    )


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return f"<c><v>{value!r}</v></c>"
    if isinstance(value, dt.date):
        return _text(value.isoformat(), "")
    if isinstance(value, (list, tuple)):
        return _text("; ".join(map(str, value)), "")
    return _text(str(value), "")


def _text(text: str, style: str) -> str:
    kept = escape(_NO_XML.sub("", text)[:_MOST_CHARACTERS])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{kept}</t></is></c>'
