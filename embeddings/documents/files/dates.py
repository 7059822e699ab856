"""Dates as files state them: ISO, day.month.year, and written with the month's English name. Never a guess."""

import datetime
import re

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = r"((?:jan|febr?|mar|apr|june?|july?|aug|sept?|oct|nov|dec)\.?|" + "|".join(_MONTHS) + ")"
_YEAR = r"((?:19|20)\d\d)(?!\d)"
_FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), order)
    for pattern, order in (
        (r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", "ymd"),
        (rf"(?<!\d)(\d{{1,2}})\.(\d{{1,2}})\.{_YEAR}", "dmy"),
        (rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[ -]+(?:of )?{_MONTH},?[ -]+{_YEAR}", "dmy"),
        (rf"\b{_MONTH} +(\d{{1,2}})(?:st|nd|rd|th)?,? +{_YEAR}", "mdy"),
        (r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{6})?(?!\d)", "ymd"),
    )
)
_IN_PATH = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)


def read_date(text: str | None) -> datetime.date | None:
    """Read the date a value states, None where it states none.

    A form that two countries read differently (10/05/2023) states none.

    >>> read_date("5 October 2023"), read_date("10/05/2023")
    (datetime.date(2023, 10, 5), None)
    """
    for pattern, order in _FORMS:
        match = pattern.search(text or "")
        if match:
            return _make(**dict(zip(order, match.groups(), strict=True)))
    return None


def date_in_path(path: str) -> datetime.date | None:
    """Read a date out of a path or address: ``2023-10-05_fire.txt`` or ``news/2023/10/05/fire.txt``."""
    dates = (_make(match[1], match[3], match[4]) for match in _IN_PATH.finditer(path))
    return next((date for date in dates if date), None)


def _make(y: str, m: str, d: str) -> datetime.date | None:
    month = int(m) if m.isdigit() else next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(m[:3].lower()))
    try:
        return datetime.date(int(y), month, int(d))
    except ValueError:
        return None
