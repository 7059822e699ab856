"""What a chat remembers, from the memory of this run or, if replicas share a database, from there."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.telegram.services import Services
from bot.telegram.state.memory import CONVERSATION_LIFE, TURNS, Place, Sent
from bot.telegram.state.saved_answers import answer_of, facts_of, restore, serialize
from embeddings.errors import CitebotError
from qa.answer import Turn

T = TypeVar("T")
log = logging.getLogger("citebot")


async def history_of(services: Services, place: Place, person: int | None) -> tuple[Turn, ...]:
    """Return a person's conversation in a place, oldest turn first, whichever replica answered."""
    if not services.store.shared:
        return services.memory.history(place, person)
    return await _read(lambda: _conversation(services, place, person)) or ()


def _conversation(services: Services, place: Place, person: int | None) -> tuple[Turn, ...]:
    kept = services.store.conversation(place.chat_id, place.thread_id, person, CONVERSATION_LIFE)
    turns = json.loads(kept or "[]")
    return tuple(Turn(turn["question"], answer_of(turn["answer"], turn["question"], services.engine)) for turn in turns)


async def remember(services: Services, sent: Sent, person: int | None) -> None:
    """Keep an answer that was sent, and make it the last turn of the person's conversation."""
    services.memory.keep(sent)
    services.memory.remember_turn(sent.place, person, sent.history, sent.turn)
    chat, thread = sent.place.chat_id, sent.place.thread_id
    messages = [*sent.message_ids, *([] if sent.question_id is None or sent.part else [sent.question_id])]
    await services.write(services.store.keep_answer, sent.key, chat, serialize(sent), messages)
    if services.store.shared:
        turns = [*sent.history, sent.turn][-TURNS:]
        kept = json.dumps([{"question": turn.question, "answer": facts_of(turn.answer)} for turn in turns])
        await services.write(services.store.keep_conversation, chat, thread, person, kept, CONVERSATION_LIFE)


async def forget(services: Services, place: Place, person: int | None) -> None:
    """Forget a conversation."""
    services.memory.forget(place, person)
    if services.store.shared:
        await services.write(services.store.forget_conversation, place.chat_id, place.thread_id, person)


async def sent_answer(services: Services, key: str, chat_id: int | None) -> Sent | None:
    """Return the answer with this key to a chat, if it was saved and its documents still exist."""
    return await _found_or_arriving(services, chat_id, lambda: _answer_with(services, key))


async def _found_or_arriving(
    services: Services, chat_id: int | None, find: Callable[[], Awaitable[Sent | None]]
) -> Sent | None:
    """Find an answer; where there is none, but one is on its way to this chat, look again when it has arrived."""
    found = await find()
    return await find() if found is None and await services.memory.arrival(chat_id) else found


async def _answer_with(services: Services, key: str) -> Sent | None:
    sent = services.memory.sent(key)
    if sent is not None and services.store.shared:
        kept = await _read(lambda: services.store.answer(key))
        if kept is not None:
            # Another replica may have counted votes and turned its page.
            sent.votes, sent.shown = kept[2], ()
    if sent is None:
        sent = await _read(lambda: restore(key, services.store, services.engine))
        if sent is not None:
            services.memory.keep(sent)
    return sent


async def answer_at(services: Services, chat_id: int, message_id: int) -> Sent | None:
    """Return the answer that a message of the bot shows."""

    async def find() -> Sent | None:
        return services.memory.answer_at(chat_id, message_id) or await _answer_by(services, chat_id, message_id)

    sent = await _found_or_arriving(services, chat_id, find)
    return sent if sent is not None and message_id in sent.message_ids else None


async def answer_to(services: Services, chat_id: int, question_id: int, part: int = 0) -> Sent | None:
    """Return the answer to a user's message, or to one of its questions (if by another replica, the first only)."""
    sent = services.memory.answer_to(chat_id, question_id, part)
    if sent is None and part == 0:
        sent = await _answer_by(services, chat_id, question_id)
    return sent if sent is not None and question_id not in sent.message_ids else None


async def _answer_by(services: Services, chat_id: int, message_id: int) -> Sent | None:
    if not services.store.shared:
        return None
    key = await _read(lambda: services.store.answer_of(chat_id, message_id))
    return await _answer_with(services, key) if key else None


async def _read(work: Callable[[], T]) -> T | None:
    """Read in a thread; return None for what cannot be read or whose document is gone."""
    try:
        return await asyncio.to_thread(work)
    except (CitebotError, KeyError) as error:
        log.info("an old answer can't be shown", extra={"reason": str(error)})
        return None
