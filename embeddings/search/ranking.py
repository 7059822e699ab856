"""From a question to rows of the index: three channels asked, their best rows looked at again together.

What this file does *not* know: the catalogue, documents and texts (see ``search.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embeddings.search.bm25 import Postings, best_rows, idf, score
from embeddings.search.dense import search_dense
from embeddings.search.fusion import fuse
from embeddings.search.lexical import read_question, weigh_spellings, weigh_words
from embeddings.search.proximity import score_pairs
from embeddings.search.trigrams import Spellings

DEPTH = 100
"""Rows each channel names for a question, more where more are wanted; half as many lose one in a thousand of recall@5,
twice as many win none."""

Hits = tuple[np.ndarray, np.ndarray]
"""Rows (int64) and their scores (float32), best first, equal scores by row."""


@dataclass(frozen=True, slots=True)
class Found:
    """The fused rows and scores, best first, equal ones by row; and what each channel named."""

    rows: np.ndarray
    scores: np.ndarray
    channels: Mapping[str, Hits]


def retrieve(
    dense,
    postings: Postings,
    spellings: Spellings,
    question: str,
    vector: np.ndarray,
    limit: int,
    allowed: np.ndarray | None = None,
) -> Found:
    """Find the best rows for a question, whose unit vector is ``vector``.

    ``dense`` is the FAISS index, its row numbers those of the postings; ``allowed`` a boolean mask over rows, or None
    for all of them.
    """
    terms = read_question(question, spellings, postings)
    words = score(postings, weigh_words(terms))
    trigrams = score(postings, weigh_spellings(terms))
    depth = max(DEPTH, limit)
    channels = {
        "dense": search_dense(dense, vector, depth, allowed),
        "words": best_rows(words, depth, allowed),
        "trigrams": best_rows(trigrams, depth, allowed),
    }
    lexical = best_rows(words + trigrams, depth, allowed)
    rows = np.unique(np.concatenate([hits[0] for hits in (*channels.values(), lexical)]))
    rarest = float(idf(np.array(1), postings.n_rows)) if postings.n_rows else 1.0
    cosines, pairs = _cosines(rows, channels["dense"]), score_pairs(postings, rows, terms)
    scores = fuse(cosines, words[rows], trigrams[rows], pairs, rarest)
    order = np.argsort(-scores, kind="stable")[: max(limit, 0)]
    return Found(rows[order], scores[order], channels)


def _cosines(rows: np.ndarray, hits: Hits) -> np.ndarray:
    """Return the cosine of each row (ascending); one that the dense channel did not name has at most its lowest."""
    named, cosines = hits
    found = np.full(len(rows), cosines[-1] if len(cosines) else 0.0, np.float32)
    found[np.searchsorted(rows, named)] = cosines
    return found
