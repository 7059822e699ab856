"""The query side of the two word channels: which terms a question is searched by, and how much each weighs.

The words channel takes the question's own terms; the trigrams channel, instead of those that the index does not
have, the terms that look like them. Both are scored by the same postings (``bm25.score``), so their scores add up.
"""

from dataclasses import dataclass

from embeddings.search.corpus import Corpus
from embeddings.text.words import tokenize

MAX_QUERY_TERMS = 64
"""Distinct terms of a question that are searched: a pasted page must not cost more than a long question."""
MAX_WIDENED_TERMS = 16
"""Terms of a question that are widened: each costs a search of the vocabulary, and names are few."""
MIN_WIDENED_CHARACTERS = 3
"""Shorter words look like too many others."""
SHARPNESS = 4
"""Power of a neighbour's likeness relative to the best one's: the nearest counts in full, others much less."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One term of a question and what it is searched by, as (term id, weight) pairs."""

    term: str
    known: int | None
    """The term's id, or None where no passage has it."""
    alike: tuple[tuple[int, float], ...] = ()
    """For an unknown term those that look like it, as (term id, weight); the nearest weighs 1."""

    @property
    def weighted_ids(self) -> tuple[tuple[int, float], ...]:
        """All that the term is searched by."""
        return self.alike if self.known is None else ((self.known, 1.0),)


def read_question(question: str, corpus: Corpus) -> list[QueryTerm]:
    """Return a question's distinct terms in their order, at most ``MAX_QUERY_TERMS``, with what each is searched by."""
    read = []
    to_widen = MAX_WIDENED_TERMS
    for term in list(dict.fromkeys(tokenize(question)))[:MAX_QUERY_TERMS]:
        found = corpus.find(term)
        if found is not None:
            read.append(QueryTerm(term, found))
        elif to_widen and _can_be_widened(term):
            to_widen -= 1
            read.append(QueryTerm(term, None, _widen(term, corpus)))
        else:
            read.append(QueryTerm(term, None))
    return read


def weigh_words(terms: list[QueryTerm]) -> list[tuple[int, float]]:
    """Return the (term id, weight) pairs of the words channel: the terms that the index has, each once."""
    return [(term.known, 1.0) for term in terms if term.known is not None]


def weigh_spellings(terms: list[QueryTerm]) -> list[tuple[int, float]]:
    """Return the (term id, weight) pairs of the trigrams channel: what unknown terms may have meant.

    Of equal ids the heaviest counts, and none that the question names itself.
    """
    named = {term.known for term in terms}
    weights: dict[int, float] = {}
    for term_id, weight in (pair for term in terms for pair in term.alike):
        if term_id not in named:
            weights[term_id] = max(weights.get(term_id, 0.0), weight)
    return list(weights.items())


def _can_be_widened(term: str) -> bool:
    """Tell whether a term may be another spelling of a word: a number never is another number."""
    return len(term) >= MIN_WIDENED_CHARACTERS and not any(one.isdigit() for one in term)


def _widen(term: str, corpus: Corpus) -> tuple[tuple[int, float], ...]:
    neighbours = corpus.neighbours(term)
    return tuple((one.term_id, (one.similarity / neighbours[0].similarity) ** SHARPNESS) for one in neighbours)
