"""What a full stop means: whether it ends a sentence, or is inside one, as after an abbreviation or an initial.

Each rule looks at one word before the stop and one after it, so a stop is judged in constant time.
"""

import re
from dataclasses import dataclass

from embeddings.text import abbreviations

MAX_ABBREVIATION = 24
"""Code points looked back over for the word before a stop; a longer word is no abbreviation."""

_UNCONDITIONAL = frozenset("。！？｡؟۔։।॥፧።၊။។")
"""Stops that have no other use, and of scripts that need no space after them."""
_QUOTED_ON = frozenset("とって")
"""Japanese particles that continue the sentence after a quotation."""
_OPENING = re.compile(r"(?:[\[(](?:\.{3}|…)[\])]|[\s\"'“”„«»‹›‘’`(\[{<¿¡–—―*_#-]){0,16}")
_GOES_ON = frozenset(",;:%/&=+)]}|.!?…，、；：،؛")
_YEAR = re.compile(r"\(\s?[12][0-9]{3}\s?\)")
_WORD = re.compile(r"[^\W_]+")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,3}\.-?)*[^\W\d_]{1,3}")
_GLUED_WORD = re.compile(r"[^\W\d_]{2,}|\d{2,}")
_GLUED_NEXT = re.compile(r"[^\W\d_]+(?=[\s,;:!?'’\"”)…–—]|\.(?:\s|$)|$)")
_SHORT_NAME = re.compile(r"\w\.|[ODL]['’]\w")
_SHILLINGS = re.compile(r"\d{1,3}[sd]")
"""Old money: "14s. 6d."."""
_LABEL = re.compile(r".*[:;](?=[^\W\d_]{2,}$)")
"""What is glued before a word by a sign that parts: "LOCATION:St."."""
_MONEY = frozenset("£$€¥₽₼₺")
MAX_ELLIPSIS = 4
"""Stops; more of them lead from an entry to its price or page."""
_NOTHING = ("", "(", "[", "{")
_LEADING_MARKS = "\"'“”„«»‹›‘’`([{<¿¡*_"


@dataclass(frozen=True, slots=True)
class Stop:
    """A run of stops with the closing marks after it, and the words around it."""

    marks: str
    """The stops, closing quotation marks and brackets."""
    before: str
    """The word before, without opening marks, or the end of a long one; empty where there is none."""
    opens_line: bool
    """Whether that word is the first of its line."""
    head: str
    """The first character after the stop, opening marks and white space left out."""
    next_word: str
    """The word after the stop that begins with ``head``; empty where ``head`` is no letter or digit."""
    next_is_short: bool
    """Whether ``next_word`` is cut short: by a full stop, as an initial is, or as the O' in O'Brien."""


def ends_sentence(text: str, start: int, stop: int, after: int, following: int, end: int) -> bool:
    """Tell whether the stops and closing marks ``text[stop:after]`` end the sentence that begins at ``start``.

    ``following`` is the offset of the next character that is not white space, before the line's ``end``.
    """
    opening = _OPENING.match(text, following, end).end()
    if opening == end or text[opening] in _GOES_ON or _YEAR.match(text, following, end):
        return False
    seen = _look_around(text, start, stop, after, opening, end)
    if not _UNCONDITIONAL.isdisjoint(seen.marks):
        return seen.head not in _QUOTED_ON
    if following == after:
        return _ends_without_space(seen, bool(_GLUED_NEXT.match(text, opening, end)))
    if seen.head.islower() and not text[opening + 1 : opening + 2].isupper():
        return _ends_before_lower_case(seen)
    if "!" in seen.marks or "?" in seen.marks:
        return seen.before not in abbreviations.EXCLAIMING_NAMES
    if "…" in seen.marks or ".." in seen.marks or ". ." in seen.marks:
        # "[...]" leaves out something inside a sentence, or before the next.
        leads = seen.marks.count(".") > MAX_ELLIPSIS or seen.head.isdigit() or seen.head in _MONEY
        return seen.before not in _NOTHING and not leads
    return _ends_single(seen)


def _look_around(text: str, start: int, stop: int, after: int, opening: int, end: int) -> Stop:
    earliest = max(start, stop - MAX_ABBREVIATION)
    words = text[earliest:stop].split()
    word = _WORD.match(text, opening, end)
    return Stop(
        marks=text[stop:after],
        before=_LABEL.sub("", words[-1].lstrip(_LEADING_MARKS) or words[-1]) if words else "",
        opens_line=len(words) == 1 and earliest == start,
        head=text[opening],
        next_word=word.group() if word else "",
        next_is_short=word is not None and _SHORT_NAME.match(text, word.end() - 1, end) is not None,
    )


def _ends_single(seen: Stop) -> bool:
    """Judge a single full stop followed by white space and no lower-case letter."""
    before = seen.before
    if before in _NOTHING or before in abbreviations.NEVER_ENDING:
        return False
    if before.isdigit():
        return not _is_ordinal(seen)
    if before in abbreviations.OFTEN_ENDING:
        return seen.next_word.casefold() not in abbreviations.AFTER_A_TIME
    last = before.rpartition("-")[2]
    may_be_short = _is_initials(last) or before in abbreviations.SELDOM_ENDING
    if seen.head.isdigit():
        return not (may_be_short or before in abbreviations.BEFORE_NUMBER or _SHILLINGS.fullmatch(before))
    return not may_be_short or _begins_like_a_sentence(seen)


def _is_ordinal(seen: Stop) -> bool:
    """Tell whether a number's full stop numbers what follows: an item opening the line, or a day before its month."""
    if len(seen.before) > 2:
        return False
    return seen.opens_line or seen.next_word.casefold() in abbreviations.MONTHS_AFTER_ORDINAL


def _is_initials(word: str) -> bool:
    """Tell whether a word is one letter, or letters separated by full stops: "J", "U.S", "J.-P"."""
    if len(word) == 1:
        return word.lower() != word.upper()
    return "." in word and _ACRONYM.fullmatch(word) is not None


def _begins_like_a_sentence(seen: Stop) -> bool:
    if seen.next_is_short or (len(seen.next_word) > 1 and seen.next_word.isupper()):
        return False
    return seen.next_word.casefold() in abbreviations.STARTERS


def _ends_before_lower_case(seen: Stop) -> bool:
    """Judge a stop before a lower-case letter: people who type without capitals still end sentences."""
    return (
        len(seen.marks) == 1
        and seen.next_word in abbreviations.LOWERCASE_STARTERS
        and len(seen.before) > 2
        and seen.before.isalpha()
        and not _is_listed(seen.before)
    )


def _ends_without_space(seen: Stop, next_is_plain: bool) -> bool:
    """Judge a stop with no white space after it: "end.Next" is two sentences, "H.Aliyev" and "Node.js" are names."""
    if not next_is_plain or not seen.next_word[:1].isupper() or seen.next_word[1:].upper() == seen.next_word[1:] != "":
        return False
    if seen.next_word.casefold() in abbreviations.NAME_ENDINGS:
        return False
    if seen.marks != ".":
        return True
    before = seen.before
    plain = _GLUED_WORD.fullmatch(before) is not None and (before[1:].islower() or before.isdigit())
    return plain and not _is_listed(before)


def _is_listed(word: str) -> bool:
    return any(
        word in listing
        for listing in (
            abbreviations.NEVER_ENDING,
            abbreviations.BEFORE_NUMBER,
            abbreviations.SELDOM_ENDING,
            abbreviations.OFTEN_ENDING,
        )
    )
