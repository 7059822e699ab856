"""Which of some documents mention a subject, with the best sentence of each: for people who watch for it."""

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
from qa.question.terms import similarity

AT_ONCE = 200
"""Documents searched in one go."""
PASSAGES_EACH = 3
WORDS_HELD = 1.0
"""Share of the words that a passage with its title must hold, names also when spelled otherwise."""
WORDS_HELD_AND_MEANT = 0.5
COSINE = 0.5
"""Or so many of the words, and a passage as near in meaning as this."""
SAME_WORD = 0.55
"""Trigram similarity from which a word counts as the same one spelled otherwise ("Talibov", "Talybov": 0.57)."""


def find_mentions(engine: Engine, matter: str, documents: Sequence[str]) -> list[Quote]:
    """Return a proven sentence of each of the documents that mention the subject, best documents first.

    ``matter`` are words, as people search; a document counts where one of its passages holds them all, or half of
    them and their meaning.
    """
    words = frozenset(tokenize(matter))
    if not words:
        return []
    prover = Prover(engine.snapshot, engine.docs)
    found: dict[str, Quote] = {}
    for first in range(0, len(documents), AT_ONCE):
        some = documents[first : first + AT_ONCE]
        filters = Filters(paths=tuple(map(escape, some)))
        for passage in engine.search(matter, top=PASSAGES_EACH * len(some), filters=filters):
            document = passage.chunk.document
            if document not in found and _tells(passage, words) and (quote := _sentence(passage, words, prover)):
                found[document] = quote
    return list(found.values())


def _tells(passage: Passage, words: frozenset[str]) -> bool:
    share = len(_held(words, f"{passage.title}\n{passage.text}")) / len(words)
    dense = passage.channels.get("dense")
    near = dense is not None and dense.score >= COSINE
    return share >= WORDS_HELD or (near and share >= WORDS_HELD_AND_MEANT)


def _held(words: frozenset[str], text: str) -> set[str]:
    there = set(tokenize(text))
    return {
        word
        for word in words
        if word in there or (word.isalpha() and any(similarity(word, other) >= SAME_WORD for other in there))
    }


def _sentence(passage: Passage, words: frozenset[str], prover: Prover) -> Quote | None:
    """Return the passage's sentence that holds most of the words, the first of several; not its title, if it can be."""
    sentences = split_sentences(passage.text)
    texts = {one: passage.text[slice(*one)] for one in sentences}
    sentences = [one for one in sentences if texts[one].strip() != passage.title.strip()] or sentences
    if not sentences:
        return None
    start, _ = max(sentences, key=lambda one: len(_held(words, texts[one])))
    at = passage.chunk.start + start
    return quote_of(Span(passage, at, at + 1, 0.0), passage.score, prover, with_answer=False)
