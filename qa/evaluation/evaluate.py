"""Ask labelled questions and measure what comes back: one ask and one search a question.

Each question is asked with threshold 0, so that the best guess is seen whatever its confidence; what a threshold makes
of it is worked out afterwards.
"""

import time
from collections.abc import Callable, Sequence

from embeddings.errors import CitebotError
from qa.answer import Answer, Quote
from qa.engine import Engine
from qa.evaluation.gold import Place, answer_rank, find_contexts, is_located
from qa.evaluation.labelled_questions import Question
from qa.evaluation.metrics import exact_match, f1, holds_answer
from qa.evaluation.report import TOP_K, Report, Result, summarise
from qa.question.tidy import UnusableQuestion


def evaluate(
    engine: Engine,
    questions: Sequence[Question],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Ask every question and report; ``on_progress`` gets the questions done and their total.

    ``clock`` gives seconds. A question that cannot be asked (no word in it) counts as refused.

    Raises:
        CitebotError: the index cannot be used, as ``Engine.ask``.
    """
    contexts = {question.context for question in questions if question.answerable and question.context is not None}
    ids = [facts.id for facts in engine.documents()] if contexts else []
    places = find_contexts(((identifier, engine.document(identifier).text) for identifier in ids), contexts)
    results = []
    for done, question in enumerate(questions, start=1):
        results.append(_measure(engine, question, places.get(question.context or "", ()), max(TOP_K), clock))
        if on_progress is not None:
            on_progress(done, len(questions))
    return summarise(results, engine.threshold)


def _measure(
    engine: Engine, question: Question, places: Sequence[Place], top: int, clock: Callable[[], float]
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
        quotes=len(answer.quotes),
        faults=tuple(_faults(engine, answer)),
        unusable=unusable,
        seconds=seconds,
    )


def _faults(engine: Engine, answer: Answer) -> list[str]:
    """Compare every quote with its document; return what differs, one line each."""
    faults = [fault for quote in answer.quotes if (fault := _fault(engine, quote))]
    if answer.text is not None and (not answer.quotes or answer.quotes[0].answer != answer.text):
        faults.append(f"the answer {answer.text!r} is not what the first quote marks as the answer")
    return faults


def _fault(engine: Engine, quote: Quote) -> str | None:
    place = f"{quote.document}:{quote.start}-{quote.end}"
    try:
        text = engine.document(quote.document).text
    except CitebotError as error:
        return f"{place}: {error}"
    if not 0 <= quote.start < quote.end <= len(text) or text[quote.start : quote.end] != quote.text:
        return f"{place}: the document's text there is another"
    span = (quote.answer_start, quote.answer_end)
    if span == (None, None):
        return None
    if None in span or not quote.start <= quote.answer_start < quote.answer_end <= quote.end:
        return f"{place}: the answer {quote.answer_start}-{quote.answer_end} is no span of the quote"
    return None
