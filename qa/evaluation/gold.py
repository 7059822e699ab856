"""Where gold answers are in the documents, and at which rank the passages found cover them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.evaluation.labelled_questions import Question
from qa.evaluation.metrics import holds_answer


@dataclass(frozen=True, slots=True)
class Place:
    """A gold paragraph in a document: ``document.text[start:end]``."""

    document: str
    start: int
    end: int


def find_contexts(texts: Iterable[tuple[str, str]], contexts: Iterable[str]) -> dict[str, tuple[Place, ...]]:
    """Find gold paragraphs in documents, verbatim; ``texts`` yields (document id, text).

    >>> find_contexts([("a.txt", "Title. It rained. All slept.")], ["It rained.", "It snowed."])
    {'It rained.': (Place(document='a.txt', start=7, end=17),), 'It snowed.': ()}
    """
    found: dict[str, tuple[Place, ...]] = dict.fromkeys(contexts, ())
    for document, text in texts:
        for context, places in found.items():
            start = text.find(context)
            while start >= 0:
                places = (*places, Place(document, start, start + len(context)))
                start = text.find(context, start + len(context))
            found[context] = places
    return found


def is_located(question: Question, places: Sequence[Place]) -> bool:
    """Tell whether the documents hold the gold paragraph and it holds a gold answer, so that positions can judge."""
    return bool(places) and any(start is not None for start in question.starts)


def answer_rank(passages: Sequence[Passage], question: Question, places: Sequence[Place]) -> int | None:
    """Return the rank, from 1, of the first passage that covers a gold answer at its place in the paragraph.

    Where that place is not known, the first passage that holds the words of a gold answer.
    """
    if not is_located(question, places):
        return _first(holds_answer(passage.text, question.answers) for passage in passages)
    answers = [
        Place(place.document, place.start + start, place.start + start + len(text))
        for place in places
        for text, start in zip(question.answers, question.starts, strict=True)
        if start is not None
    ]
    return _first(
        any(_covers(chunk, answer) for chunk in _chunks(passage) for answer in answers) for passage in passages
    )


def _first(hits: Iterable[bool]) -> int | None:
    return next((rank for rank, hit in enumerate(hits, start=1) if hit), None)


def _chunks(passage: Passage) -> tuple[Chunk, ...]:
    return (passage.chunk, *passage.copies)


def _covers(chunk: Chunk, answer: Place) -> bool:
    return chunk.document == answer.document and chunk.start <= answer.start and answer.end <= chunk.end
