"""Texts in cells of CSV files that a spreadsheet would take for formulas.

An id that begins with a sign of a formula has an apostrophe before it in the file, which is how
spreadsheets mark a text; whoever reads the file takes it away again. An apostrophe that was there
already gets another one, so that every text comes back as it was.
"""

import re

_LOOKS_SO = re.compile(r"'*[=+\-@\t\r]")


def as_text(cell: str) -> str:
    """Return the text of a cell as a file holds it: no spreadsheet works it out.

    Examples
    --------
    >>> as_text("=1+1"), as_text("C-1"), as_text("'=1+1")
    ("'=1+1", 'C-1', "''=1+1")
    """
    return f"'{cell}" if _LOOKS_SO.match(cell) else cell


def from_text(cell: str) -> str:
    """Return the text that `as_text` wrote.

    Examples
    --------
    >>> from_text("'=1+1"), from_text("'s-Hertogenbosch"), from_text("=1+1")
    ('=1+1', "'s-Hertogenbosch", '=1+1')
    """
    return cell[1:] if cell[:1] == "'" and _LOOKS_SO.match(cell) else cell
