"""What Excel shows of a number under a format: percent, money, decimals, days and times (ECMA-376, section 18.8.31)."""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILT_IN = {
    "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "11": "0.00E+00",
    "14": "yyyy-mm-dd", "15": "yyyy-mm-dd", "16": "yyyy-mm-dd", "17": "mmm yyyy", "18": "hh:mm", "19": "hh:mm:ss",
    "20": "hh:mm", "21": "hh:mm:ss", "22": "yyyy-mm-dd hh:mm", "37": "#,##0", "38": "#,##0", "39": "#,##0.00",
    "40": "#,##0.00", "45": "mm:ss", "46": "[h]:mm:ss", "47": "mm:ss", "49": "@",
}  # fmt: skip
"""Formats that a file names by number only."""
MAX_DECIMALS = 15
"""Digits that Excel keeps of a number."""
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f,]+)?\]")
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_DIGITS = re.compile(r"([#0?](?:[#0?,]*[#0?])?)(?:\.([#0?]*))?(,*)")
"""Digits before and after the point, and a comma for each division by 1,000."""
_LITERAL = "\ue000"
"""Stands around a text that the format adds, so that its letters are no codes."""


def show(value: str, code: str, starts_1904: bool = False) -> str:
    """Return a cell's number as its format shows it, days as ISO dates; as it is under one that is not known.

    >>> show("0.0475", "0.00%"), show("1200", '"£"#,##0'), show("45308", "dd/mm/yyyy"), show("0.375", "h:mm")
    ('4.75%', '£1,200', '2024-01-17', '09:00')
    """
    try:
        return _shown(Decimal(value), code, starts_1904)
    except (InvalidOperation, OverflowError):
        return value


def _shown(number: Decimal, code: str, starts_1904: bool) -> str:
    sections = _sections(code)
    negative = number < 0 and len(sections) > 1 and sections[1].strip() != ""
    section = sections[1] if negative else sections[0]
    plain, literals = _plain(section)
    if re.search(r"[dyhs]|mmm", plain, re.IGNORECASE) or plain.strip(" :").lower() in ("mm", "m"):
        return _day_or_time(number, plain, starts_1904) or _general(number)
    if not _DIGITS.search(plain) or "/" in plain or re.search("e[+-]", plain, re.IGNORECASE):
        return _general(number)
    return _number(-number if negative else number, plain, literals)


def _sections(code: str) -> list[str]:
    """Return the formats for positive and for negative numbers."""
    return re.sub(r'"[^"]*"', lambda found: found[0].replace(";", "\ue001"), code).split(";")


def _plain(section: str) -> tuple[str, list[str]]:
    """Return a format with signs for the texts that it adds, and these texts."""
    literals: list[str] = []

    def keep(found: re.Match) -> str:
        text = found[1] if found[1] is not None else (found[2] if found.re is _QUOTED else None)
        if text is None:
            return ""
        literals.append(text.replace("\ue001", ";"))
        return _LITERAL

    return _BRACKETS.sub("", _QUOTED.sub(keep, _CURRENCY.sub(keep, section))), literals


def _number(number: Decimal, plain: str, literals: list[str]) -> str:
    digits = _DIGITS.search(plain)
    decimals = digits[2] or ""
    places = min(MAX_DECIMALS, len(decimals))
    number = number * 100 ** plain.count("%") / 1000 ** len(digits[3])
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    shown = f"{rounded:,f}" if "," in digits[1] else f"{rounded:f}"
    for _ in range(len(decimals) - len(decimals.rstrip("#"))):
        shown = shown.removesuffix("0") if "." in shown else shown
    shown = shown.removesuffix(".")
    before, after = _DIGITS.sub("\ue002", plain, count=1).split("\ue002", 1)
    around = [_filled(part, literals) for part in (before, after)]
    sign = "-" if shown.startswith("-") else ""
    return f"{sign}{around[0]}{shown.removeprefix('-')}{around[1]}".strip()


def _filled(part: str, literals: list[str]) -> str:
    """Put the texts that a format adds back in their places; what remains of its codes goes."""
    signs = re.sub(rf"[#0?,@]|General|[^\W\d_{_LITERAL}]", "", part)
    return re.sub(_LITERAL, lambda _: literals.pop(0) if literals else "", signs)


def _day_or_time(number: Decimal, plain: str, starts_1904: bool) -> str | None:
    codes = plain.lower()
    if re.search(r"\[[hms]+\]", codes):
        minutes = round(number * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if not 0 <= number < 2_958_466:  # the last day of the year 9999
        return None
    # Excel counts a 29 February 1900 that never was; the days before it are hardly ever meant.
    first = datetime.datetime(1904, 1, 1) if starts_1904 else datetime.datetime(1899, 12, 30)
    moment = first + datetime.timedelta(seconds=round(number * 86_400))
    time = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    has_time, has_day = re.search("[hs]", codes), re.search("[dy]|mmm", codes)
    if not has_day:
        return time
    if not re.search(r"d", codes) and not has_time:
        return f"{moment:%B %Y}" if "m" in codes else f"{moment:%Y}"
    return f"{moment:%Y-%m-%d} {time}" if has_time and (moment.hour or moment.minute) else f"{moment:%Y-%m-%d}"


def _general(number: Decimal) -> str:
    """Write a number with the digits that Excel keeps, without the noise of binary fractions.

    >>> _general(Decimal("0.30000000000000004")), _general(Decimal("1E+2"))
    ('0.3', '100')
    """
    shown = f"{float(number):.15g}"
    return shown if "e" not in shown or len(shown) < MAX_DECIMALS else f"{float(number):.6g}"
