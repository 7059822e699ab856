"""Candidates: spans of all passages of a question, merged where they say the same, and ranked.

Spans that overlap in a document are one (chunks overlap by a sentence, so they are seen twice). Equal answers from
several places support each other: the best keeps its place, the others become its supporting spans.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.answer import Span
from qa.reading.reader import Reading

SUPPORT_WEIGHT = 0.5
"""What a doubled support adds to a candidate's score, in the reader's logits."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: its best span, how far that beats "not here" in its passage, and who else says so."""

    span: Span
    margin: float
    """Score of the span less the score of "not here" in the same passage, in logits."""
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


def normalise(text: str) -> str:
    """Fold what does not make two answers different: case, accents, articles, punctuation, spacing.

    >>> normalise("The  Red Cross,") == normalise("red cross")
    True
    """
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in _ARTICLES.sub(" ", folded))
    return " ".join(words.split())


def rank(readings: Sequence[Reading]) -> list[Candidate]:
    """Merge the spans of all readings into candidates, best first; ties go to the earlier passage."""
    spans = [(span.score - reading.no_answer, span) for reading in readings for span in reading.spans]
    spans.sort(key=lambda pair: -pair[0])
    kept: list[list[tuple[float, Span]]] = []
    for margin, span in spans:
        group = next((group for group in kept if _says_the_same(span, group)), None)
        if group is None:
            kept.append([(margin, span)])
        elif not any(_overlap(span, other) for _, other in group):
            group.append((margin, span))
    candidates = [
        Candidate(group[0][1], group[0][0], tuple(span for margin, span in group[1:] if margin > 0)) for group in kept
    ]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _says_the_same(span: Span, group: list[tuple[float, Span]]) -> bool:
    if any(_overlap(span, other) for _, other in group):
        return True
    words = normalise(span_text(span))
    return bool(words) and words == normalise(span_text(group[0][1]))


def _overlap(one: Span, other: Span) -> bool:
    return (
        one.passage.chunk.document == other.passage.chunk.document and one.start < other.end and other.start < one.end
    )
