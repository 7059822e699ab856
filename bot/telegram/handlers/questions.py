"""The way of a question: accepted or rejected with a reason, answered in a thread, sent, and remembered."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.telegram.handlers.recall import answer_to, history_of, remember
from bot.telegram.handlers.rights import reactions_arrive
from bot.telegram.outgoing.sending import Outcome, delete_page, edit_page, send_page, send_view
from bot.telegram.services import Services
from bot.telegram.state.memory import Place, Sent
from bot.telegram.state.pool import Busy, Closing
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import texts_for
from bot.telegram.views.answers import answer_view
from bot.telegram.views.markup import escape, head, visible
from bot.telegram.views.view import View
from embeddings.errors import CitebotError
from qa.answer import NOT_UNDERSTOOD, Answer, Turn

MAX_QUESTION = 1000
"""Characters of a question: the models read some 200 words."""

TYPING_EVERY = 4.5
"""Seconds: Telegram shows "typing" for 5."""

log = logging.getLogger("citebot")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, where and by whom. ``history`` is what it follows; None is the conversation of its place."""

    text: str
    place: Place
    message_id: int
    user_id: int | None
    texts: Texts
    reply: bool = False
    history: tuple[Turn, ...] | None = None
    part: int = 0
    """Which of the questions of its message this is, from 0."""
    edited: bool = False
    """Whether the message was edited: an answer already sent is edited, too."""
    shown: bool = False
    """Whether to show the question with its answer, because a button asked it."""
    last: bool = True
    """Whether nothing of its message is left to be answered after it."""


async def handle_question(services: Services, question: Question) -> None:
    """Answer a question, or say why not. Only what exceeds the limits may get no reply."""
    arrived = time.perf_counter()
    refusal = _rejection(question)
    if not await within_limits(services, question):
        return
    if refusal:
        await say(services, question, refusal)
        return
    try:
        with services.pool.admit(question.user_id):
            await _accepted(services, question)
            services.metrics.observe_answer(time.perf_counter() - arrived)
    except Busy as busy:
        services.metrics.add("answers", "busy")
        untaken = question.texts.not_taken.format(question=head(question.text, 100))
        await say(services, question, untaken if busy.own else question.texts.queue_full)


def _rejection(question: Question) -> str | None:
    """Return what to say to a text that cannot be asked, or None."""
    if not visible(question.text):
        return question.texts.empty
    if len(question.text) > MAX_QUESTION:
        return question.texts.too_long.format(limit=MAX_QUESTION)
    return None


async def within_limits(services: Services, question: Question) -> bool:
    """Count the question against the limits; the user is told of the first refusal only."""
    for kind, key in (("person", question.user_id), ("chat", question.place.chat_id)):
        verdict = await services.take(kind, key)
        if not verdict.allowed:
            services.metrics.add("answers", "limited")
            if verdict.tell:
                wait = max(1, round(verdict.wait))
                await say(services, question, question.texts.slow_down.format(seconds=wait))
            return False
    return True


async def _accepted(services: Services, question: Question) -> None:
    """Answer when it is this place's turn. Nothing is awaited before, which keeps the questions in order."""
    try:
        async with _typing(services, question.place), services.pool.turn(question.place):
            await _answer(services, question)
    except Closing:
        services.metrics.add("answers", "interrupted")
        await say(services, question, question.texts.restarting)


async def _answer(services: Services, question: Question) -> None:
    at = (question.place.chat_id, question.message_id, question.part)
    old = await answer_to(services, *at) if question.edited else None
    if old is not None and old.answer.question == question.text:
        return
    history = old.history if old and old.answer.question else question.history
    history = await history_of(services, question.place, question.user_id) if history is None else history
    try:
        answer = await services.pool.run(lambda: services.engine.ask(question.text, history=history))
    except CitebotError as error:
        services.metrics.add("answers", "failed")
        log.error("question failed", extra={"reason": str(error)})
        await say(services, question, question.texts.failed)
        return
    understood = answer.reason not in NOT_UNDERSTOOD
    services.metrics.add("answers", "answered" if answer.answered else "refused" if understood else "not_understood")
    await services.write(_count, services, answer)
    if not await _is_ours(services, question):
        return
    key = secrets.token_hex(8)
    asked = question.text if question.shown else None
    by_reaction = await reactions_arrive(services, question.place.chat_id)
    language, part = question.texts.code, question.part
    sent = Sent(key, question.place, question.message_id, answer, history, language, asked, part, by_reaction)
    view = answer_view(answer, question.texts, key, sent.tally, asked)
    with services.memory.sending(question.place.chat_id):
        if old is not None:
            async with old.lock:
                sent.message_ids, sent.shown = old.message_ids, old.shown
                outcome = await show(services, sent, view)
        else:
            reply_to = question.message_id if question.reply else None
            outcome, sent.message_ids = await send_view(services, question.place, view, reply_to)
            sent.shown = rendering(view)[: len(sent.message_ids)]
        await _settle(services, question, outcome)
        if sent.message_ids:
            await remember(services, sent, question.user_id)
    await _report_failure(services, question, outcome)


