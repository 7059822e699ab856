"""From a question to passages in PostgreSQL: three channels asked there, what they found scored here.

The database names candidates: by meaning (pgvector), by words (BM25 over ``postings``) and by look-alikes of words
(pg_trgm). Their scores and how these are fused come from the code of the embedded index, so both give the same answers.
How rare words are and how long passages are is counted in the transaction that publishes a generation: the statistics
never drift from the passages.
"""

from collections.abc import Sequence

import numpy as np

from embeddings.documents.filters import Filters
from embeddings.index.passage_search import POOL_FACTOR, POOL_FLOOR, passages_from
from embeddings.postgres.view import PostgresView
from embeddings.search.bm25 import K1, B, build_postings, idf, score
from embeddings.search.lexical import QueryTerm, read_question, weigh_spellings, weigh_words
from embeddings.search.near_duplicates import fold_copies
from embeddings.search.passage import Passage
from embeddings.search.proximity import score_pairs
from embeddings.search.ranking import DEPTH, Found, Hits, rank
from embeddings.search.trigrams import MAX_CANDIDATES, Neighbour, nearest
from embeddings.text.words import tokenize

NONE: Hits = (np.zeros(0, np.int64), np.zeros(0, np.float32))


class Statistics:
    """What is known of all passages together: the part of ``Corpus`` that reading and scoring a question need."""

    def __init__(self, view: PostgresView, terms: Sequence[str]):
        self.n_rows = view.generation.rows
        total = int(view.facts["terms"])
        self.mean_length = total / self.n_rows if total else 1.0
        self._view = view
        self._ids: dict[str, int] = {}
        self._frequencies: dict[int, int] = {}
        rows = view.run("SELECT id, term, df FROM terms WHERE term = ANY(%s) AND df > 0", (list(terms),))
        self._learn(rows)

    def _learn(self, rows: Sequence[tuple[int, str, int]]) -> None:
        self._ids |= {term: identifier for identifier, term, _ in rows}
        self._frequencies |= {identifier: df for identifier, _, df in rows}

    def find(self, term: str) -> int | None:
        """Return the id of one of the terms asked for at first, or None where no passage holds it."""
        return self._ids.get(term)

    def document_frequency(self, term_id: int) -> int:
        """Return how many passages hold a term."""
        return self._frequencies.get(term_id, 0)

    def rarity(self, term_id: int) -> np.float32:
        """Return a term's IDF."""
        return np.float32(idf(np.array(self.document_frequency(term_id)), self.n_rows))

    def neighbours(self, word: str) -> list[Neighbour]:
        """Return the terms that look most like a word, best first."""
        rows = self._view.run(
            "SELECT id, term, df FROM terms WHERE term %% %s AND df > 0"
            " ORDER BY similarity(term, %s) DESC, term LIMIT %s",
            (word, word, MAX_CANDIDATES),
        )
        self._learn(rows)
        return nearest(word, sorted((term.encode(), identifier) for identifier, term, _ in rows))


def search_passages(
    view: PostgresView, question: str, vector: np.ndarray, *, top: int, filters: Filters
) -> list[Passage]:
    """Return at most ``top`` passages for a question, best first, with what each channel said of them.

    ``vector`` is the question's, of unit length.

    Raises:
        CitebotError: the database failed, or what it holds is damaged.
    """
    if not view.generation.rows or top < 1:
        return []
    documents = view.admitted(filters)
    limit = max(POOL_FLOOR, POOL_FACTOR * top)
    best = retrieve(view, question, vector, limit, documents)
    return fold_copies(passages_from(best, view.chunks(best.rows.tolist())), top)


def retrieve(
    view: PostgresView, question: str, vector: np.ndarray, limit: int, documents: list[int] | None = None
) -> Found:
    """Find the best chunks for a question; rows are chunk ids. ``documents`` are those allowed, None allows all."""
    statistics = Statistics(view, tokenize(question))
    terms = read_question(question, statistics)
    depth = max(DEPTH, limit)
    words, spellings = weigh_words(terms), weigh_spellings(terms)
    channels = {
        "dense": dense(view, vector, depth, documents),
        "words": _lexical(view, statistics, words, depth, documents),
        "trigrams": _lexical(view, statistics, spellings, depth, documents),
    }
    found = list(channels.values())
    if words and spellings:
        found.append(_lexical(view, statistics, words + spellings, depth, documents))
    rows = np.unique(np.concatenate([hits[0] for hits in found]))
    return rank(channels, rows, _score(view, statistics, rows, terms), statistics.n_rows, limit)


