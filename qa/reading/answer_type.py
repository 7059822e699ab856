"""Which part of a sentence fits a question: a person for "who", a number for "how many", a date for "when".

Patterns over the sentence itself, so that every part is a stretch of the text.
"""

import re
from collections.abc import Iterator

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢİĪĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽƏА-ЯЁ"
_WORD = rf"[{_CAPITAL}][\w’'.-]*\w|[{_CAPITAL}]\."
NAME = re.compile(rf"(?:{_WORD})(?:\s+(?:(?:of|the|de|da|del|al|bin|van|von|der|la|for|and|&)\s+){{0,2}}(?:{_WORD}))*")
_MONTH = "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
DATE = re.compile(
    rf"(?:(?:{_DAY}),?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\.?(?:,?\s+\d{{4}})?"
    rf"|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?|(?:{_MONTH})\.?\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|(?:the\s+)?(?:early|mid|late)?-?\s?\d{{3,4}}s|(?:between|from)\s+\d{{4}}\s+(?:and|to)\s+\d{{4}}|\b(?:1\d|20)\d\d\b|\b(?:{_DAY})\b"
    r"|\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\.?|\b(?:today|yesterday|tomorrow|recently|currently|last (?:week|month|year)|in (?:the )?(?:near future|coming days)))",
    re.IGNORECASE,
)
_NUMBER_WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|billion|dozens?|hundreds|thousands|millions|several|half"
NUMBER = re.compile(
    rf"(?:(?:about|around|nearly|almost|over|more than|less than|at least|up to|some)\s+)?(?:[$€£₼]\s?)?\b(?:\d[\d,. ]*\d|\d|(?:{_NUMBER_WORD})(?:[ -](?:{_NUMBER_WORD}))*)"
    r"(?:\s?(?:%|percent|per cent|million|billion|thousand|hundred|km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|feet|years?|months?|weeks?|days?|hours?|minutes?|people|dollars|euros|manats?|tons?|tonnes?)\b)*%?",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"\b(?:in|at|near|from|to|into|on|across|throughout|inside|outside)\s+"
    rf"((?:the\s+|an?\s+)?(?:[a-z][\w-]*\s+(?:in\s+|of\s+|at\s+)?){{0,3}}{NAME.pattern})"
)
_CLAUSE = re.compile(r"[^,;:—–()\[\]«»“”\"]+")

_QUESTION_KINDS = (
    (
        "when",
        re.compile(
            r"\bwhen\b|\bwhat (?:year|date|day|time|month|century|decade)\b|\bwhich (?:year|date|day|month|century)\b|\bhow long ago\b",
            re.IGNORECASE,
        ),
    ),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|old|tall|high|far|long|big|large|often|deep|wide|heavy|fast)\b|\bwhat (?:percentage|number|amount|age|population|percent)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "who",
        re.compile(
            r"\bwho(?:m|se)?\b|\bwhat (?:person|company|organi[sz]ation|team|group)\b|\bwhich (?:person|company|organi[sz]ation|team|group|president|minister)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "where",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|town|region|location|village|street|river)\b",
            re.IGNORECASE,
        ),
    ),
)


def kind_of(question: str) -> str:
    """Tell what a question asks for: "who", "when", "where", "number" or "other".

    >>> kind_of("In which year was the gas station built?")
    'when'
    """
    return next((kind for kind, pattern in _QUESTION_KINDS if pattern.search(question)), "other")


def parts(kind: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a sentence that fit a kind of question, as offsets in the sentence."""
    if kind == "who":
        yield from (match.span() for match in NAME.finditer(sentence))
    elif kind == "when":
        yield from (match.span() for match in DATE.finditer(sentence))
    elif kind == "number":
        yield from (match.span() for match in NUMBER.finditer(sentence))
    elif kind == "where":
        yield from (match.span(1) for match in PLACE.finditer(sentence))
    else:
        for match in _CLAUSE.finditer(sentence):
            start, end = match.span()
            text = match.group(0)
            start, end = start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip(" .!?\n\r\t")))
            if end > start:
                yield start, end
