"""What filters look at: the path and the date of each document of a segment, as columns in the order of its rows.

They are derived from rows whose seal was checked, and lie in a file with hashed blocks: a flipped bit cannot hide a
document.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from embeddings.documents.filters import Filters

NO_DAY = 0
"""In the place of a date that is not known; ordinals begin with 1."""


@dataclass(frozen=True, slots=True)
class DocumentColumns:
    """Documents in the order of their rows, which lie together."""

    first_rows: np.ndarray
    """uint32 (documents + 1,): where each document's rows begin."""
    days: np.ndarray
    """int32 (documents,): the proleptic Gregorian ordinal of each date."""
    order: np.ndarray
    """uint32 (documents,): the documents by their paths, ascending by UTF-8 bytes."""
    offsets: np.ndarray
    """int64 (documents + 1,): where the path of each of ``order`` begins in ``paths``."""
    paths: np.ndarray
    """uint8 (bytes,): the paths' UTF-8, one after another."""

    def rows(self, filters: Filters) -> np.ndarray:
        """Return the rows of the documents that pass the filters: bool (rows,)."""
        passing = np.ones(len(self.days), bool)
        if filters.since or filters.until:
            days = self.days[:]
            first, last = filters.since or date.min, filters.until or date.max
            passing = (days >= first.toordinal()) & (days <= last.toordinal())
        if filters.paths:
            passing[self._others(filters)] = False
        return np.repeat(passing, np.diff(self.first_rows[:]))

    def _others(self, filters: Filters) -> np.ndarray:
        """Return the documents that no glob names; the order of the paths leaves few to compare."""
        offsets, text, order = self.offsets[:].tolist(), self.paths[:].tobytes(), self.order[:]
        paths = range(len(order))

        def raw(place: int) -> bytes:
            return text[offsets[place] : offsets[place + 1]]

        named = np.zeros(len(order), bool)
        by_path = Filters(filters.paths)
        for start in filters.starts():
            low = bisect_left(paths, start.encode(), key=raw)
            high = bisect_right(paths, (start + chr(sys.maxunicode)).encode(), key=raw)
            named[low:high] = [by_path.admit(_decode(raw(place)), None) for place in range(low, high)]
        return order[~named]


def build_columns(
    document_ids: np.ndarray, facts_of: Callable[[Iterable[int]], Iterable[tuple[str, date | None]]]
) -> DocumentColumns:
    """Make the columns of rows of which each belongs to the document of an id.

    ``facts_of`` returns path and date of each of the ids it is given.
    """
    firsts = np.flatnonzero(np.diff(document_ids, prepend=-1))
    facts = list(facts_of(document_ids[firsts].tolist()))
    encoded = [path.encode("utf-8", "surrogatepass") for path, _ in facts]
    order = sorted(range(len(facts)), key=encoded.__getitem__)
    return DocumentColumns(
        first_rows=np.append(firsts, len(document_ids)).astype(np.uint32),
        days=np.fromiter((day.toordinal() if day else NO_DAY for _, day in facts), np.int32, len(facts)),
        order=np.array(order, np.uint32),
        offsets=np.cumsum([0, *(len(encoded[one]) for one in order)], dtype=np.int64),
        paths=np.frombuffer(b"".join(encoded[one] for one in order), np.uint8),
    )


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
