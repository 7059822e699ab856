"""What names and dates look like in English text: runs of capitalised words, and days, months and years."""

import re

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢİĪĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽƏА-ЯЁ"
_WORD = rf"[{_CAPITAL}][\w’'.-]*\w|[{_CAPITAL}]\."
NAME = re.compile(rf"(?:{_WORD})(?:\s+(?:(?:of|the|de|da|del|al|bin|van|von|der|la|for|and|&)\s+){{0,2}}(?:{_WORD}))*")
DATE = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)(?:\s+\d{1,2}(?!\d))?(?:,?\s+\d{4})?|\b\d{4}(?:['’]?s)?)\b"
)
"""A day, a month or a year, in one pattern without groups."""
