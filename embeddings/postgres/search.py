"""From a question to passages in PostgreSQL: three channels name candidates, which are scored here.

Candidates by meaning come from pgvector, those by words and by look-alikes of words from lists of postings. Their
scores and how these are fused come from the code of the embedded index, so both give the same answers.
How rare words are and how long passages are is counted in the transaction that publishes a generation: the statistics
never drift from the passages.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.documents.filters import Filters
from embeddings.index.passage_search import POOL_FACTOR, POOL_FLOOR, passages_from
from embeddings.postgres.memory import array
from embeddings.postgres.view import Documents, PostgresView
from embeddings.postgres.vocabulary import Vocabulary
from embeddings.postgres.words import name_by_words
from embeddings.search.bm25 import Postings, idf, score
from embeddings.search.lexical import QueryTerm, read_question, weigh_spellings, weigh_words
from embeddings.search.near_duplicates import fold_copies
from embeddings.search.passage import Passage
from embeddings.search.proximity import score_pairs
from embeddings.search.ranking import DEPTH, Found, Hits, rank
from embeddings.text.words import tokenize


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
    view: PostgresView, question: str, vector: np.ndarray, limit: int, documents: Documents | None = None
) -> Found:
    """Find the best chunks for a question; rows are chunk ids. ``documents`` are those allowed, None allows all."""
    depth = max(DEPTH, limit)
    with view.beside(*near_statement(view, vector, depth, documents)) as asked:
        vocabulary = Vocabulary(view, tokenize(question))
        terms = read_question(question, vocabulary)
        named = name_by_words(view, vocabulary, weigh_words(terms), weigh_spellings(terms), depth, documents)
        near, bags = read_dense(asked(), vector, depth)
    rows = np.unique(np.concatenate([near[0], *named.values()]))
    lacking = array(row for row in rows.tolist() if row not in bags)
    bags.update(view.run("SELECT id, bag FROM chunks WHERE id = ANY(%s::bigint[])", (lacking,), binary=True))
    words, trigrams, pairs = _score(vocabulary, [bags[row] for row in rows.tolist()], terms)
    channels = {
        name: _best(rows, scores, named[name], depth)
        for name, scores in (("words", words), ("trigrams", trigrams), ("lexical", words + trigrams))
    }
    # More are named than wanted where scores were not known whole.
    kept = np.isin(rows, np.concatenate([near[0], *(hits[0] for hits in channels.values())]))
    del channels["lexical"]
    scored = [one[kept] for one in (words, trigrams, pairs)]
    return rank({"dense": near, **channels}, rows[kept], scored, vocabulary.n_rows, limit)


def near_statement(
    view: PostgresView, vector: np.ndarray, depth: int, documents: Documents | None
) -> tuple[str, tuple]:
    """Return what asks for id, vector and bag of the chunks nearest by meaning, and its parameters.

    They are found exactly, or by HNSW where the build made that index.
    """
    column = f"embedding::halfvec({int(view.facts['dimension'])})"
    literal = "[" + ",".join(f"{one:.6g}" for one in vector.tolist()) + "]"
    source, where, allowed = "vectors", "", ()
    if documents is not None:
        where, allowed = "WHERE document = ANY(%s::bigint[])", (array(documents.ids),)
        source = f"vectors WHERE EXISTS (SELECT 1 FROM chunks {where} AND content = vectors.content)"
    return (
        f"SELECT id, embedding, bag FROM (SELECT content, embedding FROM {source}"
        f" ORDER BY {column} <#> %s::halfvec LIMIT {int(depth)}) near JOIN chunks USING (content) {where}",
        (*allowed, literal, *allowed),
    )


def read_dense(
    found: Sequence[tuple[int, bytes, bytes]], vector: np.ndarray, depth: int
) -> tuple[Hits, dict[int, bytes]]:
    """Return the ``depth`` nearest chunks with their cosines, best first, and the bags of all found by id.

    They were found by half-precision products; the cosines are taken here at full precision.
    """
    if not found:
        return (np.zeros(0, np.int64), np.zeros(0, np.float32)), {}
    ids = np.array([identifier for identifier, _, _ in found], np.int64)
    cosines = unpack([raw for _, raw, _ in found]) @ vector.astype(np.float32)
    order = np.lexsort((ids, -cosines))[:depth]
    return (ids[order], cosines[order]), {identifier: bag for identifier, _, bag in found}


def unpack(vectors: Sequence[bytes]) -> np.ndarray:
    """Read halfvecs as the server sends them: dimension and flags, two bytes each, then big-endian halves."""
    return np.frombuffer(b"".join(vectors), ">f2").reshape(len(vectors), -1)[:, 2:].astype(np.float32)


def _score(
    vocabulary: Vocabulary, bags: Sequence[bytes], terms: list[QueryTerm]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what words, trigrams and close pairs give chunks of these bags."""
    postings = invert(bags, {term for one in terms for term, _ in one.weighted_ids})
    words, trigrams = (
        score(postings, weighted, vocabulary.rarity, vocabulary.mean_length)
        for weighted in (weigh_words(terms), weigh_spellings(terms))
    )
    return words, trigrams, score_pairs(postings, np.arange(len(bags)), terms, vocabulary)


def invert(bags: Sequence[bytes], terms: Iterable[int]) -> Postings:
    """Return ``build_postings`` of bags as far as these terms go."""
    sequence = np.frombuffer(b"".join(bags), "<u4")
    lengths = np.fromiter(map(len, bags), np.int64, len(bags)) // sequence.itemsize
    owners = np.repeat(np.arange(len(bags), dtype=np.uint32), lengths)
    ids = sorted(terms)
    held = [np.bincount(owners[sequence == term], minlength=len(bags)) for term in ids]
    lists = [(np.flatnonzero(counts), counts[counts > 0]) for counts in held]
    rows, counts = (np.concatenate([sequence[:0], *part]) for part in (tuple(zip(*lists, strict=True)) or ((), ())))
    indptr = np.cumsum([0, *(len(own) for own, _ in lists)])
    return Postings(np.array(ids, np.uint32), indptr, rows, counts, lengths, np.cumsum(lengths) - lengths, sequence)


def _best(rows: np.ndarray, scores: np.ndarray, named: np.ndarray, depth: int) -> Hits:
    """Return the ids a channel named, best first; ``rows`` are all ids, ascending, with their ``scores``."""
    named = np.sort(named)
    own = scores[np.searchsorted(rows, named)]
    order = np.argsort(-own, kind="stable")[:depth]
    return named[order], own[order]


def weigh(view: PostgresView, terms: Sequence[str]) -> dict[str, float]:
    """Return each term's rarity (IDF) in the index; a term that stands nowhere weighs as the rarest."""
    known = Vocabulary(view, terms)
    frequencies = [0 if (found := known.find(term)) is None else known.document_frequency(found) for term in terms]
    return dict(zip(terms, idf(np.array(frequencies, np.float64), known.n_rows).tolist(), strict=True))


def holds_term(view: PostgresView, term: str) -> bool:
    """Tell whether any passage of the index holds a term, as ``tokenize`` returns it."""
    return bool(view.run("SELECT 1 FROM terms WHERE term = %s AND df > 0", (term,)))
