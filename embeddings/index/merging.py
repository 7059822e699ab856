"""Which segments a build rewrites: similar sizes are merged in tiers, so that they stay few and a row is rarely moved.

The segments of an index are ordered by chunk id and, new ones being small, roughly by size. What is new takes the
segments before it in as long as they are not much larger than it has become: a row is so written again a number of
times that grows with the logarithm of the index, as in the log-structured merge of O'Neil et al. 1996.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MERGE_FACTOR = 2
"""A segment up to so many times as large as what is new beside it is merged with it."""
SMALL_ROWS = 250
"""An index up to here is kept as one segment: it is derived in a few milliseconds."""
MAX_ROWS = 250_000
"""No segment is larger: it is derived in some 1 GB of memory, and nothing larger is ever written again at once."""
MAX_GONE = 1 / 3
"""A segment with a larger share of deleted rows is rewritten."""


@dataclass(frozen=True, slots=True)
class Size:
    """What decides on a segment: how many rows count, and how many there are."""

    live: int
    rows: int


def plan_merges(sizes: Sequence[Size], fresh: int) -> tuple[list[int], int]:
    """Return the places of the segments to be rewritten by themselves, and from which place on all are merged with
    the ``fresh`` rows that come behind them; ``len(sizes)`` where none is.

    >>> plan_merges([Size(90_000, 90_000), Size(30, 30), Size(10, 10)], 10)
    ([], 2)
    >>> plan_merges([Size(90_000, 150_000)], 0)
    ([0], 1)
    """
    start, grown = len(sizes), fresh
    if sum(one.live for one in sizes) + fresh <= SMALL_ROWS:
        return [], 0
    while start and sizes[start - 1].live <= MERGE_FACTOR * grown and sizes[start - 1].live + grown <= MAX_ROWS:
        start -= 1
        grown += sizes[start].live
    alone = [place for place, one in enumerate(sizes[:start]) if one.rows - one.live > MAX_GONE * one.rows]
    return alone, start
