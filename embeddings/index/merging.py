"""Which segments a build rewrites: similar sizes are merged in tiers, so that they stay few and a row is rarely moved.

The segments of an index are ordered by chunk id and, new ones being small, roughly by size. What is new takes the
segments before it in as long as they are not much larger than it has become: a row is so written again a number of
times that grows with the logarithm of the index, as in the log-structured merge of O'Neil et al. 1996.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

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


def range_of_merged(merged: Sequence[tuple[int, int]], came: int, fresh: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the range of ids of the segment that is made of ``merged`` ones and of the ``came`` rows behind them.

    All are first and last ids; ``fresh`` those of what came. Nothing where neither is anything.
    """
    if not merged and not came:
        return []
    return [(merged[0][0] if merged else fresh[0], fresh[1] if came else merged[-1][1])]


def split_range(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Split the ids of a range, ascending, into parts of ``MAX_ROWS`` at most, each from its first id to its last."""
    every = np.fromiter(ids, np.int64)
    parts = np.array_split(every, ceil(len(every) / MAX_ROWS)) if len(every) else []
    return [(int(part[0]), int(part[-1])) for part in parts]


def ids_inside(ids: np.ndarray, first: int, last: int) -> np.ndarray:
    """Return those of the ids, ascending, that lie in a segment's range."""
    return ids[np.searchsorted(ids, first) : np.searchsorted(ids, last, "right")]
