"""From a question to passages: the index's rows found (``retrieval.py``), near-identical copies folded into one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from embeddings.documents.filters import Filters
from embeddings.index.snapshot import Snapshot
from embeddings.search.bm25 import idf
from embeddings.search.near_duplicates import fold_copies
from embeddings.search.passage import ChannelHit, Passage
from embeddings.search.ranking import Hits, retrieve
from embeddings.text.chunk import Chunk

POOL_FACTOR = 4
POOL_FLOOR = 40
"""So many fused rows are looked at for ``top`` passages: copies of one article must not crowd out the rest."""


def search_passages(
    snapshot: Snapshot, question: str, vector: np.ndarray, *, top: int, filters: Filters
) -> list[Passage]:
    """Return at most ``top`` passages for a question, best first, with what each channel said of them.

    ``vector`` is the question's, of unit length.

    Raises:
        CitebotError: a row that is needed is damaged.
    """
    return passages_of(snapshot, question, vector, top, snapshot.allowed_rows(filters))


def passages_of(
    snapshot: Snapshot, question: str, vector: np.ndarray, top: int, allowed: np.ndarray | None
) -> list[Passage]:
    """``search_passages`` over the rows that a boolean mask allows; None allows all."""
    if not snapshot.generation.rows or top < 1 or (allowed is not None and not allowed.any()):
        return []
    generation, limit = snapshot.generation, max(POOL_FLOOR, POOL_FACTOR * top)
    words = generation.words
    best = retrieve(generation.dense, words.postings, words.spellings, question, vector, limit, allowed)
    said = _by_row(best.channels)
    found = (
        _passage(snapshot, int(row), float(fused), said.get(int(row), {}))
        for row, fused in zip(best.rows, best.scores, strict=True)
    )
    return fold_copies(found, top)


def widen_passages(snapshot: Snapshot, passages: Sequence[Passage], limit: int, most: int) -> list[Passage]:
    """Return the first ``most`` passages with their neighbours in the document, up to ``limit`` characters each.

    What refers to the sentence before it is then read with that sentence. A passage inside one that is there already
    is left out.

    Raises:
        CitebotError: a row that is needed is damaged.
    """
    widened: list[Passage] = []
    for passage in passages:
        own = passage.chunk
        if len(widened) == most:
            break
        if not any(_holds(other.chunk, own) for other in widened):
            chunk, text = snapshot.stretch(own, limit)
            widened.append(replace(passage, chunk=chunk, text=text))
    return widened


def _holds(outer: Chunk, inner: Chunk) -> bool:
    return outer.document == inner.document and outer.start <= inner.start and inner.end <= outer.end


def _by_row(channels: Mapping[str, Hits]) -> dict[int, dict[str, ChannelHit]]:
    said: dict[int, dict[str, ChannelHit]] = {}
    for name, (rows, scores) in channels.items():
        for rank, (row, one) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), start=1):
            said.setdefault(row, {})[name] = ChannelHit(rank, one)
    return said


def _passage(snapshot: Snapshot, row: int, fused: float, said: Mapping[str, ChannelHit]) -> Passage:
    chunk, text, facts = snapshot.chunk(row)
    return Passage(chunk, text, facts.title, fused, said, facts.date, facts.url, structure=facts.structure)


def weigh(snapshot: Snapshot, terms: Sequence[str]) -> dict[str, float]:
    """Return each term's rarity (IDF) in the index; a term that stands nowhere weighs as the rarest."""
    words = snapshot.generation.words
    ids = [words.spellings.find(term) for term in terms]
    frequencies = [0 if found is None else words.postings.document_frequency(found) for found in ids]
    return dict(zip(terms, idf(np.array(frequencies, np.float64), words.postings.n_rows).tolist(), strict=True))


def holds_term(snapshot: Snapshot, term: str) -> bool:
    """Tell whether any passage of the index holds a term, as ``tokenize`` returns it."""
    return snapshot.generation.words.spellings.find(term) is not None
