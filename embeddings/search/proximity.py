"""Proximity: terms that stand side by side in the question should stand close together in the passage.

A second look at the few passages that the channels found, after Rasolofo and Savoy 2003 ("Term proximity scoring for
keyword-based retrieval systems") without the distances: a pair of terms is close or it is not.
"""

from collections.abc import Sequence

import numpy as np

from embeddings.search.bm25 import Postings, idf
from embeddings.search.corpus import Corpus
from embeddings.search.lexical import QueryTerm

QUERY_DISTANCE = 2
"""How far apart, in terms, a pair may stand in the question."""
PASSAGE_DISTANCE = 3
"""How far apart, in terms, a pair may stand in the passage, in either order. Stop words do not count."""


def score_pairs(postings: Postings, rows: np.ndarray, terms: Sequence[QueryTerm], corpus: Corpus) -> np.ndarray:
    """Score rows by the question's pairs of terms that stand close together in them: float32 (len(rows),).

    ``postings`` are those of one part of the corpus. A pair counts once a row, with the IDF of its commoner term, times
    the weights where a term was widened.
    """
    slots = _slots(terms)
    scores = np.zeros(len(rows), np.float32)
    if len(slots) < 2 or not len(rows):
        return scores
    ids = np.array(sorted(slots), np.uint32)
    slot_of = np.array([slots[one][0] for one in ids.tolist()])
    frequencies = np.array([corpus.document_frequency(one) for one in ids.tolist()])
    worth = idf(frequencies, corpus.n_rows) * np.array([slots[one][1] for one in ids.tolist()])
    owners, positions, places = postings.find(rows, ids)
    keys, values = [], []
    for step in range(1, PASSAGE_DISTANCE + 1):
        left, right = slice(None, -step), slice(step, None)
        one, other = slot_of[places[left]], slot_of[places[right]]
        apart = np.abs(one - other)
        close = (owners[left] == owners[right]) & (positions[right] - positions[left] <= PASSAGE_DISTANCE)
        close &= (apart >= 1) & (apart <= QUERY_DISTANCE)
        pair = np.minimum(one, other) * (QUERY_DISTANCE + 1) + apart
        keys.append((owners[left] * (len(terms) + 1) * (QUERY_DISTANCE + 1) + pair)[close])
        values.append(np.minimum(worth[places[left]], worth[places[right]])[close])
    _add_best_of_each(scores, np.concatenate(keys), np.concatenate(values), (len(terms) + 1) * (QUERY_DISTANCE + 1))
    return scores


def _slots(terms: Sequence[QueryTerm]) -> dict[int, tuple[int, float]]:
    """Map each term id to its place in the question and its weight; of several places the first."""
    slots: dict[int, tuple[int, float]] = {}
    for place, term in enumerate(terms):
        for term_id, weight in term.weighted_ids:
            slots.setdefault(term_id, (place, weight))
    return slots


def _add_best_of_each(scores: np.ndarray, keys: np.ndarray, values: np.ndarray, span: int) -> None:
    """Add to each row the best value of each of its pairs; a key is row * span + pair."""
    order = np.lexsort((-values, keys))
    keys, values = keys[order], values[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
    np.add.at(scores, keys[first] // span, values[first].astype(np.float32))
