"""The query side of the two word channels: which terms a question is searched by, and how much each weighs.

The words channel takes the question's own terms; the trigrams channel takes in the place of each term that the index
does not have the terms that look like it. Both are then scored by the same postings (``bm25.score``).
"""

from embeddings.bm25 import Postings
from embeddings.trigrams import Spellings, find_neighbours
from embeddings.words import tokenize

MAX_QUERY_TERMS = 64
"""Distinct terms of a question that are searched: a pasted page must not cost more than a long question."""
MAX_WIDENED_TERMS = 16
"""Terms of a question that are widened: each costs a search of the vocabulary, and names are few."""
MIN_WIDENED_CHARACTERS = 3
"""Shorter words look like too many others."""
SHARPNESS = 4
"""Power of a neighbour's likeness relative to the best one's: the nearest counts in full, others much less."""
DEPTH = 100
"""Rows each channel names for a question."""
CHANNEL_WEIGHTS = {"dense": 0.5, "words": 0.3, "trigrams": 0.7}
"""Shares of the channels in the fusion, measured in benchmarks/retrieval.py."""


def weigh_words(question: str, spellings: Spellings, postings: Postings) -> list[tuple[int, float]]:
    """Return the (term id, weight) pairs of the question's own terms; unknown ones are left out."""
    return [(found, 1.0) for term in query_terms(question) if (found := known(term, spellings, postings)) is not None]


def weigh_spellings(question: str, spellings: Spellings, postings: Postings) -> list[tuple[int, float]]:
    """Return the (term id, weight) pairs of the question's terms, unknown ones replaced by those that look like them."""
    weights: dict[int, float] = {}
    unknown = []
    for term in query_terms(question):
        found = known(term, spellings, postings)
        if found is None:
            unknown.append(term)
        else:
            weights[found] = 1.0
    for term in [one for one in unknown if can_be_widened(one)][:MAX_WIDENED_TERMS]:
        neighbours = find_neighbours(spellings, term)
        for one in neighbours:
            share = (one.similarity / neighbours[0].similarity) ** SHARPNESS
            weights[one.term_id] = max(weights.get(one.term_id, 0.0), share)
    return list(weights.items())


def query_terms(question: str) -> list[str]:
    """Return a question's distinct terms in their order, at most ``MAX_QUERY_TERMS``."""
    return list(dict.fromkeys(tokenize(question)))[:MAX_QUERY_TERMS]


def known(term: str, spellings: Spellings, postings: Postings) -> int | None:
    """Return the id of a term that stands in some row, else None."""
    found = spellings.find(term)
    return found if found is not None and postings.document_frequency(found) else None


def can_be_widened(term: str) -> bool:
    """Tell whether a term may be another spelling of a word: a number never is another number."""
    return len(term) >= MIN_WIDENED_CHARACTERS and not any(one.isdigit() for one in term)
