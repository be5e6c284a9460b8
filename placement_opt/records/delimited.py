"""Text files with columns: their encoding, what parts their columns, and the line of each row."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from placement_opt.basics.errors import Problem
from placement_opt.records.cell_texts import from_text
from placement_opt.records.dialect import Dialect
from placement_opt.records.reading import ReadingLine
from placement_opt.records.user_tables import UserTable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WINDOWS = "cp1252"
_SEPARATORS = {";": "a semicolon", ",": "a comma", "\t": "a tab", "|": "a bar"}
_LOOKED_AT = 500
"""So many rows show what parts the columns."""

csv.field_size_limit(10**7)


@dataclass
class TextTable:
    """A text file as a table; None where it cannot be read as one."""

    table: UserTable | None = None
    lines: list[ReadingLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_delimited(
    title: str, data: bytes, dialect: Dialect, is_known: Callable[[str], bool]
) -> TextTable:
    """Read the bytes of a text file.

    Parameters
    ----------
    title
        Name of the file.
    data
        What is in it.
    dialect
        How it is written, as far as is known.
    is_known
        Tells whether a column of that name would be read.
    """
    read = TextTable()

    def refuse(value: object, expected: str, hint: str, line: int | None = None) -> TextTable:
        read.problems.append(Problem("file", None, "text", value, expected, hint, title, line))
        return read

    encoding = dialect.encoding or _encoding(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        return refuse(encoding, f"must be text in {encoding} ({error})", "save the file as UTF-8")
    if "\0" in text:
        return refuse(encoding, "must be text, but holds zero bytes", "save the file as UTF-8 text")
    text, separator, skipped = _declared(text, dialect.separator)
    if not text.strip():
        return refuse("", "must have a line with the names of the columns", "add the header line")
    fitting = [separator] if separator else _separators(text, is_known)
    if len(fitting) > 1:
        shown = " or ".join(_SEPARATORS[one] for one in fitting)
        hint = f'say which: dialect={{"separator": "{fitting[0]}"}}'
        return refuse(_first_line(text), f"can be parted at {shown}", hint)
    words = _SEPARATORS.get(fitting[0], repr(fitting[0]))
    told = f"read as {_shown(encoding)}, columns parted at {words}"
    if dialect.encoding is None or dialect.separator is None:
        read.lines.append(ReadingLine(title, None, None, told))
    try:
        every = list(_rows(text, fitting[0], skipped))
    except _BrokenError as broken:
        hint = "close the quotation mark, or double it where it is part of the text"
        return refuse(broken.told, f"must be parted into cells ({broken.told})", hint, broken.line)
    rows = [(line, row) for line, row in every if any(cell.strip() for cell in row)]
    if len(rows) < len(every):
        blank = len(every) - len(rows)
        read.lines.append(ReadingLine(title, None, blank, "rows of empty cells are left out"))
    read.table = _table(title, rows, dialect, read)
    return read


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _WINDOWS
    return "utf-8"


def _shown(encoding: str) -> str:
    names = {"utf-8-sig": "UTF-8 with a byte-order mark", "utf-16": "UTF-16", "utf-8": "UTF-8"}
    windows = "Windows-1252, since it is no UTF-8"
    return names.get(encoding, windows if encoding == _WINDOWS else encoding)


def _declared(text: str, separator: str | None) -> tuple[str, str | None, int]:
    """Cut off Excel's own line ``sep=;``, and return what it says."""
    first, _, rest = text.partition("\n")
    bare = first.strip().strip('"')
    if len(bare) == len("sep=;") and bare.lower().startswith("sep="):
        return rest, separator or bare[-1], 1
    return text.removeprefix("\ufeff"), separator, 0


def _first_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.strip())


def _separators(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return what can part the columns: one sign, or more where nothing decides."""
    score: dict[str, tuple[bool, int]] = {}
    for sign in _SEPARATORS:
        try:
            rows = _some_rows(text, sign)
        except _BrokenError:
            continue
        header = rows[0]
        if len(header) > 1:
            is_even = all(len(row) == len(header) for row in rows)
            score[sign] = (is_even, sum(is_known(name.strip()) for name in header))
    if not score:
        return [";"]
    known = max(count for _, count in score.values())
    best = [sign for sign, (_, count) in score.items() if count == known]
    even = [sign for sign in best if score[sign][0]]
    return even or best


def _some_rows(text: str, sign: str) -> list[list[str]]:
    return [row for _, row in islice(_rows(text, sign, 0), _LOOKED_AT)]


class _BrokenError(Exception):
    """A file breaks off in the middle of a cell."""

    def __init__(self, line: int, told: str) -> None:
        self.line, self.told = line, told
        super().__init__(told)


def _rows(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each line that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = skipped
    try:
        for row in reader:
            if row:
                yield line + 1, [from_text(cell) for cell in row]
            line = reader.line_num + skipped
    except csv.Error as error:
        raise _BrokenError(line + 1, str(error)) from None


def _table(
    title: str, rows: Sequence[tuple[int, list[str]]], dialect: Dialect, read: TextTable
) -> UserTable:
    _, header = rows[0]
    names = [name.strip() for name in header]
    while len(names) > 1 and not names[-1]:
        names.pop()
    cells: list[list[str | None]] = [[] for _ in names]
    labels: list[int] = []
    for line, row in rows[1:]:
        if len(row) < len(names) or any(cell.strip() for cell in row[len(names) :]):
            expected = f"must have {len(names)} cells, as the header has"
            hint = "put quotation marks around a cell that holds the sign between columns"
            problem = Problem("file", None, "line", len(row), expected, hint, title, line)
            read.problems.append(problem)
            continue
        labels.append(line)
        for column, cell in zip(cells, row, strict=False):
            column.append(cell or None)
    for place, name in enumerate(names):
        if not name and any(cells[place]):
            expected = f"must have a name in column {place + 1}"
            hint = "name the column, or remove it"
            read.problems.append(Problem("file", None, "header", "", expected, hint, title, 1))
    named = [(name, column) for name, column in zip(names, cells, strict=True) if name]
    return UserTable(title, named, labels, dialect, is_text=True)
