"""From ranked candidates to the final answer: quotes are widened and proven on disk; the answer is given or refused."""

from collections.abc import Sequence

from embeddings.index.snapshot import DocumentFacts
from embeddings.passage_index import View
from embeddings.search.passage import Passage
from qa.answer import Answer, Quote, Span
from qa.answering.confidence import Weighed
from qa.answering.proof import Prover
from qa.answering.quote import place, widen

ABOUT = 0.0
"""Relevance, in logits, from which a passage counts as being about the question: more likely than not."""


def assemble(
    question: str,
    passages: Sequence[Passage],
    weighed: Sequence[Weighed],
    threshold: float,
    prover: Prover,
    top: int,
) -> Answer:
    """Make the answer: the most confident candidate whose quote is on disk now, if its confidence reaches the
    threshold, else a refusal.

    At most ``top`` quotes, the first with the answer; supporting ones go before competing ones.
    """
    chosen = next(
        ((one, quote) for one in weighed if (quote := quote_of(one.candidate.span, one.confidence, prover))), None
    )
    if chosen is None:
        return Answer(question, None, 0.0, _nearest(passages, weighed, prover, top), _nothing_holds(prover))
    winner, first = chosen
    if winner.confidence < threshold:
        reason = _refusal(weighed, winner.confidence, threshold)
        return Answer(question, None, winner.confidence, _nearest(passages, weighed, prover, top), reason)
    quotes = [first]
    spans = [(span, winner.confidence) for span in winner.candidate.support]
    spans += [(one.candidate.span, one.confidence) for one in weighed if one is not winner]
    for span, confidence in spans:
        if len(quotes) >= top:
            break
        if confidence < threshold:
            continue  # other quotes must reach the same threshold
        quote = quote_of(span, confidence, prover)
        if quote is not None and not any(quote.overlaps(other) for other in quotes):
            quotes.append(quote)
    return Answer(question, first.answer, winner.confidence, tuple(quotes))


def assemble_fact(question: str, span: Span, confidence: float, prover: Prover) -> Answer | None:
    """Make an answer of what a document says about itself, with its quote; None if the file no longer has it."""
    quote = quote_of(span, confidence, prover)
    return Answer(question, quote.answer, confidence, (quote,)) if quote else None


def quote_of(span: Span, score: float, prover: Prover, *, with_answer: bool = True) -> Quote | None:
    """Widen a span to its sentences and prove them; None if the file no longer has them."""
    passage = span.passage
    offset = passage.chunk.start
    start, end = widen(passage.text, span.start - offset, span.end - offset)
    text = passage.text[start:end]
    facts = prover.facts(passage.chunk.document)
    if facts is None or not prover.holds(facts, offset + start, offset + end, text):
        return None
    page = facts.structure.page(offset + start)
    return Quote(
        document=passage.chunk.document,
        title=passage.title,
        start=offset + start,
        end=offset + end,
        text=text,
        answer_start=span.start if with_answer else None,
        answer_end=span.end if with_answer else None,
        score=round(score, 4),
        date=facts.text_date,
        url=passage.url,
        place=place(prover.text(facts), offset + start, page) + _columns(facts, offset + start),
        author=facts.structure.author,
        page=page,
    )


def _columns(facts: DocumentFacts, start: int) -> str:
    """Name the columns of a table's row, since the row itself does not."""
    table = facts.structure.table_at(start)
    return f", under “{table.header}”" if table is not None and start >= table.header_end else ""


def _nearest(passages: Sequence[Passage], weighed: Sequence[Weighed], prover: Prover, top: int) -> tuple[Quote, ...]:
    """Quote the sentences nearest to the question, one for each passage, none of them marked as an answer."""
    best: dict[int, tuple[Span, float]] = {}
    for one in weighed:
        best.setdefault(id(one.candidate.span.passage), (one.candidate.span, one.confidence))
    for passage in passages:
        start = passage.chunk.start
        best.setdefault(id(passage), (Span(passage, start, start + 1, 0.0), 0.0))
    quotes: list[Quote] = []
    for span, score in best.values():
        quote = quote_of(span, score, prover, with_answer=False)
        if quote is not None and not any(quote.overlaps(other) for other in quotes):
            quotes.append(quote)
    return tuple(quotes[:top])


def _refusal(weighed: Sequence[Weighed], confidence: float, threshold: float) -> str:
    """Tell an uncertain answer about the right subject from a subject that the documents do not cover."""
    if any(one.candidate.relevance >= ABOUT for one in weighed):
        return (
            "not sure: the quotes are about this,"
            f" but the best answer has confidence {confidence:.2f}, below {threshold:.2f}"
        )
    return (
        "not in the documents: nothing in them answers this;"
        f" the best guess has confidence {confidence:.2f}, below {threshold:.2f}"
    )


def nothing_found(question: str, snapshot: View, filtered: bool) -> Answer:
    """Refuse a question that the search found no passage for."""
    if not snapshot.generation.rows:
        reason = "the index holds no text yet: put articles into the docs folder and run `citebot index`"
    elif filtered:
        reason = "no document passes the filters given (path, since, until)"
    else:
        reason = "nothing in the documents is like this question"
    return Answer(question, None, 0.0, (), reason)


def _nothing_holds(prover: Prover) -> str:
    if prover.changed:
        names = ", ".join(sorted(prover.changed)[:3])
        return f"what was found has changed on disk since it was indexed ({names}): run `citebot index`"
    return "nothing in the documents answers this"
