"""The JSON form of an answer: the promise to programs, field by field."""

import json
from typing import Any

from qa.answer import Answer, Quote


def answer_to_json(answer: Answer, identifier: Any = None) -> dict[str, Any]:
    """Return the promised object. Offsets count Unicode code points of the document's text."""
    return {
        "id": identifier,
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "quotes": [quote_to_json(quote) for quote in answer.quotes],
        "reason": answer.reason,
    }


def quote_to_json(quote: Quote) -> dict[str, Any]:
    """Return a quote's promised fields."""
    return {
        "document": quote.document,
        "title": quote.title,
        "start": quote.start,
        "end": quote.end,
        "text": quote.text,
        "answer_start": quote.answer_start,
        "answer_end": quote.answer_end,
        "score": round(quote.score, 4),
    }


def to_line(value: Any) -> str:
    """Write a value as one line of JSON, its characters as they are; what UTF-8 cannot hold is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True)
    return line
