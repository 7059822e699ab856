"""From a question to rows of the index: three channels asked, their best rows looked at again together.

What this file does *not* know: the catalogue, documents and texts (see ``search.py``).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from embeddings.search.bm25 import idf, kth_highest
from embeddings.search.corpus import Corpus, Part
from embeddings.search.dense import search_dense
from embeddings.search.fusion import fuse
from embeddings.search.lexical import QueryTerm, read_question, weigh_spellings, weigh_words
from embeddings.search.proximity import score_pairs
from embeddings.search.word_candidates import LEXICAL, Tell, find_by_words

DEPTH = 100
"""Rows each channel names for a question, more where more are wanted; half as many lose one in a thousand of recall@5,
twice as many win none."""

_BESIDE = ThreadPoolExecutor(thread_name_prefix="dense")
"""Threads that search large dense parts, one for each question, while the words are looked for; FAISS releases the
interpreter's lock."""
Hits = tuple[np.ndarray, np.ndarray]
"""Rows (int64) and their scores (float32), best first, equal scores by row."""


@dataclass(frozen=True, slots=True)
class Found:
    """The fused rows and scores, best first, equal ones by row; and what each channel named."""

    rows: np.ndarray
    scores: np.ndarray
    channels: Mapping[str, Hits]


def retrieve(corpus: Corpus, question: str, vector: np.ndarray, limit: int, allowed: np.ndarray | None = None) -> Found:
    """Find the best rows for a question, whose unit vector is ``vector``.

    ``allowed`` is a boolean mask over the corpus' rows, or None for all of them.
    """
    depth = max(DEPTH, limit)
    parts = list(corpus.masked(allowed))
    dense = _search_beside(parts, vector, depth)
    terms = read_question(question, corpus)
    asked = {"words": weigh_words(terms), "trigrams": weigh_spellings(terms)}
    seen: list[_Seen] = []
    for base, part, mask in parts:
        seen.append(_look(corpus, part, base, mask, asked, depth, seen))
    # From the last one, which is begun here where the other thread has not come so far.
    near = [search.result() for search in reversed(dense)][::-1]
    hits = {"dense": [(base + rows, cosines) for (base, *_), (rows, cosines) in zip(parts, near, strict=True)]}
    hits |= {name: [one.hits[name] for one in seen] for name in (*asked, LEXICAL)}
    channels = {name: merge_hits(own, depth) for name, own in hits.items()}
    rows = np.unique(np.concatenate([found for found, _ in channels.values()]))
    del channels[LEXICAL]
    own = [_score(corpus, one, rows, terms) for one in seen]
    scored = [np.concatenate(part) for part in zip(*own, strict=True)] if own else [np.zeros(0)] * 3
    return rank(channels, rows, scored, corpus.n_rows, limit)


def rank(
    channels: Mapping[str, Hits], rows: np.ndarray, scored: Sequence[np.ndarray], n_rows: int, limit: int
) -> Found:
    """Fuse what is known of rows (ascending): their cosines, from the dense channel, and ``scored``, what words,
    trigrams and close pairs give each; ``n_rows`` is how many rows there are in all.
    """
    rarest = float(idf(np.array(1), n_rows)) if n_rows else 1.0
    scores = fuse(_cosines(rows, channels["dense"]), *scored, rarest)
    order = np.argsort(-scores, kind="stable")[: max(limit, 0)]
    return Found(rows[order], scores[order], channels)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What words say of one part: the best rows by each channel, and what tells what words give any rows."""

    part: Part
    base: int
    hits: dict[str, Hits]
    tell: Tell


class _Search:
    """A search of a part's vectors, which the thread that comes first makes."""

    def __init__(self, search: Callable[[], Hits]):
        self._search = search
        self._is_taken = threading.Lock()
        self._hits: Future[Hits] = Future()

    def run(self) -> None:
        """Search, unless another thread does already."""
        if self._is_taken.acquire(blocking=False):
            try:
                self._hits.set_result(self._search())
            except BaseException as error:
                self._hits.set_exception(error)

    def result(self) -> Hits:
        """Return the hits, or raise what the search raised."""
        self.run()
        return self._hits.result()


def _search_beside(
    parts: Sequence[tuple[int, Part, np.ndarray | None]], vector: np.ndarray, depth: int
) -> list[_Search]:
    """Begin to search large parts' vectors, one after another, in a thread of their own."""
    searches = [_Search(partial(search_dense, part.dense, vector, depth, mask)) for _, part, mask in parts]
    large = [search for (_, part, _), search in zip(parts, searches, strict=True) if part.dense.codes is not None]
    if large:
        _BESIDE.submit(lambda: [search.run() for search in large])
    return searches


def _look(
    corpus: Corpus,
    part: Part,
    base: int,
    mask: np.ndarray | None,
    asked: Mapping[str, list[tuple[int, float]]],
    depth: int,
    before: Sequence[_Seen],
) -> _Seen:
    floors = {name: _floor([one.hits[name][1] for one in before], depth) for name in (*asked, LEXICAL)}
    rows, tell = find_by_words(part.postings, asked, corpus.rarity, corpus.mean_length, depth, mask, floors)
    scores = tell(rows)
    hits = {name: _best(rows, own, depth) for name, own in (scores | {LEXICAL: sum(scores.values())}).items()}
    return _Seen(part, base, {name: (base + own, told) for name, (own, told) in hits.items()}, tell)


def _floor(scores: Sequence[np.ndarray], depth: int) -> float:
    """Return a score that is needed to be among the best where those of other parts have these."""
    return kth_highest(np.concatenate([*scores, np.zeros(0, np.float32)]), depth)


def _best(rows: np.ndarray, scores: np.ndarray, depth: int) -> Hits:
    """Return the best of some rows, ascending, that have more than nothing."""
    order = np.argsort(-scores, kind="stable")[:depth]
    order = order[scores[order] > 0]
    return rows[order], scores[order]


def merge_hits(hits: Sequence[Hits], depth: int) -> Hits:
    """Merge the parts' best rows into the best of all: equal scores stay in the order of the parts."""
    if not hits:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    if len(hits) == 1:
        return hits[0]
    rows, scores = (np.concatenate(one) for one in zip(*hits, strict=True))
    order = np.argsort(-scores, kind="stable")[:depth]
    return rows[order], scores[order]


def _score(
    corpus: Corpus, seen: _Seen, rows: np.ndarray, terms: list[QueryTerm]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what words, trigrams and close pairs give those of the rows (ascending) that lie in a part."""
    inside = (rows >= seen.base) & (rows < seen.base + seen.part.postings.n_rows)
    own = rows[inside] - seen.base
    told = seen.tell(own)
    return told["words"], told["trigrams"], score_pairs(seen.part.postings, own, terms, corpus)


def _cosines(rows: np.ndarray, hits: Hits) -> np.ndarray:
    """Return the cosine of each row (ascending); one that the dense channel did not name has at most its lowest."""
    named, cosines = hits
    found = np.full(len(rows), cosines[-1] if len(cosines) else 0.0, np.float32)
    found[np.searchsorted(rows, named)] = cosines
    return found
