"""The words channels in PostgreSQL: the lists of a question's terms are fetched and scored here, rare terms first.

A common word has a long list and adds little to a score. So the lists of the rarest terms are read at first, and a
commoner one only where passages that hold none of the rarer could still be among the best (MaxScore: Turtle and Flood
1995, "Query Evaluation: Strategies and Optimizations").
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from embeddings.postgres.segments import POSTING, WORDS, Segment
from embeddings.postgres.view import Documents, PostgresView
from embeddings.postgres.vocabulary import Vocabulary
from embeddings.search.bm25 import best_rows, saturation
from embeddings.search.ranking import Hits, merge_hits

FIRST_POSTINGS = 200_000
"""Postings read at first, 1.6 MB: all of most questions' where there are some hundred thousand passages."""
MORE_POSTINGS = 4
"""Where that is not enough, so many times as many are read, and so on."""
MOST_POSTINGS = 6_400_000
"""Postings beyond which no further list is read, 50 MB."""
SPARE = 4
"""Where lists were left out, so many times the passages wanted are named: what these lists add changes their order."""

Weighted = Sequence[tuple[int, float]]
"""Term ids and their weights."""


def name_by_words(
    view: PostgresView,
    vocabulary: Vocabulary,
    words: Weighted,
    spellings: Weighted,
    depth: int,
    documents: Documents | None,
) -> dict[str, np.ndarray]:
    """Return the ids of the chunks with the highest BM25 scores by words, by spellings, and by both, by channel."""
    lists = _Lists(view, vocabulary, [*words, *spellings])
    lists.read(most := FIRST_POSTINGS)
    while True:
        left_out = [sum(lists.left_out(pair) for pair in weighted) for weighted in (words, spellings)]
        limits = dict(zip(CHANNELS, (*left_out, sum(left_out)), strict=True))
        spare = depth * SPARE if limits["lexical"] else depth
        hits = _best(lists, vocabulary, words, spellings, spare, documents)
        is_sure = all(not limit or _reaches(hits[name][1], depth, limit) for name, limit in limits.items())
        if is_sure or most >= MOST_POSTINGS:
            return {name: ids for name, (ids, _) in hits.items()}
        lists.read(most := most * MORE_POSTINGS)


CHANNELS = ("words", "trigrams", "lexical")


def _reaches(scores: np.ndarray, depth: int, limit: float) -> bool:
    """Tell whether no passage that was not scored can be among the best."""
    return len(scores) >= depth and scores[depth - 1] > limit


def _best(
    lists: "_Lists",
    vocabulary: Vocabulary,
    words: Weighted,
    spellings: Weighted,
    depth: int,
    documents: Documents | None,
) -> dict[str, Hits]:
    found: dict[str, list[Hits]] = {name: [] for name in CHANNELS}
    for segment, read in lists.by_segment():
        mask = segment.live if documents is None else documents.rows(segment)
        one, other = (_score(read, segment.rows, weighted, vocabulary) for weighted in (words, spellings))
        for name, scores in zip(CHANNELS, (one, other, one + other), strict=True):
            rows, best = best_rows(scores, depth, mask)
            found[name].append((segment.ids(rows), best))
    return {name: merge_hits(hits, depth) for name, hits in found.items()}


class _Lists:
    """The lists of a question's terms, as far as they were read, the rarest first."""

    def __init__(self, view: PostgresView, vocabulary: Vocabulary, weighted: Weighted):
        self._view = view
        self._vocabulary = vocabulary
        self._waiting = sorted({term for term, _ in weighted}, key=vocabulary.document_frequency, reverse=True)
        self._read = 0
        self._segments = {one.number: one for one in view.segments(WORDS)}
        self._found: dict[int, dict[int, np.ndarray]] = {number: {} for number in self._segments}

    def read(self, most: int) -> None:
        """Read on until there are ``most`` postings; at least one list."""
        chosen = []
        while self._waiting:
            size = self._vocabulary.document_frequency(self._waiting[-1])
            if (chosen or self._read) and self._read + size > most:
                break
            chosen.append(self._waiting.pop())
            self._read += size
        for (number, term), raw in self._view.lists(list(self._segments), chosen).items():
            self._found[number][term] = np.frombuffer(raw, POSTING)

    def left_out(self, pair: tuple[int, float]) -> float:
        """Return the most that a term adds to a passage's score, if its list was not read; else 0."""
        term, weight = pair
        return weight * float(self._vocabulary.rarity(term)) if term in self._waiting else 0.0

    def by_segment(self) -> Iterator[tuple[Segment, dict[int, np.ndarray]]]:
        """Yield each segment with what was read of it: POSTING by term."""
        for number, lists in self._found.items():
            if lists:
                yield self._segments[number], lists


def _score(lists: Mapping[int, np.ndarray], rows: int, weighted: Weighted, vocabulary: Vocabulary) -> np.ndarray:
    """Return ``bm25.score`` of a segment's rows, as far as its lists go: float32 (rows,)."""
    scores = np.zeros(rows, np.float32)
    for term, weight in weighted:
        if (entries := lists.get(term)) is not None:
            counts = entries["count"].astype(np.float32)
            impacts = vocabulary.rarity(term) * saturation(counts, entries["length"], vocabulary.mean_length)
            scores[entries["row"]] += np.float32(weight) * impacts
    return scores
