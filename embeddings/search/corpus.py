"""The corpus as search sees it: a few parts that never change, and what has to be known of all of them together.

How rare a term is, how long passages are and which terms there are at all are matters of the whole; everything else is
done part by part. A row's number is its place in its part, behind all rows of the parts before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from embeddings.search.bm25 import Postings, idf
from embeddings.search.dense import Dense
from embeddings.search.trigrams import Neighbour, Spellings, find_neighbours


@dataclass(frozen=True, slots=True)
class Part:
    """Passages indexed together. Row i of each channel is the same passage."""

    dense: Dense
    postings: Postings
    spellings: Spellings
    live: np.ndarray | None = None
    """bool (rows,): which rows still count; None where all do."""


class Corpus:
    """Parts searched as one; what it tells is as if there were one part, without the rows that no longer count."""

    def __init__(self, parts: Sequence[Part]):
        self.parts = tuple(parts)
        sizes = [part.postings.n_rows for part in self.parts]
        self.bases = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        """int64 (parts + 1,): the number of each part's first row, and of one more than the last."""
        self.n_rows = sum(size if p.live is None else int(p.live.sum()) for p, size in zip(parts, sizes, strict=True))
        """Rows that count."""
        terms = sum(int(_counting(part.postings.lengths, part.live).sum(dtype=np.int64)) for part in self.parts)
        self.mean_length = terms / self.n_rows if terms else 1.0
        """Mean number of terms in a passage."""
        self._frequencies: dict[int, int] = {}
        self._rarities: dict[int, np.float32] = {}

    def document_frequency(self, term_id: int) -> int:
        """Return how many rows hold a term; 0 for an unknown id."""
        if term_id not in self._frequencies:
            self._frequencies[term_id] = sum(_frequency(part, term_id) for part in self.parts)
        return self._frequencies[term_id]

    def rarity(self, term_id: int) -> np.float32:
        """Return a term's IDF."""
        if (known := self._rarities.get(term_id)) is None:
            frequency = np.array(self.document_frequency(term_id))
            known = self._rarities[term_id] = np.float32(idf(frequency, self.n_rows))
        return known

    def find(self, term: str) -> int | None:
        """Return the id of a term that some row holds, or None."""
        for part in self.parts:
            found = part.spellings.find(term)
            if found is not None and self.document_frequency(found):
                return found
        return None

    def neighbours(self, word: str) -> list[Neighbour]:
        """Return the terms of the corpus that look most like a word, best first."""
        # A term of which a part holds no row any more is a candidate of the others that hold it.
        held = [None if part.live is None else partial(_are_held, part.postings, part.live) for part in self.parts]
        return find_neighbours(list(zip((part.spellings for part in self.parts), held, strict=True)), word)

    def masked(self, allowed: np.ndarray | None) -> Iterator[tuple[int, Part, np.ndarray | None]]:
        """Yield each part that has rows to search, the number of its first row, and the mask of the rows that count.

        ``allowed`` is a boolean mask over all rows, or None for all of them; so is a part's mask over its own.
        """
        for base, part in zip(self.bases.tolist(), self.parts, strict=False):
            mask = part.live
            if allowed is not None:
                mask = allowed[base : base + part.postings.n_rows]
                mask = mask if part.live is None else mask & part.live
            if mask is None or mask.any():
                yield base, part, mask

    def live_rows(self) -> np.ndarray:
        """Return the numbers of the rows that count, ascending."""
        rows = [np.flatnonzero(p.live) if p.live is not None else np.arange(p.postings.n_rows) for p in self.parts]
        return np.concatenate([base + own for base, own in zip(self.bases, rows, strict=False)] or [np.zeros(0, int)])


def _counting(values: np.ndarray, live: np.ndarray | None) -> np.ndarray:
    return values if live is None else values[live]


def _are_held(postings: Postings, live: np.ndarray, term_ids: np.ndarray) -> np.ndarray:
    """Tell which of the terms stand in a row that counts; the first of a term's rows mostly does."""
    places = np.searchsorted(postings.terms, term_ids)
    held = live[postings.rows.take(postings.indptr[places])]
    for one in np.flatnonzero(~held).tolist():
        held[one] = live[postings.rows[postings.where(int(term_ids[one]))]].any()
    return held


def _frequency(part: Part, term_id: int) -> int:
    where = part.postings.where(term_id)
    if part.live is None or where.start == where.stop:
        return where.stop - where.start
    return int(np.count_nonzero(part.live[part.postings.rows[where]]))
