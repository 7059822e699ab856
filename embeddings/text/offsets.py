"""Places in a document's text: pairs of offsets, and chunks. The text of each is always ``text[start:end]``."""

from collections.abc import Sequence
from dataclasses import dataclass

Offsets = tuple[int, int]
"""(start, end), in code points."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one document, small enough for the encoder to see whole."""

    document: str
    """Document id: the path below the docs folder."""
    start: int
    end: int


def grow(spans: Sequence[Offsets], start: int, limit: int) -> tuple[int, int]:
    """Return the positions of the first and the last of the spans (ascending) that ``limit`` characters hold together:
    that which begins at ``start``, and its neighbours before it and behind it in turn.

    >>> grow([(0, 10), (10, 20), (20, 30)], 10, 20)
    (0, 1)
    """
    first = last = next(number for number, span in enumerate(spans) if span[0] == start)
    grown = True
    while grown:
        grown = False
        for lower, upper in ((-1, 0), (0, 1)):
            low, up = first + lower, last + upper
            if low >= 0 and up < len(spans) and spans[up][1] - spans[low][0] <= limit:
                first, last, grown = low, up, True
    return first, last
