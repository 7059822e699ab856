"""Dates as files state them: ISO, day.month.year, and written with the month's English name. Never a guess."""

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{6}Z?)?(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+((?:19|20)\d\d)")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./])(\d{1,2})\2(\d{1,2})(?!\d)")


def read_date(text: str | None) -> datetime.date | None:
    """Read the date a value states, None where it states none.

    A form that two countries read differently (10/05/2023) states none.

    >>> read_date("5 October 2023"), read_date("10/05/2023")
    (datetime.date(2023, 10, 5), None)
    """
    if not text:
        return None
    for pattern, order in (
        (_ISO, "ymd"),
        (_DOTTED, "dmy"),
        (_DAY_FIRST, "dmy"),
        (_MONTH_FIRST, "mdy"),
        (_COMPACT, "ymd"),
    ):
        match = pattern.search(text)
        if match:
            return _make(**dict(zip(order, match.groups(), strict=False)))
    return None


def date_in_path(path: str) -> datetime.date | None:
    """Read a date out of a file's path: ``2023-10-05_fire.txt`` or ``news/2023/10/05/fire.txt``."""
    match = _IN_NAME.search(path)
    return _make(match.group(1), match.group(3), match.group(4)) if match else None


def _make(y: str, m: str, d: str) -> datetime.date | None:
    month = int(m) if m.isdigit() else next((n for n, name in enumerate(_MONTHS, 1) if m.lower().startswith(name)), 0)
    try:
        return datetime.date(int(y), month, int(d))
    except ValueError:
        return None
