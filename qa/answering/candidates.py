"""Candidates: the spans of all passages of a question, merged where they say the same, and ranked.

Spans that overlap in a document count as one (chunks share a sentence, so a span may be found twice). Equal answers
from several places support each other: the best keeps its place, the others become its supporting spans.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.answer import Span
from qa.reading.reader import Reading

SUPPORT_WEIGHT = 0.5
"""What twice the support adds to a candidate's score, in the reader's logits."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: its best span, with the reader's scores and supporting spans."""

    span: Span
    margin: float
    """The span's score above "not here" in its passage, in logits."""
    relevance: float = 0.0
    """The reader's relevance score of the span's passage, in logits."""
    support: tuple[Span, ...] = field(default=())

    @property
    def text(self) -> str:
        """The answer, word for word."""
        return span_text(self.span)

    @property
    def score(self) -> float:
        """The margin, raised by agreement: log2(1 + n) for n supporting spans elsewhere."""
        return self.margin + SUPPORT_WEIGHT * math.log2(1 + len(self.support))


def span_text(span: Span) -> str:
    """Return the words a span points at."""
    offset = span.passage.chunk.start
    return span.passage.text[span.start - offset : span.end - offset]


def fold_answer(text: str) -> str:
    """Normalise an answer for comparison: case, accents, articles, punctuation and spacing do not count.

    Used wherever answers are compared, except in evaluation, which follows SQuAD's rules.

    >>> fold_answer("The  Red Cross,") == fold_answer("red cross")
    True
    """
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in _ARTICLES.sub(" ", folded))
    return " ".join(words.split())


def rank(readings: Sequence[Reading]) -> list[Candidate]:
    """Merge the spans of all readings into candidates, best first; ties go to the earlier passage."""
    relevance = {id(reading.passage): reading.relevance for reading in readings}
    spans = sorted((span for reading in readings for span in reading.spans), key=lambda span: -span.score)
    kept: list[list[Span]] = []
    for span in spans:
        group = next((group for group in kept if _says_the_same(span, group)), None)
        if group is None:
            kept.append([span])
        elif not any(_overlap(span, other) for other in group):
            group.append(span)
    candidates = [
        Candidate(best, best.score, relevance[id(best.passage)], tuple(span for span in others if span.score > 0))
        for best, *others in kept
    ]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _says_the_same(span: Span, group: list[Span]) -> bool:
    if any(_overlap(span, other) for other in group):
        return True
    words = fold_answer(span_text(span))
    return bool(words) and words == fold_answer(span_text(group[0]))


def _overlap(one: Span, other: Span) -> bool:
    return (
        one.passage.chunk.document == other.passage.chunk.document and one.start < other.end and other.start < one.end
    )
