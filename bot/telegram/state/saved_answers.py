"""Answers saved so that their buttons work after a restart: as offsets in documents, without any text."""

import json
from typing import TYPE_CHECKING, Any

from bot.telegram.state.memory import Place, Sent
from qa.answer import Answer, Quote

if TYPE_CHECKING:
    from bot.telegram.state.store import Store
    from qa.engine import Engine


def facts_of(answer: Answer) -> dict[str, Any]:
    """Return what is saved of an answer."""
    quotes = [(q.document, q.start, q.end, q.answer_start, q.answer_end, q.score, q.place) for q in answer.quotes]
    return {"confidence": answer.confidence, "answered": answer.answered, "quotes": quotes}


def answer_of(facts: dict[str, Any], question: str, engine: "Engine") -> Answer:
    """Return a saved answer, its text read from the documents.

    Raises:
        CitebotError, KeyError: one of its documents no longer exists.
    """
    known, quotes = {document.id: document for document in engine.documents()}, []
    for document, start, end, answer_start, answer_end, score, place in facts["quotes"]:
        words = engine.document(document).text[start:end]
        about = known[document]
        spot = (document, about.title, start, end, words, answer_start, answer_end)
        quotes.append(Quote(*spot, score, about.text_date, about.url, place))
    said = quotes[0].answer if facts["answered"] and quotes else None
    return Answer(question, said, facts["confidence"], tuple(quotes))


def serialize(sent: Sent) -> str:
    """Return what is saved of an answer and its messages, as JSON."""
    facts = {
        "thread": sent.place.thread_id,
        "messages": sent.message_ids,
        "language": sent.language,
        "by_reaction": sent.by_reaction,
    }
    return json.dumps(facts | facts_of(sent.answer))


def restore(key: str, store: "Store", engine: "Engine") -> Sent | None:
    """Return the answer with this key; None where it was not saved. Raises as ``answer_of``."""
    kept = store.answer(key)
    if kept is None:
        return None
    chat, text, votes = kept
    facts = json.loads(text)
    answer = answer_of(facts, "", engine)
    sent = Sent(key, Place(chat, facts["thread"]), None, answer, (), facts["language"])
    sent.by_reaction = facts.get("by_reaction", False)
    sent.message_ids, sent.votes = tuple(facts["messages"]), votes
    return sent
