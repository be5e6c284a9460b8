"""The first day of a placement in words: "from 1 April 2027", "vanaf 1 april 2027"."""

import datetime as dt
from typing import Literal

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
_FROM = {"en": " from {day}", "nl": " vanaf {day}"}


def from_day(day: dt.date | None, language: Literal["en", "nl"]) -> str:
    """Say from when, with a space before it; nothing for no day.

    Examples
    --------
    >>> from_day(dt.date(2027, 4, 1), "nl")
    ' vanaf 1 april 2027'
    >>> from_day(None, "en")
    ''
    """
    if day is None:
        return ""
    month = _MONTHS[language].split()[day.month - 1]
    return _FROM[language].format(day=f"{day.day} {month} {day.year}")
