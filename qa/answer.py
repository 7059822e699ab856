"""The result of a question: an answer or a refusal, its quotes, and the turn it becomes in a conversation."""

import datetime
from dataclasses import dataclass

from embeddings.search.passage import Passage

NOT_ENGLISH = "the question is not in English, and only English is understood for now"
UNCLEAR = "it is not clear who or what is meant: ask again with the name"
NOT_UNDERSTOOD = frozenset({NOT_ENGLISH, UNCLEAR})
"""Reasons for a refusal that say nothing about the documents."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch a reader points at inside a passage. ``start`` and ``end`` are offsets in the document's text."""

    passage: Passage
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Quote:
    """One or a few whole sentences of a document, proven to be in the file: ``text == document.text[start:end]``.

    ``answer_start`` and ``answer_end`` are document offsets of the answer inside the quote, or None where the quote
    is only a nearest passage (of a refusal). ``score`` is between 0 and 1.
    """

    document: str
    title: str
    start: int
    end: int
    text: str
    answer_start: int | None
    answer_end: int | None
    score: float
    date: datetime.date | None = None
    url: str | None = None
    place: str | None = None
    """Where in the article the quote is, for people: "page 12", or "paragraph 5 of 9"."""
    author: str | None = None
    page: int | None = None
    """Number of the page, from 1, where the document has pages."""

    @property
    def answer(self) -> str | None:
        """The answer inside this quote, word for word."""
        if self.answer_start is None or self.answer_end is None:
            return None
        return self.text[self.answer_start - self.start : self.answer_end - self.start]

    def overlaps(self, other: "Quote") -> bool:
        """Whether two quotes share text of a document."""
        return self.document == other.document and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Part:
    """One of two questions that were asked in one, with its answer; None if that was not found."""

    question: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. ``text`` is None where it is not in the documents; ``reason`` then says why.

    ``quotes[0]`` contains the answer; more quotes support or compete, best first, never overlapping.
    ``confidence`` is the calibrated chance (0 to 1) that the best candidate is right. ``understood`` is the
    stand-alone question if a follow-up was completed from earlier turns, else None. ``parts`` are two questions that
    were asked in one, unless one sentence answers both; ``text`` is then the first answer found.
    """

    question: str
    text: str | None
    confidence: float
    quotes: tuple[Quote, ...]
    reason: str | None = None
    understood: str | None = None
    parts: tuple[Part, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the documents gave an answer."""
        return self.text is not None


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange of a conversation: the question as it was understood, and its answer."""

    question: str
    answer: Answer
