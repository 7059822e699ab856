"""Which of the given documents mention a subject, with the best sentence of each: for people who watch it."""

from collections.abc import Sequence
from glob import escape

from embeddings.documents.filters import Filters
from embeddings.search.passage import Passage
from embeddings.text.sentences import split_sentences
from embeddings.text.words import tokenize
from qa.answer import Quote, Span
from qa.answering.assembly import quote_of
from qa.answering.proof import Prover
from qa.engine import Engine

AT_ONCE = 200
"""Documents searched in one go."""
PASSAGES_EACH = 3
SAME_WORD = 0.83
"""Similarity from which a word counts as the same one spelled otherwise: one letter in six ("Aliyev", "Aliev")."""
COSINE_SCATTERED = 0.3
"""Cosine from which a passage counts that has all words, but not in one sentence."""
COSINE_HALF = 0.6
"""Cosine from which a passage counts that has half of the words (see ``benchmarks/answers/watched_topics.py``)."""


def find_mentions(engine: Engine, subject: str, documents: Sequence[str]) -> list[Quote]:
    """Return a proven sentence of each of the documents that mention the subject, best documents first.

    ``subject`` is a few words. A document mentions it if one of its sentences has them all (the title counts as part of
    each sentence), if a passage has them all and is similar in meaning, or has half of them and is very similar.
    """
    words = frozenset(tokenize(subject))
    if not words:
        return []
    prover = Prover(engine.snapshot, engine.docs)
    found: dict[str, Quote] = {}
    for first in range(0, len(documents), AT_ONCE):
        some = documents[first : first + AT_ONCE]
        filters = Filters(paths=tuple(map(escape, some)))
        for passage in engine.search(subject, top=PASSAGES_EACH * len(some), filters=filters):
            document = passage.chunk.document
            if document not in found and _mentions(passage, words) and (quote := _sentence(passage, words, prover)):
                found[document] = quote
    return list(found.values())


def _mentions(passage: Passage, words: frozenset[str]) -> bool:
    dense = passage.channels.get("dense")
    cosine = dense.score if dense else 0.0
    held = _held(words, f"{passage.title}\n{passage.text}")
    if held < words:
        return cosine >= COSINE_HALF and 2 * len(held) >= len(words)
    sentences = (passage.text[slice(*one)] for one in split_sentences(passage.text))
    return cosine >= COSINE_SCATTERED or any(
        _held(words, f"{passage.title}\n{sentence}") == words for sentence in sentences
    )


def _held(words: frozenset[str], text: str) -> set[str]:
    there = set(tokenize(text))
    return {word for word in words if word in there or (word.isalpha() and _like_one_of(word, there))}


def _like_one_of(word: str, others: set[str]) -> bool:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    return extractOne(word, others, scorer=OSA.normalized_similarity, score_cutoff=SAME_WORD) is not None


def _sentence(passage: Passage, words: frozenset[str], prover: Prover) -> Quote | None:
    """Return the first sentence of the passage with most of the words; its title only if there is no other."""
    sentences = split_sentences(passage.text)
    texts = {one: passage.text[slice(*one)] for one in sentences}
    sentences = [one for one in sentences if texts[one].strip() != passage.title.strip()] or sentences
    if not sentences:
        return None
    start, _ = max(sentences, key=lambda one: len(_held(words, texts[one])))
    at = passage.chunk.start + start
    return quote_of(Span(passage, at, at + 1, 0.0), passage.score, prover, with_answer=False)