def _count(services: Services, answer: Answer) -> None:
    services.store.count("questions")
    if not answer.answered and answer.reason not in NOT_UNDERSTOOD:
        services.store.count("refusals")


async def show(services: Services, sent: Sent, view: View) -> Outcome:
    """Change the messages of an answer to another view: edit what differs, send what is missing, delete the rest.

    Unchanged messages are not edited: Telegram refuses edits that change nothing. Call it holding ``sent.lock``.
    """
    wanted, ids = rendering(view), list(sent.message_ids)
    shown = list(sent.shown)
    outcome = Outcome.SENT
    for number, (page, _) in enumerate(wanted):
        keyboard = view.keyboard if number + 1 == len(wanted) else ()
        if number < len(ids) and shown[number : number + 1] == [wanted[number]]:
            continue
        message_id = None
        if number < len(ids):
            outcome = await edit_page(services, sent.place, ids[number], page, keyboard)
            message_id = ids[number] if outcome is Outcome.SENT else None
        if number >= len(ids) or outcome is Outcome.GONE:
            delivery = await send_page(services, sent.place, page, keyboard)
            outcome, message_id = delivery.outcome, delivery.message_id
        if message_id is None:
            break
        ids[number : number + 1], shown[number : number + 1] = [message_id], [wanted[number]]
    else:
        for extra in ids[len(wanted) :]:
            await delete_page(services, sent.place, extra)
        ids, shown, outcome = ids[: len(wanted)], shown[: len(wanted)], Outcome.SENT
    sent.message_ids, sent.shown = tuple(ids), tuple(shown)
    return outcome


def rendering(view: View) -> tuple[tuple[str, str], ...]:
    """Return page and keyboard of each message of a view, to compare with what is shown."""
    last = len(view.pages) - 1
    return tuple((page, repr(view.keyboard if number == last else ())) for number, page in enumerate(view.pages))


async def say(services: Services, question: Question, text: str) -> None:
    """Reply with a text of the bot's own."""
    await reply(services, question, View((escape(text),)))


async def reply(services: Services, question: Question, view: View) -> None:
    """Reply with a view that is not an answer."""
    if not await _is_ours(services, question):
        return
    outcome, _ = await send_view(services, question.place, view, question.message_id if question.reply else None)
    await _settle(services, question, outcome)
    if outcome not in (Outcome.SENT, Outcome.GONE):
        _mark_undelivered(services, question, outcome)


async def _is_ours(services: Services, question: Question) -> bool:
    """Record that a reply is sent next; False where another replica took the question over, and tells its sender."""
    ours = await services.write(services.store.mark_sending, question.place.chat_id, question.message_id, True)
    return ours is not False


async def _settle(services: Services, question: Question, outcome: Outcome) -> None:
    """Record at once what became of a reply: whether its sender is told after a kill depends on it."""
    at = (question.place.chat_id, question.message_id)
    if outcome is Outcome.FAILED:
        await services.write(services.store.mark_sending, *at, False)
    elif question.last and outcome is not Outcome.UNKNOWN:
        await services.write(services.store.end_question, *at)


async def _report_failure(services: Services, question: Question, outcome: Outcome) -> None:
    """Tell the sender that an answer was lost, or may be; if that fails, too, keep it for later."""
    if outcome in (Outcome.SENT, Outcome.GONE):
        return
    text = question.texts.perhaps_lost if outcome is Outcome.UNKNOWN else question.texts.failed
    delivery = await send_page(services, question.place, escape(text), (), question.message_id)
    if not delivery.settled:
        _mark_undelivered(services, question, outcome)


def _mark_undelivered(services: Services, question: Question, outcome: Outcome) -> None:
    at = (question.place.chat_id, question.message_id)
    services.undelivered[at] = (question.place.thread_id, question.texts.code, outcome is Outcome.UNKNOWN)


@asynccontextmanager
async def _typing(services: Services, place: Place) -> AsyncIterator[None]:
    """Show "typing" until the block ends. Errors are only logged."""
    task = asyncio.create_task(_keep_typing(services, place))
    try:
        yield
    finally:
        task.cancel()


async def _keep_typing(services: Services, place: Place) -> None:
    try:
        while not services.stopping:
            await services.bot.send_chat_action(place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id)
            await asyncio.sleep(TYPING_EVERY)
    except TelegramError as error:
        log.info("typing not shown", extra={"chat": place.chat_id, "reason": type(error).__name__})


async def notify_undelivered(services: Services) -> None:
    """Ask those whose question was cut off, or whose answer was lost, to ask again: the question's text is not kept.

    A notice that cannot be sent is tried again later, or at the next start; one failure does not block the others.
    """
    for (chat, message), (thread, language, perhaps) in list(services.undelivered.items()):
        if services.access.admits(chat, chat):
            texts = texts_for(language)
            text = escape(texts.perhaps_lost if perhaps else texts.interrupted)
            delivery = await send_page(services, Place(chat, thread), text, (), message)
            if not delivery.settled:
                continue
            services.metrics.add("answers", "interrupted")
        services.undelivered.pop((chat, message), None)
        await services.write(services.store.end_question, chat, message)
