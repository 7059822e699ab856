"""Answers from a document's own facts (author, date, title), quoted where its text says them."""

import re
from collections.abc import Sequence
from datetime import date

from embeddings.index.snapshot import DocumentFacts
from embeddings.passage_index import View
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from embeddings.text.words import tokenize
from qa.answer import Span
from qa.question.about_document import AboutDocument, Fact

CONFIDENCE = 0.85
"""Of an answer from a document's facts. An estimate: none of 14 such answers over benchmarks/ordinary was wrong."""
TOPIC_SHARE = 0.6
"""Share of the question's topic words that the document's title (or title and passage found) must contain."""
NAME_SHARE = 0.75
"""Share of the words of a title and of the question's name for it that both must have."""
HEAD, FOOT = 1500, 500
"""Characters at either end of a text in which its author and date are looked for."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_BYLINE = re.compile(
    r"^\W*(?:[Bb]y|BY|[Aa]uthor:?|(?:Written|Text) by)\s+([A-Z][\w’'.-]+(?:[ ]+[A-Z][\w’'.-]+){1,3})", re.MULTILINE
)


def find_document(about: AboutDocument, passages: Sequence[Passage], snapshot: View) -> DocumentFacts | None:
    """Return the document that the question is about, or None.

    It is that of the first passage whose title and text contain most of the topic. Only the title counts if the
    question may mean a letter or report that a document is about. A question without a topic means the only document
    there is.
    """
    if not about.topic and len({passage.chunk.document for passage in passages}) != 1:
        return None
    for passage in passages:
        subject = set(tokenize(f"{passage.title}\n{passage.text}" if about.sure else passage.title))
        if about.named and len(subject & about.topic) < NAME_SHARE * len(subject | about.topic):
            continue
        if len(about.topic & subject) >= TOPIC_SHARE * len(about.topic):
            return snapshot.find(passage.chunk.document)
    return None


def find_in_text(fact: Fact, facts: DocumentFacts, text: str) -> Span | None:
    """Return where a document's text says the fact, near its beginning or end; None where it does not."""
    foot = max(HEAD, len(text) - FOOT)
    for low, high in ((0, min(HEAD, len(text))), (foot, len(text))):
        part = text[low:high]
        found = _FINDERS[fact](facts, part)
        if found is not None:
            passage = Passage(
                Chunk(facts.id, low, high), part, facts.title, 0.0, date=facts.date, url=facts.url,
                structure=facts.structure,
            )  # fmt: skip
            return Span(passage, low + found[0], low + found[1], 0.0)
    return None


def metadata_value(fact: Fact, facts: DocumentFacts) -> str | None:
    """Return the fact from the file's metadata; None where it is not there."""
    if fact is Fact.AUTHOR:
        return facts.structure.author
    if fact is Fact.TITLE:
        return facts.title
    return facts.text_date and facts.text_date.isoformat()


def _author(facts: DocumentFacts, part: str) -> tuple[int, int] | None:
    if facts.structure.author:
        return _whole(facts.structure.author, part)
    match = _BYLINE.search(part)
    return match.span(1) if match else None


def _title(facts: DocumentFacts, part: str) -> tuple[int, int] | None:
    return _whole(facts.title, part) if facts.title else None


def _whole(words: str, part: str) -> tuple[int, int] | None:
    match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", part, re.IGNORECASE)
    return match.span() if match else None


def _date(facts: DocumentFacts, part: str) -> tuple[int, int] | None:
    if facts.date is None:
        return None
    match = re.search("|".join(_spellings(facts.date)), part, re.IGNORECASE)
    return match.span() if match else None


def _spellings(day: date) -> list[str]:
    """Return patterns for the ways in which a date is written.

    >>> any(re.fullmatch(one, "3rd March 2021") for one in _spellings(date(2021, 3, 3)))
    True
    """
    month, number = _MONTHS[day.month - 1], rf"0?{day.day}(?:st|nd|rd|th)?"
    name = rf"(?:{month}|{month[:3]}\.?|{month[:4]}\.?)"
    return [
        rf"\b{day.isoformat()}\b",
        rf"\b{number}(?:\s+of)?\s+{name},?\s+{day.year}\b",
        rf"\b{name}\s+{number},?\s+{day.year}\b",
        rf"\b0?{day.day}[./]0?{day.month}[./]{day.year}\b",
        rf"\b0?{day.month}/0?{day.day}/{day.year}\b",
    ]


_FINDERS = {Fact.AUTHOR: _author, Fact.DATE: _date, Fact.TITLE: _title}
