"""/sources, /article, /status and /language, with their buttons."""

import asyncio

from telegram import CallbackQuery, Message, Update

from bot.telegram.handlers.rights import pressed_by_chat_admin, sent_by_chat_admin
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_file, send_page, send_view
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import languages
from bot.telegram.views.articles import article_view, find_article, find_by_key, list_view
from bot.telegram.views.markup import clean, escape, head
from bot.telegram.views.view import Button, View
from embeddings.errors import CitebotError

PATTERN = r"^([LG]\|\w{1,6}|A\|[0-9a-f]{16}\|\d{1,6}|F\|[0-9a-f]{16})$"


async def on_sources(update: Update, context: Context) -> None:
    """/sources: the articles, ten a page."""
    services, message = context.services, update.message
    if message is not None:
        documents = await asyncio.to_thread(services.engine.documents)
        await send_view(services, place_of(message), list_view(documents, 0, texts_of(update, services)))


async def on_article(update: Update, context: Context) -> None:
    """/article N (or a path as /sources' files have them): the text, paged."""
    services, message, texts = context.services, update.message, texts_of(update, context.services)
    if message is None:
        return
    wanted = " ".join(context.args or [])
    if not wanted:
        await send_page(services, place_of(message), escape(texts.article_usage))
        return
    view = await asyncio.to_thread(_article, services, wanted, texts)
    unknown = escape(texts.article_unknown.format(name=head(clean(wanted), 100)))
    await send_view(services, place_of(message), view or View((unknown,)))


def _article(services: Services, wanted: str, texts: Texts) -> View | None:
    found = find_article(services.engine.documents(), wanted)
    if found is None:
        return None
    number, facts = found
    return article_view(facts, number, services.engine.document(facts.id).text, 0, texts)


async def on_status(update: Update, context: Context) -> None:
    """/status: what the bot holds."""
    services, message = context.services, update.message
    if message is None:
        return
    status = await asyncio.to_thread(services.engine.status)
    text = texts_of(update, services).status.format(
        documents=status.documents,
        passages=status.chunks,
        built=f"{status.built_at[:16].replace('T', ' ')} UTC",
        encoder=status.encoder,
        reader=status.reader,
    )
    await send_page(services, place_of(message), escape(text))


async def on_language(update: Update, context: Context) -> None:
    """/language: which language to speak in this chat; in a group its admins choose for all."""
    services, message = context.services, update.message
    if message is not None and await sent_by_chat_admin(services, update, message):
        rows = tuple((Button(texts.name, f"G|{code}"),) for code, texts in languages().items())
        page = escape(texts_of(update, services).language_pick)
        await send_page(services, place_of(message), page, rows)


async def on_library_button(update: Update, context: Context) -> None:
    """Turn pages of the list or of an article, send an article as a file, choose a language."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if query.message is None:
        await acknowledge(services, query, texts.stale)
        return
    kind, *rest = (query.data or "").split("|")
    if kind == "G":
        if await pressed_by_chat_admin(services, query, texts):
            await _choose_language(services, query, rest[0])
        return
    try:
        if kind == "F":
            await _send_file(services, query, rest[0], texts)
            return
        view = await asyncio.to_thread(_page, services, kind, rest, texts)
    except CitebotError:
        view = None
    if view is None:
        await acknowledge(services, query, texts.stale)
        return
    await acknowledge(services, query)
    await _show(services, query, view)


async def _show(services: Services, query: CallbackQuery, view: View) -> None:
    """Edit the message of a press, unless an earlier press has already turned it to this page."""
    message = query.message
    if services.memory.turn_page(message.chat.id, message.message_id, repr(view)):
        await edit_page(services, Place(message.chat.id), message.message_id, view.pages[0], view.keyboard)


def _page(services: Services, kind: str, rest: list[str], texts: Texts) -> View | None:
    documents = services.engine.documents()
    if kind == "L":
        return list_view(documents, int(rest[0]), texts) if rest[0].isdecimal() else None
    found = find_by_key(documents, rest[0])
    if found is None:
        return None
    number, facts = found
    return article_view(facts, number, services.engine.document(facts.id).text, int(rest[1]), texts)


async def _send_file(services: Services, query: CallbackQuery, key: str, texts: Texts) -> None:
    documents = await asyncio.to_thread(services.engine.documents)
    found = find_by_key(documents, key)
    if found is None or not isinstance(query.message, Message):
        await acknowledge(services, query, texts.stale)
        return
    _, facts = found
    document = await asyncio.to_thread(services.engine.document, facts.id)
    await acknowledge(services, query)
    name = facts.id.rsplit("/", 1)[-1]
    place = place_of(query.message)
    shown = name if name.endswith((".txt", ".md")) else f"{name}.txt"
    body = document.text.encode("utf-8", "replace") or b"\n"
    await send_file(services, place, body, shown, escape(head(clean(facts.title), 500)))


async def _choose_language(services: Services, query: CallbackQuery, code: str) -> None:
    texts = languages().get(code)
    if texts is None or query.message is None:
        await acknowledge(services, query, languages()["en"].stale)
        return
    chat = query.message.chat.id
    services.languages[chat] = code
    await services.write(services.store.set_for_chat, chat, "language", code)
    await acknowledge(services, query)
    await _show(services, query, View((escape(texts.language_set),)))
