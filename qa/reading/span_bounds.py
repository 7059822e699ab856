"""Boundaries of answers: what a span must not cut in two, and what it must not cross.

A number, a date in figures, a code or a name with a hyphen is one unit. A sentence holds its answers, and so does a
list over several lines; an answer that runs from one sentence into the next says two things at once.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from embeddings.text.offsets import Offsets
from embeddings.text.paragraphs import BLANK_LINE, ITEM_SIGNS
from embeddings.text.sentences import split_sentences

_UNIT = re.compile(
    # 4.2, 2,800, 10:30, 07-1315, $17, 45%, 3rd; but a span of years may be cut: 1914-1918 began in 1914
    r"[$€£₼¥]?(?!\d{4}-\d{4}\b)\d\w*(?:[.,:/-]\d\w*)*%?"
    # K2, A-12, B/7; Smith-Jones; O'Brien; U.S.
    r"|\b[A-Z]{1,5}[-/]?\d\w*(?:[-/.]\w+)*|\b[A-Z]\w+(?:-[A-Z]\w+)+|\b[A-Z]['’][A-Z]\w+|(?:\b[A-Z]\.){2,}"
)
_CELL_END = re.compile(r"\s\|\s")
_BULLET = re.compile(rf"(?:[{ITEM_SIGNS}]|\(?\d{{1,2}}[.)]|\(?[a-zA-Z]\))\s")


def units_of(text: str, offsets: Sequence[Offsets], words: Sequence[int | None]) -> list[int]:
    """Number the unit each token belongs to; ``words`` are the tokenizer's words, of which a unit has one or more.

    >>> units_of("The 3.5 miles", [(0, 3), (4, 5), (5, 6), (6, 7), (8, 13)], [0, 1, 2, 3, 4])
    [0, 1, 1, 1, 4]
    """
    units = [position if word is None else word for position, word in enumerate(words)]
    starts = [start for start, _ in offsets]
    for match in _UNIT.finditer(text):
        first = bisect_right(starts, match.start()) - 1
        last = bisect_right(starts, match.end() - 1) - 1
        if 0 <= first < last and starts[first] == match.start():
            units[first : last + 1] = [units[first]] * (last + 1 - first)
    return units


def groups_of(text: str, offsets: Sequence[Offsets]) -> list[int]:
    """Number the sentence of each token; the items of a list over lines count as one, each cell of a row by itself.

    >>> groups_of("One. Two.", [(0, 3), (3, 4), (5, 8), (8, 9)])
    [1, 1, 2, 2]
    """
    starts: list[int] = []
    numbers: list[int] = []
    before: Offsets | None = None
    for start, end in split_sentences(text):
        joins = before is not None and _BULLET.match(text, start) and _BULLET.match(text, before[0])
        joins = joins and not BLANK_LINE.search(text, before[1], start)
        starts.append(start)
        numbers.append(numbers[-1] if joins else len(starts))
        for cell in _CELL_END.finditer(text, start, end):
            starts.append(cell.end())
            numbers.append(len(starts))
        before = (start, end)
    return [numbers[max(0, bisect_right(starts, start) - 1)] if starts else 0 for start, _ in offsets]