def dense(view: PostgresView, vector: np.ndarray, depth: int, documents: list[int] | None) -> Hits:
    """Ask for the chunks nearest by meaning: exactly, or by HNSW where the build made that index."""
    column = f"embedding::halfvec({int(view.facts['dimension'])})"
    literal = "[" + ",".join(f"{one:.6g}" for one in vector.tolist()) + "]"
    where, allowed = ("", ()) if documents is None else ("WHERE document = ANY(%s)", (documents,))
    # Candidates are ordered by half-precision products; their cosines are taken here at full precision.
    rows = view.run(
        f"SELECT id, embedding FROM chunks {where} ORDER BY {column} <#> %s::halfvec LIMIT %s",
        (*allowed, literal, depth),
        binary=True,
    )
    if not rows:
        return NONE
    ids = np.array([identifier for identifier, _ in rows], np.int64)
    cosines = np.stack([unpack(raw) for _, raw in rows]).astype(np.float32) @ vector.astype(np.float32)
    order = np.lexsort((ids, -cosines))
    return ids[order], cosines[order]


def unpack(raw: bytes) -> np.ndarray:
    """Read a halfvec as the server sends it: dimension and flags, two bytes each, then big-endian halves."""
    return np.frombuffer(raw, ">f2", offset=4)


def _lexical(
    view: PostgresView,
    statistics: Statistics,
    weighted: list[tuple[int, float]],
    depth: int,
    documents: list[int] | None,
) -> Hits:
    """Ask for the chunks with the highest BM25 scores for (term id, weight) pairs."""
    if not weighted:
        return NONE
    worth = [weight * float(statistics.rarity(term)) for term, weight in weighted]
    narrowed = "" if documents is None else "JOIN chunks c ON c.id = p.chunk AND c.document = ANY(%s)"
    rows = view.run(
        f"SELECT p.chunk, sum(q.worth * p.count / (p.count + {K1} * ({1 - B} + {B} * p.length / %s::float8))) AS score"
        " FROM unnest(%s::int[], %s::float8[]) AS q(term, worth) JOIN postings p ON p.term = q.term"
        f" {narrowed} GROUP BY p.chunk ORDER BY score DESC, p.chunk LIMIT %s",
        (
            statistics.mean_length,
            [term for term, _ in weighted],
            worth,
            *([] if documents is None else [documents]),
            depth,
        ),
    )
    return np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.float32)


def _score(
    view: PostgresView, statistics: Statistics, rows: np.ndarray, terms: list[QueryTerm]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what words, trigrams and close pairs give the chunks of ids ``rows`` (ascending)."""
    bags = dict(view.run("SELECT id, bag FROM chunks WHERE id = ANY(%s)", (rows.tolist(),), binary=True))
    postings = build_postings([np.array(bags[row], np.uint32) for row in rows.tolist()])
    words, trigrams = (
        score(postings, weighted, statistics.rarity, statistics.mean_length)
        for weighted in (weigh_words(terms), weigh_spellings(terms))
    )
    return words, trigrams, score_pairs(postings, np.arange(len(rows)), terms, statistics)


def weigh(view: PostgresView, terms: Sequence[str]) -> dict[str, float]:
    """Return each term's rarity (IDF) in the index; a term that stands nowhere weighs as the rarest."""
    known = Statistics(view, terms)
    frequencies = [0 if (found := known.find(term)) is None else known.document_frequency(found) for term in terms]
    return dict(zip(terms, idf(np.array(frequencies, np.float64), known.n_rows).tolist(), strict=True))


def holds_term(view: PostgresView, term: str) -> bool:
    """Tell whether any passage of the index holds a term, as ``tokenize`` returns it."""
    return bool(view.run("SELECT 1 FROM terms WHERE term = %s AND df > 0", (term,)))
