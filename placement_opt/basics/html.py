"""What a notebook shows: a small table of facts, escaped, in the colours of the notebook."""

from collections.abc import Iterable
from html import escape

MOST_ROWS = 40
"""Rows of a table that a notebook keeps; what is left out is counted."""

_TABLE = "border-collapse:collapse;margin:.2em 0;font-variant-numeric:tabular-nums"
_CELL = "text-align:left;vertical-align:top"
_TITLE = "font-weight:600;padding-bottom:.3em"


def html_table(title: str, rows: Iterable[tuple[object, ...]], note: str = "") -> str:
    """Return a titled table of texts; the first cell of a row is its name.

    Ids and labels are the user's, so that everything is escaped. No colour is set: the table takes
    those of the page around it, light or dark.

    Examples
    --------
    >>> html_table("<b>", [("a & b", 1)]).count("<b>")
    0
    """
    told = list(rows)
    body = "".join(_row(row) for row in told[:MOST_ROWS])
    if len(told) > MOST_ROWS:
        body += _row(("...", f"{len(told) - MOST_ROWS:,} more"))
    foot = f"<div style='opacity:.75'>{escape(note)}</div>" if note else ""
    head = f"<div style='{_TITLE}'>{escape(title)}</div>"
    return f"<div>{head}<table style='{_TABLE}'><tbody>{body}</tbody></table>{foot}</div>"


def _row(cells: tuple[object, ...]) -> str:
    name, *values = (escape(str(cell)) for cell in cells)
    told = "".join(f"<td style='{_CELL}'>{value}</td>" for value in values)
    return f"<tr><th scope='row' style='{_CELL}'>{name}</th>{told}</tr>"
