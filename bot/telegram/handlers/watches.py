"""/watch, /watching, /unwatch: which new articles a chat is notified of. In groups the admins decide."""

import asyncio

from telegram import Message, Update

from bot.telegram.handlers.rights import pressed_by_chat_admin, sent_by_chat_admin
from bot.telegram.operations.news import mark_seen
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.state.store import Watch
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import clean, escape, head, visible
from bot.telegram.views.view import Button, Keyboard, button_key
from embeddings.text.words import tokenize

PATTERN = r"^W\|[0-9a-f]{16}$"
MAX_WATCHES = 20
MAX_SUBJECT = 100
"""Characters of a watched topic."""


async def on_watch(update: Update, context: Context) -> None:
    """/watch WORDS: notify this chat, or this topic of it, of new articles that mention them."""
    services, message = context.services, update.message
    if message is None or not await sent_by_chat_admin(services, update, message):
        return
    texts, place = texts_of(update, services), place_of(message)
    subject = _subject(context.args)
    if not visible(subject) or not tokenize(subject):
        said = texts.watch_usage
    elif len(subject) > MAX_SUBJECT:
        said = texts.watch_long.format(limit=MAX_SUBJECT)
    elif await _watch(services, update, place, subject, texts):
        said = texts.watch_begun.format(subject=subject)
    else:
        said = texts.watch_full.format(limit=MAX_WATCHES)
    await send_page(services, place, escape(said))


async def _watch(services: Services, update: Update, place: Place, subject: str, texts: Texts) -> bool:
    """Watch a topic, unless the chat watches too many; counted under the lock, as several may be sent at once."""
    async with services.finding_news:
        if len(services.store.watches(place.chat_id, place.thread_id)) >= MAX_WATCHES:
            return False
        if not services.store.watches():
            await asyncio.to_thread(mark_seen, services)
        user = update.effective_user
        watch = Watch(place.chat_id, place.thread_id, user.id if user else place.chat_id, subject, texts.code)
        await services.write(services.store.watch, watch)
        return True


def _subject(words: list[str] | None) -> str:
    return " ".join(clean(" ".join(words or ())).split()).casefold()


async def on_watching(update: Update, context: Context) -> None:
    """/watching: list what this chat watches, each with a button to remove it."""
    services, message = context.services, update.message
    if message is not None:
        page, keyboard = _page(services, place_of(message), texts_of(update, services))
        await send_page(services, place_of(message), page, keyboard)


def _page(services: Services, place: Place, texts: Texts) -> tuple[str, Keyboard]:
    watched = services.store.watches(place.chat_id, place.thread_id)
    if not watched:
        return escape(texts.watching_none), ()
    subjects = [one.subject for one in watched]
    rows = ((Button(head(texts.b_remove.format(name=one), 64), f"W|{button_key(one)}"),) for one in subjects)
    return escape(texts.watching.format(count=len(subjects))), tuple(rows)


async def on_unwatch(update: Update, context: Context) -> None:
    """/unwatch WORDS: stop watching them; otherwise list what is watched."""
    services, message = context.services, update.message
    if message is None or not await sent_by_chat_admin(services, update, message):
        return
    texts, place = texts_of(update, services), place_of(message)
    subject = _subject(context.args)
    if not any(one.subject == subject for one in services.store.watches(place.chat_id, place.thread_id)):
        page, keyboard = _page(services, place, texts)
        await send_page(services, place, page, keyboard)
        return
    await services.write(services.store.unwatch, place.chat_id, place.thread_id, subject)
    await send_page(services, place, escape(texts.watch_ended.format(subject=subject)))


async def on_unwatch_button(update: Update, context: Context) -> None:
    """Stop watching; in a group only its admins may."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    message = query.message
    if not isinstance(message, Message):
        await acknowledge(services, query, texts.stale)
        return
    if not await pressed_by_chat_admin(services, query, texts):
        return
    place, key = place_of(message), (query.data or "").split("|")[1]
    for one in services.store.watches(place.chat_id, place.thread_id):
        if button_key(one.subject) == key:
            await services.write(services.store.unwatch, place.chat_id, place.thread_id, one.subject)
    await acknowledge(services, query)
    page, keyboard = _page(services, place, texts)
    await edit_page(services, place, message.message_id, page, keyboard)
