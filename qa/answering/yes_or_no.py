"""Questions for yes or no: a span that only repeats their words says nothing, the clause around it does.

"Does Baku support the visit?" is not answered by "Baku", but by "Baku supports this process": what the article says,
from which the reader sees whether it is a yes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from embeddings.text.words import tokenize
from qa.answer import Span
from qa.answering.candidates import Candidate, span_text
from qa.answering.quote import widen
from qa.reading.spans import trim

_AUXILIARY = re.compile(
    r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_ASKS_FOR_A_PART = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how|or)\b", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:said|says|stated|states|noted|notes|emphasi[sz]e[sd]|added|adds|stressed|announced|confirmed|reported|claimed"
    r"|claims|believes|believed|explained|declared|denied|recalled|told [\w ]{1,30}?)\s+that\s+",
    re.IGNORECASE,
)


def asks_yes_or_no(question: str) -> bool:
    """Tell whether a question wants a yes or a no, not a part of a sentence.

    >>> asks_yes_or_no("Does Baku support the visit?"), asks_yes_or_no("Is it Baku or Hankendi?")
    (True, False)
    """
    return bool(_AUXILIARY.match(question.lstrip())) and not _ASKS_FOR_A_PART.search(question)


def state(question: str, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Let the answers to a yes-or-no question be clauses where they only repeat its words; others stay as they are."""
    if not asks_yes_or_no(question):
        return candidates
    asked = set(tokenize(question))
    stated: dict[tuple[str, int, int], Candidate] = {}
    for one in candidates:
        span = _clause(one.span) if set(tokenize(span_text(one.span))) <= asked else one.span
        # Two spans of one clause are one answer: the better stands for both.
        stated.setdefault((span.passage.chunk.document, span.start, span.end), replace(one, span=span))
    return list(stated.values())


def _clause(span: Span) -> Span:
    """Widen a span to its sentence, or to what is said in it where somebody is reported to have said it."""
    text, offset = span.passage.text, span.passage.chunk.start
    start, end = widen(text, span.start - offset, span.end - offset)
    for report in _REPORTED.finditer(text, start, span.start - offset):
        start = report.end()
    start, end = trim(text, start, end)
    return replace(span, start=offset + start, end=offset + end)
