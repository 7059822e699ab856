"""From a question to passages: the index's rows found (``retrieval.py``), near-identical copies folded into one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from embeddings.documents.filters import Filters
from embeddings.index.generation import Generation
from embeddings.index.snapshot import DocumentFacts, Snapshot
from embeddings.search.bm25 import idf
from embeddings.search.near_duplicates import fold_copies
from embeddings.search.passage import ChannelHit, Passage
from embeddings.search.ranking import Found, Hits, retrieve
from embeddings.text.offsets import Chunk

POOL_FACTOR = 4
POOL_FLOOR = 40
"""So many fused rows are looked at for ``top`` passages: copies of one article must not crowd out the rest."""
FETCHED_AT_ONCE = 20


def search_passages(
    snapshot: Snapshot, question: str, vector: np.ndarray, *, top: int, filters: Filters
) -> list[Passage]:
    """Return at most ``top`` passages for a question, best first, with what each channel said of them.

    ``vector`` is the question's, of unit length.

    Raises:
        CitebotError: a row that is needed is damaged.
    """
    return _find(snapshot, question, vector, top, lambda generation: snapshot.allowed_rows(filters, generation))


def passages_of(
    snapshot: Snapshot, question: str, vector: np.ndarray, top: int, allowed: np.ndarray | None
) -> list[Passage]:
    """``search_passages`` over the rows that a boolean mask allows; None allows all."""
    return _find(snapshot, question, vector, top, lambda generation: allowed)


def _find(
    snapshot: Snapshot,
    question: str,
    vector: np.ndarray,
    top: int,
    allowed_rows: Callable[[Generation], np.ndarray | None],
) -> list[Passage]:
    limit = max(POOL_FLOOR, POOL_FACTOR * top)

    def ask(generation: Generation) -> tuple[Generation, Found]:
        return generation, retrieve(generation.corpus, question, vector, limit, allowed_rows(generation))

    if not snapshot.generation.rows or top < 1:
        return []
    generation, best = snapshot.look(ask)
    return fold_copies(passages_from(best, _fetch(snapshot, best.rows.tolist(), generation)), top)


def _fetch(
    snapshot: Snapshot, rows: Sequence[int], generation: Generation
) -> Iterator[tuple[Chunk, str, DocumentFacts]]:
    """Yield what is stored at rows; mostly the first are enough, where few passages are copies of others."""
    for start in range(0, len(rows), FETCHED_AT_ONCE):
        yield from snapshot.chunks(rows[start : start + FETCHED_AT_ONCE], generation)


def passages_from(best: Found, chunks: Iterable[tuple[Chunk, str, DocumentFacts]]) -> Iterator[Passage]:
    """Yield what was found as passages; ``chunks`` are those of its rows, each with its text and its document."""
    rows = best.rows.tolist()
    said = _by_row(best.channels, set(rows))
    for row, fused, chunk in zip(rows, best.scores.tolist(), chunks, strict=True):
        yield _passage(chunk, fused, said.get(row, {}))


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


def _by_row(channels: Mapping[str, Hits], wanted: set[int]) -> dict[int, dict[str, ChannelHit]]:
    said: dict[int, dict[str, ChannelHit]] = {}
    for name, (rows, scores) in channels.items():
        for rank, (row, one) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), start=1):
            if row in wanted:
                said.setdefault(row, {})[name] = ChannelHit(rank, one)
    return said


def _passage(row: tuple[Chunk, str, DocumentFacts], fused: float, said: Mapping[str, ChannelHit]) -> Passage:
    chunk, text, facts = row
    return Passage(chunk, text, facts.title, fused, said, facts.date, facts.url, structure=facts.structure)


def weigh(snapshot: Snapshot, terms: Sequence[str]) -> dict[str, float]:
    """Return each term's rarity (IDF) in the index; a term that stands nowhere weighs as the rarest."""

    def ask(generation: Generation) -> list[int]:
        corpus = generation.corpus
        return [0 if (found := corpus.find(term)) is None else corpus.document_frequency(found) for term in terms]

    frequencies = np.array(snapshot.look(ask), np.float64)
    return dict(zip(terms, idf(frequencies, snapshot.generation.rows).tolist(), strict=True))


def holds_term(snapshot: Snapshot, term: str) -> bool:
    """Tell whether any passage of the index holds a term, as ``tokenize`` returns it."""
    return snapshot.look(lambda generation: generation.corpus.find(term)) is not None
