"""The JSON output that citebot promises to programs, field by field and in this order."""

import json
from typing import Any

from embeddings.search.passage import Passage
from qa.answer import Answer, Quote

CONFIDENCE_DIGITS = 4
SCORE_DIGITS = 6
"""Fused scores of neighbouring ranks differ from the fourth digit on."""


def answer_to_json(answer: Answer, identifier: Any = None) -> dict[str, Any]:
    """Return an answer. Offsets count Unicode code points of the document's text."""
    return {
        "id": identifier,
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.text,
        "confidence": round(answer.confidence, CONFIDENCE_DIGITS),
        "quotes": [_quote_to_json(quote) for quote in answer.quotes],
        **({"parts": [{"question": one.question, "answer": one.text} for one in answer.parts]} if answer.parts else {}),
        "reason": answer.reason,
    }


def _quote_to_json(quote: Quote) -> dict[str, Any]:
    return {
        "document": quote.document,
        "title": quote.title,
        "start": quote.start,
        "end": quote.end,
        "text": quote.text,
        "answer_start": quote.answer_start,
        "answer_end": quote.answer_end,
        "score": round(quote.score, CONFIDENCE_DIGITS),
        "date": quote.date.isoformat() if quote.date else None,
        "author": quote.author,
        "url": quote.url,
        "page": quote.page,
        "place": quote.place,
    }


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """Return a passage with its place, its fused score, each channel's rank and score, and near-identical copies."""
    return {
        "document": passage.chunk.document,
        "title": passage.title,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "text": passage.text,
        "score": round(passage.score, SCORE_DIGITS),
        "channels": {
            name: {"rank": hit.rank, "score": round(hit.score, SCORE_DIGITS)} for name, hit in passage.channels.items()
        },
        "copies": [{"document": copy.document, "start": copy.start, "end": copy.end} for copy in passage.copies],
    }


def to_line(value: Any) -> str:
    """Write a value as one line of strict JSON (RFC 8259). Only lone surrogates are escaped, which UTF-8 lacks."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # They occur in strings only, where the form of this error handler, \udc80, is that of JSON.
    return line.encode("utf-8", "backslashreplace").decode("utf-8")
