"""Answers saved for a later run, so that their buttons still work: as offsets in documents, without any text."""

import json
from typing import TYPE_CHECKING

from bot.telegram.state.memory import Place, Sent
from qa.answer import Answer, Quote

if TYPE_CHECKING:
    from bot.telegram.state.store import Store
    from qa.engine import Engine


def serialize(sent: Sent) -> str:
    """Return what is saved of an answer, as JSON."""
    quotes = [(q.document, q.start, q.end, q.answer_start, q.answer_end, q.score, q.place) for q in sent.answer.quotes]
    facts = {
        "thread": sent.place.thread_id,
        "messages": sent.message_ids,
        "language": sent.language,
        "by_reaction": sent.by_reaction,
        "confidence": sent.answer.confidence,
        "answered": sent.answer.answered,
        "quotes": quotes,
    }
    return json.dumps(facts)


def restore(key: str, store: "Store", engine: "Engine") -> Sent | None:
    """Return the answer with this key, its text read from the documents; None where it was not saved.

    Raises:
        CitebotError: one of its documents no longer exists.
    """
    kept = store.answer(key)
    if kept is None:
        return None
    chat, text, votes = kept
    facts, known, quotes = json.loads(text), {document.id: document for document in engine.documents()}, []
    for document, start, end, answer_start, answer_end, score, place in facts["quotes"]:
        words = engine.document(document).text[start:end]
        about = known[document]
        spot = (document, about.title, start, end, words, answer_start, answer_end)
        quotes.append(Quote(*spot, score, about.date, about.url, place))
    said = quotes[0].answer if facts["answered"] and quotes else None
    answer = Answer("", said, facts["confidence"], tuple(quotes))
    sent = Sent(key, Place(chat, facts["thread"]), None, answer, (), facts["language"])
    sent.by_reaction = facts.get("by_reaction", False)
    sent.message_ids, sent.votes = tuple(facts["messages"]), votes
    return sent
