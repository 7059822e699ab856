"""The words channel: BM25 over an inverted index of plain arrays, derived from stored bags of term ids.

The arrays are what a search needs and nothing more, so they can be saved as they are and memory-mapped. Formula and
constants are Lucene's (Kamphuis et al. 2020, "Which BM25 do you mean?"); the tests hold the scores against bm25s.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.search.mapped import take_runs

K1 = 0.9
"""How soon a repeated term stops adding to a passage's score."""
B = 0.75
"""How much a long passage pays for its length: 0 nothing, 1 in full."""
MAX_COUNT = 255
"""So often a term counts in a passage: the more often, the less each adds."""
GROUPS = 8
"""Groups for each of the rows that are wanted, whose maxima tell how high a score must be at least."""


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted index: the rows of ``terms[n]`` are ``rows[indptr[n]:indptr[n + 1]]``, ascending, with its counts.

    It holds nothing that depends on other passages than its own, so that those of several can be searched as one.
    """

    terms: np.ndarray
    """uint32 (terms,): the ids of the terms that are there, ascending."""
    indptr: np.ndarray
    """int64 (terms + 1,): where each term's postings begin."""
    rows: np.ndarray
    """uint32 (postings,)."""
    counts: np.ndarray
    """uint8 (postings,): how often the term stands in the row, at most 255 times."""
    lengths: np.ndarray
    """uint32 (rows,): terms in each row's bag, repeats counted."""
    starts: np.ndarray
    """int64 (rows,): where each row's bag begins in ``bags``."""
    bags: np.ndarray
    """uint32 (sum of lengths,): the bags themselves, row after row, terms in the order of the text."""

    @property
    def n_rows(self) -> int:
        """How many passages there are."""
        return len(self.lengths)

    def where(self, term_id: int) -> slice:
        """Return where a term's postings are; an empty slice for an unknown id."""
        place = bisect_left(self.terms, term_id)
        if place == len(self.terms) or self.terms[place] != term_id:
            return slice(0, 0)
        return slice(int(self.indptr[place]), int(self.indptr[place + 1]))

    def document_frequency(self, term_id: int) -> int:
        """Return how many rows hold a term; 0 for an unknown id."""
        found = self.where(term_id)
        return found.stop - found.start

    def find(self, rows: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return where terms stand in the bags of rows: index into ``rows``, position in the bag, index into ``ids``.

        They come bag by bag, in the order of the text.
        """
        lengths = self.lengths[rows].astype(np.int64)
        ends = np.cumsum(lengths)
        sequence = take_runs(self.bags, self.starts.take(rows), lengths)
        hits = [np.flatnonzero(sequence == one) for one in ids]
        where = np.concatenate([*hits, np.zeros(0, np.int64)])
        places = np.repeat(np.arange(len(ids)), [len(one) for one in hits])
        order = np.argsort(where)
        where, places = where[order], places[order]
        owners = np.searchsorted(ends, where, "right")
        return owners, where - (ends - lengths)[owners], places


def build_postings(bags: Sequence[np.ndarray]) -> Postings:
    """Invert bags of term ids, one a row and repeats counted, into postings. The same bags give the same bytes."""
    lengths = np.fromiter((len(bag) for bag in bags), np.uint32, len(bags))
    sequence = np.concatenate([*bags, np.zeros(0, np.uint32)]).astype(np.uint32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    # One sort of (term, row) pairs packed into 64 bits inverts the index; equal neighbours are repeats in a bag.
    pairs = sequence.astype(np.uint64) << np.uint64(32)
    pairs |= np.repeat(np.arange(len(bags), dtype=np.uint64), lengths)
    pairs.sort()
    first = _beginnings(pairs)
    counts = np.minimum(np.diff(np.append(first, len(pairs))), MAX_COUNT).astype(np.uint8)
    pairs = pairs[first]
    rows = pairs.astype(np.uint32)
    pairs >>= np.uint64(32)
    heads = _beginnings(pairs)
    indptr = np.append(heads, len(pairs)).astype(np.int64)
    return Postings(pairs[heads].astype(np.uint32), indptr, rows, counts, lengths, starts, sequence)


def _beginnings(ordered: np.ndarray) -> np.ndarray:
    """Return where runs of equal values begin."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))


def idf(frequencies: np.ndarray, n_rows: int) -> np.ndarray:
    """Weigh terms by rarity: ln(1 + (N - df + 0.5) / (df + 0.5)), as Lucene does; never negative."""
    return np.log1p((n_rows - frequencies + 0.5) / (frequencies + 0.5))


def saturation(counts: np.ndarray, lengths: np.ndarray, mean_length: float) -> np.ndarray:
    """Weigh a term's count in a passage: tf / (tf + k1 (1 - b + b L / mean L))."""
    return counts / (counts + K1 * (1 - B + B * lengths.astype(np.float32) / mean_length))


def score(
    postings: Postings,
    weighted_terms: Iterable[tuple[int, float]],
    rarity: Callable[[int], np.float32],
    mean_length: float,
) -> np.ndarray:
    """Score every row for a query of (term id, weight) pairs: float32 (rows,). Unknown ids add nothing.

    ``rarity`` is a term's IDF and ``mean_length`` the mean length of bags, both over the whole corpus.
    """
    terms = [(postings.where(term_id), weight, rarity(term_id)) for term_id, weight in weighted_terms]
    scores, (rows, impacts, parts) = np.zeros(postings.n_rows, np.float32), find_impacts(postings, terms, mean_length)
    for part in parts:
        # A term has each row once, so plain indexed addition loses nothing.
        scores[rows[part]] += impacts[part]
    return scores


def find_impacts(
    postings: Postings, terms: Sequence[tuple[slice, float, np.float32]], mean_length: float
) -> tuple[np.ndarray, np.ndarray, list[slice]]:
    """Return what terms, each given by its postings, its weight and its IDF, give the rows that hold them.

    The rows (int64) and what is added to each one's score (float32) come one term after another; the slices tell where.
    """
    rows = np.concatenate([np.zeros(0, np.int64), *(postings.rows[where] for where, *_ in terms)])
    counts = np.concatenate([np.zeros(0, np.float32), *(postings.counts[where] for where, *_ in terms)])
    impacts = saturation(counts, postings.lengths[rows], mean_length)
    edges = np.cumsum([0, *(where.stop - where.start for where, *_ in terms)]).tolist()
    parts = list(map(slice, edges, edges[1:]))
    for part, (_, weight, rarity) in zip(parts, terms, strict=True):
        impacts[part] *= np.float32(weight * rarity)
    return rows, impacts, parts


def find_impacts_at(
    postings: Postings, term: tuple[slice, float, np.float32], rows: np.ndarray, mean_length: float
) -> np.ndarray:
    """Return what a term, given as for ``find_impacts``, gives some rows, ascending: float32 (rows,)."""
    where, weight, rarity = term
    impacts, held = np.zeros(len(rows), np.float32), postings.rows[where]
    places = np.searchsorted(held, rows.astype(held.dtype))
    inside = np.flatnonzero(places < len(held))
    inside = inside[held[places[inside]] == rows[inside]]
    counts = postings.counts[where][places[inside]].astype(np.float32)
    impacts[inside] = np.float32(weight * rarity) * saturation(counts, postings.lengths[rows[inside]], mean_length)
    return impacts


def best_rows(scores: np.ndarray, k: int, allowed: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows with the k highest scores above 0 and the scores, best first, equal ones by row.

    ``allowed`` is a boolean mask over rows, or None for all of them.
    """
    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(0))
    candidates = np.flatnonzero(scores >= lower_bound(scores, k)) if k > 0 else np.zeros(0, np.int64)
    candidates = candidates[scores[candidates] > 0]
    order = np.argsort(-scores[candidates], kind="stable")[: max(k, 0)]
    rows = candidates[order]
    return rows, scores[rows]


def kth_highest(values: np.ndarray, k: int) -> float:
    """Return the k-th highest value; 0 where there are fewer."""
    return float(np.partition(values, len(values) - k)[len(values) - k]) if 0 < k <= len(values) else 0.0


def lower_bound(scores: np.ndarray, k: int) -> float:
    """Return a number that at least k scores reach: the k-th highest of the maxima of groups of them.

    One pass over the scores, where a partition of a million of them would take longer than the whole scoring.
    """
    groups = GROUPS * k
    size = len(scores) // max(groups, 1)
    if size < 2:
        return kth_highest(scores, k)
    return kth_highest(scores[: size * groups].reshape(size, groups).max(axis=0), k)
