"""Ask labelled questions and measure what comes back. One ask and one search a question; a report at the end.

Each question is asked with threshold 0, so that the best guess is seen whatever its confidence; what the engine's own
threshold makes of it is worked out afterwards, and any other threshold can be.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from embeddings.documents.document import Document
from embeddings.errors import CitebotError
from embeddings.index.snapshot import DocumentFacts
from embeddings.search.passage import Passage
from qa.answer import Answer, Quote
from qa.evaluation.gold import Place, answer_rank, find_contexts, is_located, paragraph_rank
from qa.evaluation.labelled import Question
from qa.evaluation.metrics import exact_match, f1, holds_answer
from qa.evaluation.report import Report, Result
from qa.evaluation.summarise import TOP_K, summarise
from qa.question.tidy import UnusableQuestion


class Asked(Protocol):
    """What can be evaluated: ``qa.engine.Engine``, or anything that answers like it."""

    threshold: float

    def ask(self, question: str, *, threshold: float | None = None) -> Answer:
        """Answer, or refuse below the threshold."""

    def read(self, question: str, text: str) -> str | None:
        """Return the best guess in a text alone."""

    def search(self, question: str, *, top: int) -> list[Passage]:
        """Find passages, best first."""

    def documents(self) -> tuple[DocumentFacts, ...]:
        """List the documents."""

    def document(self, identifier: str) -> Document:
        """Return a document as it was indexed."""


def evaluate(
    engine: Asked,
    questions: Sequence[Question],
    *,
    top_k: Sequence[int] = TOP_K,
    given: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Ask every question and report; ``on_progress`` gets the questions done and their total.

    With ``given`` the reader is also asked by itself, each answerable question's own paragraph given where the file has
    it. ``clock`` gives seconds. A question that cannot be asked (no word in it) counts as refused.

    Raises:
        CitebotError: the engine cannot go on, as ``Engine.ask``.
    """
    contexts = {question.context for question in questions if question.answerable and question.context is not None}
    ids = [facts.id for facts in engine.documents()] if contexts else []
    places = find_contexts(((identifier, engine.document(identifier).text) for identifier in ids), contexts)
    results = []
    for done, question in enumerate(questions, start=1):
        result = _measure(engine, question, places.get(question.context or "", ()), max(top_k), clock)
        results.append(_with_given(engine, question, result) if given else result)
        if on_progress is not None:
            on_progress(done, len(questions))
    return summarise(results, engine.threshold, top_k)


def _measure(
    engine: Asked, question: Question, places: Sequence[Place], top: int, clock: Callable[[], float]
) -> Result:
    started = clock()
    try:
        answer, unusable = engine.ask(question.question, threshold=0.0), False
    except UnusableQuestion as error:
        answer, unusable = Answer(question.question, None, 0.0, (), str(error)), True
    seconds = clock() - started
    passages = engine.search(question.question, top=top) if question.answerable and not unusable else []
    first = answer.quotes[0] if answer.quotes else None
    return Result(
        id=question.id,
        question=question.question,
        gold=question.answers,
        answer=answer.text,
        confidence=answer.confidence,
        exact=exact_match(answer.text, question.answers) if question.answerable else 0.0,
        f1=f1(answer.text, question.answers) if question.answerable else 0.0,
        quote=f"{first.document}:{first.start}-{first.end}" if first else None,
        gold_in_quote=first is not None and holds_answer(first.text, question.answers),
        located=is_located(question, places),
        answer_rank=answer_rank(passages, question, places),
        paragraph_rank=paragraph_rank(passages, places),
        quotes=len(answer.quotes),
        faults=tuple(_faults(engine, answer)),
        unusable=unusable,
        seconds=seconds,
    )


def _with_given(engine: Asked, question: Question, result: Result) -> Result:
    if not question.answerable or question.context is None or result.unusable:
        return result
    guess = engine.read(question.question, question.context)
    return replace(result, given_exact=exact_match(guess, question.answers), given_f1=f1(guess, question.answers))


def _faults(engine: Asked, answer: Answer) -> list[str]:
    """Hold every quote against its document; return what does not hold, one line each."""
    faults = [fault for quote in answer.quotes if (fault := _fault(engine, quote))]
    if answer.text is not None and (not answer.quotes or answer.quotes[0].answer != answer.text):
        faults.append(f"the answer {answer.text!r} is not what the first quote marks as the answer")
    return faults


def _fault(engine: Asked, quote: Quote) -> str | None:
    place = f"{quote.document}:{quote.start}-{quote.end}"
    try:
        text = engine.document(quote.document).text
    except CitebotError as error:
        return f"{place}: {error}"
    if not 0 <= quote.start < quote.end <= len(text) or text[quote.start : quote.end] != quote.text:
        return f"{place}: the document does not say so there"
    if quote.answer_start is None and quote.answer_end is None:
        return None
    if quote.answer_start is None or quote.answer_end is None:
        return f"{place}: the answer has only one end"
    if not quote.start <= quote.answer_start < quote.answer_end <= quote.end:
        return f"{place}: the answer {quote.answer_start}-{quote.answer_end} lies outside"
    return None
