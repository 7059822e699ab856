"""Sentences: where each begins and ends, exactly, in the text as it is.

Sentences are what citebot quotes. Every character that is not white space lies in exactly one of them. The text is
read once, and each full stop is judged by a bounded stretch around it, so the time is linear.
This file finds the stops and puts sentences together; what a full stop means is decided in ``full_stops.py``.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from embeddings.text.full_stops import ends_sentence
from embeddings.text.long_sentences import SPACE, split_long
from embeddings.text.offsets import Offsets
from embeddings.text.paragraphs import CELLS, split_paragraphs

_CLOSER = (
    r"(?:[)\]}”’»›」』】〕〉》｣]|\[[\w ]{1,20}\]|[\"'“«‹](?!\w)|\*{1,3}+(?!\w)|_{1,3}+(?!\w)"
    # Separated by a space, as French and tokenised or machine-translated text has it.
    r"|[ \u00a0\u202f](?:''|[)\]}”’»›](?!\w)|'(?=\s|$)))"
)
_STOPS = re.compile(
    # A run of stops, spaced dots among them, with the quotation marks and brackets that close after it, repeatedly.
    rf"(?:(?:\.(?:[ \u00a0]?\.(?!\w))+|[.!?…‥。．！？｡؟۔։।॥፧።၊။។‼⁇⁈⁉‽])+{_CLOSER}*+)++"
)
MAX_ROW = 300
"""Characters. A longer row of a table has cells of whole sentences, which are quoted one by one."""
_STRAIGHT_QUOTE = re.compile('"')


def split_sentences(text: str) -> list[Offsets]:
    """Return the (start, end) of each sentence, in code points, in order.

    The spans do not overlap, have no white space at their ends, and cover every character that is not white space.
    None is longer than ``long_sentences.MAX_SENTENCE_CHARACTERS``.

    >>> split_sentences('He met Dr. H.Aliyev. "Go!" He went')
    [(0, 20), (21, 26), (27, 34)]
    """
    return [span for lines in split_paragraphs(text) for line in lines for span in split_line(text, *line)]


def split_line(text: str, start: int, end: int) -> list[Offsets]:
    """Return the sentences of ``text[start:end]``, a trimmed stretch that no paragraph or heading ends inside."""
    spans: list[Offsets] = []
    for span in _between(text, start, end, _boundaries(text, start, end)):
        if spans and not _has_word(text, *span):
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return [piece for span in spans for piece in split_long(text, *span)]


def _between(text: str, start: int, end: int, boundaries: Iterator[int]) -> Iterator[Offsets]:
    """Yield the trimmed stretches between the boundaries."""
    for boundary in boundaries:
        if start < boundary < end:
            yield start, boundary
            start = SPACE.match(text, boundary, end).end()
    if start < end:
        yield start, end


def _boundaries(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the offset after each sentence that ends before ``end``, closing marks included."""
    if end - start <= MAX_ROW and CELLS in text[start:end]:
        return  # "Dep. Rovik | Arr. Sund": a row of a table is quoted whole.
    quotes = [match.start() for match in _STRAIGHT_QUOTE.finditer(text, start, end)]
    last = start
    for match in _STOPS.finditer(text, start, end):
        after = _behind_straight_quote(text, match.end(), end, quotes)
        following = SPACE.match(text, after, end).end()
        if following < end and ends_sentence(text, last, match.start(), after, following, end):
            yield after
            last = following


def _behind_straight_quote(text: str, at: int, end: int, quotes: list[int]) -> int:
    """Return the offset after the straight quotation mark at ``at``, or after a space, if it closes a quotation.

    The mark looks the same on both sides: it closes where an odd number of them comes before it.
    """
    mark = at + 1 if text.startswith((' "', '\u00a0"'), at) else at
    if mark >= end or text[mark] != '"' or bisect_left(quotes, mark) % 2 == 0:
        return at
    return mark + 1


def _has_word(text: str, start: int, end: int) -> bool:
    return any(character.isalnum() for character in text[start:end])
